"""The shipped catalogue holds what it promises, and says nothing that it should not."""

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files

import pytest

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.muscle import UNSOURCED, Muscle, Reach, Region
from tissuesense.anatomy.pattern import Ground
from tissuesense.core.site import BodySite, ComplaintKind, Side

MUSCLES = list(catalogue().muscles.values())
# What a checklist must not say: what is wrong, or why.
BANNED = re.compile(
    r"\b(?:caus|diagnos|patholog|abnormal|normal|risk|disease|syndrome|trigger point|injur|treat)",
    re.IGNORECASE,
)


def strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from strings(inner)
        case list():
            for inner in value:
                yield from strings(inner)
        case _:
            pass


def test_there_are_more_than_45_muscles_with_a_name_of_their_own() -> None:
    assert len(MUSCLES) >= 45
    assert len({muscle.name for muscle in MUSCLES}) == len(MUSCLES)


@pytest.mark.parametrize("muscle", MUSCLES, ids=lambda muscle: muscle.id)
def test_every_id_is_a_site_that_a_recording_may_have(muscle: Muscle) -> None:
    for name in (muscle.id, *muscle.aliases):
        assert BodySite(name, Side.LEFT).name == name


@pytest.mark.parametrize("muscle", MUSCLES, ids=lambda muscle: muscle.id)
def test_antagonism_goes_both_ways(muscle: Muscle) -> None:
    muscles = catalogue().muscles
    assert all(muscle.id in muscles[other].antagonists for other in muscle.antagonists)


@pytest.mark.parametrize("id_", ["scalenes", "sternocleidomastoid", "psoas_major", "iliacus"])
def test_what_lies_over_vessels_or_bowels_is_for_the_hands_alone(id_: str) -> None:
    muscle = catalogue().muscles[id_]

    assert muscle.reach is Reach.NOT_PRESSED
    assert muscle.how_to_reach.startswith("Palpation only: ")


def test_a_muscle_under_another_says_whose_value_it_is() -> None:
    told = catalogue().muscles["supraspinatus"].how_to_reach

    assert "through the trapezius" in told
    assert "the value belongs to all that lies under the tip" in told


@pytest.mark.parametrize("kind", ComplaintKind)
def test_each_kind_of_complaint_has_muscles(kind: ComplaintKind) -> None:
    assert sum(kind in muscle.complaints for muscle in MUSCLES) >= 4


def test_the_head_is_pressed_least() -> None:
    head = {muscle.ceiling_n or 0 for muscle in MUSCLES if muscle.region is Region.HEAD}
    back = {muscle.ceiling_n or 0 for muscle in MUSCLES if muscle.region is Region.TRUNK}

    assert 0 < max(head) < max(back)


def test_no_source_is_unused_and_every_source_says_whether_it_was_read() -> None:
    facts = [getattr(m.source, slot) for m in MUSCLES for slot in m.source.__slots__]
    edges = [edge.source for row in catalogue().patterns.values() for edge in row.muscles]

    assert {*facts, *edges} - {UNSOURCED} == catalogue().sources.keys()
    assert {s.looked_up for s in catalogue().sources.values()} == {True, False}


def test_no_source_is_called_read_that_says_it_was_not() -> None:
    for source in catalogue().sources.values():
        assert source.looked_up is not ("not looked up" in source.text)


def test_no_code_needs_a_licence() -> None:
    text = "".join(map(str, MUSCLES)).lower()
    assert "snomed" not in text
    assert "loinc" not in text


def test_the_files_hold_no_word_about_what_is_wrong() -> None:
    folder = files("tissuesense.anatomy").joinpath("data")
    tables = [folder.joinpath("complaints.toml")]
    tables += [path for path in folder.joinpath("muscles").iterdir() if path.name.endswith(".toml")]
    said = [s for path in tables for s in strings(tomllib.loads(path.read_text("utf-8")))]

    assert len(said) > 1000
    assert [sentence for sentence in said if BANNED.search(sentence)] == []


def test_postures_and_habits_of_daily_life_are_there() -> None:
    postures = {row.id for row in catalogue().patterns_of(Ground.POSTURE)}
    habits = {row.id for row in catalogue().patterns_of(Ground.HABIT)}

    assert postures >= {"forward_head", "rounded_shoulders", "raised_shoulder"}
    assert habits >= {"desk_work", "phone_use", "overhead_work", "driving", "running"}
