"""Find the presses in a force recording and the unloaded level around each.

A press is a rise well above the unloaded level and back. A knock is too short to be one, a hand
that rests on the skin too light and too flat; a slip or a second peak does not make it two. The
unloaded level is looked for anew around every press, because gauges are seldom zeroed and drift.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import find_peaks

from tissuesense.analysis.cleaning import binned
from tissuesense.core.arrays import BoolArray, FloatArray

_GRID_S = 0.02
# Longer than twice a knock, shorter than twice the shortest press: the running median removes
# what lasts less than half of it and keeps the rest.
_MEDIAN_WINDOW_S = 0.6
_SHORTEST_PRESS_S = 0.55
# A press that is let go to less than this share of its peak is over.
_LET_GO_SHARE = 0.35
_LOADED_SHARE = 0.10
_LEVEL_WINDOW_S = 1.0
_SHORTEST_QUIET_S = 0.2
_RESTING_N = 4.0
_RESTING_FLATNESS = 0.45
# Nobody presses slower than to reach the least press in this time; a gauge may drift so.
_LEAST_RISES_IN_S = 4.0
_TREMOR_SHARE = 0.4
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
        Standard uncertainty of either level.
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

    @property
    def drift_n(self) -> float:
        """How far the unloaded level moved across the press."""
        return self.tare_after_n - self.tare_before_n


def find_presses(
    t_s: FloatArray, force_n: FloatArray, *, least_n: float, noise_n: float
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
    """
    if t_s.size < 5:  # noqa: PLR2004 - nothing rises and falls in fewer
        return ()
    grid, level, calm = _calm_grid(t_s, force_n)
    least_n = max(least_n, 8 * noise_n)
    spans = [
        span
        for span in _spans(grid, calm, least_n)
        if _is_press(grid, level, calm, span, slowest_n_s=least_n / _LEAST_RISES_IN_S)
    ]
    return tuple(_with_tare(grid, level, calm, spans, noise_n))


_Span = tuple[int, int, int, float]  # first, peak, last grid index; rough base


def _calm_grid(t_s: FloatArray, force_n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return an even grid, the force on it, and the force with everything brief taken out."""
    step = max(_GRID_S, float(np.median(np.diff(t_s))))
    bin_t, bin_f = binned(t_s, force_n, step)
    grid = np.arange(bin_t[0], bin_t[-1] + step / 2, step)
    level = np.interp(grid, bin_t, bin_f)
    width = max(3, 2 * round(_MEDIAN_WINDOW_S / step / 2) + 1)
    return grid, level, median_filter(level, size=min(width, grid.size), mode="reflect")


def _spans(grid: FloatArray, calm: FloatArray, least_n: float) -> list[_Span]:
    """Return every rise of at least `least_n` with its extent, double peaks taken as one."""
    padded = np.concatenate(([calm.min()], calm, [calm.min()]))
    peaks, _ = find_peaks(padded, prominence=0.7 * least_n)
    peaks = peaks - 1
    floor = float(np.quantile(calm, 0.02))
    merged: list[int] = []
    for peak in peaks:
        if merged:
            last = merged[-1]
            valley = float(calm[last : peak + 1].min()) - floor
            lower = float(min(calm[last], calm[peak])) - floor
            if valley > _LET_GO_SHARE * lower:
                merged[-1] = last if calm[last] >= calm[peak] else int(peak)
                continue
        merged.append(int(peak))
    edges = [0, *(_valley(calm, a, b) for a, b in pairwise(merged)), grid.size]
    spans = []
    for number, peak in enumerate(merged):
        left, right = edges[number], edges[number + 1]
        base = float(max(calm[left : peak + 1].min(), calm[peak:right].min()))
        height = float(calm[peak]) - base
        if height < 0.7 * least_n:
            base = float(min(calm[left : peak + 1].min(), calm[peak:right].min()))
            height = float(calm[peak]) - base
        loaded = calm > base + _LOADED_SHARE * height
        first = peak - int(np.argmin(loaded[left : peak + 1][::-1])) + 1
        first = left if loaded[left : peak + 1].all() else first
        last = right - 1 if loaded[peak:right].all() else peak + int(np.argmin(loaded[peak:right]))
        spans.append((first, peak, last, base))
    return spans


def _valley(calm: FloatArray, left: int, right: int) -> int:
    return left + int(np.argmin(calm[left : right + 1]))


def _is_press(
    grid: FloatArray, level: FloatArray, calm: FloatArray, span: _Span, *, slowest_n_s: float
) -> bool:
    """Tell a press from a knock, drift, tremor, and a hand that lands, rests lightly and lifts."""
    first, peak, last, base = span
    step = float(grid[1] - grid[0])
    height = float(calm[peak]) - base
    if (last - first) * step < _SHORTEST_PRESS_S:
        return False
    if height < slowest_n_s * (peak - first) * step:
        return False
    part = slice(first, last + 1)
    tremor = float(np.sqrt(np.mean((level[part] - calm[part]) ** 2)))
    if tremor > _TREMOR_SHARE * height:
        return False
    if not _stood_still(calm, span, step, tolerance=0.1 * height):
        return False
    return height > _RESTING_N or _flatness(level[part] - base, step) < _RESTING_FLATNESS


def _flatness(rise: FloatArray, step: float) -> float:
    """Return which part of the time above a fifth of the top is spent in its upper fifth."""
    # The running median flattens a peak, so this looks at the force itself, hardly smoothed.
    lightly = uniform_filter1d(rise, max(1, round(_LIGHTLY_S / step)))
    top = float(np.quantile(lightly, 0.95))
    above = [int(np.count_nonzero(lightly > share * top)) for share in (0.2, 0.8)]
    return above[1] / max(1, above[0])


def _stood_still(calm: FloatArray, span: _Span, step: float, *, tolerance: float) -> bool:
    """Tell whether the force was at rest before or after, as it never is in slow shaking."""
    first, _, last, base = span
    count = max(3, round(_STILL_S / step))
    before, after = calm[max(0, first - count) : first], calm[last + 1 : last + 1 + count]
    return any(
        part.size >= count // 2 and bool(np.all(np.abs(part - base) < 2 * tolerance))
        for part in (before, after)
    )


def _with_tare(
    grid: FloatArray, level: FloatArray, calm: FloatArray, spans: list[_Span], noise_n: float
) -> list[Press]:
    """Give each press the unloaded level before and after it."""
    edges = [0, *(last for _, _, last, _ in spans)]
    ends = [*(first for first, _, _, _ in spans), grid.size - 1]
    # Between two presses there is one stretch, the tail of one and the run-up to the next.
    stretches = [(a, b) for a, b in zip(edges, ends, strict=True)]
    quiet = [_unloaded(level, calm, a, b, noise_n) for a, b in stretches]
    presses = []
    for number, (first, peak, last, _) in enumerate(spans):
        before = _level_near(grid, level, quiet[number], at_end=True)
        after = _level_near(grid, level, quiet[number + 1], at_end=False)
        before, after = before or after, after or before
        if before is None or after is None:
            rough = float(min(level[first], level[last]))
            before, after = (float(grid[first]), rough), (float(grid[last]), rough)
        presses.append(
            Press(
                start_s=float(grid[first]),
                peak_s=float(grid[peak]),
                end_s=float(grid[last]),
                tare_before_s=before[0],
                tare_before_n=before[1],
                tare_after_s=max(after[0], before[0] + 1e-9),
                tare_after_n=after[1],
                tare_noise_n=noise_n / np.sqrt(10.0),
            )
        )
    return presses


def _unloaded(
    level: FloatArray, calm: FloatArray, first: int, last: int, noise_n: float
) -> BoolArray:
    """Return a mask over the grid: within [first, last], at the lowest sustained level, quiet."""
    mask = np.zeros(level.size, dtype=np.bool_)
    if last - first < 2:  # noqa: PLR2004 - no stretch at all
        return mask
    part = slice(first, last + 1)
    lowest = float(np.quantile(calm[part], 0.1))
    tolerance = max(4 * noise_n, 0.15)
    mask[part] = (np.abs(calm[part] - lowest) < tolerance) & (
        np.abs(level[part] - calm[part]) < tolerance
    )
    return mask


def _level_near(
    grid: FloatArray, level: FloatArray, quiet: BoolArray, *, at_end: bool
) -> tuple[float, float] | None:
    """Return time and median of the second of quiet that lies nearest to the press."""
    indices = np.flatnonzero(quiet)
    if indices.size < max(2, round(_SHORTEST_QUIET_S / float(grid[1] - grid[0]))):
        return None
    edge = grid[indices[-1]] if at_end else grid[indices[0]]
    near = indices[np.abs(grid[indices] - edge) <= _LEVEL_WINDOW_S]
    return float(grid[near].mean()), float(np.median(level[near]))
