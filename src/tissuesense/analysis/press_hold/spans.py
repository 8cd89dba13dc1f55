"""The presses of a press-and-hold recording as ranges of its samples, from touch to lift-off."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.signals.cleaning import CleanSignal
from tissuesense.analysis.signals.press_grid import PressGrid
from tissuesense.analysis.signals.segment import Press, find_presses
from tissuesense.core.arrays import FloatArray

# Resting on the skin is a newton or two; a press is stronger, and at least a quarter of the
# strongest of its series: all are pressed to the same depth.
_WEAKEST_PRESS_N = 2.5
_WEAKEST_SHARE = 0.25
_EDGE_SHARE = 0.02
_EDGE_NOISES = 4.0
_LOADED_SHARE = 0.15
_FEWEST_SAMPLES = 5  # fewer cannot show a rise and a fall
# As brief as a stroke of the hand gets, and how far it goes at least.
_SHORTEST_STROKE_S = 0.15
_STROKE_SHARE = 0.3
_STROKE_NOISES = 8.0
_LEAST_STROKE_MM = 1.0
_AROUND_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class PressSpan:
    """One press: samples ``start <= i < stop`` are loaded.

    Attributes
    ----------
    before, after
        First sample of the unloaded stretch before it, and end of that after it.
    baseline_u_n
        Standard uncertainty of the unloaded level under the press.
    baseline_step_n
        Unloaded level after the press less that before it; 0 where one of them is not known.
    starts_loaded, ends_loaded
        More than resting lightly is left where it starts or stops.
    """

    before: int
    start: int
    stop: int
    after: int
    baseline_u_n: float
    baseline_step_n: float
    starts_loaded: bool
    ends_loaded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PressSpans:
    """The presses of a recording.

    Attributes
    ----------
    force_n
        Above the unloaded level, shape (n,).
    baseline_n
        The unloaded level under each sample, shape (n,).
    """

    force_n: FloatArray
    baseline_n: FloatArray
    spans: tuple[PressSpan, ...]


def find_spans(t_s: FloatArray, force: CleanSignal, way: CleanSignal | None = None) -> PressSpans:
    """Find the presses in a force, and where it was recorded a displacement, of shape (n,).

    A press that is over in half a second is told from a knock by the tip's moving in.
    """
    presses = _presses(t_s, force)
    if way is not None:
        brief = _presses(t_s, force, shortest_s=_SHORTEST_STROKE_S)
        if len(brief) > len(presses):
            presses = _with_strokes(presses, brief, t_s, way)
    if not presses:
        return PressSpans(force_n=force.values, baseline_n=np.zeros_like(t_s), spans=())
    level_t = [t for press in presses for t in (press.tare_before_s, press.tare_after_s)]
    level_n = [n for press in presses for n in (press.tare_before_n, press.tare_after_n)]
    baseline = np.interp(t_s, level_t, level_n)
    above = force.values - baseline
    grid = PressGrid.of(t_s, above)
    noise = max(force.noise / math.sqrt(grid.samples_per_step), force.resolution / math.sqrt(12))
    begins = [*(press.start_s for press in presses[1:]), float(t_s[-1])]
    ends = [float(t_s[0]), *(press.end_s for press in presses[:-1])]
    found = (
        _span(t_s, grid, press, free_s, edge_n=_EDGE_NOISES * noise)
        for press, free_s in zip(presses, zip(ends, begins, strict=True), strict=True)
    )
    spans = tuple(span for span in found if span.stop - span.start >= _FEWEST_SAMPLES)
    return PressSpans(force_n=above, baseline_n=baseline, spans=spans)


def _presses(t_s: FloatArray, force: CleanSignal, **limits: float) -> tuple[Press, ...]:
    return find_presses(
        t_s,
        force.values,
        least_n=_WEAKEST_PRESS_N,
        noise_n=force.noise,
        resting_n=_WEAKEST_PRESS_N,
        least_share=_WEAKEST_SHARE,
        **limits,
    )


def _with_strokes(
    presses: tuple[Press, ...], brief: tuple[Press, ...], t_s: FloatArray, way: CleanSignal
) -> tuple[Press, ...]:
    """Add the brief rises in which the tip went in and came out again."""
    low, high = (float(x) for x in np.quantile(way.values, (0.02, 0.98)))
    least_mm = max(_STROKE_SHARE * (high - low), _STROKE_NOISES * way.noise, _LEAST_STROKE_MM)
    strokes = [
        press
        for press in brief
        if not any(p.start_s <= press.peak_s <= p.end_s for p in presses)
        and _stroke_mm(press, t_s, way.values) > least_mm
    ]
    return tuple(sorted((*presses, *strokes), key=lambda press: press.start_s))


def _stroke_mm(press: Press, t_s: FloatArray, way_mm: FloatArray) -> float:
    """Return how far the tip went in and out again, whichever is less."""
    times = [press.start_s - _AROUND_S, press.start_s, press.end_s, press.end_s + _AROUND_S]
    a, b, c, d = (int(i) for i in np.searchsorted(t_s, times))
    if min(b - a, c - b, d - c) == 0:
        return 0.0
    return float(way_mm[b:c].max() - max(way_mm[a:b].min(), way_mm[c:d].min()))


def _span(
    t_s: FloatArray, grid: PressGrid, press: Press, free_s: tuple[float, float], *, edge_n: float
) -> PressSpan:
    """Extend a press, within `free_s`, to where the force meets the unloaded level."""
    times = [free_s[0], press.start_s, press.end_s, free_s[1]]
    left, first, last, right = (int(i) for i in np.searchsorted(grid.t_s, times))
    peak = float(grid.force_n[first : last + 1].max())
    edge = max(edge_n, _EDGE_SHARE * peak)
    lead, left_before = _foot(grid.force_n[left : first + 1][::-1], edge)
    tail, left_after = _foot(grid.force_n[last : right + 1], edge)
    start, stop = np.searchsorted(t_s, grid.t_s[[first - lead, last + tail]])
    before, after = np.searchsorted(t_s, free_s)
    # Between two samples of the grid's making: the one before is unloaded too.
    start = max(start - 1, before)
    return PressSpan(
        before=int(before),
        start=int(start),
        stop=int(stop) + 1,
        after=int(after) + 1,
        baseline_u_n=press.tare_u_n,
        baseline_step_n=press.drift_n,
        starts_loaded=left_before > _LOADED_SHARE * peak,
        ends_loaded=left_after > _LOADED_SHARE * peak,
    )


def _foot(above: FloatArray, edge_n: float) -> tuple[int, float]:
    """Return where a force, followed away from a press, first meets the unloaded level.

    Where it never does, the tip stayed on the skin, and its lowest point has to do; with the force
    that is left there.
    """
    low = np.flatnonzero(above <= edge_n)
    foot = int(low[0]) if low.size else int(np.argmin(above))
    return foot, float(above[foot])
