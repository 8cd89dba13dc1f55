"""Two sides are called different only beyond what measuring twice would give anyway."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.sides.asymmetry import (
    USUAL_STIFFNESS_ERROR_PERCENT,
    Asymmetry,
    Verdict,
    mdc_of_difference,
    side_asymmetry,
    stiffness_asymmetry,
    threshold_asymmetry,
    usual_threshold_error,
)
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate

kilopascals = st.floats(20, 1000)


def thresholds(left: float, right: float, *, u: float = 1.0, presses: int = 3) -> Asymmetry:
    sides = (Estimate(value=kpa, standard_uncertainty=u, unit="kPa") for kpa in (left, right))
    return threshold_asymmetry(*sides, presses=(presses, presses))


def test_the_usual_error_of_three_presses_is_a_factor_of_1_40() -> None:
    low, high = usual_threshold_error((3, 3))

    assert 1 + high / 100 == pytest.approx(1.40, abs=0.005)
    assert (1 + low / 100) * (1 + high / 100) == pytest.approx(1)


def test_fewer_presses_have_a_larger_error() -> None:
    errors = [usual_threshold_error((n, n))[1] for n in (1, 2, 3, 10, 1000)]

    assert all(fewer > more for fewer, more in pairwise(errors))


@given(kpa=kilopascals)
def test_equal_thresholds_are_within_error(kpa: float) -> None:
    assert thresholds(kpa, kpa).verdict is Verdict.WITHIN_ERROR


@given(kpa=kilopascals, factor=st.sampled_from((1.45, 2.0, 1 / 1.45, 0.5)))
def test_a_threshold_beyond_the_factor_is_beyond_error_at_every_level(
    kpa: float, factor: float
) -> None:
    found = thresholds(kpa * factor, kpa)

    assert found.verdict is Verdict.BEYOND_ERROR
    assert found.percent == pytest.approx(100 * (factor - 1))


@given(left=kilopascals, right=kilopascals)
def test_swapping_the_sides_changes_the_direction_and_not_the_verdict(
    left: float, right: float
) -> None:
    assert thresholds(left, right).verdict is thresholds(right, left).verdict


def test_values_that_state_a_large_uncertainty_are_not_told_apart() -> None:
    assert thresholds(300, 200, u=2).verdict is Verdict.BEYOND_ERROR
    assert thresholds(300, 200, u=60).verdict is Verdict.WITHIN_ERROR


@pytest.mark.parametrize(
    ("left", "right", "presses"), [(0.0, 100.0, 3), (100.0, -1.0, 3), (100.0, 100.0, 0)]
)
def test_what_is_no_threshold_is_refused(left: float, right: float, presses: int) -> None:
    with pytest.raises(UsageError):
        thresholds(left, right, presses=presses)


def test_a_small_difference_stays_within_error_however_well_the_presses_agree() -> None:
    found = stiffness_asymmetry([2.10, 2.11, 2.10], [2.00, 2.01, 2.00])

    assert found.interval_percent is not None
    assert found.interval_percent[0] > 0
    assert found.verdict is Verdict.WITHIN_ERROR


def test_a_large_difference_of_presses_that_scatter_stays_within_error() -> None:
    found = stiffness_asymmetry([1.9, 2.8, 2.4], [1.6, 2.4, 1.7])

    assert (found.percent or 0.0) > USUAL_STIFFNESS_ERROR_PERCENT
    assert found.verdict is Verdict.WITHIN_ERROR


def test_a_large_difference_of_presses_that_agree_is_beyond_error() -> None:
    assert stiffness_asymmetry([2.8, 2.85, 2.82], [2.0, 2.03, 2.01]).verdict is Verdict.BEYOND_ERROR


@pytest.mark.parametrize("left", [[], [2.8]])
def test_too_few_presses_give_no_figure(left: list[float]) -> None:
    found = stiffness_asymmetry(left, [2.0])

    assert (found.percent, found.interval_percent) == (None, None)
    assert found.verdict is Verdict.TOO_FEW


def test_hopeless_presses_give_no_figure() -> None:
    found = stiffness_asymmetry([1.5, 3.0, 2.4], [1.0, 2.6, 1.4])

    assert (found.percent, found.verdict) == (None, Verdict.TOO_FEW)


@pytest.mark.parametrize(
    "quantity",
    ["tangent_stiffness_n_mm", "tap_frequency_hz", "tap_stiffness_n_m", "stiffness_n_m_rad"],
)
@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.10, Verdict.WITHIN_ERROR), (1.30, Verdict.BEYOND_ERROR), (0.70, Verdict.BEYOND_ERROR)],
)
def test_sides_are_remarked_on_beyond_what_is_usual(
    quantity: str, factor: float, verdict: Verdict
) -> None:
    repeats = [15.0, 15.1, 14.9]
    found = side_asymmetry(quantity, [factor * value for value in repeats], repeats)

    assert found.percent == pytest.approx(100 * (factor - 1))
    assert found.index_percent == pytest.approx(200 * (factor - 1) / (factor + 1))
    assert found.verdict is verdict
    assert found.apart is not None
    assert found.apart.value == pytest.approx(math.log(factor))


@pytest.mark.parametrize(("ln", "beyond"), [(0.149, False), (0.151, True), (-0.151, True)])
def test_the_limit_is_15_percent_of_the_mean_of_both(ln: float, beyond: bool) -> None:
    found = side_asymmetry("tap_frequency_hz", [15 * math.exp(ln)] * 2, [15.0] * 2)

    assert (found.verdict is Verdict.BEYOND_ERROR) is beyond
    assert found.index_percent == pytest.approx(math.copysign(15, ln), abs=0.2)


@given(
    left=st.lists(st.floats(10, 20), min_size=2, max_size=5),
    right=st.lists(st.floats(10, 20), min_size=2, max_size=5),
    quantity=st.sampled_from(("tangent_stiffness_n_mm", "range_deg")),
)
def test_swapping_the_sides_turns_the_direction_and_not_the_verdict(
    left: list[float], right: list[float], quantity: str
) -> None:
    there, back = side_asymmetry(quantity, left, right), side_asymmetry(quantity, right, left)

    assert there.verdict is back.verdict
    if there.apart is not None and back.apart is not None:
        assert there.apart.value == pytest.approx(-back.apart.value, abs=1e-12)
        assert there.index_percent is not None
        if quantity != "range_deg":
            assert there.index_percent == pytest.approx(-(back.index_percent or 0.0), abs=1e-9)


def test_a_stated_error_between_visits_widens_what_is_usual() -> None:
    left, right = [18.0, 18.1, 17.9], [14.0, 14.1, 13.9]
    alone = side_asymmetry("tap_frequency_hz", left, right)
    uncertain = side_asymmetry("tap_frequency_hz", left, right, sem=(0.08, 0.08))
    shared = side_asymmetry("tap_frequency_hz", left, right, sem=(0.08, 0.08), sem_covariance=0.006)

    assert alone.verdict is shared.verdict is Verdict.BEYOND_ERROR
    assert uncertain.verdict is Verdict.WITHIN_ERROR


def test_what_two_sides_change_by_together() -> None:
    """2.66 alone gives 7.37; two such sides sqrt(2) times as much, and none if they err alike."""
    assert mdc_of_difference(2.66, 0.0) == pytest.approx(7.373, abs=0.001)
    assert mdc_of_difference(2.66, 2.66) == pytest.approx(7.373 * math.sqrt(2), abs=0.001)
    assert mdc_of_difference(2.66, 2.66, covariance=2.66**2) == pytest.approx(0.0, abs=1e-6)


def test_angles_are_compared_by_their_difference() -> None:
    found = side_asymmetry("range_deg", [92.0, 90.0, 91.0], [60.0, 61.0, 59.0])

    assert found.apart is not None
    assert found.apart.value == pytest.approx(31.0)
    assert found.apart.unit == "degree"
    assert found.percent == pytest.approx(100 * 31 / 60)
    assert found.verdict is Verdict.BEYOND_ERROR


def test_an_angle_near_zero_is_no_huge_asymmetry_by_its_error_alone() -> None:
    found = side_asymmetry("range_deg", [6.0, 2.0, 4.0], [1.0, 4.0, 2.0])

    assert found.verdict is Verdict.WITHIN_ERROR


@pytest.mark.parametrize(
    ("left", "right"), [([90.0], [60.0, 61.0]), ([0.0, 60.0], [60.0, 61.0]), ([5.0, 6.0], [0, 0])]
)
def test_angles_that_cannot_be_compared_give_no_figure(
    left: list[float], right: list[float]
) -> None:
    assert side_asymmetry("range_deg", left, right).verdict is Verdict.TOO_FEW


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: side_asymmetry("tap_frequency_hz", [15.0, 0.0], [1.0, 2.0]), "left holds 0"),
        (lambda: side_asymmetry("range_deg", [1.0, 2.0], [-1.0, 2.0]), "right holds -1"),
        (lambda: side_asymmetry("range_deg", [math.nan, 2.0], [1.0, 2.0]), "left holds nan"),
        (lambda: mdc_of_difference(1.0, 1.0, covariance=2.0), "no covariance 2"),
        (lambda: mdc_of_difference(-1.0, -1.0), "negative"),
    ],
)
def test_a_wrong_call_is_named(call: object, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        call()  # type: ignore[operator] # one of the above


@pytest.mark.parametrize("quantity", ["tap_frequency_hz", "range_deg"])
def test_alike_sides_are_remarked_on_in_few_cases(quantity: str) -> None:
    rng = np.random.default_rng(6)
    scatter = 1.5 if quantity == "tap_frequency_hz" else 3.0
    found = [
        side_asymmetry(quantity, *(rng.normal(15.0, scatter, 3) for _ in range(2))).verdict
        for _ in range(1000)
    ]
    assert np.mean([verdict is Verdict.BEYOND_ERROR for verdict in found]) <= 0.05
