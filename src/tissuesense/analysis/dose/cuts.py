"""Where the mean of a series changes: binary segmentation.

The cumulative-sum statistic tells the place at which two means in the place of one explain most of
the squared deviations (Scott AJ and Knott M, 1974). Each part is cut again until none explains
enough, and at last every cut is moved to where it explains most between its neighbours.
"""

import numpy as np

from tissuesense.core.arrays import FloatArray

# A change by one tenth that lasts five bins; less is a hand that is never quite still.
_LEAST_GAIN = 0.05
_FEWEST_BINS = 3


def cuts_of(y: FloatArray) -> list[int]:
    """Return where the mean of `y`, shape (n,), changes; 0 and n included.

    A cut explains more than `_LEAST_GAIN` of the squared deviations, in the unit of `y` squared.
    """
    total = np.concatenate(([0.0], np.cumsum(y)))
    cuts, open_ = [0, y.size], [(0, y.size)]
    while open_:
        a, b = open_.pop()
        cut, gain = _best_cut(total, a, b)
        if gain > _LEAST_GAIN:
            cuts.append(cut)
            open_ += [(a, cut), (cut, b)]
    cuts.sort()
    for k in range(1, len(cuts) - 1):
        cuts[k], _ = _best_cut(total, cuts[k - 1], cuts[k + 1])
    return cuts


def _best_cut(total: FloatArray, a: int, b: int) -> tuple[int, float]:
    """Return the place between a and b where cutting explains most, and how much."""
    k = np.arange(a + _FEWEST_BINS, b - _FEWEST_BINS + 1)
    if not k.size:
        return a, 0.0
    left, right, share = total[k] - total[a], total[b] - total[k], (k - a) / (b - a)
    gain = (left * (1 - share) - right * share) ** 2 / ((b - a) * share * (1 - share))
    best = int(np.argmax(gain))
    return int(k[best]), float(gain[best])
