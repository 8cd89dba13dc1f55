"""The free decay within a tap: from the release on, which nothing in the data marks.

A swing is fitted to what surely comes after the release and then followed backwards for as long as
the samples lie on it. The push is no part of it, so the samples leave it there.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.separable import SeparableFit
from tissuesense.analysis.taps.damped_oscillation import DampedOscillation, oscillation
from tissuesense.analysis.taps.swing_fit import (
    FEWEST_SAMPLES,
    fit_swings,
    foretold,
    means,
    rough_swing,
)
from tissuesense.core.arrays import FloatArray

# A push takes 10 to 20 ms; so late after its beginning it is over.
_SURELY_OVER_S = 0.03
# No push is over sooner; a sample within it may lie on the swing by chance.
_SURELY_PUSHED_S = 0.007
_LONGEST_S = 0.8
# Means of neighbours come at least so fast, and cost nothing that the highest frequency needs.
_LEAST_RATE_HZ = 500.0
_SLACK = 1e-6  # else rounding would decide where a whole number is meant
_OFF_THE_SWING_SD = 3.0
_OFF_SHARE = 0.1  # of its amplitude: a push is as strong as the swing that it leaves
_MOST_ROUNDS = 4
_RIDGE, _NOTHING = 1e-12, 1e-200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FreeDecay:
    """The swing after the release.

    Attributes
    ----------
    t_s, acceleration
        What was fitted, means of `together` neighbours, shape (n,).
    off_row
        Last sample of the tap that lies off the swing, the next one being free; None where all lie
        on it.
    """

    swing: DampedOscillation
    t_s: FloatArray
    acceleration: FloatArray
    together: int
    off_row: int | None


def find_decay(
    t_s: FloatArray, acceleration: FloatArray, *, pushed: bool, least_sd: float
) -> FreeDecay | None:
    """Fit the free decay of one tap.

    Parameters
    ----------
    t_s, acceleration
        From the beginning of the tap on, shape (n,).
    pushed
        Whether that beginning was seen; else the push may have been over before it.
    least_sd
        Of the noise of one sample, such as that of rounding.

    Returns
    -------
    FreeDecay or None
        None where there is nothing that swings.
    """
    if t_s.size < FEWEST_SAMPLES:
        return None
    times, values, together = _means(t_s, acceleration)
    half_step_s = (times[-1] - times[0]) / (times.size - 1) / 2
    since_s = times - times[0] + half_step_s
    least, first = np.searchsorted(
        since_s, (_SURELY_PUSHED_S if pushed else 0.0, _SURELY_OVER_S)
    ).tolist()
    fit = rough_swing(times[first:] - times[first:][:1], values[first:])
    for _ in range(_MOST_ROUNDS):
        if fit is None or not np.isfinite(fit.covariance).all():
            return None
        before_s = times[least:first] - times[first]
        earlier, start = _samples_on(fit, before_s, values[least:first])
        if not earlier and fit.settled:
            break
        first -= earlier
        fit = fit_swings(
            times[first:] - times[first], values[first:], start=start, least_sd=least_sd
        )
    if fit is None:
        return None
    swing = oscillation(times[first:], fit, least_sd)
    step_s = float(t_s[-1] - t_s[0]) / (t_s.size - 1)
    return FreeDecay(
        swing=swing.of_single_samples(together, step_s),
        t_s=times[first:],
        acceleration=values[first:],
        together=together,
        off_row=_last_off(swing, t_s, acceleration, together),
    )


def _last_off(
    swing: DampedOscillation, t_s: FloatArray, acceleration: FloatArray, together: int
) -> int | None:
    """Return the last sample before the swing that is far off it, as those of a push are.

    A lone sample that noise took off the swing ends what is fitted, and is no push.
    """
    before = slice(0, int(np.searchsorted(t_s, swing.start_s)))
    off = np.abs(acceleration[before] - swing.expected(t_s[before]))
    limit = max(_OFF_THE_SWING_SD * swing.sd * math.sqrt(together), _OFF_SHARE * swing.amplitude)
    found = np.flatnonzero(off > limit)
    return int(found[-1]) if found.size else None


def _means(t_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray, int]:
    rate_hz = (t_s.size - 1) / float(t_s[-1] - t_s[0])
    together = max(int(rate_hz / _LEAST_RATE_HZ + _SLACK), 1)
    size = min(int(_LONGEST_S * rate_hz + _SLACK), t_s.size)
    return means(t_s[:size], together), means(values[:size], together), together


def _samples_on(
    fit: SeparableFit, before_s: FloatArray, values: FloatArray
) -> tuple[int, FloatArray]:
    """Return how many samples, from the last back, lie on the swing, and where they move it.

    Each is compared with what the fit and the samples after it lead to expect: with the covariance
    of all of them a product of triangles, the inverse triangle tells each one's surprise.
    """
    expected, slopes = foretold(fit, before_s[::-1])
    apart = values[::-1] - expected
    gains = fit.covariance @ slopes
    noise = fit.squares / max(fit.residuals.size - fit.free, 1)
    variances = slopes.T @ gains
    noise += _RIDGE * float(variances.trace()) + _NOTHING
    variances.flat[:: apart.size + 1] += noise
    if not apart.size or apart[0] ** 2 > _OFF_THE_SWING_SD**2 * variances[0, 0]:
        return 0, fit.theta[:2]
    try:
        inverse = np.linalg.inv(np.linalg.cholesky(variances))
    except np.linalg.LinAlgError:  # by rounding: a fit that foretells nothing
        return 0, fit.theta[:2]
    off = np.abs(inverse @ apart) > _OFF_THE_SWING_SD
    count = int(np.argmax(off)) if off.any() else off.size
    surprises = inverse[:count, :count] @ apart[:count]
    moved = gains[:2, :count] @ (inverse[:count, :count].T @ surprises)
    return count, fit.theta[:2] + moved
