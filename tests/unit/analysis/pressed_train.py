"""Series of equal presses, as a gauge would read them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace

START_S = 3.0
RISE_S = 0.15
UNZEROED_N = 1.0


def pressed_train(
    levels_kpa: Sequence[float],
    *,
    on_s: float = 1.0,
    off_s: float = 1.0,
    resting_kpa: float = 0.0,
    drift_n_s: float = 0.0,
    rate_hz: float = 80.0,
    area_cm2: float | None = 1.0,
    extra: dict[str, Any] | None = None,
    full_scale_n: float | None = None,
) -> Recording:
    """Return presses of these levels; between them the tip may stay on the skin.

    `on_s` and `off_s` count from half of the rise to half of the fall.
    """
    period = on_s + off_s
    t_s = np.arange(0, START_S + len(levels_kpa) * period + 3, 1 / rate_hz)
    end_s = START_S + len(levels_kpa) * period - off_s
    pressure = np.where((t_s > START_S) & (t_s < end_s), resting_kpa, 0.0)
    for place, level in enumerate(levels_kpa):
        start = START_S + place * period
        corners = [start - RISE_S / 2, start + RISE_S / 2]
        corners += [start + on_s - RISE_S / 2, start + on_s + RISE_S / 2]
        pressure = np.maximum(pressure, level * np.interp(t_s, corners, [0, 1, 1, 0]))
    area = area_cm2 or 1.0
    force = pressure * area / 10 + UNZEROED_N + drift_n_s * t_s
    force += np.random.default_rng(5).normal(0, 0.03, t_s.size)
    if full_scale_n is not None:
        force = np.minimum(force, full_scale_n)
    tip = ContactTip(area_cm2=area_cm2) if area_cm2 else None
    context = RecordingContext(
        kind=RecordingKind.PPT, tip=tip, extra=extra or {}, full_scale_n=full_scale_n
    )
    return Recording(trace=Trace(t_s=t_s, force_n=force), context=context)


def without(recording: Recording, start_s: float, end_s: float) -> Recording:
    """Return the recording with a stretch of samples lost."""
    trace = recording.trace
    assert trace.force_n is not None
    keep = (trace.t_s < start_s) | (trace.t_s > end_s)
    return Recording(
        trace=Trace(t_s=trace.t_s[keep], force_n=trace.force_n[keep]), context=recording.context
    )
