"""Take in any gauge's table by a map: a row a trial with its peak, or whole traces of samples."""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import RecordError, UsageError
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.timebase import regularise
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.files.delimited_text import decoded
from tissuesense.files.gauge_csv import (
    GaugeSample,
    GaugeTable,
    GaugeTrial,
    Place,
    Unit,
    gauge_table,
)
from tissuesense.files.gauge_map import Fixed, GaugeMap, Rows, gauge_map
from tissuesense.files.stated_moments import Moment
from tissuesense.record.client import ClientId
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.services.importing.historic import keep_historic
from tissuesense.services.importing.intake import Desk, Intake, content_of
from tissuesense.services.importing.tables import Sites, TableOrder, Visits, local, sets_of
from tissuesense.services.records import Acquisition, save_measurement

_FORM = "gauge-csv"
_REMARK = "These numbers have no samples: they are kept as peaks, and stand beside none of ours."
_FEWEST_SAMPLES = 2  # one sample has no rate and no duration
_DOUBLED_SHARE = 0.02
_FORCE_ALONE = (RecordingKind.PPT, RecordingKind.TOLERANCE, RecordingKind.DOSE)


def import_gauge_table(desk: Desk, client: ClientId, order: TableOrder) -> Intake:
    """Take in a table by its map, all of it or nothing.

    Raises
    ------
    RecordNotFound
        When there is no such client or visit.
    RecordConflict
        When the file has been taken in before, or it is open to which visit it belongs.
    UsageError
        When map and table do not fit.
    RecordError
        When a cell does not hold what its column says, or the samples are no recording.
    """
    content = content_of(order.path)
    sha256 = hashlib.sha256(content).hexdigest()
    said = gauge_map(order.stated_map())
    table = gauge_table(decoded(content), said, dates=order.dates, decimals=order.decimals)
    if said.rows is Rows.SAMPLES:
        return _keep_traces(desk, client, order, _analysed(table, sha256, desk.clock.now()), sha256)
    found = _peaks(table, sha256, desk.clock.now())
    return keep_historic(desk, client, order, found, form=_FORM, remarks=(_REMARK,))


def _peaks(table: GaugeTable, sha256: str, now: datetime) -> list[HistoricMeasurement]:
    """Return the trials of each place and day as one measurement; trial 1 again begins another."""
    sites = Sites(table.said.sites)
    sets = sets_of(
        table.trials(),
        key=lambda row: (row.place.site, row.place.side, row.place.at.at.date()),
        number=lambda row: row.place.trial or None,
    )
    if not sets:
        raise RecordError("The table has no value.")
    return [_peak(rows, table.said, table.unit, sites, sha256, now) for rows in sets]


def _peak(
    rows: Sequence[GaugeTrial],
    said: GaugeMap,
    unit: Unit,
    sites: Sites,
    sha256: str,
    now: datetime,
) -> HistoricMeasurement:
    first, fixed = rows[0], said.fixed
    if unit.name == "kPa" and fixed.probe_area_cm2 is None:
        raise UsageError("A pressure needs the tip: under [fixed] of the map, probe_area_cm2.")
    peak = HistoricQuantity(
        name="peak_force" if unit.name == "N" else "peak_pressure",
        values=tuple(row.value for row in rows),
        unit=unit.name,
        method=fixed.method or f"peak of each trial, stated in {unit.stated}",
    )
    unknown = () if first.place.at.has_time else (HistoricFlag.TIME_UNKNOWN,)
    return HistoricMeasurement(
        site=sites.site(first.place.site, first.place.side, first.line),
        measured_at=local(first.place.at, first.line, now=now),
        instrument=fixed.instrument,
        quantities=(peak,),
        source_sha256=sha256,
        site_as_named=first.place.site,
        probe_area_cm2=fixed.probe_area_cm2,
        flags=(HistoricFlag.RAW_ABSENT, *unknown),
    )


@dataclass(frozen=True, slots=True)
class _Samples:
    """The columns of one trace, as they are read."""

    first: GaugeSample
    time_s: "array[float]" = field(default_factory=lambda: array("d"))
    force_n: "array[float]" = field(default_factory=lambda: array("d"))
    marker: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, sample: GaugeSample) -> None:
        """Add a row; an empty cell is no reading, and the time base leaves the row out."""
        for column, value in ((self.time_s, sample.time_s), (self.force_n, sample.force_n)):
            column.append(np.nan if value is None else value)
        self.marker.append(float(sample.marker))


def _analysed(
    table: GaugeTable, sha256: str, now: datetime
) -> list[tuple[RecordingAnalysis, datetime]]:
    """Return every trace of the table, analysed, and when it was recorded."""
    if table.unit.name != "N":
        raise UsageError("Samples are forces, not pressures: the tip's area says the rest.")
    if table.said.fixed.kind not in _FORCE_ALONE:
        raise UsageError(
            f"A table of forces over time is one of {', '.join(_FORCE_ALONE)}, "
            f"not {table.said.fixed.kind}.",
            hint="Write it as a trace file with all its columns, and use 'tissuesense analyze'.",
        )
    sites, with_marker = Sites(table.said.sites), "marker" in table.at
    found: list[tuple[RecordingAnalysis, datetime]] = []
    for samples in _traces(table.samples()):
        context = _context(table.said.fixed, samples.first, sites, sha256)
        recording = _recording(samples, context, with_marker=with_marker)
        at: Moment = samples.first.place.at
        found.append((analyze(recording), local(at, samples.first.line, now=now)))
    if not found:
        raise RecordError("The table has no samples.")
    return found


def _traces(rows: Iterable[GaugeSample]) -> Iterator[_Samples]:
    """Yield trace after trace: a new one begins where the site, the side or the trial changes."""
    trace: _Samples | None = None
    for row in rows:
        if trace is None or not _same_trace(trace.first.place, row.place):
            if trace is not None:
                yield trace
            trace = _Samples(row)
        trace.add(row)
    if trace is not None:
        yield trace


def _same_trace(one: Place, other: Place) -> bool:
    return (one.site, one.side, one.trial) == (other.site, other.side, other.trial)


def _context(fixed: Fixed, first: GaugeSample, sites: Sites, sha256: str) -> RecordingContext:
    site = sites.site(first.place.site, first.place.side, first.line)
    return RecordingContext(
        kind=fixed.kind,
        tip=None if fixed.probe_area_cm2 is None else ContactTip(area_cm2=fixed.probe_area_cm2),
        site=site.name,
        side=site.side,
        instrument=fixed.instrument or None,
        target_rate_kpa_s=fixed.target_rate_kpa_s,
        stop_mode=fixed.stop_mode or None,
        extra={"source_sha256": sha256},
    )


def _recording(samples: _Samples, context: RecordingContext, *, with_marker: bool) -> Recording:
    time_s, force_n, marker = (
        np.array(column) for column in (samples.time_s, samples.force_n, samples.marker)
    )
    try:
        base = regularise(time_s, force_n[:, None])
    except UsageError as err:
        raise _several_traces(samples.first.line) from err
    # A row or two may be doubled; a file in which times come again holds two recordings.
    if base.quality.duplicates > _DOUBLED_SHARE * time_s.size:
        raise _several_traces(samples.first.line)
    if base.t_s.size < _FEWEST_SAMPLES:
        raise RecordError(
            f"From line {samples.first.line} of the file on there are {base.t_s.size} usable "
            "samples; two are the least."
        )
    return Recording(
        trace=Trace(
            t_s=base.t_s,
            force_n=force_n[base.keep],
            marker=marker[base.keep] if with_marker else None,
            clock=ClockSource.FILE,
        ),
        context=context,
        quality=base.quality,
    )


def _several_traces(line: int) -> RecordError:
    return RecordError(
        f"From line {line} of the file on, time goes backwards or stands still.",
        hint="Where one recording ends and another begins, the map needs a column for 'trial'.",
    )


def _keep_traces(
    desk: Desk,
    client: ClientId,
    order: TableOrder,
    found: Sequence[tuple[RecordingAnalysis, datetime]],
    sha256: str,
) -> Intake:
    with desk.all_or_nothing():
        desk.store.clients.get(client)
        desk.check_new(client, sha256)
        visits = Visits(desk, client, order.visit)
        for analysed, at in found:
            save_measurement(
                desk.store,
                visits.on(at),
                analysed,
                Acquisition(device_model=_FORM, measured_at=at),
                clock=desk.clock,
                rng=desk.rng,
            )
            desk.step()
        desk.write_down(client, _FORM, sha256, len(found))
    return Intake(
        form=_FORM,
        file_sha256=sha256,
        clients=(client,),
        visits=visits.opened,
        items=len(found),
        dry_run=desk.dry_run,
    )
