"""The samples of one press, tap or stretch, as FHIR can hold them: evenly spaced whole numbers.

R4 knows no uneven sampling and no text longer than about a million characters. The samples are
therefore read off at even steps, between neighbours along a straight line; where the gauge sent
nothing for three steps or more stands an E. The recording itself stays what the record keeps and
the document reference names by its hash.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.core.trace import Trace
from tissuesense.export.fhir.elements import Json, quantity

MOST_SAMPLES = 20_000
_GAP_STEPS = 3.0


class _Column(NamedTuple):
    """How a column is written: its unit and what one count is worth."""

    unit: str
    factor: float


COLUMNS: Mapping[str, _Column] = MappingProxyType(
    {
        "force_n": _Column("N", 0.001),
        "displacement_mm": _Column("mm", 0.001),
        "acceleration_m_s2": _Column("m/s2", 0.01),
        "angle_deg": _Column("deg", 0.001),
        "torque_n_m": _Column("N.m", 0.001),
        "marker": _Column("1", 1.0),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampled:
    """A trace read off at even steps.

    Attributes
    ----------
    start_s
        First sample, in seconds of the recording.
    columns
        Name -> `SampledData`.
    """

    start_s: float
    columns: Mapping[str, Json]


def sampled(trace: Trace) -> Sampled | None:
    """Return a trace at even steps; None where there are too few samples to tell a step."""
    rate_hz = trace.sample_rate_hz
    if rate_hz is None or not trace.size:
        return None
    step_s, at_s = _grid(trace, rate_hz)
    lost = _in_a_gap(trace.t_s, at_s, _GAP_STEPS / rate_hz)
    return Sampled(
        start_s=float(at_s[0]), columns=dict(_columns(trace, at_s, lost, round(1e3 * step_s, 6)))
    )


def _grid(trace: Trace, rate_hz: float) -> tuple[float, FloatArray]:
    """Return the step and the times; a very long recording is read off at every nth sample."""
    every = int(np.ceil(trace.duration_s * rate_hz / MOST_SAMPLES)) or 1
    # Rounded as it is written, so that a reader finds the last sample where it is.
    step_s = round(1e3 * every / rate_hz, 6) / 1e3
    steps = int(trace.duration_s / step_s + 1e-9)
    return step_s, trace.t_s[0] + step_s * np.arange(steps + 1)


def _in_a_gap(t_s: FloatArray, at_s: FloatArray, longest_s: float) -> BoolArray:
    """Return which times lie between two samples that are further apart than `longest_s`."""
    after = np.clip(np.searchsorted(t_s, at_s), 1, t_s.size - 1)
    wide = t_s[after] - t_s[after - 1] > longest_s
    return wide & (at_s > t_s[after - 1]) & (at_s < t_s[after])


def _columns(
    trace: Trace, at_s: FloatArray, lost: BoolArray, period_ms: float
) -> Iterator[tuple[str, Json]]:
    for name, values in trace.columns():
        column = COLUMNS[name]
        read = (
            _marks(trace.t_s, values, at_s)
            if name == "marker"
            else np.interp(at_s, trace.t_s, values)
        )
        counts = np.rint(read / column.factor).astype(np.int64)
        yield (
            name,
            {
                "origin": quantity(0, column.unit),
                "period": period_ms,
                "factor": column.factor,
                "dimensions": 1,
                "data": " ".join(
                    "E" if gap else str(n)
                    for n, gap in zip(counts.tolist(), lost.tolist(), strict=True)
                ),
            },
        )


def _marks(t_s: FloatArray, marker: FloatArray, at_s: FloatArray) -> FloatArray:
    """Return the marker on the grid: a signal one sample long is not lost between two steps."""
    marks = np.zeros(at_s.size)
    nearest = np.searchsorted(at_s, t_s[marker > 0])
    marks[np.minimum(nearest, at_s.size - 1)] = 1.0
    return marks
