"""A plan and how it stands, in the calm words of a screen and a report."""

from datetime import date

from tissuesense.core.dates import weekday, weekdays
from tissuesense.record.care import Phase
from tissuesense.record.schedule import Due, PhaseCount, Schedule, Span

_WEEK = 7
_DAYS_STILL_COUNTED = 14


def rhythm_words(phase: Phase) -> str:
    """Return "2 to 3 visits a week" or "a visit every 5 to 6 weeks"."""
    if phase.every_weeks is not None:
        number = _range(phase.every_weeks, phase.every_weeks_to)
        return "a visit every week" if number == "1" else f"a visit every {number} weeks"
    number = _range(phase.per_week or 0.0, phase.per_week_to)
    return f"{number} {'visit' if number == '1' else 'visits'} a week"


def phase_words(standing: Schedule) -> str:
    """Return "2 to 3 visits a week, week 2 of 3", or that the plan begins or is over."""
    today, current = standing.today, standing.current
    if current is not None:
        words = rhythm_words(current.phase)
        if current.phase.weeks is None:
            return words
        week = (today - current.starts_on).days // _WEEK + 1
        return f"{words}, week {week} of {current.phase.weeks}"
    begins = standing.plan.starts_on
    if today < begins:
        return f"the plan begins {weekday(begins, beside=today)}"
    ended = standing.phases[-1].ends_on
    return "" if ended is None else f"the plan ended {weekday(ended, beside=today)}"


def due_words(standing: Schedule) -> str:
    """Return "due Thursday 5 March", "due today" or "2 days past plan"."""
    return when_due(standing.due, standing.today)


def when_due(due: Due | None, today: date) -> str:
    """Return the same of a due date by itself, as the lists of clients have it."""
    if due is None:
        return "no further visit planned"
    if today > due.last:
        return f"{_some_days(due.days_past(today))} past plan"
    if today < due.first:
        return f"due {weekdays(due.first, due.last, beside=today)}"
    later = "" if today == due.last else f", at the latest {weekday(due.last, beside=today)}"
    return f"due today{later}"


def kept_words(count: PhaseCount) -> str:
    """Return "5 visits kept of 6 planned so far; no visit in 1 week"."""
    kept = "1 visit" if count.kept == 1 else f"{count.kept} visits"
    missed = len(count.missed_weeks)
    without = f"; no visit in {_plural(missed, 'week')}" if missed else ""
    return f"{kept} kept of {_span(count.planned_so_far)} planned so far{without}"


def used_words(standing: Schedule) -> str:
    """Return "7 of 12 ordered visits used"; empty where the order has no limit."""
    ordered = standing.plan.sessions_ordered
    if ordered is None:
        return ""
    return f"{standing.used} of {ordered} ordered {'visit' if ordered == 1 else 'visits'} used"


def ahead_words(standing: Schedule) -> str:
    """Return "1 visit a week from Monday 23 March"; empty where no phase lies ahead."""
    ahead = standing.ahead
    if ahead is None:
        return ""
    begins = weekday(ahead.starts_on, beside=standing.today)
    return f"{rhythm_words(ahead.phase)} from {begins}"


def review_words(standing: Schedule) -> str:
    """Return "review due Thursday 5 March"; empty where none is planned."""
    on, today = standing.plan.review_on, standing.today
    if on is None:
        return ""
    if on < today:
        return f"review {_some_days((today - on).days)} past plan"
    return "review due today" if on == today else f"review due {weekday(on, beside=today)}"


def _some_days(days: int) -> str:
    if days < _DAYS_STILL_COUNTED:
        return _plural(days, "day")
    return _plural(days // _WEEK, "week")


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _range(low: float, high: float | None) -> str:
    return f"{low:g}" if high is None or high == low else f"{low:g} to {high:g}"


def _span(span: Span) -> str:
    return f"{span.fewest}" if span.fewest == span.most else f"{span.fewest} to {span.most}"
