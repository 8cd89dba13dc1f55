"""Single wrong readings of an accelerometer, without harm to the edges of a push.

A push lasts 10 ms or more. Where that is several samples, one sample alone that leaps there and
back can be no push; in slower recordings it can, and stays.
"""

import numpy as np

from tissuesense.analysis.signals.cleaning import noise_of
from tissuesense.core.arrays import FloatArray

_LEAST_RATE_HZ = 350.0
_LEAST_SHARE_OF_RANGE = 0.1
_LEAST_SD = 8.0
_LEAST_OVER_STEPS_BESIDE = 3.0


def without_spikes(t_s: FloatArray, acceleration: FloatArray) -> tuple[FloatArray, bool]:
    """Replace lone wrong readings by the line between their neighbours.

    Parameters
    ----------
    t_s, acceleration
        Increasing times and readings, shape (n,).

    Returns
    -------
    tuple
        The readings, shape (n,), and whether any was replaced.
    """
    size = acceleration.size
    if size < 3 or (size - 1) < _LEAST_RATE_HZ * (t_s[-1] - t_s[0]):  # noqa: PLR2004 - one between two
        return acceleration, False
    least = _LEAST_SHARE_OF_RANGE * float(acceleration.max() - acceleration.min())
    steps = acceleration[1:] - acceleration[:-1]
    sizes = np.abs(steps)
    leaps = np.minimum(sizes[:-1], sizes[1:])
    if leaps.max() <= least:  # hardly ever is there more to do
        return acceleration, False
    least = max(least, _LEAST_SD * noise_of(acceleration))
    turns = np.flatnonzero((leaps > least) & (steps[:-1] * steps[1:] < 0)) + 1
    around = np.concatenate(([0.0], sizes, [0.0]))
    beside = np.maximum(around[turns - 1], around[turns + 2])
    wrong = turns[leaps[turns - 1] > _LEAST_OVER_STEPS_BESIDE * beside]
    right = np.delete(np.arange(size), wrong)
    mended = acceleration.copy()
    mended[wrong] = np.interp(t_s[wrong], t_s[right], acceleration[right])
    return mended, bool(wrong.size)
