"""Before and after treatment: what changed in this visit, and whether that is more than error."""

from tissuesense.analysis.course.treatment_effect import TreatmentEffect
from tissuesense.core.quantity import Estimate
from tissuesense.report.change_words import judge_in_visit
from tissuesense.report.comparison import change_in_visit, measured_twice
from tissuesense.report.document import Block as DocumentBlock
from tissuesense.report.document import Cell, Column, Row, Table, Voice, Words, say
from tissuesense.report.measures import Measure
from tissuesense.report.quantities import NOTHING, bare, number, signed
from tissuesense.report.readings import Reading, SiteView, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side

_COLUMNS = (
    Column(title="Site", share=1.6),
    Column(title="Measured", share=2.1),
    Column(title="Before", voice=Voice.SENSOR, numeric=True, share=1.2),
    Column(title="After", voice=Voice.SENSOR, numeric=True, share=1.2),
    Column(title="Change", numeric=True, share=1.0),
    Column(title="Error", numeric=True, share=1.3),
    Column(title="In words", share=1.9),
)
_NOTE = (
    "Error: changes in between are what measuring twice gives anyway, of the order of published "
    "repeats until there are own ones. What brought a change about cannot be "
    "told from this: resting or the second measurement itself may."
)


def write(view: VisitView) -> tuple[DocumentBlock, ...]:
    """Return a row for each quantity that was measured both before and after treatment."""
    rows = tuple(row for before, after in view.before_and_after() for row in _rows(before, after))
    return (Table(columns=_COLUMNS, rows=rows, note=say(_NOTE)),) if rows else ()


def _rows(before: SiteView, after: SiteView) -> tuple[Row, ...]:
    both = measured_twice(before, after)
    opening = Cell(say(site_and_side(before.site)), rows=len(both), heads=True)
    return tuple(
        Row((*([] if k else [opening]), *_cells(*twice)), opens=k == 0)
        for k, twice in enumerate(both)
    )


def _cells(measure: Measure, before: Reading, after: Reading) -> tuple[Cell, ...]:
    found = change_in_visit(measure, before, after)
    return (
        Cell(say(measure.heading), heads=True),
        Cell(_value(before, measure)),
        Cell(_value(after, measure)),
        Cell(say(_change(found, measure))),
        Cell(say(_error(found, measure))),
        Cell(say(f"{judge_in_visit(found).words}.")),
    )


def _value(reading: Reading, measure: Measure) -> Words:
    found = reading.session(measure.session)
    if found is None or found.value is None:
        return say("no value")
    return say(bare(found.value, found.standard_uncertainty, measure.unit))


def _change(found: TreatmentEffect, measure: Measure) -> str:
    if isinstance(found.percent, Estimate):
        return f"{signed(found.percent.value)} %"
    if isinstance(found.change, Estimate):
        return f"{signed(found.change.value)} {measure.unit}"
    return NOTHING


def _error(found: TreatmentEffect, measure: Measure) -> str:
    if found.mdc_percent is not None:
        low, high = found.mdc_percent
        return f"{signed(low)} to {signed(high)} %"
    return NOTHING if found.mdc is None else f"± {number(found.mdc, measure.unit)} {measure.unit}"


SECTION = Section(title="Before and after", write=write)
