"""Two sides of a visit are compared where both have a value, and told apart in few words."""

import pytest
from tests.unit.report.practice import stated

from tissuesense.analysis.sides.asymmetry import Asymmetry, Verdict
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.report.comparison import (
    PAIN_THRESHOLD,
    STIFFNESS,
    compare_stiffness,
    compare_thresholds,
    stiffness_sentence,
    threshold_sentence,
)
from tissuesense.report.document import text_of
from tissuesense.report.readings import Reading, SiteView


def threshold_of(side: Side, kpa: float, *, presses: int = 3) -> SiteView:
    record = stated(
        RecordingKind.PPT, "threshold_kpa", [kpa] * presses, session=(PAIN_THRESHOLD, kpa, 1.0)
    )
    return SiteView(site=BodySite("trapezius_upper", side), ppt=Reading(record))


def stiffness_of(side: Side, presses: list[float]) -> SiteView:
    whole = (STIFFNESS, sum(presses) / max(len(presses), 1), 0.1)
    record = stated(RecordingKind.INDENTATION, STIFFNESS, presses, session=whole)
    return SiteView(site=BodySite("trapezius_upper", side), indentation=Reading(record))


def stiffnesses(left: list[float], right: list[float]) -> Asymmetry:
    found = compare_stiffness(stiffness_of(Side.LEFT, left), stiffness_of(Side.RIGHT, right))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("left_kpa", "words"),
    [
        (400.0, "is 100 % higher than the right, 200 ± 1 kPa: more than usual measurement error."),
        (100.0, "is 50 % lower than the right, 200 ± 1 kPa: more than usual measurement error."),
        (210.0, "differ by 5 %: within usual measurement error."),
    ],
)
def test_thresholds_are_told_with_both_numbers_and_their_verdict(
    left_kpa: float, words: str
) -> None:
    left, right = threshold_of(Side.LEFT, left_kpa), threshold_of(Side.RIGHT, 200.0)
    found = compare_thresholds(left, right)
    assert found is not None
    assert text_of(threshold_sentence(found, left, right)).endswith(words)


def test_more_presses_that_count_make_a_finer_comparison() -> None:
    one, many = (
        compare_thresholds(
            threshold_of(Side.LEFT, 300, presses=n), threshold_of(Side.RIGHT, 200, presses=n)
        )
        for n in (1, 9)
    )
    assert one is not None
    assert many is not None
    assert one.error_percent[1] > many.error_percent[1]


def test_a_side_without_a_value_is_not_compared() -> None:
    felt_only = SiteView(site=BodySite("trapezius_upper", Side.RIGHT))

    assert compare_thresholds(threshold_of(Side.LEFT, 300), felt_only) is None
    assert compare_stiffness(stiffness_of(Side.LEFT, [2.0, 2.1]), felt_only) is None


def test_a_stiffer_side_is_told_with_its_interval() -> None:
    found = stiffnesses([2.8, 2.85, 2.82], [2.0, 2.03, 2.01])

    assert found.verdict is Verdict.BEYOND_ERROR
    assert "stiffer than the right (95 % interval" in text_of(stiffness_sentence(found))


def test_one_press_a_side_gives_no_figure_and_says_why() -> None:
    found = stiffnesses([2.8], [2.0])

    assert text_of(stiffness_sentence(found)) == "Stiffness: too few usable presses to compare."
