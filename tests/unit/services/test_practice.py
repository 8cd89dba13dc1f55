"""The practice and its people are stated as often as one likes and stand there once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.services.desk import Desk, a_desk

from tissuesense.core.errors import UsageError
from tissuesense.record.people import Practice
from tissuesense.services.practice import keep_practice, practice_and_people

PRACTICE = {"name": "Example Practice", "retention_years": 12.0}
PEOPLE = [{"name": "M. Example", "credential": "LMT"}, {"name": "R. Sample", "role": "rater"}]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def keep(desk: Desk, stated: dict[str, Any]) -> int:
    return len(keep_practice(desk.store, stated, clock=desk.clock, rng=desk.rng))


def test_practice_that_nobody_stated_has_its_defaults(desk: Desk) -> None:
    assert practice_and_people(desk.store) == (Practice(), ())


def test_what_was_stated_comes_back(desk: Desk) -> None:
    assert keep(desk, {"practice": PRACTICE, "practitioners": PEOPLE}) == 3
    practice, people = practice_and_people(desk.store)
    assert (practice.name, practice.retention_years) == ("Example Practice", 12.0)
    assert [(p.name, p.role) for p in people] == [
        ("M. Example", "therapist"),
        ("R. Sample", "rater"),
    ]


def test_stating_it_again_writes_nothing(desk: Desk) -> None:
    keep(desk, {"practice": PRACTICE, "practitioners": PEOPLE})
    before = desk.store.ledger.head()
    assert keep(desk, {"practice": PRACTICE, "practitioners": PEOPLE}) == 0
    assert desk.store.ledger.head() == before


def test_changed_practitioner_takes_the_place_of_the_one_before(desk: Desk) -> None:
    keep(desk, {"practitioners": PEOPLE})
    assert keep(desk, {"practitioners": [{"name": "M. Example", "credential": "PT"}]}) == 1
    _, people = practice_and_people(desk.store)
    assert sorted((p.name, p.credential) for p in people) == [
        ("M. Example", "PT"),
        ("R. Sample", ""),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"practice": {"nam": "x"}},
        {"practitioners": {"name": "x"}},
        {"practitioners": ["x"]},
        {"practice": PRACTICE, "practitioners": [{"name": ""}]},
        {"people": []},
        {"practice": PRACTICE, "practitioners": [{"name": "x", "role": "boss"}]},
    ],
    ids=str,
)
def test_one_part_that_is_wrong_keeps_all_out(desk: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        keep(desk, wrong)
    assert practice_and_people(desk.store) == (Practice(), ())
