"""Recordings of treatment drawn from corner points, for tests of single behaviours."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tissuesense.analysis.dose.result import Dose, DoseAnalysis
from tissuesense.analysis.estimators.dose import analyse_dose
from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

RATE_HZ = 80.0
Corners = Sequence[tuple[float, float]]

# Two levels, three holds: 100 kPa, 200 kPa, 100 kPa on a tip of 1 cm2.
TWO_LEVELS: Corners = [
    (5, 0), (6, 10), (14, 10), (14.6, 20), (24, 20), (24.6, 10), (32, 10), (32.5, 0),
]  # fmt: skip


def times(seconds: float, rate_hz: float = RATE_HZ) -> FloatArray:
    return np.arange(0.0, seconds, 1.0 / rate_hz)


def through(t_s: FloatArray, corners: Corners) -> FloatArray:
    x, y = zip(*corners, strict=True)
    return np.asarray(np.interp(t_s, x, y), dtype=np.float64)


def dose_recording(
    corners: Corners = TWO_LEVELS,
    *,
    seconds: float = 40.0,
    rate_hz: float = RATE_HZ,
    zero_n: float = 0.3,
    noise_n: float = 0.03,
    side_car: dict[str, object] | None = None,
    **columns: FloatArray,
) -> Recording:
    """Return the force through (s, N) corners; other columns as they are given."""
    t_s = times(seconds, rate_hz)
    noise = noise_n * np.random.default_rng(3).standard_normal(t_s.size)
    force_n = through(t_s, corners) + zero_n + noise
    given: dict[str, Any] = {"t_s": t_s, "force_n": force_n, **columns}
    context = {"kind": "dose", "probe_area_cm2": 1.0} | (side_car or {})
    return Recording(
        trace=Trace(**given),
        context=RecordingContext.from_dict(context),
    )


def analysed(
    corners: Corners = TWO_LEVELS,
    **how: Any,  # noqa: ANN401 - passed on as given
) -> DoseAnalysis:
    return analyse_dose(dose_recording(corners, **how))


def only_dose(
    corners: Corners = TWO_LEVELS,
    **how: Any,  # noqa: ANN401 - passed on as given
) -> Dose:
    (dose,) = analysed(corners, **how).doses
    return dose
