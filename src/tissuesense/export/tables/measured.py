"""Tables of what was recorded: measurements, and the samples themselves."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
from tissuesense.export.tables.stated import BLOCK, BODY_SIDE
from tissuesense.record.client import ClientId
from tissuesense.record.document import canonical_json
from tissuesense.record.history import ClientRecord, MeasurementRecord
from tissuesense.record.measurement import Measurement


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


def device_of(measurement: Measurement) -> str:
    """Return the key of the table of devices."""
    instrument = measurement.context.instrument
    model = measurement.device_model or "unknown"
    return f"{model}: {instrument}" if instrument else model


def measured_of(record: ClientRecord) -> Iterator[Measured]:
    """Yield the measurements of a client, oldest visit first."""
    for measured in record.measurements():
        yield Measured(client=record.client.id, record=measured)


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


MEASUREMENTS = Table(
    name="measurements",
    short="mea",
    title="Recordings: where, when, with what and how",
    rows=measured_of,
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
