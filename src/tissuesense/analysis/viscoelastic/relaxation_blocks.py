"""Means over stretches of samples that grow with the time since the ramp ended.

Late in a hold nothing happens from one sample to the next. Means over stretches short beside the
time that has passed keep what the record tells, in a tenth of the rows, and they keep the noise of
a depth sensor out of the model: a noisy regressor makes what it explains look smaller (W. A.
Fuller, Measurement Error Models, 1987, 1.1). Model and data are averaged alike, so nothing is
approximated.
"""

import math

import numpy as np

from tissuesense.core.arrays import FloatArray

_LENGTH_OVER_AGE = 0.06


class Blocks:
    """Stretches of samples, one by one up to the end of the ramp and growing from there.

    Parameters
    ----------
    time_s
        Of the samples, shape (n,).
    ramp_end_s
        When the hold begins.
    """

    __slots__ = ("_roots", "_sizes", "_starts")

    def __init__(self, time_s: FloatArray, ramp_end_s: float) -> None:
        # Blocks of one sample until a sample is short beside the age of the hold.
        age_s = float(time_s[-1] - time_s[0]) / time_s.size / _LENGTH_OVER_AGE
        growth = 1 + _LENGTH_OVER_AGE
        longest = max(float(time_s[-1] - ramp_end_s) / age_s, 1.0)
        marks = ramp_end_s + age_s * growth ** np.arange(math.log(longest) / math.log(growth))
        young = int(np.searchsorted(time_s, ramp_end_s + age_s))
        grown = np.searchsorted(time_s, marks)
        starts = np.unique(np.concatenate((np.arange(young), grown)))
        self._starts = starts[starts < time_s.size]
        self._sizes = np.diff(self._starts, append=time_s.size)
        self._roots = np.sqrt(self._sizes)

    def means(self, rows: FloatArray) -> FloatArray:
        """Return the mean of each stretch times the root of its length, shape (..., blocks)."""
        if self._sizes.size == rows.shape[-1]:  # one by one
            return rows
        return np.asarray(np.add.reduceat(rows, self._starts, axis=-1) / self._roots)

    def spread_out(self, rows: FloatArray) -> FloatArray:
        """Return each sample's stretch's mean, of the shape of `rows`."""
        return np.repeat(self.means(rows) / self._roots, self._sizes, axis=-1)
