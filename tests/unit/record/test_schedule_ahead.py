"""Claim: the days ahead of a plan keep to it, and a range of days is used from both of its ends."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tissuesense.record.care import CarePlan, Phase
from tissuesense.record.schedule import schedule
from tissuesense.record.schedule_ahead import visits_ahead

BEGIN = date(2026, 1, 5)  # a Monday
COURSE = CarePlan(
    starts_on=BEGIN,
    phases=(
        Phase(per_week=2, weeks=3),
        Phase(per_week=1, weeks=4),
        Phase(every_weeks=5, every_weeks_to=6),
    ),
)


def ahead(plan: CarePlan, *kept: date, today: date = BEGIN, most: int = 20) -> list[date]:
    return list(visits_ahead(plan, kept, today=today, most=most))


def test_two_a_week_for_three_weeks_are_six_and_then_four_weekly_ones() -> None:
    days = ahead(COURSE, most=12)
    last_of_first = BEGIN + timedelta(weeks=3)
    first = [day for day in days if day < last_of_first]
    second = [day for day in days if last_of_first <= day < last_of_first + timedelta(weeks=4)]
    assert (len(first), len(second)) == (6, 4)
    assert {(b - a).days for a, b in pairwise(first)} == {3, 4}
    assert {(b - a).days for a, b in pairwise(days[9:])} <= {35, 42}


def test_a_missed_week_moves_what_follows() -> None:
    today = BEGIN + timedelta(days=12)
    assert ahead(COURSE, BEGIN, today=today, most=1) == [today]


def test_a_plan_that_ends_has_a_last_day() -> None:
    short = CarePlan(starts_on=BEGIN, phases=(Phase(per_week=1, weeks=2),))
    assert ahead(short) == [BEGIN, BEGIN + timedelta(weeks=1)]


def test_the_end_of_the_calendar_ends_it() -> None:
    last = CarePlan(starts_on=date.max, phases=(Phase(per_week=1),))
    assert ahead(last, today=date.max) == [date.max]


phases = st.builds(
    Phase,
    per_week=st.sampled_from([1, 2, 3, 0.5]),
    weeks=st.integers(1, 8),
)


@given(st.lists(phases, min_size=1, max_size=3), st.integers(0, 60))
def test_every_day_is_within_what_is_due_after_the_ones_before(
    stretches: list[Phase], later: int
) -> None:
    plan = CarePlan(starts_on=BEGIN, phases=(*stretches, Phase(every_weeks=5, every_weeks_to=6)))
    today = BEGIN + timedelta(days=later)
    kept: list[date] = []
    for day in ahead(plan, today=today, most=8):
        due = schedule(plan, kept, today=max([today, *kept])).due  # it counts no day to come
        assert due is not None
        assert max(due.first, today) <= day <= max(due.last, today)
        assert not kept or day > kept[-1]
        kept.append(day)
