"""When the next visit is due, and what was kept of what was planned: arithmetic on dates alone.

A visit is due one interval of its phase after the visit before: 2 a week are three to four days,
every 5 to 6 weeks are 35 to 42. Where even the latest day of a phase's interval lies past the
phase's end, the interval of the next phase holds, so that four weekly visits are four and not five.
A plan begins anew on its first day, whatever was kept before it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tissuesense.core.errors import UsageError
from tissuesense.record.care import CarePlan, Phase

MAINTENANCE = Phase(every_weeks=5.0, every_weeks_to=6.0, name="maintenance")
_WEEK = 7
_NEVER = date.max.toordinal() + 1
_LONGEST_DAYS = Fraction(520 * _WEEK)  # of an interval, so that no date lies beyond the calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From the fewest to the most: of visits that a plan with a range asks for."""

    fewest: int
    most: int

    def __add__(self, other: "Span") -> "Span":
        return Span(fewest=self.fewest + other.fewest, most=self.most + other.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseCount:
    """One phase: what was planned in it and what was kept.

    Attributes
    ----------
    number
        From 1 on.
    ends_on
        Its last day; None for a phase that goes on.
    planned_so_far, planned
        Visits planned up to and including today, and in the whole phase; `planned` is None for a
        phase that goes on.
    missed_weeks
        First days of its weeks that are over and had no visit; only of a phase with a visit or more
        in each week.
    """

    phase: Phase
    number: int
    starts_on: date
    ends_on: date | None
    planned_so_far: Span
    planned: Span | None
    kept: int
    missed_weeks: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a visit is due: from the first to the last day that keep to the plan."""

    first: date
    last: date

    def days_past(self, today: date) -> int:
        """Return how many days the plan is past; 0 where it is not."""
        return max(0, (today - self.last).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a plan stands today.

    Attributes
    ----------
    current
        The phase that today lies in; None before the plan begins and after it ended.
    ahead
        The phase after that, or the first one before the plan begins; None where there is none.
    due
        The next visit; None where the plan asks for no more.
    """

    plan: CarePlan
    today: date
    phases: tuple[PhaseCount, ...]
    current: PhaseCount | None
    ahead: PhaseCount | None
    due: Due | None

    @property
    def used(self) -> int:
        """Visits kept since the plan began, which `plan.sessions_ordered` may limit."""
        return sum(phase.kept for phase in self.phases)

    @property
    def planned_so_far(self) -> Span:
        """Visits planned up to and including today."""
        return sum((phase.planned_so_far for phase in self.phases), Span(fewest=0, most=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueStep:
    """One step of the rule by which the last visit alone says when the next is due.

    It holds for a last visit from `from_day` up to and not including `until_day`, both as
    `date.toordinal` has them; without a visit since the plan began, for day 0. The next is due from
    `shortest_days` to `longest_days` after it, and not before `earliest`.
    """

    from_day: int
    until_day: int
    earliest: int
    shortest_days: int
    longest_days: int

    def due(self, last_day: int) -> Due:
        """Return when the next visit is due."""
        first = max(self.earliest, last_day + self.shortest_days)
        return _due_on(first, max(self.earliest, last_day + self.longest_days))


def due_steps(plan: CarePlan) -> Iterator[DueStep]:
    """Yield the steps of a plan; a last visit that none holds for asks for no more."""
    start = plan.starts_on.toordinal()
    yield DueStep(from_day=0, until_day=start, earliest=start, shortest_days=0, longest_days=0)
    for stretch in _stretches(plan, None):
        longest = math.ceil(stretch.longest)
        until = _NEVER if stretch.end is None else stretch.end - longest
        if until > start:
            yield DueStep(
                from_day=start,
                until_day=until,
                earliest=stretch.start,
                shortest_days=math.floor(stretch.shortest),
                longest_days=longest,
            )
            start = until


def plan_in_force(plans: Sequence[CarePlan], today: date) -> tuple[CarePlan, date | None] | None:
    """Return the plan that holds today, and the day when a later one takes its place.

    Parameters
    ----------
    plans
        In the order in which they were written: a later one holds from its first day on, in place
        of all before it. Before the first day of any, it is the one that begins first.
    """
    chain: list[CarePlan] = []
    for plan in reversed(plans):
        if not chain or plan.starts_on < chain[-1].starts_on:
            chain.append(plan)
    until = None
    for plan in chain:
        if plan.starts_on <= today or plan is chain[-1]:
            return plan, until
        until = plan.starts_on
    return None


def schedule(
    plan: CarePlan, visits: Iterable[date], *, today: date, until: date | None = None
) -> Schedule:
    """Return how a plan stands.

    Parameters
    ----------
    visits
        The day of every visit kept, in any order; two visits of one day are two. Those before the
        plan's first day, from `until` on and after today do not count.
    until
        The day when a later plan takes its place; its first visit is due then.

    Raises
    ------
    UsageError
        When the later plan begins no later.
    """
    if until is not None and until <= plan.starts_on:
        raise UsageError("The plan that takes another's place must begin after it.")
    stretches = tuple(_stretches(plan, until))
    first, end = stretches[0].start, today.toordinal() + 1
    if until is not None:
        end = min(end, until.toordinal())
    kept = sorted(visit.toordinal() for visit in visits if first <= visit.toordinal() < end)
    phases = tuple(_phase_counts(stretches, kept, today.toordinal()))
    now = next((i for i, s in enumerate(stretches) if s.holds(today.toordinal())), None)
    before = today < plan.starts_on
    after = (0 if before else len(phases)) if now is None else now + 1
    return Schedule(
        plan=plan,
        today=today,
        phases=phases,
        current=None if now is None else phases[now],
        ahead=phases[after] if after < len(phases) else None,
        due=_due(stretches, kept, until),
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A phase on the calendar, in days; `end` is the first day after it."""

    phase: Phase
    start: int
    end: int | None

    def holds(self, day: int) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    @property
    def shortest(self) -> Fraction:
        """The shortest interval from visit to visit, in days."""
        phase = self.phase
        if phase.every_weeks is not None:
            return _days(_WEEK * Fraction(phase.every_weeks))
        return _days(_WEEK / Fraction(phase.per_week_to or phase.per_week or 1))

    @property
    def longest(self) -> Fraction:
        """The longest interval from visit to visit, in days."""
        phase = self.phase
        if phase.every_weeks is not None:
            return _days(_WEEK * Fraction(phase.every_weeks_to or phase.every_weeks))
        return _days(_WEEK / Fraction(phase.per_week or 1))


def _days(days: Fraction) -> Fraction:
    return min(days, _LONGEST_DAYS)


def _stretches(plan: CarePlan, until: date | None) -> Iterator[_Stretch]:
    start = plan.starts_on.toordinal()
    stop = math.inf if until is None else until.toordinal()
    for phase in plan.phases:
        end = math.inf if phase.weeks is None else start + _WEEK * phase.weeks
        end = min(end, stop)
        yield _Stretch(phase, start, None if end == math.inf else int(end))
        if end == stop:
            return
        start = int(end)


def _due(stretches: Sequence[_Stretch], kept: Sequence[int], until: date | None) -> Due | None:
    if not kept:
        return _due_on(stretches[0].start, stretches[0].start)
    last = kept[-1]
    for stretch in stretches:
        if stretch.end is None or last + math.ceil(stretch.longest) < stretch.end:
            first = max(stretch.start, last + math.floor(stretch.shortest))
            return _due_on(first, max(stretch.start, last + math.ceil(stretch.longest)))
    return None if until is None else Due(first=until, last=until)


def _due_on(first: int, last: int) -> Due:
    return Due(first=_date(first), last=_date(last))


def _phase_counts(
    stretches: Sequence[_Stretch], kept: Sequence[int], today: int
) -> Iterator[PhaseCount]:
    slow = _first_moments(stretches, [stretch.longest for stretch in stretches])
    fast = _first_moments(stretches, [stretch.shortest for stretch in stretches])
    for number, (stretch, *firsts) in enumerate(zip(stretches, slow, fast, strict=True), start=1):
        end = stretch.end
        yield PhaseCount(
            phase=stretch.phase,
            number=number,
            starts_on=_date(stretch.start),
            ends_on=None if end is None else _date(end - 1),
            planned_so_far=_planned(stretch, firsts, today + 1),
            planned=None if end is None else _planned(stretch, firsts, end),
            kept=sum(stretch.holds(day) for day in kept),
            missed_weeks=tuple(_missed_weeks(stretch, kept, today)),
        )


def _first_moments(
    stretches: Sequence[_Stretch], intervals: Sequence[Fraction]
) -> Iterator[Fraction]:
    """Yield when the first visit of each stretch would be if every visit came on its day.

    Days are not rounded here, or 2 visits a week would drift into 7 in three weeks.
    """
    last: Fraction | None = None
    for stretch, interval in zip(stretches, intervals, strict=True):
        start = Fraction(stretch.start)
        first = start if last is None else max(start, last + interval)
        yield first
        if stretch.end is not None and (count := _moments(first, interval, stretch.end)):
            last = first + (count - 1) * interval


def _planned(stretch: _Stretch, firsts: Sequence[Fraction], before: int) -> Span:
    stop = before if stretch.end is None else min(before, stretch.end)
    pairs = zip(firsts, (stretch.longest, stretch.shortest), strict=True)
    counts = sorted(_moments(first, interval, stop) for first, interval in pairs)
    return Span(fewest=counts[0], most=counts[1])


def _moments(first: Fraction, interval: Fraction, stop: int) -> int:
    """Return how many of first, first + interval ... lie before `stop`."""
    return max(0, math.ceil((stop - first) / interval))


def _missed_weeks(stretch: _Stretch, kept: Sequence[int], today: int) -> Iterator[date]:
    if stretch.longest > _WEEK:
        return
    over = today if stretch.end is None else min(today, stretch.end)
    seen = {(day - stretch.start) // _WEEK for day in kept if stretch.holds(day)}
    for week in range((over - stretch.start) // _WEEK):
        if week not in seen:
            yield _date(stretch.start + week * _WEEK)


def _date(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, date.max.toordinal()))
