"""The treatment as it was pressed: how much, how long, and what the client said."""

from tissuesense.core.recording import RecordingKind
from tissuesense.report.curves import dose_timeline
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Row,
    Table,
    Voice,
    Words,
    say,
    text_of,
)
from tissuesense.report.figures.dose_timeline import DoseTimeline, dose_figure
from tissuesense.report.quantities import NOTHING, measured, number
from tissuesense.report.readings import Press, Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side

_COLUMNS = (
    Column(title="Site", share=1.8),
    Column(title="No.", numeric=True, share=0.5),
    Column(title="On the skin", unit="s", voice=Voice.SENSOR, numeric=True, share=0.9),
    Column(title="Mean pressure", unit="kPa", voice=Voice.SENSOR, numeric=True, share=1.2),
    Column(title="Longest hold", unit="s", voice=Voice.SENSOR, numeric=True, share=0.9),
    Column(title="Changes\nof level", voice=Voice.SENSOR, numeric=True, share=0.9),
    Column(title="Share of\nthreshold", unit="%", voice=Voice.SENSOR, numeric=True, share=1.0),
    Column(title="Travel", unit="mm", voice=Voice.SENSOR, numeric=True, share=0.8),
)
_SECONDS_A_MINUTE = 60.0


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a table of all applications, and one figure for each recording of treatment."""
    readings = view.readings(RecordingKind.DOSE)
    rows = tuple(row for reading in readings for row in _rows(reading))
    if not rows:
        return ()
    table = Table(caption="Every application, from contact to release", columns=_COLUMNS, rows=rows)
    drawn = ((reading, dose_timeline(reading)) for reading in readings)
    return (table, *(_figure(reading, dose) for reading, dose in drawn if dose is not None))


def _rows(reading: Reading) -> tuple[Row, ...]:
    doses = reading.presses()
    if not doses:
        return ()
    opening = Cell(say(site_and_side(reading.measurement.site)), rows=len(doses), heads=True)
    return tuple(
        Row((*([opening] if dose is doses[0] else []), *_cells(dose)), opens=dose is doses[0])
        for dose in doses
    )


def _cells(dose: Press) -> tuple[Cell, ...]:
    share = dose.value("mean_ppt_share")
    return (
        Cell(say(str(dose.index)), heads=True),
        Cell(say(_number(dose.value("contact_s"), "s"))),
        Cell(say(_number(dose.value("mean_kpa"), "kPa"))),
        Cell(say(_number(dose.value("longest_hold_s"), "s"))),
        Cell(say(f"{dose.value('alternations') or 0.0:.0f}")),
        Cell(say(_number(None if share is None else 100 * share, "%"))),
        Cell(say(_number(dose.value("travel_mm"), "mm"))),
    )


def _number(value: float | None, unit: str) -> str:
    return NOTHING if value is None else number(value, unit)


def _figure(reading: Reading, dose: DoseTimeline) -> Figure:
    place = site_and_side(reading.measurement.site)
    told = _told(reading)
    return Figure(
        svg=dose_figure(dose),
        alt=f"Pressure over time, {place}: {text_of(told)}.",
        title=say(f"{place}: ", *told),
        caption=say(_caption(dose)),
    )


def _told(reading: Reading) -> Words:
    mean, contact = reading.session("mean_kpa"), reading.session("contact_s")
    seconds = 0.0 if contact is None else contact.value or 0.0
    long = (
        f"{seconds:.0f} s"
        if seconds < _SECONDS_A_MINUTE
        else f"{seconds / _SECONDS_A_MINUTE:.1f} min"
    )
    if mean is None or mean.value is None:
        return say(f"{long} of pressing")
    return say(f"{long} at ", measured(mean.value, mean.standard_uncertainty, "kPa"), " on average")


def _caption(dose: DoseTimeline) -> str:
    said = ["Pressure under the hand; heavy stripes: pressure held for 3 s or more."]
    if dose.ppt_kpa is not None:
        said.append("Dashed: the pain threshold of this place, as measured before.")
    if dose.ratings:
        said.append("Below: what the client said, 0 to 10; band: the pain that was agreed on.")
    return " ".join(said)


SECTION = Section(title="Treatment, as it was pressed", write=write)
