"""A damped swing: its frequency and decrement, and how well they are known.

For white noise the variance is that of the Cramer-Rao bound. Noise whose samples follow one another
is taken for a first-order autoregression with the lag-one correlation of the residuals, which is
corrected for its bias: each of k fitted numbers takes slow noise out of n residuals, which lowers
their correlation r by about ``(k (1 + r) + 2 r) / n`` (derived here for slow columns; for the mean
alone F. H. C. Marriott and J. A. Pope 1954).
"""

import cmath
import math
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.numerics.local_fit import correlation_inflation
from tissuesense.analysis.numerics.separable import SeparableFit
from tissuesense.analysis.taps.swing_fit import LEVEL, expected, fit_swings, foretold
from tissuesense.core.arrays import FloatArray

_MOST_AUTOCORRELATION = 0.97
_NOTHING_LEFT = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DampedOscillation:
    """A fitted swing.

    Attributes
    ----------
    start_s
        When the fitted samples begin; phases are of this instant.
    decay_per_s, angular_per_s
        Of the swing that counts, of two the one with more energy.
    cosine, sine
        Its amplitudes at `start_s`, in the unit of the data.
    covariance
        Of these four in this order, shape (4, 4).
    sd, dof
        Scatter of one sample about the model, and by how many independent ones it is known.
    """

    start_s: float
    decay_per_s: float
    angular_per_s: float
    cosine: float
    sine: float
    covariance: FloatArray
    sd: float
    dof: float
    fit: SeparableFit

    @property
    def frequency_hz(self) -> float:
        """Swings a second."""
        return self.angular_per_s / (2 * math.pi)

    @property
    def amplitude(self) -> float:
        """At `start_s`."""
        return math.hypot(self.cosine, self.sine)

    @property
    def swings(self) -> int:
        """How many swings the model has, 1 or 2."""
        return self.fit.theta.size // 2

    def level_at(self, t_s: FloatArray) -> FloatArray:
        """Return what it swings about, shape (n,)."""
        level, slope = self.fit.amplitudes[-LEVEL:]
        return np.asarray(level + slope * (t_s - self.start_s), dtype=np.float64)

    def expected(self, t_s: FloatArray) -> FloatArray:
        """Return the model at other times, shape (n,)."""
        return expected(self.fit, t_s - self.start_s)

    def of_single_samples(self, together: int, step_s: float) -> "DampedOscillation":
        """Return the swing of samples `step_s` apart, this being of the means of so many of them.

        A mean over a part of a swing is a little smaller than the swing in its middle.
        """
        turn = complex(-self.decay_per_s, self.angular_per_s) * step_s / 2
        share = cmath.sinh(together * turn) / (together * cmath.sinh(turn))
        whole = complex(self.cosine, -self.sine) / share
        return replace(self, cosine=whole.real, sine=-whole.imag)


def fit_oscillation(
    t_s: FloatArray,
    values: FloatArray,
    *,
    least_sd: float = 0.0,
) -> DampedOscillation | None:
    """Fit one swing, or two where one leaves more than noise.

    Parameters
    ----------
    t_s, values
        Increasing times, evenly spaced or nearly so, and data, shape (n,).
    least_sd
        Of the noise, such as that of rounding.

    Returns
    -------
    DampedOscillation or None
        None where the samples are too few or show no swing between 5 and 60 Hz to begin with.
    """
    fit = fit_swings(t_s - t_s[:1], values, least_sd=least_sd)
    return None if fit is None else oscillation(t_s, fit, least_sd)


def oscillation(t_s: FloatArray, fit: SeparableFit, least_sd: float) -> DampedOscillation:
    """Return what a fit to samples at `t_s` says of its stronger swing."""
    cosines, sines = fit.amplitudes[:-LEVEL:2], fit.amplitudes[1:-LEVEL:2]
    energy = (cosines**2 + sines**2) / np.maximum(fit.theta[::2], 1.0)
    main = 2 * int(np.argmax(energy))
    decay, angular = map(float, fit.theta[main : main + 2])
    amplitude = fit.theta.size + main
    places = [main, main + 1, amplitude, amplitude + 1]
    covariance, sd, dof = _coloured(t_s - t_s[0], fit, least_sd)
    return DampedOscillation(
        start_s=float(t_s[0]),
        decay_per_s=decay,
        angular_per_s=angular,
        cosine=float(fit.amplitudes[main]),
        sine=float(fit.amplitudes[main + 1]),
        covariance=covariance[np.ix_(places, places)],
        sd=sd,
        dof=dof,
        fit=fit,
    )


def _coloured(
    since_s: FloatArray, fit: SeparableFit, least_sd: float
) -> tuple[FloatArray, float, float]:
    """Return the covariance of all parameters, the noise and its degrees of freedom.

    For noise of correlation matrix ``R`` that is ``s**2 A (J' R J) A`` with ``A = inv(J' J)``; the
    parameters then take as many samples with them as ``A J' R J`` has on its diagonal.
    """
    residuals, n = fit.residuals, fit.residuals.size
    least = least_sd**2
    known = max(fit.squares / max(n - fit.free, 1) * correlation_inflation(residuals), least)
    inverse = fit.covariance / known if known > 0 else fit.covariance
    r = _lag_one(residuals)
    r = min(r + (fit.free * (1 + r) + 2 * r) / n, _MOST_AUTOCORRELATION)
    if r <= 0 or fit.squares <= n * least:  # white, or nothing but rounding
        variance = max(fit.squares / max(n - fit.free, 1), least)
        return variance * inverse, math.sqrt(variance), max(n - fit.free, 1.0)
    _, slopes = foretold(fit, since_s)
    spread = inverse @ _correlated(slopes, r)
    variance = max(fit.squares / max(n - float(np.trace(spread)), 1.0), least)
    dof = max(n * (1 - r * r) / (1 + r * r) - fit.free, 1.0)
    covariance = variance * (spread @ inverse)
    # Where the columns are all but alike, rounding has the last word: stay with the wider one.
    sound = bool((np.diag(covariance) >= 0).all())
    return covariance if sound else fit.covariance, math.sqrt(variance), dof


def _lag_one(residuals: FloatArray) -> float:
    squares = float(residuals @ residuals)
    return float(residuals[1:] @ residuals[:-1]) / squares if squares > 0 else 0.0


def _correlated(rows: FloatArray, r: float) -> FloatArray:
    """Return ``rows R rows'`` for ``R[i, j] = r ** abs(i - j)``.

    Half of it by sums ``y[i] = x[i] + r y[i - 1]``, whose filter ``1 / (1 - r z)`` is the product
    of ``1 + (r z) ** m`` over m = 1, 2, 4, ...
    """
    sums, lag, weight = rows.copy(), 1, r
    while lag < rows.shape[1] and weight > _NOTHING_LEFT:
        sums[:, lag:] += weight * sums[:, :-lag]
        lag, weight = 2 * lag, weight**2
    half = rows @ sums.T
    return np.asarray(half + half.T - rows @ rows.T, dtype=np.float64)
