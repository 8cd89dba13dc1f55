"""Noise, resolution and single wrong readings of a sampled force."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tissuesense.analysis.numerics.order_statistics import median, quantile, quantiles
from tissuesense.core.arrays import BoolArray, FloatArray

_WINDOW = 5  # a reading and two on each side
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
    if values.size < _WINDOW:
        return CleanSignal(
            given=given,
            values=values,
            is_spike=np.zeros(values.size, dtype=np.bool_),
            noise=resolution / math.sqrt(12),
            resolution=resolution,
        )
    usual = _Usual.of(values)
    is_spike = _stuck_runs(t_s, usual, resolution)
    if is_spike.any():
        values = _bridged(t_s, values, is_spike)
        usual = _Usual.of(values)
    limit = max(_SPIKE_STEPS * usual.step, _SPIKE_SHARE_OF_RANGE * usual.range, 3.0 * resolution)
    brief = _brief(values, limit)
    if brief.size:
        is_spike[brief[_leaps(brief, values, limit)]] = True
        wrong = np.zeros(values.size, dtype=np.bool_)
        wrong[brief] = True
        values = _bridged(t_s, values, wrong)
    return CleanSignal(
        given=given,
        values=values,
        is_spike=is_spike,
        noise=max(noise_of(values), resolution / math.sqrt(12)),
        resolution=resolution,
    )


def _bridged(t_s: FloatArray, values: FloatArray, wrong: BoolArray) -> FloatArray:
    """Return the values with the wrong ones replaced by the line between their neighbours."""
    mended = values.copy()
    mended[wrong] = np.interp(t_s[wrong], t_s[~wrong], values[~wrong])
    return mended


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual in a signal: its steps between samples, their ninth decile, its range."""

    steps: FloatArray
    step: float
    range: float

    @classmethod
    def of(cls, values: FloatArray) -> "_Usual":
        steps = values[1:] - values[:-1]
        low, high = quantiles(values, 0.02, 0.98)
        return cls(steps=steps, step=quantile(np.abs(steps), 0.9), range=high - low)


def _stuck_runs(t_s: FloatArray, usual: _Usual, resolution: float) -> BoolArray:
    """Tell which readings stand apart for a moment: a leap there and, within 0.1 s, one back.

    A leap is a step between two samples that no hand makes, with calm before, within and after; a
    knock climbs, and a release does not come back. So a reading repeated wrongly is found.
    """
    wrong = np.zeros(t_s.size, dtype=np.bool_)
    least = max(2 * _SPIKE_STEPS * usual.step, _LEAP_SHARE_OF_RANGE * usual.range, 6.0 * resolution)
    sizes = np.abs(usual.steps)
    for there, back in pairwise((sizes > least).nonzero()[0].tolist()):
        few = back - there < _FEWEST_STUCK or t_s[back] - t_s[there] > _LONGEST_STUCK_S
        inside = there > 0 and back + 2 <= sizes.size
        turns = (usual.steps[there] > 0) != (usual.steps[back] > 0)
        returns = turns and sizes[there] < 2 * sizes[back] < 4 * sizes[there]
        if few or not inside or not returns:
            continue
        others = np.delete(sizes[there - 1 : back + 2], [1, -2])
        wrong[there + 1 : back + 1] |= others.max() < _CALM_SHARE * sizes[there]
    return wrong


def _brief(values: FloatArray, limit: float) -> NDArray[np.intp]:
    """Return where a reading is beyond both sides and their median.

    On each side of it are two, of which one may be its companion; beyond the ends of the recording
    the first and the last go on.
    """
    # There or back, such a reading rises by more than the limit within two steps.
    if max((values[1:] - values[:-1]).max(), (values[2:] - values[:-2]).max()) <= limit:
        return np.empty(0, dtype=np.intp)
    around = np.concatenate((values[:1], values[:1], values, values[-1:], values[-1:]))
    left, right = (around[:-4], around[1:-3]), (around[3:-1], around[4:])
    highest = np.maximum(np.minimum(*left), np.minimum(*right)) + limit
    lowest = np.minimum(np.maximum(*left), np.maximum(*right)) - limit
    beyond = ((values > highest) | (values < lowest)).nonzero()[0]
    if not beyond.size:
        return beyond
    middle = np.median(around[beyond[:, None] + np.arange(_WINDOW)], axis=1)
    far: NDArray[np.bool_] = np.abs(values[beyond] - middle) > limit
    return np.asarray(beyond[far])


def _leaps(brief: NDArray[np.intp], values: FloatArray, limit: float) -> BoolArray:
    """Tell which brief readings, one or two at a time, leap from the one before and to the next.

    A leap is far longer than the step before it: a blow to the gauge climbs to its top, or swings
    down from it, and shows that step wherever three samples or more fall on it.
    """
    places = np.clip(brief + np.arange(-2, 3)[:, None], 0, values.size - 1)
    left_2, left, here, right, right_2 = values[places]
    enters = np.abs(here - left) > np.maximum(limit, _LEAP_STEPS * np.abs(left - left_2))
    leaves = np.abs(here - right) > np.maximum(limit, _LEAP_STEPS * np.abs(right - right_2))
    leaping: BoolArray = enters & leaves
    two = enters[:-1] & leaves[1:] & (np.diff(brief) == 1)
    leaping[:-1] |= two
    leaping[1:] |= two
    return leaping


def noise_of(values: FloatArray) -> float:
    """Return the standard deviation of white noise on a smooth curve, from second differences."""
    if values.size < 3:  # noqa: PLR2004 - one second difference
        return 0.0
    steps = values[1:] - values[:-1]
    bend = steps[1:] - steps[:-1]
    return _MAD_TO_SD * median(np.abs(bend - median(bend))) / math.sqrt(6.0)


def resolution_of(values: FloatArray) -> float:
    """Return the smallest step between successive readings of a quantised signal, else 0."""
    seen = values[:_RESOLUTION_SAMPLES]
    steps = np.abs(seen[1:] - seen[:-1])
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
    edges = (bins[1:] > bins[:-1]).nonzero()[0] + 1
    if edges.size == t_s.size - 1:
        return t_s, values
    limits = np.concatenate(([0], edges, [t_s.size]))
    starts, counts = limits[:-1], limits[1:] - limits[:-1]
    return np.add.reduceat(t_s, starts) / counts, np.add.reduceat(values, starts) / counts
