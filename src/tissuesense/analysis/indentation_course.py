"""A press cut into its phases: contact, loading, hold, unloading."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.hold_response import HoldResponse, read_hold
from tissuesense.analysis.indentation_signal import IndentationSignal
from tissuesense.analysis.onset import Onset, find_onset
from tissuesense.analysis.press_phases import Hold, find_force_hold, find_hold
from tissuesense.analysis.press_search import PressSpan
from tissuesense.core.arrays import FloatArray

_CONTACT_SHARE = 0.25
_CONTACT_LEAD_S = 0.5
_FEWEST_SAMPLES = 4
# Short enough to round no peak, long enough to calm the noise where samples are many.
_PEAK_WINDOW_S = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """The end of the loading, or the beginning of the unloading."""

    t_s: float
    force_n: float
    force_u_n: float
    way_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One press.

    Attributes
    ----------
    t_s, force_n, way_mm
        Loaded samples, shape (n,); no way without a displacement column.
    hold, response
        None for a press that turns round at once.
    top, leave
        The two ends of the hold; the same without one.
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
    response: HoldResponse | None
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
        return None if self.contact_mm is None else self.top.way_mm - self.contact_mm

    @property
    def hold_s(self) -> float:
        """How long the tip was held."""
        return self.leave.t_s - self.top.t_s


def cut(signal: IndentationSignal, span: PressSpan) -> Course:
    """Cut one press of a recording into its phases."""
    part = slice(span.start, span.stop)
    t, force = signal.t_s[part], signal.force_n[part]
    way = None if signal.displacement_mm is None else signal.displacement_mm[part]
    smooth = smoothed(t, force)
    if way is None:
        hold = find_force_hold(t, force, smooth, signal.force_sd_n)
    else:
        hold = find_hold(t, way, float(way[:3].mean()), signal.displacement_sd_mm)
    response = None
    if hold is not None:
        response = read_hold(t, force, hold.start_s, hold.end_s, least_sd=signal.force_sd_n)
    if hold is None or response is None:
        hold = response = None
        top = leave = _turning_point(t, smooth, way, signal.force_sd_n)
    else:
        start, end = response.start, response.end
        top, leave = (
            Corner(
                t_s=at,
                force_n=reading.force_n,
                force_u_n=reading.u_n,
                way_mm=mm if way is not None else math.nan,
            )
            for at, reading, mm in (
                (hold.start_s, start, hold.level_start),
                (hold.end_s, end, hold.level_end),
            )
        )
    rising = smooth[: int(np.searchsorted(t, top.t_s)) + 1]
    contact, contact_s = _contact(signal, span, top)
    return Course(
        span=span,
        t_s=t,
        force_n=force,
        way_mm=way,
        hold=hold,
        response=response,
        top=top,
        leave=leave,
        peak_n=max(top.force_n, float(rising.max())),
        contact=contact,
        contact_s=contact_s,
    )


def smoothed(t_s: FloatArray, values: FloatArray) -> FloatArray:
    """Return means over 30 ms, or the samples themselves where they are no denser."""
    width = int(np.searchsorted(t_s, t_s[0] + _PEAK_WINDOW_S)) | 1
    if width == 1 or width >= t_s.size:
        return values
    sums = np.concatenate(([0.0], np.cumsum(values)))
    lead = width // 2
    means = (sums[width:] - sums[:-width]) / width
    return np.concatenate((values[:lead], means, values[-lead:]))


def _turning_point(
    t_s: FloatArray, force_n: FloatArray, way_mm: FloatArray | None, sd_n: float
) -> Corner:
    """Return the deepest point, or that of the highest force where depth does not go with it."""
    top = int(np.argmax(force_n))
    if way_mm is not None:
        deepest = int(np.argmax(smoothed(t_s, way_mm)))
        top = deepest if force_n[deepest] > force_n[top] / 2 else top
    return Corner(
        t_s=float(t_s[top]),
        force_n=float(force_n[top]),
        force_u_n=sd_n,
        way_mm=math.nan if way_mm is None else float(way_mm[top]),
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
    risen = span.start + int(np.argmax(loading >= _CONTACT_SHARE * top.force_n))
    lead = int(np.searchsorted(t, t[span.start] - _CONTACT_LEAD_S))
    part = slice(max(span.before, lead), max(risen, fewest) + 1)
    x = t[part] if way is None else way[part]
    low, high = float(x[: span.start - part.start + 1].min()), float(x[-1])
    if high <= low:
        return None, float(t[span.start])
    contact = find_onset(x, signal.force_n[part], low=low, high=high, sd=signal.force_sd_n)
    if way is None:
        return contact, contact.at
    # A tip that waited at the contact has noise about it: what counts is when it left for good.
    waiting = np.flatnonzero(x <= contact.at + 2 * signal.displacement_sd_mm)
    return contact, float(t[part][waiting[-1]]) if waiting.size else float(t[span.start])
