"""What care is to reach: where each goal started, where it stands, where it is to go."""

from tissuesense.record.care import Goal, GoalMeasure
from tissuesense.report.change_words import judge
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Cell, Column, Row, Table, say
from tissuesense.report.quantities import NOTHING, measured
from tissuesense.report.registry import Section
from tissuesense.report.series import Series
from tissuesense.report.words import short_day

_COLUMNS = (
    Column(title="Goal", share=2.6),
    Column(title="Start", numeric=True, share=1.0),
    Column(title="Now", numeric=True, share=1.3),
    Column(title="Target", numeric=True, share=1.0),
    Column(title="Due", share=1.0),
    Column(title="Change since the first visit", share=2.0),
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each goal."""
    goals: tuple[Goal, ...] = view.record.statements("goal")
    rows = tuple(_row(goal, view) for goal in goals)
    return (Table(columns=_COLUMNS, rows=rows),) if rows else ()


def _row(goal: Goal, view: CourseView) -> Row:
    series = _series(goal, view)
    texts = (
        _number(goal.start_value, goal.unit),
        _now(goal, series, view),
        _number(goal.target_value, goal.unit),
        NOTHING if goal.due is None else short_day(goal.due),
        NOTHING if series is None else f"{judge(series).words}.",
    )
    return Row((Cell(say(goal.text), heads=True), *(Cell(say(text)) for text in texts)))


def _series(goal: Goal, view: CourseView) -> Series | None:
    return next(
        (
            one
            for one in view.series
            if (one.measure.session, one.site.name, one.site.side)
            == (goal.measure, goal.site, goal.side)
        ),
        None,
    )


def _now(goal: Goal, series: Series | None, view: CourseView) -> str:
    if series is not None and series.valued:
        latest = series.ends[1]
        told = str(measured(latest.value_or_0, latest.u, series.measure.unit))
        return f"at least {told}" if latest.at_least else told
    if goal.measure is GoalMeasure.NRS:
        asked = [c.nrs_now for told in view.complaints() for _, c in told.said[-1:]]
        known = [nrs for nrs in asked if nrs is not None]
        return str(max(known)) if known else NOTHING
    return NOTHING


def _number(value: float | None, unit: str) -> str:
    return NOTHING if value is None else f"{value:g} {unit}".rstrip()


SECTION = Section(title="Goals", write=write)
