"""Numbers that were imported without their samples: shown as they came, and part of no verdict."""

from collections.abc import Iterable

from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import HistoricRecord
from tissuesense.report.document import Cell, Column, Row, Run, Table, Voice, Words, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.words import short_day, site_and_side

TITLE = "Imported, no samples kept"
_COLUMNS = (
    Column(title="Site", share=1.7),
    Column(title="Measured on", share=1.4),
    Column(title="Quantity, as the instrument names it", share=2.0),
    Column(title="Median", numeric=True, share=1.2),
    Column(title="Lowest to highest", numeric=True, share=1.4),
    Column(title="Values", numeric=True, share=0.6),
    Column(title="Instrument", share=1.5),
)
_NOTE = (
    "Numbers of another instrument or an earlier time, without the samples they came from (flag "
    "raw_absent): nobody can compute or check them again. They are shown as they came and take no "
    "part in any comparison, change or verdict of this report. On a day without an hour the hour "
    "is not known (flag time_unknown)."
)

_FOUR_DIGITS = 1000.0


def imported_table(found: Iterable[HistoricRecord]) -> tuple[Table, ...]:
    """Return a table with a row for each quantity; none where nothing was imported.

    What was struck out is in it, struck through, with its reason.
    """
    rows = tuple(row for record in found for row in _rows(record))
    return (Table(columns=_COLUMNS, rows=rows, note=say(_NOTE)),) if rows else ()


def _rows(record: HistoricRecord) -> tuple[Row, ...]:
    measured = record.measured
    first, *others = measured.quantities
    span = len(measured.quantities)
    site = say(site_and_side(measured.site))
    if record.void is not None:
        site = say(*site, Run(f"\nstruck out: {record.void.why}", Voice.MUTED))
    told = (Cell(site, rows=span, heads=True), Cell(say(_when(measured)), rows=span))
    instrument = Cell(say(measured.instrument or NOTHING), rows=span)
    struck = record.void is not None
    return (
        Row((*told, *_cells(first, struck=struck), instrument)),
        *(Row(_cells(quantity, struck=struck), opens=False) for quantity in others),
    )


def _when(measured: HistoricMeasurement) -> str:
    day = short_day(measured.measured_at)
    if HistoricFlag.TIME_UNKNOWN in measured.flags:
        return day
    return f"{day}, {measured.measured_at:%H:%M}"


def _cells(quantity: HistoricQuantity, *, struck: bool) -> tuple[Cell, ...]:
    unit = "" if quantity.unit == "1" else f" {quantity.unit}"
    low, high = min(quantity.values), max(quantity.values)
    texts = (
        quantity.name.replace("_", " "),
        f"{_printed(quantity.value)}{unit}",
        f"{_printed(low)} to {_printed(high)}" if quantity.n > 1 else NOTHING,
        str(quantity.n),
    )
    return tuple(Cell(_voiced(text, struck=struck)) for text in texts)


def _voiced(text: str, *, struck: bool) -> Words:
    return say(Run(text, Voice.STRUCK) if struck else text)


def _printed(value: float) -> str:
    """Return four digits or all whole ones: how fine another instrument measures is not known."""
    return f"{value:{'.4g' if abs(value) < _FOUR_DIGITS else '.0f'}}".replace("-", "\N{MINUS SIGN}")
