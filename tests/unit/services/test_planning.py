"""Referral, goals and phases are kept in one go, or none of them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.services.desk import Desk, a_desk

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry
from tissuesense.services.planning import keep_plan

PHASES: list[dict[str, float]] = [
    {"per_week": 2, "per_week_to": 3, "weeks": 3},
    {"every_weeks": 5, "every_weeks_to": 6},
]
REFERRAL: dict[str, Any] = {
    "prescriber": "Dr. A. Example",
    "on": "2026-01-02",
    "condition": "neck pain",
}
GOALS = [{"text": "a day without headache"}, {"text": "turn the head while driving"}]

WRONG: list[dict[str, Any]] = [
    {},
    {"goals": []},
    {"goals": {"text": "x"}},
    {"goals": ["less pain"]},
    {"referral": "Dr. A. Example"},
    {"phases": PHASES, "goals": [{"text": ""}]},
    {"phases": [], "goals": GOALS},
    {"phases": PHASES, "frequency": "often"},
    {"phases": [{"per_week": 2}, {"per_week": 1}]},
    {"referral": {**REFERRAL, "on": "last week"}, "phases": PHASES},
]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def plan(desk: Desk, stated: dict[str, Any]) -> tuple[Entry[Any], ...]:
    return keep_plan(desk.store, desk.client, stated, clock=desk.clock, rng=desk.rng)


def test_all_parts_are_kept_in_one_go(desk: Desk) -> None:
    kept = plan(desk, {"phases": PHASES, "referral": REFERRAL, "goals": GOALS})
    assert [entry.kind for entry in kept] == ["referral", "care_plan", "goal", "goal"]
    record = desk.record()
    assert record.latest("referral").prescriber == "Dr. A. Example"
    assert len(record.latest("care_plan").phases) == 2
    assert [goal.text for goal in record.statements("goal")] == [g["text"] for g in GOALS]


def test_plan_without_a_first_day_starts_today(desk: Desk) -> None:
    plan(desk, {"phases": PHASES})
    assert desk.record().latest("care_plan").starts_on == date(2026, 1, 5)
    plan(desk, {"phases": PHASES, "starts_on": "2026-02-02"})
    assert desk.record().latest("care_plan").starts_on == date(2026, 2, 2)


def test_goals_may_come_without_a_plan(desk: Desk) -> None:
    plan(desk, {"goals": GOALS})
    assert desk.record().latest("care_plan") is None


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_one_part_that_is_wrong_keeps_all_out(desk: Desk, wrong: dict[str, Any]) -> None:
    before = desk.store.ledger.head()
    with pytest.raises(UsageError):
        plan(desk, wrong)
    assert desk.store.ledger.head() == before


def test_nobody_has_no_plan(desk: Desk) -> None:
    desk.client = ClientId("TS-00000")
    with pytest.raises(RecordNotFound):
        plan(desk, {"phases": PHASES})
