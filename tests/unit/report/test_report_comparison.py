"""Two sides are called different only beyond what measuring twice would give anyway."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report.practice import stated

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.report.comparison import (
    PAIN_THRESHOLD,
    STIFFNESS,
    USUAL_STIFFNESS_ERROR_PERCENT,
    Difference,
    compare_stiffness,
    compare_thresholds,
    stiffness_sentence,
    usual_threshold_error,
)
from tissuesense.report.document import text_of
from tissuesense.report.readings import Reading, SiteView

kilopascals = st.floats(20, 1000)


def threshold_of(side: Side, kpa: float, *, u: float = 1.0, presses: int = 3) -> SiteView:
    record = stated(
        RecordingKind.PPT, "threshold_kpa", [kpa] * presses, session=(PAIN_THRESHOLD, kpa, u)
    )
    return SiteView(site=BodySite("trapezius_upper", side), ppt=Reading(record))


def stiffness_of(side: Side, presses: list[float]) -> SiteView:
    whole = (STIFFNESS, sum(presses) / max(len(presses), 1), 0.1)
    record = stated(RecordingKind.INDENTATION, STIFFNESS, presses, session=whole)
    return SiteView(site=BodySite("trapezius_upper", side), indentation=Reading(record))


def thresholds(left: float, right: float, *, u: float = 1.0, presses: int = 3) -> Difference:
    found = compare_thresholds(
        threshold_of(Side.LEFT, left, u=u, presses=presses),
        threshold_of(Side.RIGHT, right, u=u, presses=presses),
    )
    assert found is not None
    return found


def stiffnesses(left: list[float], right: list[float]) -> Difference:
    found = compare_stiffness(stiffness_of(Side.LEFT, left), stiffness_of(Side.RIGHT, right))
    assert found is not None
    return found


def test_the_usual_error_of_three_presses_is_a_factor_of_1_40() -> None:
    low, high = usual_threshold_error((3, 3))

    assert 1 + high / 100 == pytest.approx(1.40, abs=0.005)
    assert (1 + low / 100) * (1 + high / 100) == pytest.approx(1)


def test_fewer_presses_have_a_larger_error() -> None:
    errors = [usual_threshold_error((n, n))[1] for n in (1, 2, 3, 10, 1000)]

    assert all(fewer > more for fewer, more in pairwise(errors))


@given(kpa=kilopascals)
def test_equal_thresholds_are_within_error(kpa: float) -> None:
    assert not thresholds(kpa, kpa).beyond_error


@given(kpa=kilopascals, factor=st.sampled_from((1.45, 2.0, 1 / 1.45, 0.5)))
def test_a_threshold_beyond_the_factor_is_beyond_error_at_every_level(
    kpa: float, factor: float
) -> None:
    found = thresholds(kpa * factor, kpa)

    assert found.beyond_error
    assert (found.percent or 0.0) * (factor - 1) > 0


@given(left=kilopascals, right=kilopascals)
def test_swapping_the_sides_changes_the_direction_and_not_the_verdict(
    left: float, right: float
) -> None:
    assert thresholds(left, right).verdict == thresholds(right, left).verdict


def test_values_that_state_a_large_uncertainty_are_not_told_apart() -> None:
    assert thresholds(300, 200, u=2).beyond_error
    assert not thresholds(300, 200, u=60).beyond_error


def test_a_side_without_a_value_is_not_compared() -> None:
    felt_only = SiteView(site=BodySite("trapezius_upper", Side.RIGHT))

    assert compare_thresholds(threshold_of(Side.LEFT, 300), felt_only) is None
    assert compare_stiffness(stiffness_of(Side.LEFT, [2.0, 2.1]), felt_only) is None


def test_a_small_difference_stays_within_error_however_well_the_presses_agree() -> None:
    found = stiffnesses([2.10, 2.11, 2.10], [2.00, 2.01, 2.00])

    assert found.state == "higher"
    assert found.verdict == "within usual measurement error"


def test_a_large_difference_of_presses_that_scatter_stays_within_error() -> None:
    found = stiffnesses([1.5, 3.0, 2.4], [1.0, 2.6, 1.4])

    assert (found.percent or 0.0) > USUAL_STIFFNESS_ERROR_PERCENT
    assert not found.beyond_error


def test_a_large_difference_of_presses_that_agree_is_beyond_error() -> None:
    found = stiffnesses([2.8, 2.85, 2.82], [2.0, 2.03, 2.01])

    assert found.beyond_error
    assert "stiffer than the right" in text_of(stiffness_sentence(found))


def test_one_press_a_side_gives_no_figure_and_says_why() -> None:
    found = stiffnesses([2.8], [2.0])

    assert found.percent is None
    assert text_of(stiffness_sentence(found)) == "Stiffness: too few usable presses to compare."
