"""A press cut into its phases: contact, loading, hold, unloading."""

import math
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.press_hold.spans import PressSpan
from tissuesense.analysis.signals.end_reading import EndReading, read_ends
from tissuesense.analysis.signals.onset import Onset, find_onset
from tissuesense.analysis.signals.press_phases import Hold, find_force_hold, find_hold
from tissuesense.core.arrays import FloatArray

# The convention for a hold that says something about relaxation.
SHORTEST_HOLD_S = 0.8
_CREEP_SHARE = 0.03
_FLAT_FORCE_SHARE = 0.02
_CONTACT_SHARE = 0.25
_CONTACT_LEAD_S = 0.5
_FEWEST_SAMPLES = 4
_RETURNED_SHARE = 0.4
# Short enough to round no peak, long enough to calm the noise where samples are many.
_PEAK_WINDOW_S = 0.03
_PEAK_SAMPLES = 3
# How often what smoothing over again takes off a peak was lost before, with its standard
# uncertainty: once to three times; and by a peak's falling between two samples.
_LOST_BY_SMOOTHING = (2.0, 1 / math.sqrt(3))
_LOST_BETWEEN_SAMPLES = (0.3, 0.3)
# How much noisier a mean is with that correction: twice a difference that holds 0.6 of its noise.
_CORRECTED = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """The end of the loading, or the beginning of the unloading."""

    t_s: float
    force: EndReading
    way: EndReading | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One press.

    Attributes
    ----------
    t_s, force_n, way_mm
        Loaded samples, shape (n,); no way without a displacement column.
    hold
        None for a press that turns round at once.
    turns
        It is held for less than a second: what hold there is says nothing.
    top, leave
        The two ends of the hold; both the turning point of a press that turns.
    peak_n
        Highest force of the loading.
    contact
        On the displacement axis, or on that of time without it; None when the recording begins
        loaded.
    """

    span: PressSpan
    t_s: FloatArray
    force_n: FloatArray
    way_mm: FloatArray | None
    hold: Hold | None
    turns: bool
    top: Corner
    leave: Corner
    peak_n: float
    contact: Onset | None
    contact_s: float | None

    @property
    def contact_mm(self) -> float | None:
        """Displacement at which the tip meets the skin."""
        return self.contact.at if self.contact and self.way_mm is not None else None

    @property
    def depth_mm(self) -> float | None:
        """Displacement from contact to the end of the loading."""
        if self.contact_mm is None or self.top.way is None:
            return None
        return self.top.way.value - self.contact_mm

    def loading(self) -> tuple[FloatArray, FloatArray] | None:
        """Return displacement and force up to the end of the loading; None without the former."""
        if self.way_mm is None or self.top.way is None:
            return None
        first = int(np.searchsorted(self.t_s, self.top.t_s))
        way = np.append(self.way_mm[:first], self.top.way.value)
        return way, np.append(self.force_n[:first], self.top.force.value)

    def risen_s(self, share: float) -> float:
        """Return when the force first reaches a share of its peak."""
        return float(self.t_s[int(np.argmax(self.force_n >= share * self.peak_n))])

    @property
    def hold_s(self) -> float:
        """How long the tip was held."""
        return 0.0 if self.hold is None else self.hold.seconds


def cut(signal: IndentationSignal, span: PressSpan) -> Course:
    """Cut one press of a recording into its phases."""
    part = slice(span.start, span.stop)
    t, force = signal.t_s[part], signal.force_n[part]
    way = None if signal.displacement_mm is None else signal.displacement_mm[part]
    smooth = smoothed(t, force)
    if signal.displacement_mm is None:
        hold = find_force_hold(t, force, smooth, signal.force_sd_n)
    else:
        hold = find_hold(*_moving(signal, span, signal.displacement_mm), signal.displacement_sd_mm)
    corners = _corners(signal, part, hold)
    if way is not None:
        of_force = find_hold(t, force, 0.0, signal.force_sd_n)
        sinking = _corners(signal, part, of_force)
        if sinking is not None and holds_force(*sinking, depth_mm=_reach_mm(way)):
            hold, corners = of_force, sinking
    top, leave = corners or _turning_point(signal, part, smooth)
    rising = smooth[: int(np.searchsorted(t, top.t_s)) + 1]
    contact, contact_s = _contact(signal, span, top)
    return Course(
        span=span,
        t_s=t,
        force_n=force,
        way_mm=way,
        hold=hold,
        turns=corners is None,
        top=top,
        leave=leave,
        peak_n=max(top.force.value, float(rising.max())),
        contact=contact,
        contact_s=contact_s,
    )


def holds_force(top: Corner, leave: Corner, *, depth_mm: float) -> bool:
    """Tell a hand that held the force, so that the tip sank on; and any flat force without a depth.

    Living tissue relaxes by more, if the depth is held.
    """
    flat = math.fabs(top.force.value - leave.force.value) < _FLAT_FORCE_SHARE * top.force.value
    if top.way is None or leave.way is None:
        return flat
    return flat and math.fabs(leave.way.value - top.way.value) > _CREEP_SHARE * depth_mm


def _reach_mm(way_mm: FloatArray) -> float:
    return float(way_mm.max() - way_mm[0])


def _moving(
    signal: IndentationSignal, span: PressSpan, way_mm: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return time and displacement until the tip has come back more than half way; and from where.

    The tip of a fast release leaves the tissue, which lags behind, long before that.
    """
    loaded = way_mm[span.start : span.stop]
    rest, top = float(loaded[:3].mean()), float(loaded.max())
    rest_of_way = way_mm[span.stop : span.after]
    returned = np.flatnonzero(rest_of_way <= rest + _RETURNED_SHARE * (top - rest))
    stop = span.stop + (int(returned[0]) + 1 if returned.size else 0)
    return signal.t_s[span.start : stop], way_mm[span.start : stop], rest


def smoothed(t_s: FloatArray, values: FloatArray, *, fewest: int = 1) -> FloatArray:
    """Return means over 30 ms, or over the `fewest` samples where they are no denser."""
    width = max(_width(t_s), fewest)
    if width == 1 or width >= t_s.size:
        return values
    sums = np.concatenate(([0.0], np.cumsum(values)))
    lead = width // 2
    means = (sums[width:] - sums[:-width]) / width
    return np.concatenate((values[:lead], means, values[-lead:]))


def _width(t_s: FloatArray) -> int:
    """Return how many samples smoothing goes over, an odd number."""
    return int(np.searchsorted(t_s, t_s[0] + _PEAK_WINDOW_S)) | 1


def _corners(
    signal: IndentationSignal, part: slice, hold: Hold | None
) -> tuple[Corner, Corner] | None:
    """Read force and displacement at both ends of a hold; None for too short a one."""
    if hold is None or hold.seconds < SHORTEST_HOLD_S:
        return None
    t, start_s, end_s = signal.t_s[part], hold.start_s, hold.end_s
    force = read_ends(t, signal.force_n[part], start_s, end_s, least_sd=signal.force_sd_n)
    if force is None:
        return None
    way: tuple[EndReading | None, EndReading | None] | None = (None, None)
    if signal.displacement_mm is not None:
        values, sd = signal.displacement_mm[part], signal.displacement_sd_mm
        way = read_ends(t, values, start_s, end_s, least_sd=sd)
    if way is None:
        return None
    return (
        Corner(t_s=start_s, force=force[0], way=way[0]),
        Corner(t_s=end_s, force=force[1], way=way[1]),
    )


def _turning_point(
    signal: IndentationSignal, part: slice, smooth_n: FloatArray
) -> tuple[Corner, Corner]:
    """Return the deepest point twice; that of the highest force if depth does not go with it."""
    t = signal.t_s[part]
    top, way = int(np.argmax(smooth_n)), None
    if signal.displacement_mm is not None:
        way_mm = signal.displacement_mm[part]
        smooth_mm = smoothed(t, way_mm)
        deepest = int(np.argmax(smooth_mm))
        top = deepest if smooth_n[deepest] > smooth_n[top] / 2 else top
        way = _peak(t, smooth_mm, top, signal.displacement_sd_mm)
    corner = Corner(t_s=float(t[top]), force=_peak(t, smooth_n, top, signal.force_sd_n), way=way)
    return corner, corner


def _peak(t_s: FloatArray, smooth: FloatArray, top: int, sd: float) -> EndReading:
    """Read a peak, with what smoothing took off it.

    Smoothing once more takes off as much again where the peak is round, and a third of it where it
    is sharp (a quarter of the window times the slope, then a twelfth: derived here for a triangle);
    where in between is not known.
    """
    averaged = _width(t_s)
    rounding = float(smooth.max() - smoothed(t_s, smooth, fewest=_PEAK_SAMPLES).max())
    rounding = math.sqrt(max(rounding**2 - sd**2 / averaged, 0.0))
    lost, lost_u = _LOST_BY_SMOOTHING if averaged > 1 else _LOST_BETWEEN_SAMPLES
    return EndReading(
        value=float(smooth[top]) + lost * rounding,
        slope_per_s=0.0,
        scatter=(_CORRECTED if averaged > 1 else 1.0) * sd / math.sqrt(averaged),
        curve=lost_u * rounding,
    )


def _contact(
    signal: IndentationSignal, span: PressSpan, top: Corner
) -> tuple[Onset | None, float | None]:
    """Return the contact on the displacement axis, or on that of time; and its time."""
    if span.starts_loaded:
        return None, None
    t, way = signal.t_s, signal.displacement_mm
    fewest = span.start + _FEWEST_SAMPLES
    loading = signal.force_n[span.start : max(int(np.searchsorted(t, top.t_s)), fewest)]
    risen = span.start + int(np.argmax(loading >= _CONTACT_SHARE * top.force.value))
    lead = int(np.searchsorted(t, t[span.start] - _CONTACT_LEAD_S))
    part = slice(max(span.before, lead), max(risen, fewest) + 1)
    x = t[part] if way is None else way[part]
    low, high = float(x[: span.start - part.start + 1].min()), float(x[-1])
    if high <= low:
        return None, float(t[span.start])
    contact = find_onset(x, signal.force_n[part], low=low, high=high, sd=signal.force_sd_n)
    if way is None:
        return contact, contact.at
    return contact, _left_s(t[part], x, contact.at + 2 * signal.displacement_sd_mm)


def _left_s(t_s: FloatArray, way_mm: FloatArray, contact_mm: float) -> float:
    """Return when the tip passed the contact for good: one that waited there has noise about it."""
    waiting = np.flatnonzero(way_mm <= contact_mm)
    return float(t_s[waiting[-1] if waiting.size else 0])


def with_contact(signal: IndentationSignal, course: Course, contact: Onset) -> Course:
    """Return the course with a contact on the displacement axis that is better known."""
    if signal.displacement_mm is None:
        return course
    part = slice(course.span.before, int(np.searchsorted(signal.t_s, course.top.t_s)) + 1)
    limit = contact.at + 2 * signal.displacement_sd_mm
    contact_s = _left_s(signal.t_s[part], signal.displacement_mm[part], limit)
    if course.contact_s is not None and contact_s < course.contact_s - _CONTACT_LEAD_S:
        contact_s = course.contact_s  # the tip lay there long before it was pressed in
    return replace(course, contact=contact, contact_s=contact_s)
