"""Tables of what other instruments gave: numbers that came without their samples."""

from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.export.tables.column import number, site_column, text, time, whole, words
from tissuesense.export.tables.stated import BLOCK, BODY_SIDE, parts_of, stated
from tissuesense.record.historic import HistoricMeasurement, HistoricQuantity


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricValue:
    """One value of one quantity, counted from 1."""

    quantity: HistoricQuantity
    repeat: int
    value: float


def _values(measurement: HistoricMeasurement) -> Iterator[HistoricValue]:
    for quantity in measurement.quantities:
        for repeat, value in enumerate(quantity.values, start=1):
            yield HistoricValue(quantity=quantity, repeat=repeat, value=value)


HISTORIC = stated(
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
HISTORIC_VALUES = parts_of(
    "historic_values",
    "hva",
    "The values of those, one row each",
    {"historic": _values},
    (
        text("quantity", "What it is; none of this program's own.", at="quantity.name"),
        whole("repeat", "Which value of that quantity, from 1.", required=True),
        number("value", "", "The value, in `unit`.", required=True),
        text("unit", "Its unit, in UCUM.", at="quantity.unit", required=True),
        text("method", "How the instrument came by it.", at="quantity.method"),
    ),
)
