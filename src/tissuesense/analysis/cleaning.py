"""Noise, resolution and single wrong readings of a sampled force."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tissuesense.core.arrays import BoolArray, FloatArray

_MAD_TO_SD = 1.4826  # for a normal distribution
_SPIKE_STEPS = 4.0
_LEAP_STEPS = 6.0
_SPIKE_SHARE_OF_RANGE = 0.02
_LEAP_SHARE_OF_RANGE = 0.15
_LONGEST_STUCK_S = 0.1
_FEWEST_STUCK = 3  # fewer are found by their neighbours
_CALM_SHARE = 0.3
_RESOLUTION_SAMPLES = 20_000
_ROUNDING_OF_A_STEP = 0.02
_ALMOST_ALL = 0.98  # a wrong reading or two need not lie on the grid
_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSignal:
    """A signal without spikes, and what is known of its grain.

    Attributes
    ----------
    given
        As it came, shape (n,).
    values
        Shape (n,); what lasted one or two samples is replaced by the line between its neighbours.
    is_spike
        Which of these cannot have been a force: they leapt there and back. Shape (n,).
    noise
        Standard deviation of one sample about a smooth curve, never below that of the resolution.
    resolution
        Smallest step between readings; 0 where there is none to be seen.
    """

    given: FloatArray
    values: FloatArray
    is_spike: BoolArray
    noise: float
    resolution: float


def clean(t_s: FloatArray, values: FloatArray) -> CleanSignal:
    """Find isolated wrong readings (one or two samples) and the noise of the rest.

    A reading is a spike when it leaves the readings on both sides of it the same way, and the
    median of the five about it, by more than four usual steps between samples: a ramp, a sharp
    release, its corners and a sampled peak stay below that.
    """
    given, resolution = values, resolution_of(values)
    if values.size < 5:  # noqa: PLR2004 - the window
        return CleanSignal(
            given=given,
            values=values,
            is_spike=np.zeros(values.size, dtype=np.bool_),
            noise=resolution / np.sqrt(12),
            resolution=resolution,
        )
    stuck = _stuck_runs(t_s, values, resolution)
    if stuck.any():
        values = _bridged(t_s, values, stuck)
    around = sliding_window_view(np.pad(values, 2, mode="edge"), 5)
    departure = values - np.median(around, axis=1)
    steps = np.abs(np.diff(values))
    low, high = np.quantile(values, [0.02, 0.98])
    limit = max(
        _SPIKE_STEPS * float(np.quantile(steps, 0.9)),
        _SPIKE_SHARE_OF_RANGE * float(high - low),
        3.0 * resolution,
    )
    brief = (np.abs(departure) > limit) & _beyond_both_sides(values, around, limit)
    is_spike = stuck | _leaps(brief, around, limit)
    if brief.any() and not brief.all():
        values = _bridged(t_s, values, brief)
    return CleanSignal(
        given=given,
        values=values,
        is_spike=is_spike,
        noise=max(noise_of(values), resolution / np.sqrt(12)),
        resolution=resolution,
    )


def _bridged(t_s: FloatArray, values: FloatArray, wrong: BoolArray) -> FloatArray:
    """Return the values with the wrong ones replaced by the line between their neighbours."""
    mended = values.copy()
    mended[wrong] = np.interp(t_s[wrong], t_s[~wrong], values[~wrong])
    return mended


def _stuck_runs(t_s: FloatArray, values: FloatArray, resolution: float) -> BoolArray:
    """Tell which readings stand apart for a moment: a leap there and, within 0.1 s, one back.

    A leap is a step between two samples that no hand makes, with calm before, within and after; a
    knock climbs, and a release does not come back. So a reading repeated wrongly is found.
    """
    wrong = np.zeros(values.size, dtype=np.bool_)
    steps = np.diff(values)
    low, high = np.quantile(values, [0.02, 0.98])
    least = max(
        2 * _SPIKE_STEPS * float(np.quantile(np.abs(steps), 0.9)),
        _LEAP_SHARE_OF_RANGE * float(high - low),
        6.0 * resolution,
    )
    sizes, rises = np.abs(steps), steps > 0
    for there, back in pairwise(np.flatnonzero(sizes > least).tolist()):
        few = back - there < _FEWEST_STUCK or t_s[back] - t_s[there] > _LONGEST_STUCK_S
        inside = there > 0 and back + 2 <= steps.size
        returns = rises[there] != rises[back] and sizes[there] < 2 * sizes[back] < 4 * sizes[there]
        if few or not inside or not returns:
            continue
        others = np.delete(sizes[there - 1 : back + 2], [1, -2])
        wrong[there + 1 : back + 1] |= others.max() < _CALM_SHARE * sizes[there]
    return wrong


def _beyond_both_sides(values: FloatArray, around: FloatArray, limit: float) -> BoolArray:
    """Tell where a reading is beyond both sides, a companion beside it (of two) not counted."""
    sides = around[:, :2], around[:, 3:]
    above = [values > side.min(axis=1) + limit for side in sides]
    below = [values < side.max(axis=1) - limit for side in sides]
    beyond: BoolArray = (above[0] & above[1]) | (below[0] & below[1])
    return beyond


def _leaps(brief: BoolArray, around: FloatArray, limit: float) -> BoolArray:
    """Tell which brief readings, one or two at a time, leap from the one before and to the next.

    A leap is far longer than the step before it: a blow to the gauge climbs to its top, or swings
    down from it, and shows that step wherever three samples or more fall on it.
    """
    left_2, left, here, right, right_2 = around.T
    enters = np.abs(here - left) > np.maximum(limit, _LEAP_STEPS * np.abs(left - left_2))
    leaves = np.abs(here - right) > np.maximum(limit, _LEAP_STEPS * np.abs(right - right_2))
    enters, leaves = brief & enters, brief & leaves
    leaping: BoolArray = enters & leaves
    two = enters[:-1] & leaves[1:]
    leaping[:-1] |= two
    leaping[1:] |= two
    return leaping


def noise_of(values: FloatArray) -> float:
    """Return the standard deviation of white noise on a smooth curve, from second differences."""
    if values.size < 3:  # noqa: PLR2004 - one second difference
        return 0.0
    bend = np.diff(values, n=2)
    return float(_MAD_TO_SD * np.median(np.abs(bend - np.median(bend))) / np.sqrt(6.0))


def resolution_of(values: FloatArray) -> float:
    """Return the smallest step between successive readings of a quantised signal, else 0."""
    steps = np.abs(np.diff(values[:_RESOLUTION_SAMPLES]))
    steps = steps[steps > 1e-9]  # noqa: PLR2004 - rounding of decimal fractions
    if steps.size < 10:  # noqa: PLR2004 - too few to tell
        return 0.0
    smallest = float(steps.min())
    multiples = steps / smallest
    # Readings on a grid differ by whole steps; readings of a continuous signal do not.
    on_grid = np.abs(multiples - np.round(multiples)) < _ROUNDING_OF_A_STEP
    return smallest if bool(on_grid.mean() > _ALMOST_ALL) else 0.0


def binned(t_s: FloatArray, values: FloatArray, width_s: float) -> tuple[FloatArray, FloatArray]:
    """Average samples into bins of `width_s`; bins without samples are left out.

    Returns
    -------
    tuple of arrays
        Mean time and mean value of each bin, shape (m,) with m <= n.
    """
    if t_s.size < 2:  # noqa: PLR2004 - nothing to average
        return t_s, values
    # Without the grain of slack, rounding would decide where samples that meet an edge belong.
    bins = ((t_s - t_s[0]) / width_s + _SLACK).astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(bins) > 0)))
    counts = np.diff(np.append(starts, t_s.size))
    return np.add.reduceat(t_s, starts) / counts, np.add.reduceat(values, starts) / counts
