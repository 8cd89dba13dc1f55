"""Two sides are called different only beyond what measuring twice would give anyway."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.asymmetry import (
    USUAL_STIFFNESS_ERROR_PERCENT,
    Asymmetry,
    Verdict,
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
    found = stiffness_asymmetry([1.5, 3.0, 2.4], [1.0, 2.6, 1.4])

    assert (found.percent or 0.0) > USUAL_STIFFNESS_ERROR_PERCENT
    assert found.verdict is Verdict.WITHIN_ERROR


def test_a_large_difference_of_presses_that_agree_is_beyond_error() -> None:
    assert stiffness_asymmetry([2.8, 2.85, 2.82], [2.0, 2.03, 2.01]).verdict is Verdict.BEYOND_ERROR


@pytest.mark.parametrize("left", [[], [2.8]])
def test_too_few_presses_give_no_figure(left: list[float]) -> None:
    found = stiffness_asymmetry(left, [2.0])

    assert (found.percent, found.interval_percent) == (None, None)
    assert found.verdict is Verdict.TOO_FEW
