"""Find the presses in a force recording and the unloaded level around each.

A press is a rise well above the unloaded level and back. A knock is too short to be one, a hand
that rests on the skin too light and too flat; a slip or a second peak does not make it two. The
unloaded level is looked for anew around every press, because gauges are seldom zeroed and drift.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import uniform_filter1d

from tissuesense.analysis.numerics.order_statistics import median, quantile
from tissuesense.analysis.signals.press_grid import MEDIAN_WINDOW_S, PressGrid
from tissuesense.analysis.signals.unloaded_level import Pause, UnloadedLevel, pauses
from tissuesense.core.arrays import FloatArray

_SHORTEST_PRESS_S = 0.55
# A press that is let go to less than this share of its peak is over.
_LET_GO_SHARE = 0.35
_LOADED_SHARE = 0.10
_RESTING_N = 4.0
_RESTING_FLATNESS = 0.45
# Nobody presses slower than to reach the least press in this time; a gauge may drift so.
_LEAST_RISES_IN_S = 4.0
# A hand that holds may reach its highest force late; the rise is over long before.
_RISEN_SHARE = 0.9
_TREMOR_SHARE = 0.1
_STILL_S = 0.4
_LIGHTLY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press in the force of a recording.

    Attributes
    ----------
    start_s, end_s
        Where the force leaves the tenth part of its peak and comes back to it.
    tare_before_n, tare_after_n
        Unloaded level at `tare_before_s` and `tare_after_s`; equal where one side has none.
    tare_noise_n
        What noise leaves uncertain (standard uncertainty) half-way between the two.
    """

    start_s: float
    peak_s: float
    end_s: float
    tare_before_s: float
    tare_before_n: float
    tare_after_s: float
    tare_after_n: float
    tare_noise_n: float

    def tare_n(self, t_s: FloatArray) -> FloatArray:
        """Return the unloaded level at `t_s`, a straight line from before to after."""
        return np.interp(
            t_s, [self.tare_before_s, self.tare_after_s], [self.tare_before_n, self.tare_after_n]
        )

    def tare_at_n(self, t_s: float) -> float:
        """Return the unloaded level at one time."""
        share = (t_s - self.tare_before_s) / (self.tare_after_s - self.tare_before_s)
        return self.tare_before_n + min(max(share, 0.0), 1.0) * self.drift_n

    @property
    def drift_n(self) -> float:
        """How far the unloaded level moved across the press."""
        return self.tare_after_n - self.tare_before_n

    @property
    def tare_u_n(self) -> float:
        """Standard uncertainty of the unloaded level: by noise, and by when it drifted."""
        return math.hypot(self.tare_noise_n, self.drift_n / math.sqrt(12.0))


def find_presses(  # noqa: PLR0913 - limits that pain and stiffness set each their own way
    t_s: FloatArray,
    force_n: FloatArray,
    *,
    least_n: float,
    noise_n: float,
    resting_n: float = _RESTING_N,
    least_share: float = 0.0,
    shortest_s: float = _SHORTEST_PRESS_S,
    usual_step_s: float | None = None,
) -> tuple[Press, ...]:
    """Return the presses of a cleaned recording, in order.

    Parameters
    ----------
    t_s, force_n
        Shape (n,); spikes already removed.
    least_n
        A rise below this is not a press.
    noise_n
        Standard deviation of one sample.
    resting_n
        A flat rise below this is a hand that rests.
    least_share
        A rise below this share of the highest is not a press.
    shortest_s
        A rise that is over sooner is a knock.
    usual_step_s
        Median time between samples, where it is known already.
    """
    if t_s.size < 5:  # noqa: PLR2004 - nothing rises and falls in fewer
        return ()
    calm_s = MEDIAN_WINDOW_S * shortest_s / _SHORTEST_PRESS_S
    grid = PressGrid.of(t_s, force_n, usual_step_s, calm_s=calm_s)
    least_n = max(least_n, 8 * noise_n)
    rises = [
        rise
        for rise in _rises(grid.calm_n, least_n)
        if (rise.last - rise.first) * grid.step_s >= shortest_s
        and _is_press(grid, rise, slowest_n_s=least_n / _LEAST_RISES_IN_S, resting_n=resting_n)
    ]
    highest = max((rise.height for rise in rises), default=0.0)
    rises = [rise for rise in rises if rise.height >= least_share * highest]
    around = pauses(grid, [(rise.first, rise.last) for rise in rises], noise_n)
    return tuple(
        _press(grid, rise, before, after, noise_n)
        for rise, (before, after) in zip(rises, pairwise(around), strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Rise:
    """Grid indices of a rise above `base`, and how high it is."""

    first: int
    peak: int
    last: int
    base: float
    height: float


def _rises(calm: FloatArray, least_n: float) -> list[_Rise]:
    """Return every rise of at least `least_n` with its extent, double peaks taken as one."""
    peaks = _peaks(calm, least_n)
    if not peaks:
        return []
    edges = [0, *(a + int(np.argmin(calm[a : b + 1])) for a, b in pairwise(peaks)), calm.size]
    return [
        _rise(calm, left, peak, right)
        for peak, (left, right) in zip(peaks, pairwise(edges), strict=True)
    ]


def _peaks(calm: FloatArray, least_n: float) -> list[int]:
    """Return the highest point of every rise; one that is not let go between two peaks is one."""
    from scipy.signal import find_peaks  # noqa: PLC0415 - loads all of scipy.stats

    lowest, least = calm.min(), 0.7 * least_n
    padded = np.concatenate(([lowest], calm, [lowest]))
    # A peak stands out by no more than its height above the lowest point: the rest need no look.
    peaks, _ = find_peaks(padded, height=lowest + least, prominence=least)
    floor = quantile(calm, 0.02)
    merged: list[int] = []
    for peak in (int(p) - 1 for p in peaks):
        last = merged[-1] if merged else None
        if last is None or _let_go(calm[last : peak + 1] - floor):
            merged.append(peak)
        elif calm[peak] > calm[last]:
            merged[-1] = peak
    return merged


def _let_go(between: FloatArray) -> bool:
    """Tell whether the force, from one peak to the next, fell to a small part of the lower."""
    return float(between.min()) <= _LET_GO_SHARE * float(min(between[0], between[-1]))


def _rise(calm: FloatArray, left: int, peak: int, right: int) -> _Rise:
    sides = float(calm[left : peak + 1].min()), float(calm[peak:right].min())
    # A side that is not let go is one where the recording begins or ends under load.
    let_go = max(sides) - min(sides) <= _LET_GO_SHARE * (float(calm[peak]) - min(sides))
    base = max(sides) if let_go else min(sides)
    height = float(calm[peak]) - base
    unloaded = calm <= base + _LOADED_SHARE * height
    before, after = unloaded[left:peak].nonzero()[0], unloaded[peak:right].nonzero()[0]
    return _Rise(
        first=left + int(before[-1]) + 1 if before.size else left,
        peak=peak,
        last=peak + int(after[0]) if after.size else right - 1,
        base=base,
        height=height,
    )


def _is_press(grid: PressGrid, rise: _Rise, *, slowest_n_s: float, resting_n: float) -> bool:
    """Tell a press from a knock, drift, tremor, and a hand that lands, rests lightly and lifts."""
    level = grid.force_n[rise.first : rise.last + 1] - rise.base
    calm = grid.calm_n[rise.first : rise.last + 1] - rise.base
    risen = int(np.argmax(calm >= _RISEN_SHARE * rise.height))
    return (
        rise.height >= slowest_n_s * risen * grid.step_s
        and median(np.abs(level - calm)) <= _TREMOR_SHARE * rise.height
        and _stood_still(grid, rise)
        and (rise.height > resting_n or _flatness(level, grid.step_s) < _RESTING_FLATNESS)
    )


def _flatness(level: FloatArray, step_s: float) -> float:
    """Return which part of the time above a fifth of the top is spent in its upper fifth."""
    # The running median flattens a peak, so this looks at the force itself, hardly smoothed.
    lightly = uniform_filter1d(level, max(1, round(_LIGHTLY_S / step_s)))
    top = quantile(lightly, 0.95)
    above = [int(np.count_nonzero(lightly > share * top)) for share in (0.2, 0.8)]
    return above[1] / max(1, above[0])


def _stood_still(grid: PressGrid, rise: _Rise) -> bool:
    """Tell whether the force was at rest before or after, as it never is in slow shaking."""
    count = max(3, round(_STILL_S / grid.step_s))
    before = grid.calm_n[max(0, rise.first - count) : rise.first]
    after = grid.calm_n[rise.last + 1 : rise.last + 1 + count]
    return any(
        part.size >= count // 2 and bool((np.abs(part - rise.base) < 0.2 * rise.height).all())
        for part in (before, after)
    )


def _press(
    grid: PressGrid, rise: _Rise, before: Pause | None, after: Pause | None, noise_n: float
) -> Press:
    """Give a rise the unloaded level around it; where neither side shows one, its lower end."""
    known = [level for level in (before and before.ends, after and after.begins) if level]
    if not known:
        ends = grid.force_n[[rise.first, rise.last]]
        known = [
            UnloadedLevel(t_s=float(grid.t_s[rise.first]), force_n=float(ends.min()), u_n=noise_n)
        ]
    left, right = known[0], known[-1]
    return Press(
        start_s=float(grid.t_s[rise.first]),
        peak_s=float(grid.t_s[rise.peak]),
        end_s=float(grid.t_s[rise.last]),
        tare_before_s=left.t_s,
        tare_before_n=left.force_n,
        tare_after_s=max(right.t_s, left.t_s + 1e-9),
        tare_after_n=right.force_n,
        tare_noise_n=math.hypot(*(level.u_n for level in known)) / len(known),
    )
