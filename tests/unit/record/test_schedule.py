"""A plan says when the next visit is due and what was kept of it, and never scolds."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import UsageError
from tissuesense.record.care import CarePlan, Phase
from tissuesense.record.schedule import MAINTENANCE, Due, Schedule, Span, plan_in_force, schedule
from tissuesense.record.schedule_words import (
    ahead_words,
    due_words,
    kept_words,
    phase_words,
    review_words,
    rhythm_words,
    used_words,
)

MONDAY = date(2026, 3, 2)
TWICE = Phase(per_week=2.0, weeks=3)
OFTEN = Phase(per_week=2.0, per_week_to=3.0, weeks=3)
WEEKLY = Phase(per_week=1.0, weeks=4)
COURSE = CarePlan(
    starts_on=MONDAY,
    phases=(TWICE, WEEKLY, MAINTENANCE),
    sessions_ordered=12,
    review_on=date(2026, 4, 13),
)
TUESDAYS_AND_FRIDAYS = (1, 4, 8, 11, 15, 18)
TUESDAYS = (22, 29, 36, 43)


def on(day: int) -> date:
    return MONDAY + timedelta(days=day)


def standing(*kept: int, today: int, plan: CarePlan = COURSE) -> Schedule:
    return schedule(plan, [on(day) for day in kept], today=on(today))


def due_days(found: Schedule) -> tuple[int, int]:
    assert found.due is not None
    return (found.due.first - MONDAY).days, (found.due.last - MONDAY).days


def test_before_the_first_visit_the_plans_first_day_is_due() -> None:
    assert due_days(standing(today=-3)) == (0, 0)
    assert due_words(standing(today=-3)) == "due Monday 2 March"
    assert phase_words(standing(today=-3)) == "the plan begins Monday 2 March"
    assert due_words(standing(today=0)) == "due today"
    assert due_words(standing(today=2)) == "2 days past plan"


def test_twice_a_week_is_due_three_to_four_days_after() -> None:
    found = standing(1, today=1)
    assert due_days(found) == (4, 5)
    assert phase_words(found) == "2 visits a week, week 1 of 3"
    assert due_words(found) == "due Friday 6 to Saturday 7 March"


def test_a_range_of_visits_is_due_within_the_range_of_its_intervals() -> None:
    plan = CarePlan(starts_on=MONDAY, phases=(OFTEN, WEEKLY))
    found = standing(0, today=7, plan=plan)
    assert due_days(found) == (2, 4)
    assert phase_words(found) == "2 to 3 visits a week, week 2 of 3"


def test_after_the_last_visit_of_a_phase_the_next_phase_sets_the_interval() -> None:
    assert due_days(standing(*TUESDAYS_AND_FRIDAYS, today=18)) == (25, 25)
    assert due_days(standing(*TUESDAYS_AND_FRIDAYS, *TUESDAYS, today=43)) == (78, 85)


def test_weekly_is_due_a_week_after() -> None:
    found = standing(*TUESDAYS_AND_FRIDAYS, 22, today=22)
    assert due_days(found) == (29, 29)
    assert phase_words(found) == "1 visit a week, week 1 of 4"


def test_maintenance_is_due_five_to_six_weeks_after_again_and_again() -> None:
    kept = (*TUESDAYS_AND_FRIDAYS, *TUESDAYS)
    assert phase_words(standing(*kept, today=60)) == "a visit every 5 to 6 weeks"
    assert due_words(standing(*kept, today=60)) == "due Tuesday 19 to Tuesday 26 May"
    assert due_days(standing(*kept, 80, today=80)) == (115, 122)
    assert due_days(standing(*kept, 80, 120, today=120)) == (155, 162)


def test_a_missed_week_is_past_plan_and_counted_but_moves_nothing_on() -> None:
    found = standing(1, 4, today=16)
    assert due_days(found) == (7, 8)
    assert due_words(found) == "8 days past plan"
    assert found.phases[0].missed_weeks == (on(7),)
    assert kept_words(found.phases[0]) == "2 visits kept of 5 planned so far; no visit in 1 week"
    assert phase_words(found) == "2 visits a week, week 3 of 3"


def test_a_missed_week_of_the_weekly_phase_is_due_when_it_was_due() -> None:
    found = standing(*TUESDAYS_AND_FRIDAYS, 22, 29, today=40)
    assert due_days(found) == (36, 36)
    assert due_words(found) == "4 days past plan"
    assert found.phases[1].missed_weeks == ()  # the week of day 35 is not over
    assert standing(*TUESDAYS_AND_FRIDAYS, 22, 29, today=42).phases[1].missed_weeks == (on(35),)


def test_what_was_planned_is_what_the_phases_say() -> None:
    found = standing(*TUESDAYS_AND_FRIDAYS, *TUESDAYS, today=48)
    assert [phase.planned for phase in found.phases] == [
        Span(fewest=6, most=6),
        Span(fewest=4, most=4),
        None,
    ]
    assert [phase.kept for phase in found.phases] == [6, 4, 0]
    assert found.planned_so_far == Span(fewest=10, most=10)
    assert [phase.ends_on for phase in found.phases] == [on(20), on(48), None]


def test_two_visits_of_one_day_are_two() -> None:
    found = standing(1, 1, today=1)
    assert found.used == 2
    assert due_days(found) == (4, 5)


def test_a_visit_before_the_plan_does_not_count() -> None:
    found = standing(-1, today=0)
    assert found.used == 0
    assert due_days(found) == (0, 0)


def test_a_visit_after_today_was_not_kept_yet() -> None:
    assert standing(1, 30, today=2).used == 1


def test_due_for_some_days_names_the_last_of_them() -> None:
    found = standing(*TUESDAYS_AND_FRIDAYS, *TUESDAYS, today=80)
    assert due_words(found) == "due today, at the latest Tuesday 26 May"
    assert due_words(standing(*TUESDAYS, today=85)) == "due today"


def test_far_past_plan_is_told_in_weeks() -> None:
    assert due_words(standing(*TUESDAYS, today=85 + 1)) == "1 day past plan"
    assert due_words(standing(*TUESDAYS, today=85 + 24)) == "3 weeks past plan"


def test_a_plan_that_ended_asks_for_no_more() -> None:
    plan = CarePlan(starts_on=MONDAY, phases=(WEEKLY,))
    kept = (0, 7, 14, 21)
    assert due_words(standing(*kept, today=22, plan=plan)) == "no further visit planned"
    over = standing(*kept, today=35, plan=plan)
    assert over.current is None
    assert over.ahead is None
    assert phase_words(over) == "the plan ended Sunday 29 March"


def test_a_plan_that_ended_before_all_was_kept_still_says_what_was_due() -> None:
    plan = CarePlan(starts_on=MONDAY, phases=(WEEKLY,))
    assert due_words(standing(0, 7, today=35, plan=plan)) == "3 weeks past plan"


def test_what_lies_ahead_is_told_with_its_day() -> None:
    assert ahead_words(standing(today=1)) == "1 visit a week from Monday 23 March"
    assert ahead_words(standing(today=-1)) == "2 visits a week from Monday 2 March"
    assert ahead_words(standing(today=60)) == ""


def test_ordered_visits_and_the_review_are_told() -> None:
    assert used_words(standing(1, 4, today=5)) == "2 of 12 ordered visits used"
    assert review_words(standing(today=5)) == "review due Monday 13 April"
    assert review_words(standing(today=42)) == "review due today"
    assert review_words(standing(today=43)) == "review 1 day past plan"
    bare = CarePlan(starts_on=MONDAY, phases=(WEEKLY,))
    assert (
        used_words(standing(today=0, plan=bare)) == review_words(standing(today=0, plan=bare)) == ""
    )


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase(per_week=1.0), "1 visit a week"),
        (Phase(per_week=1.5), "1.5 visits a week"),
        (Phase(per_week=2.0, per_week_to=2.0), "2 visits a week"),
        (Phase(every_weeks=1.0), "a visit every week"),
        (Phase(every_weeks=2.0), "a visit every 2 weeks"),
        (MAINTENANCE, "a visit every 5 to 6 weeks"),
    ],
)
def test_a_rhythm_has_its_words(phase: Phase, words: str) -> None:
    assert rhythm_words(phase) == words


LATER = CarePlan(starts_on=on(10), phases=(Phase(per_week=1.0),))


def test_a_later_plan_takes_over_on_its_first_day_and_counts_from_there() -> None:
    assert plan_in_force([COURSE, LATER], on(9)) == (COURSE, on(10))
    assert plan_in_force([COURSE, LATER], on(10)) == (LATER, None)
    found = standing(1, 4, 8, today=10, plan=LATER)
    assert found.used == 0
    assert due_words(found) == "due today"


def test_until_the_later_plan_begins_the_earlier_one_asks_for_nothing_beyond() -> None:
    found = schedule(COURSE, [on(1), on(8)], today=on(9), until=on(10))
    assert found.due == Due(first=on(10), last=on(10))
    assert [phase.ends_on for phase in found.phases] == [on(9)]
    assert found.phases[0].planned == Span(fewest=3, most=3)


def test_a_plan_written_last_stands_in_place_of_all_that_would_begin_after_it() -> None:
    never = CarePlan(starts_on=on(30), phases=(WEEKLY,))
    assert plan_in_force([COURSE, never, LATER], on(60)) == (LATER, None)
    assert plan_in_force([never, COURSE], on(-60)) == (COURSE, None)
    assert plan_in_force([], on(0)) is None


def test_a_plan_cannot_be_replaced_before_it_begins() -> None:
    with pytest.raises(UsageError, match="begin after"):
        schedule(COURSE, [], today=on(0), until=MONDAY)


def phases(*, last: bool = False) -> st.SearchStrategy[Phase]:
    weeks = st.none() if last else st.integers(1, 12)
    rates = st.sampled_from([0.5, 1.0, 1.5, 2.0, 3.0, 7.0])
    gaps = st.sampled_from([1.0, 2.0, 2.5, 5.0, 8.0])
    more = st.sampled_from([None, 0.0, 1.0])
    often = st.builds(
        lambda low, up, weeks: Phase(
            per_week=low, per_week_to=None if up is None else low + up, weeks=weeks
        ),
        rates, more, weeks,
    )  # fmt: skip
    seldom = st.builds(
        lambda low, up, weeks: Phase(
            every_weeks=low, every_weeks_to=None if up is None else low + up, weeks=weeks
        ),
        gaps, more, weeks,
    )  # fmt: skip
    return often | seldom


@st.composite
def plans(draw: st.DrawFn) -> CarePlan:
    closed = draw(st.lists(phases(), max_size=3))
    tail = [draw(phases(last=True))] if not closed or draw(st.booleans()) else []
    return CarePlan(starts_on=MONDAY, phases=(*closed, *tail))


DAYS = st.integers(-30, 500)
VISITS = st.lists(DAYS, max_size=20)


@given(plans(), VISITS, DAYS)
def test_the_next_visit_is_never_due_before_the_last_one(
    plan: CarePlan, kept: Sequence[int], today: int
) -> None:
    found = standing(*kept, today=today, plan=plan)
    counted = [on(day) for day in kept if 0 <= day <= today]
    if found.due is not None:
        assert found.due.first <= found.due.last
        assert found.due.first >= max([plan.starts_on, *counted])


@given(plans(), VISITS, DAYS)
def test_counts_add_up(plan: CarePlan, kept: Sequence[int], today: int) -> None:
    found = standing(*kept, today=today, plan=plan)
    within = [
        day
        for day in kept
        if 0 <= day <= today
        and any(p.starts_on <= on(day) <= (p.ends_on or date.max) for p in found.phases)
    ]
    assert found.used == len(within)
    for phase in found.phases:
        assert 0 <= phase.planned_so_far.fewest <= phase.planned_so_far.most
        if phase.planned is not None and phase.ends_on is not None:
            assert phase.planned_so_far.most <= phase.planned.most
            if phase.ends_on <= on(today):
                assert phase.planned_so_far == phase.planned


@given(plans(), VISITS, DAYS, st.integers(-4000, 4000))
def test_moving_every_day_moves_the_answer(
    plan: CarePlan, kept: Sequence[int], today: int, by: int
) -> None:
    here = standing(*kept, today=today, plan=plan)
    moved = CarePlan(starts_on=on(by), phases=plan.phases)
    there = standing(*(day + by for day in kept), today=today + by, plan=moved)
    assert there.used == here.used
    assert there.planned_so_far == here.planned_so_far
    assert (there.due is None) == (here.due is None)
    if there.due is not None:
        assert due_days(there) == tuple(day + by for day in due_days(here))


@given(st.sampled_from([1, 2, 3, 4, 7]), st.integers(1, 10))
def test_whole_visits_a_week_are_that_many_in_every_week(per_week: int, weeks: int) -> None:
    plan = CarePlan(starts_on=MONDAY, phases=(Phase(per_week=float(per_week), weeks=weeks),))
    for week in range(weeks):
        planned = standing(today=7 * week + 6, plan=plan).planned_so_far
        assert planned == Span(fewest=per_week * (week + 1), most=per_week * (week + 1))


@given(plans(), st.integers(0, 400))
def test_whoever_keeps_every_visit_on_its_last_day_is_never_past_plan(
    plan: CarePlan, today: int
) -> None:
    kept: list[int] = []
    while (due := standing(*kept, today=today, plan=plan).due) is not None:
        if (due.last - MONDAY).days > today:
            break
        kept.append((due.last - MONDAY).days)
    assert due is None or due.days_past(on(today)) == 0
