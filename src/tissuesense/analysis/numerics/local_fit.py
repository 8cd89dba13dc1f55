"""Least squares over a neighbourhood: one value and its uncertainty from many samples."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_MOST_AUTOCORRELATION = 0.95
_RIDGE = 1e-13


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearFit:
    """Ordinary least squares on given basis functions.

    Attributes
    ----------
    coefficients
        One per basis function, shape (p,).
    covariance
        Of the coefficients, shape (p, p), widened for residuals that follow one another.
    residual_sd
        Scatter about the curve.
    """

    coefficients: FloatArray
    covariance: FloatArray
    residual_sd: float

    def uncertainty_at(self, basis: FloatArray) -> float:
        """Return the standard uncertainty where the basis functions have the values `basis`."""
        return math.sqrt(max(float(basis @ self.covariance @ basis), 0.0))


def fit_linear(design: FloatArray, y: FloatArray, least_sd: float = 0.0) -> LinearFit:
    """Fit ``y = design @ coefficients``; design has shape (n, p) with n > p.

    The covariance is widened for residuals that follow one another; `least_sd` keeps a curve
    through few samples from looking exact.
    """
    squares_and_products = design.T @ design
    # So small a ridge changes no digit that counts, and a design without extent needs no exception.
    ridge = _RIDGE * np.trace(squares_and_products) * np.eye(design.shape[1])
    normal = np.linalg.inv(squares_and_products + ridge)
    coefficients = np.asarray(normal @ (design.T @ y), dtype=np.float64)
    residuals = y - design @ coefficients
    squares = float(residuals @ residuals)
    sd = max(math.sqrt(squares / max(y.size - design.shape[1], 1)), least_sd)
    return LinearFit(
        coefficients=coefficients,
        covariance=np.asarray(
            normal * (sd * sd * correlation_inflation(residuals)), dtype=np.float64
        ),
        residual_sd=sd,
    )


def correlation_inflation(residuals: FloatArray) -> float:
    """Return by how much residuals that follow one another widen the variance of what is fitted.

    ``(1 + r) / (1 - r)``, r being their lag-one correlation where it is positive: that of the
    mean of a first-order autoregression (G. M. Jenkins and D. G. Watts, Spectral Analysis, 1968,
    section 5.3). The residuals of a hand are seldom white.
    """
    squares = float(residuals @ residuals)
    if squares <= 0:
        return 1.0
    lag_one = float(residuals[1:] @ residuals[:-1]) / squares
    lag_one = min(max(lag_one, 0.0), _MOST_AUTOCORRELATION)
    return (1 + lag_one) / (1 - lag_one)


def powers(x: FloatArray | float, degree: int) -> FloatArray:
    """Return 1, x, x**2, ... as the columns of a design matrix, or as one row."""
    columns = np.power.outer(np.asarray(x, dtype=np.float64), np.arange(degree + 1.0))
    return np.asarray(columns, dtype=np.float64)
