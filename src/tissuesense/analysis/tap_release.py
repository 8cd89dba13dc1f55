"""The free decay within a tap: from the release on, which nothing in the data marks.

A swing is fitted to what surely comes after the release and then followed backwards for as long as
the samples lie on it. The push is no part of it, so the samples leave it there.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.damped_oscillation import DampedOscillation, oscillation
from tissuesense.analysis.separable import SeparableFit
from tissuesense.analysis.swing_fit import FEWEST_SAMPLES, fit_swings, foretold, rough_swing
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
        if fit is None:
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
    size = min(int(_LONGEST_S * rate_hz + _SLACK), t_s.size) // together * together
    times, means = (x[:size].reshape(-1, together).mean(axis=1) for x in (t_s, values))
    return times, means, together


def _samples_on(
    fit: SeparableFit, before_s: FloatArray, values: FloatArray
) -> tuple[int, FloatArray]:
    """Return how many samples, from the last back, lie on the swing, and where they move it.

    Each is compared with what the fit and the samples after it lead to expect, and then counts for
    what is expected of the one before it (recursive least squares about the fit).
    """
    expected, slopes = foretold(fit, before_s)
    noise = fit.squares / max(fit.residuals.size - fit.free, 1)
    covariance, moved = fit.covariance.copy(), np.zeros(slopes.shape[1])
    count = 0
    for slope, apart in zip(slopes[::-1], (values - expected)[::-1], strict=True):
        gain = covariance @ slope
        variance = noise + float(slope @ gain)
        surprise = float(apart - slope @ moved)
        if surprise**2 > _OFF_THE_SWING_SD**2 * variance:
            break
        moved += gain * (surprise / variance)
        covariance -= np.outer(gain, gain / variance)
        count += 1
    return count, fit.theta[:2] + moved[:2]
