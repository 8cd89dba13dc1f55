"""Tables of what the sensor measured: measurements, their numbers, and the samples themselves."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from tissuesense.core.recording import RecordingKind
from tissuesense.core.trace import COLUMN_NAMES, ClockSource, Trace
from tissuesense.export.tables.column import (
    Column,
    Table,
    choice,
    client_column,
    column,
    measurement_column,
    number,
    site_column,
    text,
    time,
    visit_column,
    whole,
    within,
    words,
    yes_no,
)
from tissuesense.export.tables.column import Type as Holds
from tissuesense.export.tables.context import side_car, stop_mode
from tissuesense.export.tables.quantities import (
    OF_A_SESSION,
    OF_A_TRIAL,
    QUANTITIES,
    unit_of,
)
from tissuesense.export.tables.stated import BLOCK, BODY_SIDE
from tissuesense.record.client import ClientId
from tissuesense.record.document import canonical_json
from tissuesense.record.history import ClientRecord, MeasurementRecord
from tissuesense.record.measurement import Measurement, StoredFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measurement and whose it is."""

    client: ClientId
    record: MeasurementRecord

    @property
    def device(self) -> str:
        """The key of its device."""
        return device_of(self.record.measurement)

    @property
    def void(self) -> bool:
        """Whether it was struck out."""
        return self.record.void is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The numbers of one trial, press or tap, or of the whole recording, by their names."""

    measured: Measured
    item: str
    index: int | None
    findings: dict[str, StoredFinding]

    @property
    def accepted(self) -> bool:
        """Whether every number of it was."""
        return all(finding.accepted for finding in self.findings.values())

    @property
    def flags(self) -> tuple[str, ...]:
        """What must be known of any number of it."""
        return tuple(dict.fromkeys(flag for f in self.findings.values() for flag in f.flags))


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number of one analysis."""

    measured: Measured
    finding: StoredFinding
    latest: bool


def device_of(measurement: Measurement) -> str:
    """Return the key of the table of devices."""
    instrument = measurement.context.instrument
    model = measurement.device_model or "unknown"
    return f"{model}: {instrument}" if instrument else model


def _measured(record: ClientRecord) -> Iterator[Measured]:
    for measured in record.measurements():
        yield Measured(client=record.client.id, record=measured)


def _groups(record: ClientRecord) -> Iterator[Group]:
    for measured in _measured(record):
        found = sorted(measured.record.findings, key=_place)
        for (item, index), findings in groupby(found, key=lambda f: (f.item, f.index)):
            named = {finding.quantity: finding for finding in findings}
            yield Group(measured=measured, item=item, index=index, findings=named)


def _place(finding: StoredFinding) -> tuple[str, int]:
    return finding.item, finding.index or 0


def _trials(record: ClientRecord) -> Iterator[Group]:
    return (group for group in _groups(record) if group.index is not None)


def _results(record: ClientRecord) -> Iterator[Group]:
    return (group for group in _groups(record) if group.index is None)


def _numbers(record: ClientRecord) -> Iterator[Number]:
    for measured in _measured(record):
        latest = {finding.id for finding in measured.record.findings}
        for finding in measured.record.computed:
            yield Number(measured=measured, finding=finding, latest=finding.id in latest)


def _quantity(name: str) -> Column:
    known = QUANTITIES[name]
    return number(name, known.unit, known.description, at=_value_of(name), short=known.short)


def _value_of(name: str) -> Callable[[Group], float | None]:
    def value(group: Group) -> float | None:
        finding = group.findings.get(name)
        return None if finding is None else finding.value

    return value


def duration_s(trace: Trace) -> float | None:
    """Return how long a trace is; None for times too far apart for a number."""
    with np.errstate(over="ignore"):
        return _finite(trace.duration_s)


def sample_rate_hz(trace: Trace) -> float | None:
    """Return the usual rate; None for fewer than two samples, or times too close for a number."""
    with np.errstate(over="ignore"):
        return _finite(trace.sample_rate_hz)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _of_trace(what: Callable[[Trace], float | None]) -> Callable[[Measured], float | None]:
    return lambda measured: what(measured.record.measurement.trace)


def _gaps(measured: Measured) -> int:
    return len(measured.record.measurement.quality.gaps)


def _context(measured: Measured) -> str:
    return canonical_json(side_car(measured.record.measurement, whole=False))


def _bound(end: int) -> Callable[[Number], float | None]:
    return lambda number: number.finding.ci95 and number.finding.ci95[end]


def _group_columns(quantities: tuple[str, ...]) -> tuple[Column, ...]:
    return (
        yes_no("accepted", "It counts for the result.", required=True),
        text("flags", "What must be known of it, joined by semicolons."),
        *(_quantity(name) for name in quantities),
    )


_OF_MEASURED = (
    measurement_column("measured.record.measurement.id"),
    client_column("measured.client"),
    visit_column("measured.record.measurement.visit"),
    yes_no(
        "void",
        "Its measurement was struck out and does not count.",
        at="measured.void",
        required=True,
    ),
)
MEASUREMENTS = Table(
    name="measurements",
    short="mea",
    title="Recordings: where, when, with what and how",
    rows=_measured,
    key="measurement",
    columns=(
        text("measurement", "Its id.", at="record.measurement.id", required=True),
        client_column(),
        *within(
            (
                visit_column(),
                site_column("site.name"),
                BODY_SIDE,
                choice("kind", RecordingKind, "What was done.", required=True),
                BLOCK,
                time("measured_at", "When.", required=True),
            ),
            "record.measurement",
        ),
        text("device", "What it was measured with.", home="devices", required=True),
        *within(
            (
                number(
                    "probe_area_cm2",
                    "cm2",
                    "Area of the tip.",
                    at=lambda m: (
                        m.record.measurement.context.tip
                        and m.record.measurement.context.tip.area_cm2
                    ),
                ),
                number("target_rate_kpa_s", "kPa/s", "How fast it was to be pressed."),
                number("cutoff_kpa", "kPa", "Pressure at which a press ends.", required=True),
                number("full_scale_n", "N", "How much the gauge can bear."),
            ),
            "record.measurement.context",
        ),
        text(
            "stop_mode",
            "How the client signals, where it is one of the known ways.",
            at=lambda measured: stop_mode(measured.record.measurement),
        ),
        *within(
            (
                whole("samples", "How many samples.", at="trace.size", required=True),
                number("duration_s", "s", "First to last sample.", at=_of_trace(duration_s)),
                number("sample_rate_hz", "Hz", "Usual rate.", at=_of_trace(sample_rate_hz)),
                choice("clock", ClockSource, "Whose times they are.", at="trace.clock"),
                text(
                    "flags",
                    "What was noticed on the way to the trace, joined by semicolons.",
                    at="quality.flags",
                ),
                whole("gaps", "Stretches without samples.", at=_gaps, required=True),
                whole(
                    "rejected_frames",
                    "Pieces of the stream that were refused.",
                    at="quality.rejected_frames",
                    required=True,
                ),
                whole(
                    "duplicates",
                    "Readings that arrived twice.",
                    at="quality.duplicates",
                    required=True,
                ),
                text("trace_sha256", "Identity of the trace.", required=True),
                text("capture_sha256", "Of the raw capture; empty: there is none."),
            ),
            "record.measurement",
        ),
        yes_no("void", "It was struck out and does not count.", required=True),
        words("void_why", "Why.", at=lambda m: m.record.void and m.record.void.why),
        text(
            "context",
            "The side-car as JSON: all that estimators read.",
            at=_context,
            required=True,
        ),
    ),
)
RESULTS = Table(
    name="results",
    short="res",
    title="What each recording gave as a whole, by its latest analysis",
    rows=_results,
    key="",
    columns=(
        *_OF_MEASURED,
        text("item", "Of what: session."),
        *_group_columns(OF_A_SESSION),
    ),
)
TRIALS = Table(
    name="trials",
    short="tri",
    title="What each trial, press or tap gave, by the latest analysis",
    rows=_trials,
    key="trial",
    columns=(
        text(
            "trial",
            "Its measurement, what it is, and its number.",
            at=lambda g: f"{g.measured.record.measurement.id}/{g.item}/{g.index}",
            required=True,
        ),
        *_OF_MEASURED,
        text("item", "What it is: trial, press, tap, stretch, movement, dose or hold."),
        whole("index", "Its number, from 1.", required=True),
        *_group_columns(OF_A_TRIAL),
    ),
)
VALUES = Table(
    name="values",
    short="val",
    title="Every number that was ever computed, one row each",
    rows=_numbers,
    key="finding",
    columns=(
        text("finding", "Its id.", at="finding.id", required=True),
        *_OF_MEASURED,
        *within(
            (
                text("item", "Of what: trial, press, tap ... or session."),
                whole("index", "Which one, from 1; empty: the whole recording."),
                text("quantity", "What it is."),
            ),
            "finding",
        ),
        text("unit", "Its unit.", at=lambda n: unit_of(n.finding.quantity), required=True),
        *within(
            (
                number("value", "", "The number, in `unit`; empty: `flags` say why."),
                number("u", "", "Its standard uncertainty.", at="standard_uncertainty"),
                number("ci95_low", "", "Lower end of its 95 % interval.", at=_bound(0)),
                number("ci95_high", "", "Upper end of its 95 % interval.", at=_bound(1)),
                yes_no("accepted", "It counts.", required=True),
                text("flags", "What must be known of it, joined by semicolons."),
                text("estimator", "Which estimator.", at="method.estimator"),
                text("estimator_version", "Its version.", at="method.estimator_version"),
                text("software_version", "Of this program.", at="method.software_version"),
                time("computed_at", "When.", required=True),
            ),
            "finding",
        ),
        yes_no("latest", "It is of the latest analysis.", required=True),
    ),
)


def _sample(name: str) -> Column:
    unit, description = _SAMPLES[name]
    return column(name, Holds.NUMBER, description, unit=unit)


_SAMPLES = {
    "force_n": ("N", "Force as indicated; pressing is positive."),
    "displacement_mm": ("mm", "Displacement."),
    "acceleration_m_s2": ("m/s2", "Acceleration."),
    "angle_deg": ("deg", "Angle."),
    "torque_n_m": ("N m", "Torque."),
    "marker": ("1", "1 while the client says stop, else 0."),
}
TRACES = Table(
    name="traces",
    short="tra",
    title="Samples as they were indicated: nothing filtered, nothing tared",
    columns=(
        measurement_column(),
        number("time_s", "s", "Time, by the clock of the recording.", required=True),
        *(_sample(name) for name in COLUMN_NAMES),
    ),
)
