"""A wandering level seen through scatter: Kalman filter forwards, smoother backwards.

Source: Durbin J, Koopman SJ (2012) Time series analysis by state space methods, 2nd ed., sections
2.2 (filter), 2.4 (smoother), 2.7 (missing observations) and 2.9 (exact diffuse start); the backward
pass in the form of Rauch, Tung and Striebel (1965).
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray, frozen

_LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelPath:
    """Every array has the shape (n,) of the observations.

    Attributes
    ----------
    filtered, filtered_variance
        Of the level, given the observations so far; NaN before the first.
    smoothed, smoothed_variance
        Given them all.
    gains
        How much of the next visit's correction reaches back to each; the last is 0.
    innovations
        Observation less what was expected, in units of its standard deviation; NaN where there is
        none to compare.
    loglik
        Exact diffuse: the first observation starts the level and adds no term; None without terms.
    """

    filtered: FloatArray
    filtered_variance: FloatArray
    smoothed: FloatArray
    smoothed_variance: FloatArray
    gains: FloatArray
    innovations: FloatArray
    loglik: float | None

    def change(self, start: int, end: int) -> tuple[float, float]:
        """Return mean and variance of the level at `end` less that at `start`, start <= end."""
        covariance = float(self.smoothed_variance[end] * np.prod(self.gains[start:end]))
        variance = float(self.smoothed_variance[start] + self.smoothed_variance[end])
        mean = float(self.smoothed[end] - self.smoothed[start])
        return mean, max(variance - 2 * covariance, 0.0)


def level_path(y: FloatArray, scatter: FloatArray, wander: FloatArray) -> LevelPath:
    """Follow the level through all observations.

    Parameters
    ----------
    y
        Shape (n,), NaN where an observation is missing, one at least not.
    scatter
        Variance of each observation about the level, shape (n,).
    wander
        Variance of the level's step from each observation to the next, shape (n - 1,).
    """
    # Lists, not arrays: reading single numbers out of an array takes three times as long.
    steps = wander.tolist()
    mean, variance, innovations = ([math.nan] * y.size for _ in range(3))
    a, p, loglik, terms = math.nan, math.inf, 0.0, 0
    for t, (value, noise) in enumerate(zip(y.tolist(), scatter.tolist(), strict=True)):
        if t:
            p += steps[t - 1]
        if not math.isnan(value) and p == math.inf:
            a, p = value, noise
        elif not math.isnan(value):
            v, f = value - a, p + noise
            innovations[t] = v / math.sqrt(f)
            loglik -= 0.5 * (_LOG_2PI + math.log(f) + v * v / f)
            terms += 1
            a += p / f * v
            p *= noise / f
        if p < math.inf:
            mean[t], variance[t] = a, p
    smooth, smooth_variance, gains = _backwards(mean, variance, steps)
    return LevelPath(
        filtered=frozen(np.array(mean)),
        filtered_variance=frozen(np.array(variance)),
        smoothed=frozen(np.array(smooth)),
        smoothed_variance=frozen(np.array(smooth_variance)),
        gains=frozen(np.array(gains)),
        innovations=frozen(np.array(innovations)),
        loglik=loglik if terms else None,
    )


def _backwards(
    mean: list[float], variance: list[float], steps: list[float]
) -> tuple[list[float], list[float], list[float]]:
    """Return smoothed mean and variance, and the gains."""
    smooth, smooth_variance, gains = mean.copy(), variance.copy(), [0.0] * len(mean)
    for t in range(len(mean) - 2, -1, -1):
        step = steps[t]
        if math.isnan(mean[t]):  # before the first observation: the level wandered from there
            gains[t] = 1.0
            smooth[t], smooth_variance[t] = smooth[t + 1], smooth_variance[t + 1] + step
            continue
        predicted = variance[t] + step
        gain = gains[t] = variance[t] / predicted if predicted > 0 else 1.0
        smooth[t] += gain * (smooth[t + 1] - mean[t])
        smooth_variance[t] += gain * gain * (smooth_variance[t + 1] - predicted)
    return smooth, smooth_variance, gains
