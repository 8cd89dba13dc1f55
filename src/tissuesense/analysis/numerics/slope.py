"""Robust slope of a line: Theil-Sen with Kendall's interval.

Sources: Sen PK (1968) Estimates of the regression coefficient based on Kendall's tau, J Am Stat
Assoc 63:1379-1389; the rank interval as in scipy.stats.theilslopes, other rounding.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

MOST_POINTS = 100  # pairs grow with the square; means of neighbouring samples lose nothing
_MEANS = 64
_MEANS_FOR_A_MEDIAN = 32  # where no interval is asked for
FEWEST_POINTS = 3
_Z95 = 1.959963984540054


def theil_sen(t_s: FloatArray, values: FloatArray, *, unit: str) -> Outcome:
    """Return the median of all pairwise slopes with its 95 % rank interval.

    More than `MOST_POINTS` samples are first averaged to means of neighbours.
    """
    x, y = (t_s, values) if t_s.size <= MOST_POINTS else block_means(t_s, values, _MEANS)
    if x.size < FEWEST_POINTS:
        return NotEstimable(
            reason=QualityFlag.TOO_FEW, detail="Too few samples lie on the ramp to tell its rate."
        )
    slopes = _pairwise_slopes(x, y)
    spread = _Z95 * math.sqrt(x.size * (x.size - 1) * (2 * x.size + 5) / 18)
    middle = slopes.size / 2
    ranks = (
        max(0, math.floor(middle - spread / 2) - 1),
        (slopes.size - 1) // 2,
        slopes.size // 2,
        min(slopes.size - 1, math.ceil(middle + spread / 2)),
    )
    slopes.partition(sorted({*ranks}))
    low, below, above, high = slopes[list(ranks)].tolist()
    return Estimate(
        value=(below + above) / 2,
        standard_uncertainty=(high - low) / (2 * _Z95),
        unit=unit,
        interval95=(low, high),
    )


def median_slope(t_s: FloatArray, values: FloatArray) -> float | None:
    """Return the median of pairwise slopes alone; None for too few samples."""
    x, y = block_means(t_s, values, _MEANS_FOR_A_MEDIAN)
    return median(_pairwise_slopes(x, y)) if x.size >= FEWEST_POINTS else None


def block_means(t_s: FloatArray, values: FloatArray, most: int) -> tuple[FloatArray, FloatArray]:
    """Return means of neighbouring samples, `most` of them where there are more."""
    if t_s.size <= most:
        return t_s, values
    limits = np.arange(most + 1) * t_s.size // most
    starts, counts = limits[:-1], limits[1:] - limits[:-1]
    return np.add.reduceat(t_s, starts) / counts, np.add.reduceat(values, starts) / counts


def _pairwise_slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    later, earlier = _pairs(x.size)
    rise, run = y.take(later), x.take(later)
    rise -= y.take(earlier)
    run -= x.take(earlier)
    rise /= run
    return rise


@lru_cache(maxsize=256)
def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    earlier, later = np.triu_indices(count, k=1)
    return later, earlier
