"""A plan is held against the visits that belong to care, and looking begins where it hurts."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.unit.services.desk import Desk, a_desk

from tissuesense.record.schedule import Due
from tissuesense.services.care import amend
from tissuesense.services.standing import checklist, kept_days, plans, standing

FIRST = date(2026, 1, 5)
WEEKLY = {"starts_on": "2026-01-05", "phases": [{"per_week": 1, "weeks": 4}]}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def due(desk: Desk, today: date) -> Due | None:
    held = standing(desk.record(), today=today)
    assert held is not None
    return held.due


def test_without_a_plan_nothing_is_due(desk: Desk) -> None:
    desk.open_visit()
    assert standing(desk.record(), today=FIRST) is None


def test_first_visit_is_due_on_the_first_day_and_the_next_one_interval_later(desk: Desk) -> None:
    desk.enter("care_plan", **WEEKLY)
    assert due(desk, FIRST) == Due(first=FIRST, last=FIRST)
    desk.open_visit()
    week = FIRST + timedelta(days=7)
    assert due(desk, FIRST) == Due(first=week, last=week)


def test_relaxation_visit_does_not_count_for_the_plan(desk: Desk) -> None:
    desk.enter("care_plan", **WEEKLY)
    desk.open_visit(intent="relaxation")
    assert kept_days(desk.record()) == []
    assert due(desk, FIRST) == Due(first=FIRST, last=FIRST)


def test_two_visits_of_one_day_are_two(desk: Desk) -> None:
    desk.enter("care_plan", **WEEKLY, sessions_ordered=6)
    desk.open_visit()
    desk.open_visit(days=0.1)
    held = standing(desk.record(), today=FIRST)
    assert held is not None
    assert held.used == 2


def test_later_plan_holds_from_its_first_day_and_not_before(desk: Desk) -> None:
    desk.enter("care_plan", **WEEKLY)
    desk.enter(
        "care_plan", starts_on="2026-01-19", phases=[{"every_weeks": 5, "every_weeks_to": 6}]
    )
    desk.open_visit(days=1)
    before = standing(desk.record(), today=date(2026, 1, 18))
    after = standing(desk.record(), today=date(2026, 1, 19))
    assert before is not None
    assert after is not None
    assert before.plan.phases[0].per_week == 1
    assert after.plan.phases[0].every_weeks == 5


def test_plan_that_was_amended_never_held(desk: Desk) -> None:
    wrong = desk.enter("care_plan", **WEEKLY)
    amend(
        desk.store, wrong.id, {"starts_on": "2026-01-12"},
        reason="a week too early", clock=desk.clock, rng=desk.rng,
    )  # fmt: skip
    assert [plan.starts_on for plan in plans(desk.record().entries)] == [date(2026, 1, 12)]


def test_complaint_leads_to_muscles_with_reasons(desk: Desk) -> None:
    assert checklist(desk.record()).items == ()
    desk.enter("complaint", kind="headache", region="back of the head")
    listed = checklist(desk.record())
    assert listed.items
    assert all("Commonly checked for" in item.reasons[0] for item in listed.items)


def test_posture_that_was_looked_for_and_not_seen_adds_nothing(desk: Desk) -> None:
    desk.enter("posture", finding="forward_head", degree=0)
    assert checklist(desk.record()).items == ()
    desk.enter("posture", finding="forward_head", degree=1)
    assert checklist(desk.record()).items


def test_what_the_hands_found_moves_a_muscle_up(desk: Desk) -> None:
    desk.enter("complaint", kind="headache")
    before = [item.muscle.id for item in checklist(desk.record()).items]
    last = checklist(desk.record()).items[-1]
    desk.open_visit()
    desk.enter("palpation", site=last.muscle.id, side=str(last.sides[0]), tenderness=3, tone=2)
    after = [item.muscle.id for item in checklist(desk.record()).items]
    assert after.index(last.muscle.id) < before.index(last.muscle.id)


def test_amended_complaint_counts_as_it_is_now(desk: Desk) -> None:
    told = desk.enter("complaint", kind="headache")
    headache = {item.muscle.id for item in checklist(desk.record()).items}
    amend(
        desk.store, told.id, {"kind": "numbness_tingling", "region": "left hand"},
        reason="heard wrongly", clock=desk.clock, rng=desk.rng,
    )  # fmt: skip
    assert {item.muscle.id for item in checklist(desk.record()).items} != headache
