"""Tables that the software of the MyotonPRO writes: one line a tap, read into plain rows.

Columns as seen in two public places: a table of a study on lumbar fascia (titoug06-commits,
MYOTON2026, "IN VIVO/Myoton.csv": comma, decimal comma in quotes, day first) and the program that
reads another's (MorganVir, AMSTROM_CAMPAIGN, "sources/_07_myoton_import_sync.py": semicolon, day
first, five lines a measurement). Neither writes units; they are the maker's (Myoton AS, MyotonPRO
User Manual, appendix 2): F in Hz, S in N/m, R in ms, D and C without. D is the natural logarithm
of the first acceleration peak over the second positive one (same place). The names in other
languages and the longest values that are believed are unsourced.

Name, birth date, height and weight of the person stand in the same table and are not read; the
subject only tells one person's lines from another's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

from tissuesense.core.errors import RecordError
from tissuesense.core.site import Side
from tissuesense.files.columns_by_name import cells_at, column_title, places, understood
from tissuesense.files.delimited_text import Line, Table, find_table
from tissuesense.files.side_words import read_side
from tissuesense.files.stated_moments import Moment, date_format, moment
from tissuesense.files.stated_numbers import DecimalMark, decimal_mark, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One of the five numbers.

    Attributes
    ----------
    unit
        UCUM; `spellings` are how a header may write it.
    largest
        More than this is a lost decimal mark.
    """

    quantity: str
    names: tuple[str, ...]
    unit: str
    spellings: tuple[str, ...]
    largest: float
    method: str


PARAMETERS = (
    Parameter(
        quantity="myotonpro_frequency",
        names=("frequency", "f", "oscillation frequency", "natural oscillation frequency",
               "frequenz", "fréquence", "frecuencia"),
        unit="Hz",
        spellings=("", "hz"),
        largest=200.0,
        method="MyotonPRO: frequency of the spectrum's maximum",
    ),
    Parameter(
        quantity="myotonpro_stiffness",
        names=("stiffness", "s", "dynamic stiffness", "steifigkeit", "raideur", "rigidez"),
        unit="N/m",
        spellings=("", "n/m"),
        largest=20_000.0,
        method="MyotonPRO: first acceleration peak times probe mass over displacement",
    ),
    Parameter(
        quantity="myotonpro_decrement",
        names=("decrement", "d", "logarithmic decrement", "log decrement", "dekrement",
               "décrément", "decremento"),
        unit="1",
        spellings=("", "-", "1", "log", "ln"),
        largest=10.0,
        method="MyotonPRO: natural logarithm of two successive positive acceleration peaks",
    ),
    Parameter(
        quantity="myotonpro_relaxation_time",
        names=("relaxation", "r", "relaxation time", "mechanical stress relaxation time",
               "relaxationszeit", "temps de relaxation"),
        unit="ms",
        spellings=("", "ms"),
        largest=500.0,
        method="MyotonPRO: from the deepest point to the shape recovered",
    ),
    Parameter(
        quantity="myotonpro_creep",
        names=("creep", "c", "deborah number", "kriechen", "fluage"),
        unit="1",
        spellings=("", "-", "1", "de"),
        largest=20.0,
        method="MyotonPRO: relaxation time over the time of deformation",
    ),
)  # fmt: skip
_OTHERS = {
    "time": ("measurement time", "time", "date", "date/time", "datetime", "datum", "messzeit"),
    "month": ("month",),
    "iteration": ("iteration", "tap", "tap number", "repetition", "wiederholung"),
    "subject id": ("subject id", "patient id"),
    "subject": ("subject name", "subject", "patient", "name"),
    "muscle": ("object", "muscle", "muskel", "objekt", "objet", "objeto"),
    "side": ("side", "seite", "côté", "lado"),
    "pattern": ("pattern",),
    "location": ("location",),
    "position": ("position",),
    "state": ("state",),
    "device": ("device sn", "serial number", "device"),
}
_NEEDED = ("time", "muscle")
_CIRCUMSTANCES = ("pattern", "location", "position", "state")
_HINT = "Export the measurements as CSV from the MyotonPRO software, with all columns."


@dataclass(frozen=True, slots=True, kw_only=True)
class MyotonTap:
    """One line: one tap of the probe.

    Attributes
    ----------
    subject
        Tells one person's lines from another's; it may be a name and is never kept.
    iteration
        Which tap of its measurement; None where the table does not count.
    side
        None where the table has no such column.
    values
        By quantity; one that the line leaves empty is left out.
    """

    line: int
    at: Moment
    subject: str
    muscle: str
    side: Side | None
    iteration: int | None
    circumstances: str
    device: str
    values: Mapping[str, float] = field(default_factory=dict)


def read_myoton(
    text: str, *, dates: str | None = None, decimals: DecimalMark | None = None
) -> Iterator[MyotonTap]:
    """Yield every tap of a table.

    Parameters
    ----------
    dates, decimals
        How days and decimals are written; None: the table itself has to tell.

    Raises
    ------
    RecordError
        When this is no such table, a unit is another, or a cell does not hold what its column
        says; the sentence names the line.
    """
    table = find_table(text, _is_header)
    if table is None:
        raise RecordError(
            "This is no table of a MyotonPRO: its columns were not found.", hint=_HINT
        )
    at = places(table.header, _spellings())
    _check_units(table.header, at)
    numeric = [at[p.quantity] for p in PARAMETERS if p.quantity in at]
    return _taps(
        table,
        at,
        dates=_date_format(table, at, dates),
        decimals=decimals or decimal_mark(cells_at(table, numeric)),
    )


def _spellings() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType(_OTHERS | {p.quantity: p.names for p in PARAMETERS})


def _is_header(cells: Sequence[str]) -> bool:
    names = {column_title(cell).name for cell in cells}
    has = {name: not names.isdisjoint(known) for name, known in _spellings().items()}
    return all(has[name] for name in _NEEDED) and any(has[p.quantity] for p in PARAMETERS)


def _check_units(header: Sequence[str], at: Mapping[str, int]) -> None:
    for parameter in PARAMETERS:
        place = at.get(parameter.quantity)
        if place is None or column_title(header[place]).unit in parameter.spellings:
            continue
        raise RecordError(
            f"Column {place + 1} of the file has another unit than the MyotonPRO's "
            f"({parameter.unit}).",
            hint="Export it in the unit of the instrument; nothing is converted on a guess.",
        )


def _date_format(table: Table, at: Mapping[str, int], stated: str | None) -> str:
    """Return how days are written; the table's own column of months settles an open question."""
    if stated is None and "month" in at:
        for order in ("dmy", "mdy"):
            if all(_month_fits(line, at, order) for line in table.lines()):
                return order
    return date_format(cells_at(table, [at["time"]]), stated)


def _month_fits(line: Line, at: Mapping[str, int], order: str) -> bool:
    try:
        return moment(line.cells[at["time"]], order).at.month == int(line.cells[at["month"]])
    except ValueError:
        return False


def _taps(
    table: Table, at: Mapping[str, int], *, dates: str, decimals: DecimalMark
) -> Iterator[MyotonTap]:
    for line in table.lines():
        cell = partial(_cell, line, at)
        look = partial(understood, line, header=table.header)
        yield MyotonTap(
            line=line.number,
            at=look(at["time"], partial(moment, written=dates), what="a day that can be read"),
            subject=cell("subject id") or cell("subject"),
            muscle=cell("muscle"),
            side=look(at["side"], read_side, what="left, right or midline")
            if "side" in at
            else None,
            iteration=look(at["iteration"], _count, what="a number") if "iteration" in at else None,
            circumstances=", ".join(filter(None, map(cell, _CIRCUMSTANCES))),
            device=cell("device"),
            values=_values(table, line, at, decimals),
        )


def _cell(line: Line, at: Mapping[str, int], name: str) -> str:
    return line.cells[at[name]] if name in at else ""


def _count(cell: str) -> int | None:
    return int(cell) if cell else None


def _values(
    table: Table, line: Line, at: Mapping[str, int], decimals: DecimalMark
) -> dict[str, float]:
    values: dict[str, float] = {}
    for parameter in PARAMETERS:
        if parameter.quantity not in at:
            continue
        place = at[parameter.quantity]
        value = understood(
            line, place, partial(number, mark=decimals), header=table.header, what="a number"
        )
        if value is None:
            continue
        if not 0 < value <= parameter.largest:
            raise RecordError(
                f"Line {line.number} of the file: {value:g} {parameter.unit} in column "
                f"{place + 1} is no number of a MyotonPRO (0 to {parameter.largest:g}).",
                hint="A decimal mark may have been lost in a spreadsheet: export it again.",
            )
        values[parameter.quantity] = value
    return values
