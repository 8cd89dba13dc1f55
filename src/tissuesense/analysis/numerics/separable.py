"""Least squares for a model that is linear in all but a few of its parameters.

The linear ones, the amplitudes, are solved for inside, so that the search goes over the others
alone and needs no start for them: variable projection (G. H. Golub and V. Pereyra, SIAM J Numer
Anal 10 (1973), 413-432), with the shorter Jacobian of L. Kaufman (BIT 15 (1975), 49-57).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.optimize import leastsq, nnls

from tissuesense.analysis.numerics.local_fit import correlation_inflation
from tissuesense.core.arrays import FloatArray

_RIDGE = 1e-13
_FINISHED = frozenset({1, 2, 3, 4})  # MINPACK's codes for one of its tolerances being met
_STEP = 1e-12


class Columns(Protocol):
    """A model's columns and how they change with the parameters."""

    def __call__(self, theta: FloatArray, /) -> tuple[FloatArray, FloatArray]:
        """Return the columns, shape (n, m), and their derivatives, shape (k, n, m)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeparableFit:
    """A fitted model.

    Attributes
    ----------
    theta
        Parameters that were searched for, shape (k,).
    amplitudes
        One a column, shape (m,); exactly 0 where it had to be and would have been negative.
    residuals
        Data less model, shape (n,).
    covariance
        Of `theta` and then `amplitudes`, shape (k + m, k + m), widened for residuals that follow
        one another; rows and columns of amplitudes that are held at 0 are 0, and a parameter on
        which the data do not depend has infinite variance.
    settled
        Whether the search met its tolerance.
    """

    theta: FloatArray
    amplitudes: FloatArray
    residuals: FloatArray
    covariance: FloatArray
    settled: bool

    @property
    def squares(self) -> float:
        """Sum of squared residuals."""
        return float(self.residuals @ self.residuals)

    @property
    def free(self) -> int:
        """How many parameters were fitted."""
        return int(self.theta.size + np.count_nonzero(self.amplitudes))


def fit_separable(
    columns: Columns,
    y: FloatArray,
    start: FloatArray,
    *,
    nonnegative: bool = False,
    least_sd: float = 0.0,
    most_steps: int = 60,
) -> SeparableFit:
    """Fit ``y = columns(theta) @ amplitudes``.

    Parameters
    ----------
    start
        Where the search for `theta` begins, shape (k,) with k >= 1.
    nonnegative
        Whether no amplitude may be below 0.
    least_sd
        Of the noise: keeps a curve through few or rounded samples from looking exact.
    """
    search = _Search(columns, y, nonnegative=nonnegative)
    theta, _, _, _, code = leastsq(
        search.residuals,
        start,
        Dfun=search.jacobian,
        col_deriv=True,
        full_output=True,
        maxfev=most_steps,
        ftol=_STEP**0.75,
        xtol=_STEP**0.75,
    )
    at = search.at(np.asarray(theta, dtype=np.float64))
    return SeparableFit(
        theta=at.theta,
        amplitudes=at.amplitudes,
        residuals=at.residuals,
        covariance=_covariance(at, least_sd),
        settled=code in _FINISHED,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Projection:
    """The model with its best amplitudes at one place of the search."""

    theta: FloatArray
    phi: FloatArray
    d_phi: FloatArray
    amplitudes: FloatArray
    residuals: FloatArray
    basis: FloatArray  # orthonormal, of the columns whose amplitudes are not held


class _Search:
    """The residuals and their Jacobian, which MINPACK asks for one after the other."""

    def __init__(self, columns: Columns, y: FloatArray, *, nonnegative: bool) -> None:
        self._columns, self._y, self._nonnegative = columns, y, nonnegative
        self._last: _Projection | None = None

    def residuals(self, theta: FloatArray) -> FloatArray:
        return self.at(theta).residuals

    def jacobian(self, theta: FloatArray) -> FloatArray:
        at = self.at(theta)
        slopes = at.d_phi @ at.amplitudes  # (k, n)
        return np.asarray((slopes @ at.basis) @ at.basis.T - slopes, dtype=np.float64)

    def at(self, theta: FloatArray) -> _Projection:
        if self._last is None or not np.array_equal(self._last.theta, theta):
            self._last = self._project(theta.copy())
        return self._last

    def _project(self, theta: FloatArray) -> _Projection:
        phi, d_phi = self._columns(theta)
        basis, r = np.linalg.qr(phi)
        amplitudes = _back(r, basis.T @ self._y)
        if self._nonnegative and (amplitudes < 0).any():
            amplitudes = np.asarray(nnls(r, basis.T @ self._y)[0], dtype=np.float64)
            basis, _ = np.linalg.qr(phi[:, amplitudes > 0])
        return _Projection(theta, phi, d_phi, amplitudes, self._y - phi @ amplitudes, basis)


def _back(r: FloatArray, y: FloatArray) -> FloatArray:
    """Solve ``r x = y`` for a triangle that may be singular."""
    if np.abs(np.diag(r)).min() <= _RIDGE * np.abs(np.diag(r)).max():
        return np.asarray(np.linalg.lstsq(r, y, rcond=_RIDGE)[0], dtype=np.float64)
    return np.asarray(np.linalg.solve(r, y), dtype=np.float64)


def _covariance(at: _Projection, least_sd: float) -> FloatArray:
    k, count = at.theta.size, at.theta.size + at.amplitudes.size
    jacobian = np.concatenate(((at.d_phi @ at.amplitudes).T, at.phi), axis=1)
    # Scaled to unit length first: times and forces have no size in common.
    length = np.linalg.norm(jacobian, axis=0)
    length[k:] *= at.amplitudes != 0
    free = np.flatnonzero(length)
    scaled = jacobian[:, free] / length[free]
    variance = float(at.residuals @ at.residuals) / max(at.residuals.size - free.size, 1)
    variance = max(variance * correlation_inflation(at.residuals), least_sd**2)
    inverse = np.linalg.inv(scaled.T @ scaled + _RIDGE * np.eye(free.size))
    covariance = np.zeros((count, count))
    covariance[np.ix_(free, free)] = variance * inverse / np.outer(length[free], length[free])
    unknown = np.flatnonzero(length[:k] == 0)
    covariance[unknown, unknown] = np.inf
    return covariance
