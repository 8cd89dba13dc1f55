"""Sides are remarked on only beyond what measuring twice gives, and never below 15 % or so."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.sensory.side_difference import LEAST_LN, side_difference
from tissuesense.analysis.sides.asymmetry import Verdict, threshold_asymmetry
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

kilopascals = st.floats(50, 900)


def of(kpa: float, u: float = 5.0) -> Estimate:
    return Estimate(value=kpa, standard_uncertainty=u, unit="kPa")


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


@given(left=kilopascals, right=kilopascals)
def test_swapping_the_sides_turns_the_sign_and_not_the_verdict(left: float, right: float) -> None:
    there, back = side_difference(of(left), of(right)), side_difference(of(right), of(left))

    for name in ("ln_ratio", "percent_of_mean"):
        one, other = known(getattr(there, name)), known(getattr(back, name))
        assert one.value == pytest.approx(-other.value, abs=1e-9)
        assert one.u == pytest.approx(other.u)
    assert there.beyond_error is back.beyond_error


@given(left=kilopascals, right=kilopascals)
def test_the_percentage_is_over_the_mean_of_both(left: float, right: float) -> None:
    found = side_difference(of(left), of(right)).percent_of_mean

    assert known(found).value == pytest.approx(200 * (left - right) / (left + right), abs=1e-9)


@given(left=kilopascals, right=kilopascals)
def test_the_report_s_comparison_of_sides_says_the_same(left: float, right: float) -> None:
    found = side_difference(of(left, 0.1), of(right, 0.1))
    reported = threshold_asymmetry(of(left, 0.1), of(right, 0.1), presses=(3, 3))

    assert found.beyond_error is (reported.verdict is Verdict.BEYOND_ERROR)


@pytest.mark.parametrize(
    ("sem_ln", "limit"), [(0.01, LEAST_LN), (0.05, LEAST_LN), (0.12, 1.959964 * 2**0.5 * 0.12)]
)
def test_the_limit_never_falls_below_its_floor(sem_ln: float, limit: float) -> None:
    assert side_difference(of(300), of(300), sem_ln=sem_ln).limit_ln == pytest.approx(limit)


@pytest.mark.parametrize(("ln", "beyond"), [(0.149, False), (0.151, True), (-0.151, True)])
def test_only_what_lies_beyond_the_limit_is_remarked_on(ln: float, beyond: bool) -> None:
    found = side_difference(of(300 * math.exp(ln)), of(300), sem_ln=0.01)

    assert found.beyond_error is beyond
    assert ("no more than" in found.verdict) is not beyond


def test_a_side_that_was_not_measured_leaves_nothing_to_compare() -> None:
    lost = NotEstimable(reason=QualityFlag.CENSORED, detail="The press reached the limit.")
    found = side_difference(lost, of(300))

    assert (found.beyond_error, found.flags) == (None, (QualityFlag.CENSORED,))
    assert found.verdict == lost.detail


@pytest.mark.parametrize(
    ("left", "sem_ln", "presses"),
    [
        (of(-1), None, (3, 3)),
        (of(300).scaled(0.1, "N"), None, (3, 3)),
        (of(300), 0.0, (3, 3)),
        (of(300), None, (0, 3)),
    ],
)
def test_a_wrong_call_is_named(
    left: Estimate, sem_ln: float | None, presses: tuple[int, int]
) -> None:
    with pytest.raises(UsageError):
        side_difference(left, of(300), sem_ln=sem_ln, presses=presses)


def test_one_reading_that_is_no_threshold_is_not_averaged_away() -> None:
    with pytest.raises(UsageError, match="left_kpa holds -26 kPa"):
        side_difference([250.0, -26.0, 260.0], of(300))


def test_no_difference_has_no_minus_sign() -> None:
    assert "-0 %" not in side_difference(of(299.99), of(300)).verdict
