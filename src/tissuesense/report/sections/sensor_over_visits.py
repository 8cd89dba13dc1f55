"""What the sensor measured over the course: first and latest, each with its uncertainty."""

from tissuesense.record.history import VisitRecord
from tissuesense.report.course_view import CourseView
from tissuesense.report.course_words import ends_words
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Number,
    Paragraph,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
)
from tissuesense.report.quantities import NOTHING, bare, interval, number
from tissuesense.report.registry import Section
from tissuesense.report.series import Point, Series
from tissuesense.report.words import short_day, site_and_side

_COLUMNS = (
    Column(title="Site", share=2.2),
    Column(title="Measured", share=1.7),
    Column(title="First", voice=Voice.SENSOR, numeric=True, share=1.0),
    Column(title="95 % interval", numeric=True, share=1.0),
    Column(title="Latest", voice=Voice.SENSOR, numeric=True, share=1.0),
    Column(title="95 % interval", numeric=True, share=1.0),
    Column(title="Visits", numeric=True, share=0.6),
)
_NOTE = (
    "Measured before treatment. ± is one standard uncertainty of the presses of that visit; "
    "placing the gauge anew on another day adds to it."
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each quantity of each site, control sites last."""
    series = (*view.of_interest, *view.of_control)
    if not series:
        return (Paragraph(say("Nothing was measured before treatment.")),)
    rows = tuple(_row(one, view) for one in series)
    return (Table(columns=_COLUMNS, rows=rows, note=say(f"{_NOTE} {ends_words(view)}")),)


def _row(series: Series, view: CourseView) -> Row:
    first, latest = series.points[0], series.points[-1]
    once = len(series.points) == 1
    control = " (control site)" if series.site.name in view.controls else ""
    return Row(
        (
            Cell(say(site_and_side(series.site) + control), heads=True),
            Cell(say(series.measure.heading)),
            *_cells(series, first, view.ends[0]),
            *(
                (Cell(say(NOTHING)), Cell(say(NOTHING)))
                if once
                else _cells(series, latest, view.ends[1])
            ),
            Cell(say(str(len(series.points)))),
        )
    )


def _cells(series: Series, point: Point, usual: VisitRecord) -> tuple[Cell, Cell]:
    unit = series.measure.unit
    shown = NOTHING if point.ci95 is None else interval(*point.ci95, unit)
    other_day = point.visit.id != usual.visit.id
    dated = say(Run(f"\n{short_day(point.when)}", Voice.MUTED)) if other_day else ()
    return Cell(say(*_value(point, unit), *dated)), Cell(say(Number(value=shown)))


def _value(point: Point, unit: str) -> Words:
    if point.value is None:
        return say("no value")
    if point.at_least:
        return say(f"at least {number(point.value, unit)}")
    return say(bare(point.value, point.u, unit))


SECTION = Section(title="What the sensor measured", write=write, appendix=True)
