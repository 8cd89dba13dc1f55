"""Take in any gauge's table by a map: a row a trial with its peak, or a whole trace of samples."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from tissuesense.analysis.analyse import analyze
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import RecordError, UsageError
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, parse_side
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.core.units import NEWTON_PER_KGF, NEWTON_PER_LBF
from tissuesense.files.columns_by_name import cells_at, plain, understood
from tissuesense.files.delimited_text import Line, Table, decoded, find_table
from tissuesense.files.side_words import read_side
from tissuesense.files.stated_moments import Moment, checked_date_format, date_format, moment
from tissuesense.files.stated_numbers import decimal_mark, number
from tissuesense.record.client import ClientId
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.services.care import keep
from tissuesense.services.importing.intake import Desk, Intake, content_of
from tissuesense.services.importing.tables import Sites, TableOrder, VisitsByDay, local, read_map
from tissuesense.services.records import Acquisition, save_measurement

_FORM = "gauge-csv"
# UCUM and the factor to it.
_UNITS: Mapping[str, tuple[str, float]] = {
    "n": ("N", 1.0),
    "kgf": ("N", NEWTON_PER_KGF),
    "lbf": ("N", NEWTON_PER_LBF),
    "kpa": ("kPa", 1.0),
    "kgf/cm2": ("kPa", NEWTON_PER_KGF * 10.0),
}
_KEYS = {"rows", "columns", "fixed", "sites"}
_HINT = "'tissuesense import --format gauge-csv --suggest FILE' prints a map to begin with."


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table with its map."""

    table: Table
    said: Mapping[str, Any]
    at: Mapping[str, int]

    def fixed(self, key: str, default: str = "") -> str:
        """Return what the map says for every row."""
        value = self.said.get("fixed", {}).get(key, default)
        return value if isinstance(value, str) else str(value)

    def cell(self, line: Line, key: str) -> str:
        """Return a cell, or what the map says for every row."""
        return line.cells[self.at[key]] if key in self.at else self.fixed(key)


def import_gauge_table(desk: Desk, client: ClientId, order: TableOrder) -> Intake:
    """Take in a table by its map, all of it or nothing.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    RecordConflict
        When the file has been taken in before.
    RecordError, UsageError
        When map and table do not fit, or a cell does not hold what its column says.
    """
    content = content_of(order.path)
    sha256 = hashlib.sha256(content).hexdigest()
    sheet = _sheet(decoded(content), read_map(order.mapping))
    rows = sheet.said.get("rows", "trials")
    if rows not in _READERS:
        raise UsageError('The map\'s "rows" is "trials" or "samples".', hint=_HINT)
    with desk.all_or_nothing():
        desk.store.clients.get(client)
        desk.check_new(client, sha256)
        visits = VisitsByDay(desk, client)
        items = _READERS[rows](desk, sheet, order, visits, sha256)
        desk.write_down(client, _FORM, sha256, items)
    return Intake(
        form=_FORM,
        file_sha256=sha256,
        clients=(client,),
        visits=visits.opened,
        items=items,
        remarks=() if rows == "samples" else ("These numbers have no samples.",),
        dry_run=desk.dry_run,
    )


def _sheet(text: str, said: dict[str, Any]) -> _Sheet:
    if not said:
        raise UsageError("A gauge's table needs a map.", hint=_HINT)
    if unknown := said.keys() - _KEYS:
        raise UsageError(f"The map has no '{min(unknown)}'.", hint=f"It may have: {sorted(_KEYS)}.")
    columns = said.get("columns", {})
    parts = (columns, said.get("fixed", {}), said.get("sites", {}))
    if not all(isinstance(part, dict) for part in parts):
        raise UsageError("[columns], [fixed] and [sites] of the map are tables.")
    wanted = {key: plain(str(name)) for key, name in columns.items()}
    table = find_table(text, lambda cells: set(wanted.values()) <= {plain(c) for c in cells})
    if table is None or not wanted:
        raise UsageError("The columns that the map names are not in the file.", hint=_HINT)
    names = [plain(cell) for cell in table.header]
    for key, name in wanted.items():
        if names.count(name) > 1:
            raise UsageError(f"The column for '{key}' stands in the file more than once.")
    return _Sheet(table, said, {key: names.index(name) for key, name in wanted.items()})


def _unit(sheet: _Sheet) -> tuple[str, float]:
    stated = sheet.fixed("unit").lower().replace("²", "2").replace(" ", "")
    if stated not in _UNITS:
        raise UsageError(
            "The map does not say the unit of the values.",
            hint=f"[fixed] unit = one of {', '.join(_UNITS)}.",
        )
    return _UNITS[stated]


def _trials(desk: Desk, sheet: _Sheet, order: TableOrder, visits: VisitsByDay, sha256: str) -> int:
    """Keep a row a trial: the trials of one place at one time are one historic measurement."""
    for key in ("value", "at"):
        if key not in sheet.at and not (key == "at" and sheet.fixed("at")):
            raise UsageError(f"The map has no column for '{key}'.", hint=_HINT)
    unit, factor = _unit(sheet)
    marks = order.decimals or decimal_mark(cells_at(sheet.table, [sheet.at["value"]]))
    written = _dates(sheet, order)
    sites = Sites(sheet.said.get("sites", {}))
    groups: dict[tuple[BodySite, Moment], list[float]] = {}
    for line in sheet.table.lines():
        value = understood(
            line,
            sheet.at["value"],
            lambda cell: number(cell, marks),
            header=sheet.table.header,
            what="a number",
        )
        if value is not None:
            place = (_site(sheet, sites, line), _moment(sheet, line, written))
            groups.setdefault(place, []).append(value * factor)
    area = _area(sheet)
    for (site, when), values in groups.items():
        unknown = () if when.has_time else (HistoricFlag.TIME_UNKNOWN,)
        measured = HistoricMeasurement(
            site=site,
            measured_at=local(when.at),
            instrument=sheet.fixed("instrument"),
            quantities=(
                HistoricQuantity(
                    name=sheet.fixed("quantity", "peak_force" if unit == "N" else "peak_pressure"),
                    values=tuple(values),
                    unit=unit,
                    method=sheet.fixed("method"),
                ),
            ),
            source_sha256=sha256,
            probe_area_cm2=area,
            flags=(HistoricFlag.RAW_ABSENT, *unknown),
        )
        if unit == "kPa" and area is None:
            raise UsageError("A pressure needs the tip: [fixed] probe_area_cm2 in the map.")
        keep(
            desk.store, "historic", measured,
            at=desk.clock.now(), rng=desk.rng, visit=visits.on(measured.measured_at),
        )  # fmt: skip
    if not groups:
        raise UsageError("The table has no value.")
    return len(groups)


def _samples(desk: Desk, sheet: _Sheet, order: TableOrder, visits: VisitsByDay, sha256: str) -> int:
    """Keep a trace: one recording, analysed like any other."""
    for key in ("time_s", "force"):
        if key not in sheet.at:
            raise UsageError(f"The map has no column for '{key}'.", hint=_HINT)
    unit, factor = _unit(sheet)
    if unit != "N":
        raise UsageError("Samples are forces: [fixed] unit is N, kgf or lbf.")
    marks = order.decimals or decimal_mark(
        cells_at(sheet.table, [sheet.at["time_s"], sheet.at["force"]])
    )
    read: Callable[[str], float | None] = lambda cell: number(cell, marks)  # noqa: E731 - one line
    rows = [
        [
            understood(line, sheet.at[key], read, header=sheet.table.header, what="a number")
            for key in ("time_s", "force")
        ]
        for line in sheet.table.lines()
    ]
    whole = np.array([row for row in rows if None not in row], dtype=np.float64).reshape(-1, 2)
    if len(whole) < 2 or np.any(np.diff(whole[:, 0]) <= 0):  # noqa: PLR2004 - a step at least
        raise RecordError("The times of the samples do not increase from row to row.")
    area = _area(sheet)
    site = BodySite(sheet.fixed("site"), parse_side(sheet.fixed("side")))
    recording = Recording(
        trace=Trace(t_s=whole[:, 0], force_n=whole[:, 1] * factor, clock=ClockSource.FILE),
        context=RecordingContext(
            kind=_kind(sheet),
            tip=None if area is None else ContactTip(area_cm2=area),
            site=site.name,
            side=site.side,
            instrument=sheet.fixed("instrument") or None,
            extra={"source_sha256": sha256},
        ),
    )
    at = local(moment(sheet.fixed("at"), order.dates or "ymd").at)
    acquisition = Acquisition(device_model=_FORM, measured_at=at)
    save_measurement(
        desk.store, visits.on(at), analyze(recording), acquisition, clock=desk.clock, rng=desk.rng
    )
    return 1


_READERS: Mapping[str, Callable[[Desk, _Sheet, TableOrder, VisitsByDay, str], int]] = {
    "trials": _trials,
    "samples": _samples,
}


def _kind(sheet: _Sheet) -> RecordingKind:
    try:
        return RecordingKind(sheet.fixed("kind", "ppt"))
    except ValueError:
        raise UsageError(f"The map's kind is one of {', '.join(RecordingKind)}.") from None


def _area(sheet: _Sheet) -> float | None:
    stated = sheet.said.get("fixed", {}).get("probe_area_cm2")
    if stated is None:
        return None
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not stated > 0:
        raise UsageError("probe_area_cm2 in the map is a number above 0.")
    return float(stated)


def _dates(sheet: _Sheet, order: TableOrder) -> str:
    stated = checked_date_format(order.dates)
    if "at" not in sheet.at:
        return stated or "ymd"
    return date_format(cells_at(sheet.table, [sheet.at["at"]]), stated)


def _moment(sheet: _Sheet, line: Line, written: str) -> Moment:
    if "at" in sheet.at:
        return understood(
            line,
            sheet.at["at"],
            lambda cell: moment(cell, written),
            header=sheet.table.header,
            what="a day that can be read",
        )
    return _fixed_moment(sheet.fixed("at"), written)


def _fixed_moment(text: str, written: str) -> Moment:
    try:
        when: datetime = moment(text, written).at
    except ValueError:
        raise UsageError("[fixed] at in the map is no day that can be read.") from None
    return Moment(at=when, has_time=True)


def _site(sheet: _Sheet, sites: Sites, line: Line) -> BodySite:
    side = sheet.cell(line, "side")
    try:
        read = read_side(side) if side else None
    except ValueError:
        raise UsageError(
            f"Line {line.number} of the file: the side is neither left, right nor midline."
        ) from None
    return sites.site(sheet.cell(line, "site"), read, line.number)
