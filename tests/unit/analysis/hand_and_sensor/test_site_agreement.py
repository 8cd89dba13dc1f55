"""At one site: a difference is explained, nobody is blamed, and neither voice is made the judge."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.hand_and_sensor.circumstances import Circumstances, Reason
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, TONE, Comparison
from tissuesense.analysis.hand_and_sensor.site_agreement import (
    Agree,
    Place,
    Reference,
    SiteAgreement,
    agree,
)
from tissuesense.analysis.sides.asymmetry import Asymmetry, threshold_asymmetry
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

LOWER, WITHIN, HIGHER = -40.0, -10.0, 60.0
A, D, N = Agree.AGREE, Agree.DISAGREE, Agree.CANNOT_SAY


def side(percent: float | None, grade: int | None) -> Reference:
    measured = Asymmetry(percent=percent, error_percent=(-29.0, 40.0))
    return Reference(place=Place.OTHER_SIDE, grade=grade, measured=measured)


def control(percent: float | None, grade: int | None = None) -> Reference:
    measured = Asymmetry(percent=percent, error_percent=(-29.0, 40.0))
    return Reference(place=Place.CONTROL_SITE, grade=grade, measured=measured)


@pytest.mark.parametrize(
    ("here", "there", "lower", "within", "higher"),
    [
        (0, 0, D, A, D),
        (1, 0, A, N, D),
        (2, 0, A, D, D),
        (3, 1, A, D, D),
        (2, 2, D, A, D),
        (0, 2, D, D, A),
        (1, 2, D, N, A),
        (0, None, D, A, N),
        (1, None, A, N, N),
        (3, None, A, N, D),
    ],
)
def test_the_table_of_the_rules_for_tenderness_on_two_sides(
    here: int, there: int | None, lower: Agree, within: Agree, higher: Agree
) -> None:
    found = [agree(here, [side(percent, there)]).verdict for percent in (LOWER, WITHIN, HIGHER)]
    assert found == [lower, within, higher]


@pytest.mark.parametrize(
    ("here", "lower", "within", "higher"),
    [(0, D, A, A), (1, A, N, D), (2, A, D, D)],
)
def test_a_control_site_is_taken_to_be_untender(
    here: int, lower: Agree, within: Agree, higher: Agree
) -> None:
    found = [agree(here, [control(percent)]).verdict for percent in (LOWER, WITHIN, HIGHER)]
    assert found == [lower, within, higher]


@pytest.mark.parametrize(
    ("here", "there", "lower", "within", "higher"),
    [
        (1, -1, D, D, A),
        (0, 0, D, A, D),
        (-2, 0, A, D, D),
        (0, None, N, A, N),
        (2, None, D, N, A),
        (-1, None, A, N, N),
    ],
)
def test_the_table_of_the_rules_for_tone(
    here: int, there: int | None, lower: Agree, within: Agree, higher: Agree
) -> None:
    found = [
        agree(here, [side(percent, there)], comparison=TONE).verdict
        for percent in (LOWER, WITHIN, HIGHER)
    ]
    assert found == [lower, within, higher]


@given(
    here=st.integers(0, 3),
    there=st.integers(0, 3),
    percent=st.floats(-90, 200),
    error=st.floats(1, 80),
)
def test_seen_from_the_other_side_the_verdict_is_the_same(
    here: int, there: int, percent: float, error: float
) -> None:
    low = 100 * (1 / (1 + error / 100) - 1)
    turned = 100 * (1 / (1 + percent / 100) - 1)
    if min(abs(percent - error), abs(percent - low)) < 1e-6:
        return
    one, other = (
        agree(
            grade,
            [
                Reference(
                    place=Place.OTHER_SIDE,
                    grade=opposite,
                    measured=Asymmetry(percent=value, error_percent=(low, error)),
                )
            ],
        ).verdict
        for grade, opposite, value in ((here, there, percent), (there, here, turned))
    )
    assert one == other


@pytest.mark.parametrize(
    ("references", "verdict"),
    [
        ([side(WITHIN, 0), control(WITHIN)], D),
        ([side(LOWER, 0), control(LOWER)], A),
        ([side(WITHIN, 0), control(LOWER)], N),
        ([side(WITHIN, None), control(LOWER)], A),
        ([side(WITHIN, None), control(WITHIN)], D),
        ([side(None, 0), control(LOWER)], A),
    ],
)
def test_two_references_are_joined(references: list[Reference], verdict: Agree) -> None:
    assert agree(2, references).verdict is verdict


def test_a_difference_is_told_with_its_numbers_and_where_to_look() -> None:
    left, right = (
        Estimate(value=kpa, standard_uncertainty=10, unit="kPa") for kpa in (250.0, 260.0)
    )
    reference = Reference(
        place=Place.OTHER_SIDE,
        grade=0,
        measured=threshold_asymmetry(left, right, presses=(3, 3)),
    )
    found = agree(2, [reference], circumstances=Circumstances(trials=2, guarded=False))

    assert found.verdict is D
    assert "By hand, tenderness is 2 here, 0 on the other side." in found.sentence
    assert "within measurement error (-29 to +40 %)" in found.sentence
    assert f"The record notes {Reason.FEW_TRIALS.value}." in found.sentence
    assert Reason.SPOT.value in found.sentence
    assert Reason.GUARDED.value not in found.sentence
    assert "neither is taken to be the right one" in found.sentence


def test_what_the_record_rules_out_is_not_named() -> None:
    known = Circumstances(trials=3, guarded=False, indirect=False, hand_first=True, same_spot=True)
    assert known.noted() == known.to_check() == ()
    sentence = agree(2, [side(WITHIN, 0)], circumstances=known).sentence
    assert "Worth a look" not in sentence
    assert not any(reason.value in sentence for reason in Reason)


def every_verdict() -> list[SiteAgreement]:
    places = [
        [],
        *(
            [side(percent, grade)]
            for percent in (LOWER, WITHIN, HIGHER, None)
            for grade in (0, 2, None)
        ),
        [side(WITHIN, 0), control(LOWER)],
        [side(WITHIN, 0), control(WITHIN)],
        [control(HIGHER)],
    ]
    return [
        agree(grade, references, comparison=comparison)
        for comparison in (TENDERNESS, TONE)
        for grade in (None, 0, 1, 2)
        for references in places
    ]


def test_no_sentence_blames_or_judges() -> None:
    banned = r"wrong|mistake|error of the therapist|abnormal|normal|diagnos|patholog|risk|cause|!"
    for found in every_verdict():
        assert not re.search(banned, found.sentence, re.IGNORECASE)
        assert found.sentence.endswith(".")
        assert found.sentence[0].isupper()


def test_tone_is_never_set_beside_a_pain_threshold() -> None:
    for found in every_verdict():
        if found.comparison is TONE:
            assert "threshold" not in found.sentence
        else:
            assert "stiffness" not in found.sentence


@pytest.mark.parametrize("comparison", [TENDERNESS, TONE])
def test_a_missing_voice_is_said_and_flagged(comparison: Comparison) -> None:
    for grade, references, words in (
        (None, [side(LOWER, 0)], "the sensor speaks alone"),
        (1, [side(None, 0)], "the hand speaks alone (grade 1)"),
        (None, [], "was not graded here; no"),
    ):
        found = agree(grade, references, comparison=comparison)
        assert found.verdict is N
        assert words in found.sentence
        assert found.flags == (QualityFlag.MISSING_VALUES,)


def test_a_grade_off_the_scale_is_told() -> None:
    with pytest.raises(UsageError, match="no grade 4 of tenderness"):
        agree(4, [])
    with pytest.raises(UsageError, match="no grade -1 of tenderness"):
        agree(1, [side(LOWER, -1)])


@pytest.mark.parametrize("grades", [(), (1,), (0, 2, 1), (0, 0, 1)])
def test_a_scale_rises(grades: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="Grades rise"):
        Comparison(hand="tone", sensor="stiffness", grades=grades, rising=True, unit="N/mm")
