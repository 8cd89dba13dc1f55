"""Tables of what other instruments gave: numbers that came without their samples."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tissuesense.export.tables.column import (
    number,
    site_column,
    text,
    time,
    whole,
    within,
    words,
    yes_no,
)
from tissuesense.export.tables.stated import BLOCK, BODY_SIDE, Part, parts_of, stated
from tissuesense.record.entry import Entry
from tissuesense.record.historic import HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import ClientRecord, HistoricRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What was taken in, and whether it counts."""

    entry: Entry[HistoricMeasurement]
    record: HistoricRecord

    @property
    def void(self) -> bool:
        """Whether it was struck out."""
        return self.record.void is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricValue:
    """One value of one quantity, counted from 1."""

    quantity: HistoricQuantity
    repeat: int
    value: float
    void: bool


def _taken(record: ClientRecord) -> Iterator[Taken]:
    for visit in record.visits:
        for entry, found in zip(visit.current("historic"), visit.historic, strict=True):
            yield Taken(entry=entry, record=found)


def _values(record: ClientRecord) -> Iterator[Part]:
    for taken in _taken(record):
        values = (
            HistoricValue(quantity=quantity, repeat=repeat, value=value, void=taken.void)
            for quantity in taken.record.measured.quantities
            for repeat, value in enumerate(quantity.values, start=1)
        )
        for count, value in enumerate(values, start=1):
            yield Part(entry=taken.entry, number=count, part=value)


_STATED = stated(
    "historic",
    "his",
    "historic",
    "What was measured elsewhere or before, and came without samples",
    (
        site_column("site.name"),
        BODY_SIDE,
        time("measured_at", "When; with the flag time_unknown only the day.", required=True),
        BLOCK,
        text("instrument", "Make and serial number, as far as is known."),
        number("probe_area_cm2", "cm2", "Area of the tip."),
        words("site_as_named", "What the file called the site."),
        words("circumstances", "What else the file said."),
        text("flags", "What must be known of it, joined by semicolons."),
        text("source_sha256", "SHA-256 of the file that it was taken from.", required=True),
    ),
    visit=True,
)
HISTORIC = replace(
    _STATED,
    rows=_taken,
    columns=(
        *within(_STATED.columns, "entry"),
        yes_no("void", "It was struck out and does not count.", required=True),
        words("void_why", "Why.", at=lambda taken: taken.record.void and taken.record.void.why),
    ),
)
_PARTS = parts_of(
    "historic_values",
    "hva",
    "The values of those, one row each",
    {},
    (
        text("quantity", "What it is; none of this program's own.", at="quantity.name"),
        whole("repeat", "Which value of that quantity, from 1.", required=True),
        number("value", "", "The value, in `unit`.", required=True),
        text("unit", "Its unit, in UCUM.", at="quantity.unit", required=True),
        text("method", "How the instrument came by it.", at="quantity.method"),
        yes_no("void", "It was struck out and does not count.", required=True),
    ),
)
HISTORIC_VALUES = replace(_PARTS, rows=_values)
