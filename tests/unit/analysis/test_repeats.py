"""Repeats have a robust centre with an interval that holds, and are accepted only if they agree."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.agreement.repeats import (
    ANGLE_GATE,
    PRESS_GATE,
    TAP_GATE,
    Gate,
    centre_of,
    first_against_others,
    repeats,
    within_gate,
)
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def of(value: float, *, unit: str = "N/mm", **budget: float) -> Estimate:
    return Estimate.from_budget(value, budget, unit=unit)


def test_the_numbers_of_five_repeats() -> None:
    found = repeats([1.0, 1.1, 0.9, 1.2, 1.0], unit="N/mm")

    assert (found.n, found.unit, found.low_n) == (5, "N/mm", False)
    assert known(found.centre).value == 1.0
    assert found.sd == pytest.approx(0.1140175)
    assert found.cv == pytest.approx(0.1140175 / 1.04)
    assert found.robust_sd == pytest.approx(1.4826 * 0.1)
    assert found.sem == known(found.centre).u


def test_one_slipped_press_does_not_move_the_centre() -> None:
    assert known(centre_of([1.0, 1.01, 0.99, 1.02, 3.0])).value == 1.01


@pytest.mark.parametrize(
    ("gate", "scatter", "n", "verdict"),
    [
        (TAP_GATE, 0.02, 3, "accept"),
        (TAP_GATE, 0.05, 3, "repeat"),
        (TAP_GATE, 0.05, 5, "flag"),
        (PRESS_GATE, 0.05, 3, "accept"),
        (PRESS_GATE, 0.15, 4, "repeat"),
        (PRESS_GATE, 0.15, 6, "flag"),
        (None, 0.5, 3, "accept"),
    ],
)
def test_the_gate_accepts_repeats_or_flags(
    gate: Gate | None, scatter: float, n: int, verdict: str
) -> None:
    spread = np.linspace(-1, 1, n)
    found = repeats(10 * (1 + scatter * spread / spread.std(ddof=1)), gate=gate)

    assert found.verdict == verdict
    assert found.flags == (() if verdict == "accept" else (QualityFlag.TRIAL_SPREAD,))


def test_angles_have_a_gate_in_degrees_that_does_not_depend_on_the_angle() -> None:
    about_zero, about_ninety = [-3.0, 0.0, 3.0], [87.0, 90.0, 93.0]

    assert repeats(about_zero, gate=ANGLE_GATE).verdict == "accept"
    assert repeats(about_ninety, gate=ANGLE_GATE).verdict == "accept"
    assert repeats(about_zero).cv is None
    assert repeats([80.0, 90.0, 97.0], gate=ANGLE_GATE).verdict == "repeat"


def test_a_mean_of_zero_passes_no_relative_gate() -> None:
    assert repeats([-1.0, 0.0, 1.0], gate=PRESS_GATE).verdict == "repeat"


@pytest.mark.parametrize("values", [[], [1.0]])
def test_fewer_than_two_bare_numbers_have_no_centre(values: list[float]) -> None:
    found = repeats(values, gate=PRESS_GATE)

    assert isinstance(found.centre, NotEstimable)
    assert (found.sd, found.robust_sd, found.cv, found.sem) == (None, None, None, None)
    assert (found.verdict, found.flags) == ("repeat", (QualityFlag.TOO_FEW,))
    assert not within_gate(values, PRESS_GATE)


def test_one_estimate_keeps_its_own_uncertainty() -> None:
    one = of(1.2, fit=0.05, calibration=0.02)

    assert centre_of([one]) == one


def test_what_all_repeats_share_does_not_shrink_with_their_number() -> None:
    centre = known(centre_of([of(v, fit=0.01, calibration=0.03) for v in (1.0, 1.01, 0.99, 1.0)]))

    assert centre.unit == "N/mm"
    assert centre.budget["calibration"] == pytest.approx(0.03)
    assert centre.u == pytest.approx(math.hypot(0.03, centre.budget["scatter of repeats"]))


def test_the_interval_of_two_repeats_is_that_of_their_mean() -> None:
    centre = known(centre_of([1.0, 1.2]))

    assert centre.value == pytest.approx(1.1)
    assert centre.u == pytest.approx(0.1)
    assert centre.dof == 1


@given(
    values=st.lists(st.floats(0.1, 100), min_size=2, max_size=9),
    factor=st.floats(0.01, 100),
)
def test_the_unit_does_not_matter(values: list[float], factor: float) -> None:
    one, other = repeats(values), repeats([factor * value for value in values])

    assert known(other.centre).value == pytest.approx(factor * known(one.centre).value)
    assert other.sd == pytest.approx(factor * (one.sd or 0.0), abs=1e-9)
    assert other.cv == pytest.approx(one.cv, abs=1e-9)


@given(values=st.lists(st.floats(0.1, 100), min_size=2, max_size=9).flatmap(st.permutations))
def test_the_order_does_not_matter(values: list[float]) -> None:
    assert repeats(values, gate=PRESS_GATE).verdict == (
        repeats(sorted(values), gate=PRESS_GATE).verdict
    )
    assert known(repeats(values).centre).value == known(repeats(sorted(values)).centre).value


@pytest.mark.parametrize("n", range(2, 13))
def test_the_scatter_of_a_median_is_that_of_normal_samples(n: int) -> None:
    """Of 200,000 drawn samples; the standard error of such a standard deviation is 0.16 %."""
    drawn = np.random.default_rng(n).normal(size=(200_000, n))
    root_n_sd = np.median(drawn, axis=1).std() * math.sqrt(n)
    sample = np.random.default_rng(1).normal(size=n)

    found = repeats(sample)
    assert found.sd is not None
    assert found.sem == pytest.approx(root_n_sd * found.sd / math.sqrt(n), rel=0.006)


@pytest.mark.parametrize("n", range(2, 8))
@pytest.mark.parametrize("draws", ["normal", "skewed", "with slips"])
def test_the_interval_of_the_centre_holds_the_truth(n: int, draws: str) -> None:
    rng = np.random.default_rng([n, len(draws)])
    inside = []
    for _ in range(1500):
        noise = rng.normal(size=n)
        if draws == "with slips":
            noise *= np.where(rng.random(n) < 0.1, 3.0, 1.0)
        values = np.exp(0.1 * noise) if draws == "skewed" else 1 + 0.05 * noise
        low, high = known(centre_of(values)).ci95
        inside.append(low <= 1.0 <= high)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_a_first_press_that_conditions_is_told_from_the_others() -> None:
    found = first_against_others(np.log([1.30, 1.02, 1.00, 1.01, 0.99]))

    assert found.unlike is True
    assert known(found.difference).value == pytest.approx(math.log(1.30 / 1.005), abs=0.001)


@pytest.mark.parametrize("n", [4, 5, 7])
def test_a_first_press_like_the_others_is_called_unlike_in_one_case_of_twenty(n: int) -> None:
    rng = np.random.default_rng(n)
    called = [first_against_others(rng.normal(0, 0.05, n)).unlike for _ in range(2000)]

    assert 0.035 <= np.mean([bool(one) for one in called]) <= 0.065


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_presses_cannot_tell_unless_the_usual_scatter_is_known(n: int) -> None:
    values = [0.5, 0.0, 0.01][:n]

    assert first_against_others(values).unlike is None
    told = first_against_others(values, usual_sd=0.05, usual_dof=20).unlike
    assert told is (None if n < 2 else True)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: repeats([1.0, math.nan]), "finite"),
        (lambda: repeats([[1.0, 2.0]]), "one-dimensional"),
        (lambda: repeats([of(1.0, a=0.1), of(1.0, unit="N", a=0.1)]), "one unit"),
        (lambda: repeats([of(1.0, a=0.1), 1.0]), "mixes"),  # type: ignore[arg-type] # the claim
        (lambda: Gate(most=0.0), "positive"),
        (lambda: first_against_others([1.0, 2.0], usual_sd=-1.0), "usual_sd"),
    ],
)
def test_a_wrong_call_is_named(call: object, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        call()  # type: ignore[operator] # one of the above
