"""When a press is held: where the hand stops and where it sets off again."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.signals.onset import Onset, find_onset
from tissuesense.core.arrays import FloatArray

_PLATEAU_SHARE = 0.85
_MIDWAY_SHARE = 0.5
# Only what is this near to the plateau tells a rounded corner from a sharp one.
_LEAVING_SHARE = 0.90
_FEWEST_SAMPLES = 4
# From its setting off, a hand takes half (even speed) to once (gradual start) as long to 85 % of
# the way as from there to half of it.
_SLOWEST_CORNER = 1.15
_LEVEL_WINDOW_S = 0.7
# No relaxation falls a fifth as fast as a release.
_STEEPNESS_SHARE = 0.2
_SMOOTHING_S = 0.1
_NEARLY = 0.985
_SLOWING_SHARE = 0.8
_SWAY_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The part of a press between the hand's stopping and its setting off.

    Attributes
    ----------
    start_u_s, end_u_s
        Standard uncertainties of the times.
    """

    start_s: float
    end_s: float
    start_u_s: float
    end_u_s: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


def find_hold(t_s: FloatArray, way_mm: FloatArray, rest_mm: float, sd_mm: float) -> Hold | None:
    """Find where a displacement that leaves `rest_mm` stays before it comes back.

    None for a press that turns round at once. Arrays are of the loaded samples, shape (n,).
    """
    reach = _upper(way_mm) - rest_mm
    if reach <= 0 or t_s.size < 2 * _FEWEST_SAMPLES:
        return None
    share = (way_mm - rest_mm) / reach
    stop = _corner(t_s, way_mm, share, sd_mm)
    start = _corner(-t_s[::-1], way_mm[::-1], share[::-1], sd_mm)
    if start is None or stop is None or stop.at + start.at <= 0:
        return None
    return Hold(start_s=-start.at, end_s=stop.at, start_u_s=start.u, end_u_s=stop.u)


def _upper(level: FloatArray) -> float:
    k = int(0.9 * (level.size - 1))
    return float(np.partition(level, k)[k])


def _corner(t_s: FloatArray, level: FloatArray, share: FloatArray, sd: float) -> Onset | None:
    """Return where a plateau ends and the level sets off downwards; None without a plateau.

    The same serves the beginning of a plateau, with time reversed.
    """
    on_plateau = np.flatnonzero(share >= _PLATEAU_SHARE)
    if not on_plateau.size:
        return None
    first, last = int(on_plateau[0]), int(on_plateau[-1])
    beyond = np.flatnonzero(share[last:] <= _MIDWAY_SHARE)
    midway = last + int(beyond[0]) if beyond.size else share.size - 1
    if midway == last:
        return Onset(at=float(t_s[last]), u=0.0)
    lasting = float(t_s[last] - t_s[first])
    earliest = float(t_s[last]) - _SLOWEST_CORNER * float(t_s[midway] - t_s[last])
    earliest = max(earliest, float(t_s[first]) + lasting / 2)
    begin = max(earliest - _LEVEL_WINDOW_S, float(t_s[first]) + lasting / 4)
    a, b = (int(i) for i in np.searchsorted(t_s, [begin, earliest]))
    a = min(a, b - _FEWEST_SAMPLES)
    if a < first:
        return None
    leaving = int(np.flatnonzero(share >= _LEAVING_SHARE).max(initial=first))
    end = min(max(leaving, b) + _FEWEST_SAMPLES, last + 2, t_s.size)
    below = _line(t_s[a:b], level[a:b], t_s[a:end]) - level[a:end]
    return find_onset(t_s[a:end], below, low=earliest, high=float(t_s[end - 1]), sd=sd)


def _line(x: FloatArray, y: FloatArray, at: FloatArray) -> FloatArray:
    """Return the straight line through (x, y), at other places."""
    from_middle = x - x.mean()
    slope = float(from_middle @ y) / float(from_middle @ from_middle)
    return float(y.mean()) + slope * (at - float(x.mean()))


def find_force_hold(
    t_s: FloatArray, force_n: FloatArray, calm_n: FloatArray, sd_n: float
) -> Hold | None:
    """Find the hold in the force alone: from the end of the rise to the beginning of the release.

    While held the force may fall by a half, so no single level tells the hold; the release does,
    being the steepest fall, and the peak before it. `calm_n` is the force, lightly smoothed. None
    where there is no hold to be seen, as in a hand that turns round gently.
    """
    width = int(np.searchsorted(t_s, t_s[0] + _SMOOTHING_S)) | 1
    if t_s.size < 2 * max(width, _FEWEST_SAMPLES):
        return None
    fall = np.gradient(np.convolve(force_n, np.full(width, 1.0 / width), mode="same"), t_s)
    steepest = int(np.argmin(fall[width:-1])) + width
    start = _end_of_rise(t_s[: steepest + 1], calm_n[: steepest + 1])
    top = int(np.searchsorted(t_s, start.at))
    before = np.flatnonzero(fall[top:steepest] > _STEEPNESS_SHARE * fall[steepest])
    leaves = top + int(before[-1]) if before.size else top
    a, b = (int(i) for i in np.searchsorted(t_s, [t_s[leaves] - _LEVEL_WINDOW_S, t_s[leaves]]))
    a = max(a, top)
    if b - a < _FEWEST_SAMPLES:
        return None
    part = slice(a, steepest + 1)
    below = _line(t_s[a:b], force_n[a:b], t_s[part]) - force_n[part]
    end = find_onset(
        t_s[part], below, low=float(t_s[(a + b) // 2]), high=float(t_s[steepest]), sd=sd_n
    )
    if not _slows_down(*np.interp([start.at, (start.at + end.at) / 2, end.at], t_s, calm_n)):
        return None
    return Hold(start_s=start.at, end_s=end.at, start_u_s=start.u, end_u_s=end.u)


def _slows_down(first_n: float, middle_n: float, last_n: float) -> bool:
    """Tell relaxation, which slows down but for the sway of a hand, from letting go."""
    most = _SLOWING_SHARE * (first_n - middle_n) + _SWAY_SHARE * first_n
    return middle_n - last_n <= most


def _end_of_rise(t_s: FloatArray, calm_n: FloatArray) -> Onset:
    """Return the peak, or where it is nearly reached when it comes much later, in a flat hold.

    Relaxation makes the peak precede the hand's stopping, by the more the gentler it stops: how
    long the last little of the rise took is taken for the uncertainty.
    """
    top = int(np.argmax(calm_n))
    nearly = int(np.argmax(calm_n >= _NEARLY * calm_n[top]))
    lasting, step = float(t_s[top] - t_s[nearly]), float(np.median(np.diff(t_s)))
    at = top if lasting <= _SMOOTHING_S else nearly
    return Onset(at=float(t_s[at]), u=math.hypot(min(lasting, _SMOOTHING_S), step / 2))
