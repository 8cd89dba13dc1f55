"""Least squares for one swing that fades, or two, about a level that may drift.

The model is ``sum of exp(-s t) (a cos w t + b sin w t) + level + slope t``. The matrix pencil finds
a start and variable projection the best parameters.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.local_fit import correlation_inflation
from tissuesense.analysis.matrix_pencil import exponents
from tissuesense.analysis.separable import SeparableFit, fit_separable
from tissuesense.core.arrays import FloatArray

LOWEST_HZ, HIGHEST_HZ = 5.0, 60.0
FEWEST_SAMPLES = 10
# How many of the amplitudes, the last, are level and slope.
LEVEL = 2
_LOWEST, _HIGHEST = 2 * math.pi * LOWEST_HZ, 2 * math.pi * HIGHEST_HZ
# The pencil looks at so many samples a second at most: enough for the highest frequency.
_PENCIL_HZ = 200.0
_SLACK = 1e-6  # else rounding would decide where a whole number is meant
# A swing, and what of the level the mean leaves.
_PENCIL_RANK = 3
_MOST_GROWTH = 50.0
_RIDGE = 1e-13
# Residuals that follow one another no more than noise does, in standard deviations of that, weighed
# by how strong the swing still is, leave nothing for a second.
_SUSPICIOUS_SD = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Cosine and sine of each swing, then level and slope."""

    t_s: FloatArray

    def values(self, theta: FloatArray) -> FloatArray:
        """Return the columns, shape (n, k + 2)."""
        t_s = self.t_s
        phi = np.empty((theta.size + LEVEL, t_s.size))
        for one in range(0, theta.size, 2):
            decay, angular = theta[one : one + 2].tolist()
            # A search may try a swing that grows: let it grow into something finite.
            fading, turn = np.exp(np.minimum(-decay * t_s, _MOST_GROWTH)), angular * t_s
            np.multiply(fading, np.cos(turn), out=phi[one])
            np.multiply(fading, np.sin(turn), out=phi[one + 1])
        phi[-2] = 1.0
        phi[-1] = t_s
        return phi.T

    def __call__(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        phi = self.values(theta)
        d_phi = np.zeros((theta.size, phi.shape[1], phi.shape[0]))
        for one in range(0, theta.size, 2):
            later = self.t_s * phi.T[one : one + 2]
            np.negative(later, out=d_phi[one, one : one + 2])
            np.negative(later[1], out=d_phi[one + 1, one])
            d_phi[one + 1, one + 1] = later[0]
        return phi, d_phi.transpose(0, 2, 1)


def fit_swings(
    since_s: FloatArray,
    values: FloatArray,
    *,
    start: FloatArray | None = None,
    least_sd: float = 0.0,
) -> SeparableFit | None:
    """Fit one swing, or two where one leaves more than noise.

    Parameters
    ----------
    since_s, values
        Times that begin with 0, evenly spaced or nearly so, and data, shape (n,).
    start
        Decay rate and angular frequency to begin with; found where None.
    least_sd
        Of the noise, such as that of rounding.

    Returns
    -------
    SeparableFit or None
        Its `theta` are decay rate and angular frequency of each swing, its amplitudes those of
        cosine and sine of each, level and slope. None where the samples are too few or show no
        swing between 5 and 60 Hz to begin with.
    """
    if since_s.size < FEWEST_SAMPLES:
        return None
    start = _start(since_s, values) if start is None else _sound(start)
    if start is None:
        return None
    # A search for what is not there may run away; what it comes to is not believed.
    with np.errstate(over="ignore", invalid="ignore"):
        one = fit_separable(_Columns(since_s), values, start, least_sd=least_sd)
        return _with_second(since_s, values, one, least_sd)


def rough_swing(since_s: FloatArray, values: FloatArray) -> SeparableFit | None:
    """Return one swing, one step of Gauss and Newton from its start: as good as it is cheap."""
    start = _start(since_s, values) if since_s.size >= FEWEST_SAMPLES else None
    if start is None:
        return None
    phi, d_phi = _Columns(since_s)(start)
    amplitudes = _least_squares(phi, values)[0]
    slopes = np.concatenate(((d_phi @ amplitudes).T, phi), axis=1)
    residuals = values - phi @ amplitudes
    step, inverse = _least_squares(slopes, residuals)
    residuals = residuals - slopes @ step
    variance = float(residuals @ residuals) / max(values.size - step.size, 1)
    return SeparableFit(
        theta=_sound(start + step[:2]),
        amplitudes=amplitudes + step[2:],
        residuals=residuals,
        covariance=variance * correlation_inflation(residuals) * inverse,
        settled=False,
    )


def _least_squares(columns: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return amplitudes and the inverse of the columns' products, scaled first as times are."""
    scale = np.sqrt(np.einsum("ij,ij->j", columns, columns)) + np.finfo(np.float64).tiny
    scaled = columns / scale
    inverse = np.linalg.inv(scaled.T @ scaled + _RIDGE * np.eye(scale.size))
    return inverse @ (scaled.T @ values) / scale, inverse / np.outer(scale, scale)


def foretold(fit: SeparableFit, since_s: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the model at other times, shape (n,), and how it goes with its parameters, (n, k).

    The parameters are `theta` and then the amplitudes.
    """
    phi, d_phi = _Columns(since_s)(fit.theta)
    slopes = np.concatenate(((d_phi @ fit.amplitudes).T, phi), axis=1)
    return phi @ fit.amplitudes, slopes


def _start(since_s: FloatArray, values: FloatArray) -> FloatArray | None:
    """Return decay rate and angular frequency by the matrix pencil; None where nothing swings."""
    since_s, values = _thinned(since_s, values)
    if values.size < 2 * _PENCIL_RANK + 2:
        return None
    even_s = np.linspace(since_s[0], since_s[-1], since_s.size)
    evenly = np.interp(even_s, since_s, values)
    evenly -= evenly[-(evenly.size // 3) :].mean()
    step_s = float(even_s[1] - even_s[0])
    # What changes sign from sample to sample is no swing.
    highest = min(2 * _HIGHEST, 0.95 * math.pi / step_s)
    for exponent in exponents(evenly, step_s, _PENCIL_RANK).tolist():
        if _LOWEST / 2 < exponent.imag < highest:
            return _sound(np.array([-exponent.real, exponent.imag]))
    return None


def _sound(start: FloatArray) -> FloatArray:
    """Return a start without what would lead the search astray: growing, or being gone at once."""
    decay, angular = start.tolist()
    angular = min(max(angular, _LOWEST / 2), 2 * _HIGHEST)
    return np.array([min(max(decay, 0.05 * angular), 0.7 * angular), angular])


def _thinned(since_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return means of neighbours, so that nothing too fast for the pencil folds down."""
    few = int((since_s.size - 1) / (float(since_s[-1]) * _PENCIL_HZ) + _SLACK)
    if few < 2:  # noqa: PLR2004 - as it is
        return since_s, values
    size = since_s.size // few * few
    return since_s[:size].reshape(-1, few).mean(axis=1), values[:size].reshape(-1, few).mean(axis=1)


def _with_second(
    since_s: FloatArray, values: FloatArray, one: SeparableFit, least_sd: float
) -> SeparableFit:
    """Return the fit with a second swing where the first leaves more than noise."""
    fading = np.exp(-float(one.theta[0]) * since_s[1:])
    products = one.residuals[1:] * one.residuals[:-1]
    usual = one.squares / one.residuals.size * math.sqrt(float(fading @ fading))
    if not float(products @ fading) > _SUSPICIOUS_SD * usual:
        return one
    second = _start(since_s, one.residuals)
    if second is None:
        return one
    both = fit_separable(
        _Columns(since_s), values, np.concatenate((one.theta, second)), least_sd=least_sd
    )
    # By the Bayesian criterion; noise that follows itself is like fewer samples of other noise.
    independent = since_s.size / correlation_inflation(both.residuals)
    gain = independent * math.log(max(one.squares, 1e-300) / max(both.squares, 1e-300))
    cost = (both.free - one.free) * math.log(max(independent, 2.0))
    sound = both.settled and bool((both.theta > 0).all())
    return both if sound and gain > cost else one
