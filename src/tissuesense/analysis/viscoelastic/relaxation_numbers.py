"""The numbers of a relaxation, with uncertainty, from the stiffnesses and times that were fitted.

Residuals of a hand follow one another. They are taken for a first-order autoregression, and the
covariance of the least-squares fit is that which such noise gives it:
``(J'J)^-1 J'RJ (J'J)^-1``, R holding ``r**|i-j|`` (H. White 1980, for the form).
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.viscoelastic.motion_response import Fading
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate, coverage_factor

_MOST_CORRELATION = 0.95
_LEAST_CORRELATION = 1e-3
_RIDGE = 1e-13
# Of the absolute value of a normal deviate, times the sd of 1, -2, 1 times white noise.
_MEDIAN_OF_SECOND_DIFFERENCES = 0.6745 * 6**0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spread:
    """How well a fit knows its parameters.

    Attributes
    ----------
    covariance
        Of the parameters in the order of the Jacobian, shape (k, k), none of them held.
    dof
        Degrees of freedom of its scale: independent residuals less parameters.
    """

    covariance: FloatArray
    dof: float


def jitter(values: FloatArray) -> float:
    """Return the sd of what changes from sample to sample: a smooth course drops out of it."""
    return median(np.abs(np.diff(values, n=2))) / _MEDIAN_OF_SECOND_DIFFERENCES


def lag_one(residuals: FloatArray) -> float:
    """Return the correlation of neighbouring residuals, where it is positive."""
    squares = float(residuals @ residuals)
    if squares <= 0:
        return 0.0
    return min(max(float(residuals[1:] @ residuals[:-1]) / squares, 0.0), _MOST_CORRELATION)


def independent(count: int, correlation: float) -> float:
    """Return how many independent values tell a mean as well as `count` correlated ones."""
    return count * (1 - correlation) / (1 + correlation)


def spread(jacobian: FloatArray, residuals: FloatArray, least_sd: float) -> Spread:
    """Return the covariance of a fit, its residuals taken for an autoregression.

    Parameters
    ----------
    jacobian
        Of the model, shape (parameters, n).
    least_sd
        Of the noise: keeps a curve through few or rounded samples from looking exact.
    """
    length = np.linalg.norm(jacobian, axis=1)
    length[length == 0] = 1.0
    scaled = jacobian / length[:, np.newaxis]
    products = scaled @ scaled.T
    normal = np.linalg.inv(products + _RIDGE * np.eye(length.size))
    r = lag_one(residuals)
    if r > _LEAST_CORRELATION:
        fading = Fading(np.full(residuals.size - 1, -math.log(r)))
        half = scaled @ fading.sums(scaled[:, 1:], scaled[:, 0]).T
        products = half + half.T - products
    free = residuals.size - length.size
    variance = max(float(residuals @ residuals) / max(free, 1), least_sd**2)
    covariance = variance * (normal @ products @ normal) / np.outer(length, length)
    dof = max(independent(residuals.size, r) - length.size, 1.0)
    return Spread(covariance=np.asarray(covariance), dof=dof)


def shares(amplitudes: FloatArray, covariance: FloatArray, dof: float) -> tuple[Estimate, ...]:
    """Return each stiffness as its share of all, an interval within 0 and 1 to it.

    Parameters
    ----------
    amplitudes
        Not negative and not all 0, shape (m,).
    covariance
        Theirs, shape (m, m).
    """
    total = float(amplitudes.sum())
    part = amplitudes / total
    slopes = (np.eye(part.size) - part[:, np.newaxis]) / total
    variances = np.einsum("ij,jk,ik->i", slopes, covariance, slopes)
    return tuple(
        _share(float(value), math.sqrt(max(float(variance), 0.0)), dof)
        for value, variance in zip(part, variances, strict=True)
    )


def time_constant(log_tau: float, variance: float, dof: float) -> Estimate:
    """Return a time constant; its interval is symmetric in logarithms."""
    u = math.sqrt(variance)
    tau_s, factor = math.exp(log_tau), math.exp(coverage_factor(dof) * u)
    return Estimate(
        value=tau_s,
        standard_uncertainty=tau_s * u,
        unit="s",
        dof=dof,
        budget={"scatter": tau_s * u},
        interval95=(tau_s / factor, tau_s * factor),
    )


def nothing_relaxed(hidden: float) -> Estimate:
    """Return an equilibrium of 1, of which up to `hidden` may have relaxed without being seen."""
    hidden = min(hidden, 1.0)
    return Estimate(
        value=1.0,
        standard_uncertainty=hidden / 2,
        unit="1",
        budget={"scatter": hidden / 2},
        interval95=(1.0 - hidden, 1.0),
    )


def _share(value: float, u: float, dof: float) -> Estimate:
    half = coverage_factor(dof) * u
    return Estimate(
        value=value,
        standard_uncertainty=u,
        unit="1",
        dof=dof,
        budget={"scatter": u},
        interval95=(max(value - half, 0.0), min(value + half, 1.0)),
    )
