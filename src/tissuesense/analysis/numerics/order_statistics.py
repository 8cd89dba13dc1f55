"""Median and quantiles of short arrays, without the overhead that NumPy's own have.

A press asks for some forty of them, of a few dozen to a few thousand values each; there the checks
of `numpy.median` and `numpy.quantile` take many times longer than the selection. The results are
theirs to the last bit.
"""

import math

import numpy as np

from tissuesense.core.arrays import FloatArray


def median(values: FloatArray) -> float:
    """Return the median of finite values, shape (n,) with n > 0; as `numpy.median`."""
    half = values.size // 2
    if values.size % 2:
        return float(np.partition(values, half)[half])
    pair = np.partition(values, (half - 1, half))[half - 1 : half + 1]
    return float((pair[0] + pair[1]) / 2)


def quantile(values: FloatArray, share: float) -> float:
    """Return the quantile of finite values, shape (n,) with n > 0; as `numpy.quantile`."""
    (found,) = quantiles(values, share)
    return found


def quantiles(values: FloatArray, *shares: float) -> tuple[float, ...]:
    """Return several quantiles, with one selection for all of them.

    Between two values on a straight line: definition 7 of R. J. Hyndman and Y. Fan, Sample
    quantiles in statistical packages, Am Stat 50 (1996), 361-365.
    """
    last = values.size - 1
    places = [share * last for share in shares]
    ranks = [min(int(place) + step, last) for place in places for step in (0, 1)]
    chosen = np.partition(values, ranks)
    return tuple(_between(chosen, place, last) for place in places)


def _between(chosen: FloatArray, place: float, last: int) -> float:
    rank = math.floor(place)
    low, high = float(chosen[rank]), float(chosen[min(rank + 1, last)])
    share, apart = place - rank, high - low
    # From the nearer end, as NumPy does: so rounding cannot pass either of the two values.
    return low + apart * share if share < 0.5 else high - apart * (1 - share)  # noqa: PLR2004
