"""A checklist does not depend on the order of telling, grows with it, and knows no better side."""

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tissuesense.anatomy.begin import where_to_begin
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.checklist import Checklist
from tissuesense.anatomy.heard import HeardComplaint, Noted
from tissuesense.anatomy.measured import SiteReading, rank_after_measuring
from tissuesense.anatomy.pattern import Ground
from tissuesense.core.site import BodySite, ComplaintKind, Side

PLACES = sorted({word for row in catalogue().patterns.values() for word in row.words})
SIDES = st.sampled_from([None, *Side])
COMPLAINTS = st.builds(
    HeardComplaint,
    kind=st.sampled_from(ComplaintKind),
    region=st.one_of(st.sampled_from(["", *PLACES]), st.text(max_size=20)),
    side=SIDES,
)


def noted(ground: Ground) -> st.SearchStrategy[Noted]:
    ids = [row.id for row in catalogue().patterns_of(ground)]
    return st.builds(Noted, id=st.sampled_from(ids), side=SIDES)


POSTURES = st.lists(noted(Ground.POSTURE), max_size=3)
HABITS = st.lists(noted(Ground.HABIT), max_size=3)
READINGS = st.lists(
    st.builds(
        SiteReading,
        site=st.builds(
            BodySite,
            st.sampled_from([*catalogue().muscles, "elsewhere"]),
            st.sampled_from([Side.LEFT, Side.RIGHT]),
        ),
        tenderness=st.none() | st.integers(0, 3),
        tone=st.none() | st.integers(-2, 2),
        threshold_kpa=st.none() | st.floats(10, 1000),
        at_least=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda reading: reading.site,
)
BANNED = re.compile(
    r"\b(?:caus|diagnos|patholog|abnormal|normal|risk|disease|syndrome|improv|injur|sick|damage)",
    re.IGNORECASE,
)


def sentences(checklist: Checklist) -> list[str]:
    said = [checklist.control.reason, *checklist.notes]
    for item in checklist.items:
        said += [*item.reasons, *item.found, item.how]
    return said


def scores(checklist: Checklist) -> dict[str, int]:
    return {item.muscle.id: item.rank_score for item in checklist.items}


@given(st.lists(COMPLAINTS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_complaints_does_not_matter(
    told: list[HeardComplaint], chance: object
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random of Hypothesis
    assert where_to_begin(shuffled) == where_to_begin(told)


@given(st.lists(COMPLAINTS, min_size=1, max_size=3))
def test_telling_a_thing_twice_changes_nothing(told: list[HeardComplaint]) -> None:
    assert where_to_begin([*told, *told]) == where_to_begin(told)


@given(st.lists(COMPLAINTS, max_size=3), COMPLAINTS, POSTURES, HABITS)
def test_telling_more_never_lowers_a_score(
    told: list[HeardComplaint], more: HeardComplaint, postures: list[Noted], habits: list[Noted]
) -> None:
    before = scores(where_to_begin(told))
    after = scores(where_to_begin([*told, more], postures=postures, habits=habits))

    assert all(after[id_] >= score for id_, score in before.items())


def other_side(text: str) -> str:
    swapped = {"left": "right", "right": "left", "Left": "Right", "Right": "Left"}
    return re.sub(r"\b(?:left|right|Left|Right)\b", lambda match: swapped[match[0]], text)


@given(st.lists(COMPLAINTS, max_size=3), POSTURES, READINGS)
def test_the_mirror_image_of_a_client_has_the_mirror_image_of_the_list(
    told: list[HeardComplaint], postures: list[Noted], readings: list[SiteReading]
) -> None:
    here = rank_after_measuring(where_to_begin(told, postures=postures), readings)
    there = rank_after_measuring(
        where_to_begin(
            [
                replace(one, side=one.side and one.side.other, region=other_side(one.region))
                for one in told
            ],
            postures=[replace(one, side=one.side and one.side.other) for one in postures],
        ),
        [replace(one, site=one.site.opposite) for one in readings],
    )

    assert [item.muscle.id for item in there.items] == [item.muscle.id for item in here.items]
    for mine, mirrored in zip(here.items, there.items, strict=True):
        assert {side.other for side in mirrored.sides} == set(mine.sides)
        assert [other_side(reason) for reason in mirrored.reasons] == list(mine.reasons)
        assert {other_side(sentence) for sentence in mirrored.found} == set(mine.found)


@given(st.lists(COMPLAINTS, max_size=3), READINGS)
def test_measuring_never_lowers_a_score_and_loses_no_muscle(
    told: list[HeardComplaint], readings: list[SiteReading]
) -> None:
    before = where_to_begin(told)
    after = scores(rank_after_measuring(before, readings))

    assert all(after[id_] >= score for id_, score in scores(before).items())


@given(st.lists(COMPLAINTS, max_size=3), POSTURES, HABITS, READINGS)
def test_no_sentence_says_what_is_wrong_or_why(
    told: list[HeardComplaint],
    postures: list[Noted],
    habits: list[Noted],
    readings: list[SiteReading],
) -> None:
    listed = where_to_begin(told, postures=postures, habits=habits)
    said = sentences(rank_after_measuring(listed, readings))

    assert [sentence for sentence in said if BANNED.search(sentence)] == []
    assert all(sentence[-1] == "." and "!" not in sentence for sentence in said)


@given(COMPLAINTS)
def test_no_sentence_repeats_free_words(told: HeardComplaint) -> None:
    marked = replace(told, region=f"{told.region} zzagathazz")
    assert not [said for said in sentences(where_to_begin([marked])) if "agatha" in said]
