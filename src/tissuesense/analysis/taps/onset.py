"""Where in a recording a probe was tapped: the moments at which it began to move all at once.

A swing that fades has ever less energy, so a sudden rise of the energy within half a swing is a
push from outside. What counts as sudden is told from the recording itself: its rest is as noisy as
it is.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.signals.cleaning import noise_of
from tissuesense.core.arrays import FloatArray

# Energies are compared over so long before and after: half a swing of the slowest ordinary muscle.
_BESIDE_S = 0.06
_GRID_S = 0.0025
_SLACK = 1e-6  # else rounding would decide where a whole number is meant
_LEAST_GROWTH = 4.0
_LEAST_OVER_NOISE = 3.0
_LEAST_SHARE_OF_LARGEST = 0.02
_LEVEL_S = 1.0  # what changes slower than this is the level: gravity, drift
_CLOSEST_S = 0.2
_ONSET_SHARE = 0.05
_ONSET_SD = 5.0
_FEWEST_AT_REST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """The beginning of one tap.

    Attributes
    ----------
    row
        First sample of the tap.
    t_s, u_s
        When it began and the standard uncertainty of that; None where the recording begins later.
    rest
        First sample of the rest before it, up to `row`; equal to it where there is none.
    growth
        By how much the energy rises, in the unit of the data squared.
    """

    row: int
    t_s: float | None
    u_s: float | None
    rest: int
    growth: float


def find_onsets(t_s: FloatArray, acceleration: FloatArray) -> tuple[Onset, ...]:
    """Return every tap of a recording, in order.

    Parameters
    ----------
    t_s, acceleration
        Increasing times and m/s2, shape (n,); gravity and drift may be in it.
    """
    step_s = float(t_s[-1] - t_s[0]) / (t_s.size - 1)
    together = max(int(_GRID_S / step_s + _SLACK), 1)
    rows = np.arange(0, t_s.size, together)
    grid = np.add.reduceat(acceleration, rows) / np.diff(np.append(rows, t_s.size))
    beside = max(round(_BESIDE_S / (step_s * together)), 2)
    before, after = _energies(grid - _level(grid, step_s * together), beside)
    growth = after - before
    quiet = max(median(after), beside * noise_of(grid) ** 2)
    sudden = (
        (after > _LEAST_GROWTH * before)
        & (after > _LEAST_OVER_NOISE * quiet)
        & (growth > _LEAST_SHARE_OF_LARGEST * growth.max())
    )
    apart = round(_CLOSEST_S / (step_s * together))
    return tuple(
        _onset(t_s, acceleration, int(rows[peak]), beside * together, float(growth[peak]))
        for peak in _peaks(np.where(sudden, growth, 0.0), apart)
    )


def scatter(values: FloatArray) -> float:
    """Return the standard deviation, 0 of nothing."""
    if not values.size:
        return 0.0
    about_mean = values - values.sum() / values.size
    return math.sqrt(float(about_mean @ about_mean) / values.size)


def _level(grid: FloatArray, step_s: float) -> FloatArray:
    """Return the running mean over about a second, over all of a recording that is no longer."""
    width = round(_LEVEL_S / step_s)
    if width >= grid.size:
        return np.full(grid.size, grid.mean())
    total = np.concatenate(([0.0], np.cumsum(grid)))
    middle = np.arange(grid.size)
    low = np.clip(middle - width // 2, 0, grid.size - width)
    return (total[low + width] - total[low]) / width


def _energies(swing: FloatArray, beside: int) -> tuple[FloatArray, FloatArray]:
    """Return the energy of so many values before and from each on; nothing lies beyond the ends."""
    nothing = np.zeros(beside)
    total = np.cumsum(np.concatenate((nothing, [0.0], swing**2, nothing)))
    here = total[beside : beside + swing.size]
    return here - total[: swing.size], total[2 * beside : -1] - here


def _peaks(values: FloatArray, apart: int) -> list[int]:
    """Return where values are highest within `apart` on either side, and above 0."""
    found: list[int] = []
    left = values.copy()
    while left.max() > 0:
        here = int(np.argmax(left))
        found.append(here)
        left[max(here - apart, 0) : here + apart + 1] = 0.0
    return sorted(found)


def _onset(
    t_s: FloatArray, acceleration: FloatArray, near: int, beside: int, growth: float
) -> Onset:
    """Look for the very sample, near one that is about right."""
    first, rest = max(near - beside, 0), max(near - 4 * beside, 0)
    calm = acceleration[rest : max(near - beside // 4, 0)]
    row = near if near > _FEWEST_AT_REST else 0
    if calm.size >= _FEWEST_AT_REST:
        moved = np.abs(acceleration[first : near + beside] - median(calm))
        limit = max(_ONSET_SD * scatter(calm), _ONSET_SHARE * float(moved.max()))
        row = first + int(np.argmax(moved > limit))
    if row - rest < _FEWEST_AT_REST or calm.size < _FEWEST_AT_REST:
        return Onset(row=row, t_s=None, u_s=None, rest=row, growth=growth)
    between_s = float(t_s[row] - t_s[row - 1])
    return Onset(
        row=row,
        t_s=float(t_s[row]) - between_s / 2,
        u_s=between_s / math.sqrt(12.0),
        rest=rest,
        growth=growth,
    )
