"""A press as a law is fitted to it: from a little before contact to its end, in few samples."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.refusals import NO_DISPLACEMENT, PRELOADED, TOO_COARSE
from tissuesense.analysis.press_hold.sampling import TOO_FEW_SAMPLES, are_too_few
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.press_hold.spans import PressSpan
from tissuesense.analysis.press_hold.stiffening import Path, PressedSamples
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import NotEstimable

# A press that turns is followed until the tip may have left the tissue, which lags behind.
_FOLLOWED_SHARE = 0.25
_LOADING_POINTS, _HOLD_POINTS = 120, 60
_CORNER_S = 0.2
_FIRST_HOLD_STEP_S = 0.1
_BEFORE_STEP_S = 0.03
_FEWEST_SAMPLES = 12
_LEAST_SD_SHARE = 0.001
_USUAL_POWER = 1.7
_LEAST_DEPTH_SHARE = 0.1
_STILL_SDS, _STILL_MM = 3.0, 0.05
_ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedPress:
    """A press of which all is known that a fit begins with."""

    way_mm: FloatArray
    rest_mm: float
    rest_n: float
    free_from: int
    contact_mm: float
    contact_s: float
    top_s: float
    end_s: float
    depth_mm: float
    peak_n: float


def loaded_press(signal: IndentationSignal, course: Course) -> LoadedPress | NotEstimable:
    """Return what a fit begins with, or why the press has no law."""
    if signal.displacement_mm is None:
        return NO_DISPLACEMENT
    contact_mm, contact_s, depth_mm = course.contact_mm, course.contact_s, course.depth_mm
    if contact_mm is None or contact_s is None or depth_mm is None:
        return PRELOADED
    end_s = _end_s(course)
    if depth_mm <= 0 or np.searchsorted(course.t_s, end_s) < _FEWEST_SAMPLES:
        return TOO_COARSE
    if are_too_few(course):
        return TOO_FEW_SAMPLES
    rest_mm, rest_n = _at_rest(signal, signal.displacement_mm, course.span)
    return LoadedPress(
        way_mm=signal.displacement_mm,
        rest_mm=rest_mm,
        rest_n=rest_n,
        free_from=course.span.before,
        contact_mm=contact_mm,
        contact_s=contact_s,
        top_s=course.top.t_s,
        end_s=end_s,
        depth_mm=depth_mm,
        peak_n=course.peak_n,
    )


def _at_rest(signal: IndentationSignal, way_mm: FloatArray, span: PressSpan) -> tuple[float, float]:
    """Return where the tip waited before a press, and the force there."""
    waiting = slice(span.before, span.start + 1)
    rest_mm = median(way_mm[waiting])
    away = np.abs(way_mm[waiting] - rest_mm)
    still = max(_STILL_SDS * signal.displacement_sd_mm + _STILL_MM, float(away.min()))
    return rest_mm, median(signal.force_n[waiting][away <= still])


def _end_s(course: Course) -> float:
    """Return until when a press is followed."""
    if not course.turns:
        return course.leave.t_s
    left = (course.t_s > course.top.t_s) & (course.force_n < _FOLLOWED_SHARE * course.peak_n)
    return float(course.t_s[int(np.argmax(left)) if left.any() else -1])


def pressed_samples(
    signal: IndentationSignal, loaded: LoadedPress, *, lead_s: float
) -> PressedSamples:
    """Return a press from a little before its contact to its end, dense where much happens."""
    bounds_s = [loaded.contact_s - lead_s, loaded.end_s + _ROUNDING_S]
    first, stop = (int(i) for i in np.searchsorted(signal.t_s, bounds_s))
    part = slice(max(first, loaded.free_from), stop)
    t = signal.t_s[part]
    corner_s = loaded.top_s + _CORNER_S
    longest = max(loaded.end_s - corner_s, _CORNER_S)
    steps = np.geomspace(_FIRST_HOLD_STEP_S, longest + _FIRST_HOLD_STEP_S, _HOLD_POINTS)
    edges = (np.linspace(t[0], corner_s, _LOADING_POINTS), corner_s + steps - _FIRST_HOLD_STEP_S)
    blocks = _Blocks.of(t, np.concatenate(edges))
    path = Path(t_s=blocks.means(t), way_mm=blocks.means(loaded.way_mm[part]))
    force = blocks.means(signal.force_n[part])
    below = np.maximum(path.way_mm - loaded.contact_mm, _LEAST_DEPTH_SHARE * loaded.depth_mm)
    steepness = _USUAL_POWER * np.maximum(force, 0.0) / below
    variance = signal.force_sd_n**2 + (steepness * signal.displacement_sd_mm) ** 2
    least = _LEAST_SD_SHARE * loaded.peak_n
    return PressedSamples(
        path=path,
        force_n=force,
        sd_n=np.sqrt(variance / blocks.counts + least * least),
        contact_mm=loaded.contact_mm,
        depth_mm=loaded.depth_mm,
        rest_mm=loaded.rest_mm,
        rest_n=loaded.rest_n,
        loading_s=loaded.top_s - loaded.contact_s,
    )


def path_before(signal: IndentationSignal, loaded: LoadedPress) -> Path:
    """Return where the tip was from the beginning of the recording to this contact."""
    t = signal.t_s[: int(np.searchsorted(signal.t_s, loaded.contact_s))]
    blocks = _Blocks.of(t, np.arange(t[0], t[-1], _BEFORE_STEP_S))
    return Path(t_s=blocks.means(t), way_mm=blocks.means(loaded.way_mm[: t.size]))


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Neighbouring samples to be averaged."""

    starts: NDArray[np.intp]
    counts: NDArray[np.intp]

    @classmethod
    def of(cls, t_s: FloatArray, edges_s: FloatArray) -> "_Blocks":
        starts = np.unique(np.concatenate(([0], np.searchsorted(t_s, edges_s))))
        starts = starts[starts < t_s.size]
        return cls(starts, np.diff(np.append(starts, t_s.size)))

    def means(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(values, self.starts) / self.counts)
