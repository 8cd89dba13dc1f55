"""Tables of any hand-held gauge, read by a map: a row a trial with its peak, or a row a sample.

Units stand in the map or in brackets in the header; where they do not, the table is refused. A kg
of a gauge is a kilogram-force: BIPM, SI Brochure, 9th ed. (2019), standard acceleration of free
fall; pound and inch as in NIST SP 811 (2008), appendix B.8.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType

from tissuesense.core.errors import ConfigurationError, RecordError, UsageError
from tissuesense.core.site import Side
from tissuesense.core.units import KPA_PER_N_CM2, NEWTON_PER_KGF, NEWTON_PER_LBF, newton_per_unit
from tissuesense.files.columns_by_name import cells_at, column_title, plain, understood
from tissuesense.files.delimited_text import Header, Line, Table, find_table
from tissuesense.files.gauge_map import HINT, GaugeMap
from tissuesense.files.side_words import read_side
from tissuesense.files.stated_moments import Moment, date_format, moment
from tissuesense.files.stated_numbers import DecimalMark, decimal_mark, number

_CM2_PER_IN2 = 2.54**2
_KPA_PER_UNIT: Mapping[str, float] = MappingProxyType(
    {
        "kpa": 1.0,
        "mpa": 1e3,
        "n/cm2": KPA_PER_N_CM2,
        **dict.fromkeys(("kgf/cm2", "kg/cm2"), NEWTON_PER_KGF * KPA_PER_N_CM2),
        **dict.fromkeys(("lbf/cm2", "lb/cm2"), NEWTON_PER_LBF * KPA_PER_N_CM2),
        **dict.fromkeys(("lbf/in2", "psi"), NEWTON_PER_LBF * KPA_PER_N_CM2 / _CM2_PER_IN2),
    }
)
_SECONDS_PER_UNIT: Mapping[str, float] = MappingProxyType(
    {**dict.fromkeys(("s", "sec", "seconds"), 1.0), "ms": 1e-3, "us": 1e-6, "min": 60.0}
)
# Beyond any hand, and any recording: a damaged cell, or another unit than was said.
_LARGEST = 1e5
_LATEST_S = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What a value of the table is worth.

    Attributes
    ----------
    name
        "N" or "kPa".
    stated
        As the map or the header writes it.
    """

    name: str
    factor: float
    stated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where and when a row was measured, as far as the table says it; the map knows the rest."""

    site: str
    side: Side | None
    at: Moment
    trial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeTrial:
    """One row: the peak of one trial, in the unit of the table's `Unit.name`."""

    line: int
    place: Place
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeSample:
    """One row: one sample; None where the cell is empty."""

    line: int
    place: Place
    time_s: float | None
    force_n: float | None
    marker: bool


@dataclass(frozen=True, slots=True)
class GaugeTable:
    """A table and its map, found to fit."""

    said: GaugeMap
    table: Table
    at: Mapping[str, tuple[int, ...]]
    unit: Unit
    dates: str
    decimals: DecimalMark

    def trials(self) -> Iterator[GaugeTrial]:
        """Yield every row that has a value.

        Raises
        ------
        RecordError
            When a cell does not hold what the map says; the sentence names the line.
        """
        for line in self.table.lines():
            value = self._number(line, "value", self.unit.factor, _LARGEST)
            if value is not None:
                yield GaugeTrial(line=line.number, place=self._place(line), value=value)

    def samples(self) -> Iterator[GaugeSample]:
        """Yield every row; otherwise as `trials`."""
        seconds = _time_factor(self.said, self.table.header[self.at["time"][0]])
        for line in self.table.lines():
            marker = self._number(line, "marker", 1.0, _LARGEST)
            yield GaugeSample(
                line=line.number,
                place=self._place(line),
                time_s=self._number(line, "time", seconds, _LATEST_S),
                force_n=self._number(line, "force", self.unit.factor, _LARGEST),
                marker=bool(marker),
            )

    def _number(self, line: Line, key: str, factor: float, largest: float) -> float | None:
        if key not in self.at:
            return None
        (place,) = self.at[key]
        read = partial(number, mark=self.decimals)
        value = understood(line, place, read, header=self.table.header, what="a number")
        if value is None:
            return None
        if abs(value * factor) > largest:
            raise RecordError(
                f"Line {line.number} of the file: the number in column {place + 1} is larger than "
                "any that a hand-held gauge gives.",
                hint="Look at the unit in the map, and at the decimal mark.",
            )
        return value * factor

    def _place(self, line: Line) -> Place:
        return Place(
            site=self._text(line, "site") or self.said.fixed.site,
            side=self._side(line),
            at=self._moment(line),
            trial=self._text(line, "trial"),
        )

    def _text(self, line: Line, key: str) -> str:
        return " ".join(line.cells[place] for place in self.at.get(key, ())).strip()

    def _side(self, line: Line) -> Side | None:
        if "side" not in self.at:
            stated = self.said.fixed.side
            return fixed_side(stated) if stated else None
        return understood(
            line,
            self.at["side"][0],
            read_side,
            header=self.table.header,
            what="a side: left, right or midline",
        )

    def _moment(self, line: Line) -> Moment:
        if "at" not in self.at:
            return fixed_moment(self.said.fixed.at, self.dates)
        cell = self._text(line, "at")
        return understood(
            line,
            self.at["at"][0],
            lambda _cell: moment(cell, self.dates),
            header=self.table.header,
            what="a day that can be read",
        )


def gauge_table(
    text: str, said: GaugeMap, *, dates: str | None = None, decimals: DecimalMark | None = None
) -> GaugeTable:
    """Return the table that a map speaks of.

    Parameters
    ----------
    dates, decimals
        How days and decimals are written; None: the map or else the table has to tell.

    Raises
    ------
    UsageError
        When the map's columns are not in the file, or the unit is stated nowhere.
    RecordError
        When the table leaves open how days or decimals are written.
    """
    named = said.columns.named()
    wanted = {plain(name) for names in named.values() for name in names}
    table = find_table(text, lambda cells: wanted <= {plain(cell) for cell in cells})
    if table is None:
        raise UsageError("The columns that the map names are not in the file.", hint=HINT)
    at = {key: _places(table.header, key, names) for key, names in named.items()}
    value_place = at["value" if "value" in at else "force"][0]
    return GaugeTable(
        said=said,
        table=table,
        at=at,
        unit=_unit(said, table.header[value_place]),
        dates=_dates(table, at, dates or said.fixed.date_format or None),
        decimals=decimals or said.fixed.decimal or _decimals(table, at),
    )


@cache
def fixed_moment(text: str, dates: str) -> Moment:
    """Return the moment that a map states for every row.

    Raises
    ------
    UsageError
        When it cannot be read.
    """
    for written in ("ymd", dates):
        try:
            return moment(text, written)
        except ValueError:
            continue
    raise UsageError("'at' under [fixed] of the map is a day such as 2026-03-14 10:30.")


@cache
def fixed_side(text: str) -> Side:
    """Return the side that a map states for every row.

    Raises
    ------
    UsageError
        When it is none.
    """
    try:
        return read_side(text)
    except ValueError:
        raise UsageError("'side' under [fixed] of the map is left, right or midline.") from None


def _places(header: Header, key: str, names: tuple[str, ...]) -> tuple[int, ...]:
    known = [plain(cell) for cell in header]
    for name in names:
        if known.count(plain(name)) > 1:
            raise UsageError(f"The column for '{key}' stands in the file more than once.")
    return tuple(known.index(plain(name)) for name in names)


def _unit(said: GaugeMap, written: str) -> Unit:
    stated, in_header = _unit_word(said.fixed.unit), _unit_word(column_title(written).unit)
    found = [unit for unit in (_known_unit(stated), _known_unit(in_header)) if unit is not None]
    if not found or (stated and _known_unit(stated) is None):
        raise UsageError(
            "Neither the map nor the header says a unit of force or pressure that is known.",
            hint="Under [fixed], unit is one of N, kgf, lbf, gf, kPa, N/cm2, kgf/cm2, lbf/in2 ...",
        )
    if len({(unit.name, unit.factor) for unit in found}) > 1:
        raise UsageError("The map says another unit than the header of the table.")
    return found[0]


def _unit_word(written: str) -> str:
    return written.strip().replace("\u00b2", "2").replace("^", "").replace(" ", "").lower()


def _known_unit(word: str) -> Unit | None:
    if word in _KPA_PER_UNIT:
        return Unit(name="kPa", factor=_KPA_PER_UNIT[word], stated=word)
    try:
        return Unit(name="N", factor=newton_per_unit(word), stated=word)
    except ConfigurationError:
        return None


def _time_factor(said: GaugeMap, written: str) -> float:
    stated = said.fixed.time_unit.strip().lower() or column_title(written).unit
    if not stated and plain(written) == "time s":  # as in our own trace files
        stated = "s"
    if stated not in _SECONDS_PER_UNIT:
        raise UsageError(
            "Neither the map nor the header says the unit of the times.",
            hint=f"Under [fixed], time_unit is one of {', '.join(_SECONDS_PER_UNIT)}.",
        )
    return _SECONDS_PER_UNIT[stated]


def _dates(table: Table, at: Mapping[str, tuple[int, ...]], stated: str | None) -> str:
    if "at" not in at:
        return stated or "ymd"
    return date_format(
        (
            (line.number, " ".join(line.cells[place] for place in at["at"]))
            for line in table.lines()
        ),
        stated,
    )


def _decimals(table: Table, at: Mapping[str, tuple[int, ...]]) -> DecimalMark:
    numeric = [at[key][0] for key in ("value", "time", "force") if key in at]
    return decimal_mark(cells_at(table, numeric))
