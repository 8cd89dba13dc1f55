"""Read the pressure at which a press was stopped: by the client's signal or by the release.

The value is the field's convention, uncorrected: what the gauge read when the client signalled, or
the highest pressure before the force was let go. Correction for reaction time is kept apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.pain.ramp import PressedCurve, Release
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable

_TARGET_NOISE_SHARE = 0.0015
_WIDEST_HALF_WINDOW_S = 0.2
_MARKER_LATEST_AFTER_PEAK_S = 1.0
# A signal this soon after the release is the same event, seen through the sampling of both.
_SAME_EVENT_S = 0.05
_LONGEST_PLATEAU_S = 1.5
_MOST_RECOVERED = 6.0
_CLEAR_RELEASE = 2.0  # times the ramp rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where the press was stopped.

    Attributes
    ----------
    source
        "marker" or "release".
    u_kpa
        Standard uncertainty from noise, and from the sampling of the instant at the local rate.
    """

    source: str
    t_s: float
    p_kpa: float
    u_kpa: float
    flags: tuple[QualityFlag, ...] = ()


def marker_times(t_s: FloatArray, marker: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Return when the marker came on, and the standard uncertainty of each time.

    The signal came between the last sample without it and the first with it; the middle is meant.
    """
    if marker is None:
        return np.empty(0), np.empty(0)
    on = marker > 0.5  # noqa: PLR2004 - 0 or 1
    rises = (on[1:] & ~on[:-1]).nonzero()[0] + 1
    if on.size and on[0]:
        rises = np.concatenate(([0], rises))
    before = t_s[np.maximum(rises - 1, 0)]
    return (before + t_s[rises]) / 2, (t_s[rises] - before) / math.sqrt(12.0)


def stop_at_marker(
    curve: PressedCurve, marker_s: float, marker_u_s: float, release: Release | None
) -> Stop:
    """Read the pressure at the client's signal."""
    end = curve.t_s[-1] if release is None else release.t_s
    value, slope, u_noise = _line_at(curve, marker_s, float(end))
    u = math.hypot(u_noise, slope * marker_u_s)
    return Stop(source="marker", t_s=marker_s, p_kpa=value, u_kpa=u)


def stop_at_release(curve: PressedCurve, release: Release) -> Stop:
    """Read the pressure where the force was let go, or where it stopped rising before that."""
    u_sampling = _sampling_u_kpa(curve, release)
    if release.held_from_s is not None and release.held_p_kpa is not None:
        return Stop(
            source="release",
            t_s=release.held_from_s,
            p_kpa=release.held_p_kpa,
            u_kpa=math.hypot(release.held_p_u_kpa or 0.0, u_sampling),
            flags=(QualityFlag.PLATEAU,),
        )
    return Stop(
        source="release",
        t_s=release.t_s,
        p_kpa=release.p_kpa,
        u_kpa=math.hypot(release.p_u_kpa, u_sampling),
    )


def choose_marker(
    times_s: FloatArray, *, onset_s: float, peak_s: float, release: Release | None
) -> tuple[int | None, tuple[QualityFlag, ...]]:
    """Return which signal belongs to the press, if any, and what to say of the others.

    A signal after the force was let go came too late to read: the release is what tells.
    """
    latest = peak_s + _MARKER_LATEST_AFTER_PEAK_S
    inside = np.flatnonzero((times_s >= onset_s) & (times_s <= latest))
    if inside.size == 0:
        return None, ()
    first = int(inside[0])
    if release is not None and times_s[first] > release.t_s + _SAME_EVENT_S:
        return None, (QualityFlag.MARKER_AFTER_RELEASE,)
    return first, ()


def stray_markers(times_s: FloatArray, spans_s: Sequence[tuple[float, float]]) -> set[int]:
    """Return which presses (by position) lie nearest to a signal that belongs to none.

    Parameters
    ----------
    spans_s
        Start and peak of every press; a signal up to a second after the peak belongs to it.
    """
    near = set()
    for time_s in times_s:
        gaps = [
            max(start - time_s, time_s - end - _MARKER_LATEST_AFTER_PEAK_S, 0.0)
            for start, end in spans_s
        ]
        if gaps and min(gaps) > 0:
            near.add(int(np.argmin(gaps)))
    return near


def refusal(
    release: Release | None, ramp_rate_kpa_s: float | None, peaks: tuple[float, float, float] | None
) -> NotEstimable | None:
    """Say why the release of this press tells no threshold; None when it does.

    Parameters
    ----------
    peaks
        Two peaks and the valley between them, where the force dipped; see `find_dip`.
    """
    if release is None:
        return NotEstimable(
            reason=QualityFlag.NOT_RELEASED,
            detail="The force did not drop clearly after the press; press again and let go.",
        )
    if peaks is not None:
        first, valley, second = peaks
        similar = abs(first - second) < 0.1 * max(first, second)
        if similar and valley < 0.9 * min(first, second):
            return NotEstimable(
                reason=QualityFlag.DOUBLE_PEAK,
                detail="Two peaks of about the same height: which was the threshold is unknown.",
            )
    if release.plateau_s > _LONGEST_PLATEAU_S:
        return NotEstimable(
            reason=QualityFlag.PLATEAU,
            detail=f"The force was held for {release.plateau_s:.1f} s before it was let go; "
            "let go as soon as the client speaks.",
        )
    if ramp_rate_kpa_s is not None and release.rate_kpa_s > -_CLEAR_RELEASE * ramp_rate_kpa_s:
        return NotEstimable(
            reason=QualityFlag.NOT_RELEASED,
            detail="The force was let go too slowly to see when; let go at once.",
        )
    return None


def find_dip(
    curve: PressedCurve, start_s: float, end_s: float
) -> tuple[float, float, float] | None:
    """Return (peak, valley, next peak) of the deepest fall between two times; None without one."""
    smooth = curve.smooth_kpa
    first, last = curve.t_s.searchsorted(start_s), curve.t_s.searchsorted(end_s)
    part = smooth[first:last]
    if part.size < 3:  # noqa: PLR2004 - up, down, up
        return None
    running = np.maximum.accumulate(part)
    valley = int(np.argmax(running - part))
    if valley == 0 or running[valley] - part[valley] <= 0:
        return None
    return float(running[valley]), float(part[valley]), float(part[valley:].max())


def _line_at(curve: PressedCurve, at_s: float, not_after_s: float) -> tuple[float, float, float]:
    """Return value, slope and noise uncertainty of a local line, as short as noise allows."""
    level = max(float(np.interp(at_s, curve.t_s, curve.p_kpa)), 1.0)
    wanted = (curve.noise_kpa / (_TARGET_NOISE_SHARE * level)) ** 2
    half = min(max(wanted * curve.step_s / 2, 1.6 * curve.step_s), _WIDEST_HALF_WINDOW_S)
    half = max(half, 1.6 * curve.step_s)
    end = min(at_s + half, not_after_s)
    x, y = curve.part(end - 2 * half, end)
    if x.size < 3:  # noqa: PLR2004 - a line with something left over
        slope = (y[-1] - y[0]) / (x[-1] - x[0]) if x.size > 1 else 0.0
        return float(np.interp(at_s, curve.t_s, curve.p_kpa)), float(slope), curve.noise_kpa
    centre, level = float(x.mean()), float(y.mean())
    from_centre = x - centre
    spread = float(from_centre @ from_centre)
    slope = float(from_centre @ (y - level)) / spread
    value = level + slope * (at_s - centre)
    u = curve.noise_kpa * math.sqrt(1 / x.size + (at_s - centre) ** 2 / spread)
    return value, slope, u


def _sampling_u_kpa(curve: PressedCurve, release: Release) -> float:
    """Return what the sampling of a sharp peak may hide: dt a b / (a + b), about uniformly.

    Two straight slopes of a (up) and b (down) meet between samples at most that much higher; a bend
    fitted through several samples of the fall recovers most of it.
    """
    x, y = curve.part(release.t_s - 0.5, release.t_s)
    rise = max(float(y[-1] - y[0]) / max(float(x[-1] - x[0]), 1e-9), 0.0) if x.size > 1 else 0.0
    fall = max(-release.rate_kpa_s, 1e-9)
    samples = release.p_kpa / fall / curve.step_s
    recovered = min(max(samples, 1.0), _MOST_RECOVERED)
    return curve.step_s * rise * fall / (rise + fall) / math.sqrt(12.0) / recovered
