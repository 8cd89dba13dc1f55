"""The local-level model: a level that wanders, seen through the scatter of each visit.

``y_t = level_t + e_t`` with ``var e = sigma2_irregular`` and ``level_{t+1} = level_t + w_t`` with
``var w = sigma2_level`` for each step of time. The first level is unknown (exactly diffuse), so the
likelihood begins with the second observation:

``loglik = -1/2 sum_{t >= 2} (ln 2 pi + ln F_t + v_t^2 / F_t)``.

Programs that begin with a large variance, or count the first term, print other log-likelihoods.

Sources: Harvey AC (1989) Forecasting, structural time series models and the Kalman filter; Durbin
J, Koopman SJ (2012) Time series analysis by state space methods, 2nd ed., chapter 2 (the model, its
recursions, the exact diffuse start, and the Nile as the worked example).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import dst
from scipy.linalg import eigh_tridiagonal
from scipy.linalg.lapack import dpttrf, dpttrs

from tissuesense.analysis.course.level_path import level_path
from tissuesense.core.arrays import FloatArray, frozen, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

# Logarithm of sigma2_level / sigma2_irregular: from a constant level to no scatter, for any use.
_LOG_RATIO_RANGE = (-16.0, 12.0)
# A grid over that range, then finer ones; the last has steps of 0.004.
_GRIDS: tuple[FloatArray, ...] = tuple(np.linspace(0.0, 1.0, n) for n in (29, 9, 9, 9, 9))
_FEWEST_TO_ESTIMATE = 4
_LONG = 150  # differences: from here on, elimination is faster than eigenvectors
_EVEN = 1e-12  # relative: what rounding leaves of even steps
LIKELIHOOD = "exact diffuse: the first observation starts the level and adds no term"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalLevel:
    """A fitted local-level model.

    Attributes
    ----------
    level, level_sd
        Smoothed, given every observation; shape (n,). None where there is no observation.
    filtered, filtered_sd
        Given the observations so far; NaN before the first.
    loglik
        As `LIKELIHOOD` says; None for a single observation.
    sigma2_irregular, sigma2_level
        Variance of a visit's scatter, and of the level's step in a unit of time.
    flags
        `too_few` where the variances could not be estimated from the data.
    """

    level: FloatArray | None
    level_sd: FloatArray | None
    filtered: FloatArray | None
    filtered_sd: FloatArray | None
    loglik: float | None
    sigma2_irregular: float | None
    sigma2_level: float | None
    likelihood: str = LIKELIHOOD
    flags: tuple[QualityFlag, ...] = ()


def local_level(
    y: ArrayLike,
    sigma2_irregular: float | None = None,
    sigma2_level: float | None = None,
    *,
    time: ArrayLike | None = None,
) -> LocalLevel:
    """Filter and smooth a series; variances that are not given are estimated by maximum likelihood.

    Parameters
    ----------
    y
        Observations, shape (n,); NaN is a missing one.
    sigma2_irregular, sigma2_level
        Given variances, 0 or more, at least one of them above 0 where both are given.
    time
        When each was made, increasing, in any unit; 0, 1, 2, ... where absent. `sigma2_level` is
        for one such unit.

    Raises
    ------
    UsageError
        When a shape, a variance or the order of time is wrong, or an observation is infinite.
    """
    values = vector(y, "y")
    if np.isinf(values).any():
        raise UsageError("y holds an infinite value; a missing one is NaN.")
    steps = _steps(time, values.size)
    seen = np.flatnonzero(~np.isnan(values))
    for name, given in (("sigma2_irregular", sigma2_irregular), ("sigma2_level", sigma2_level)):
        if given is not None and not (math.isfinite(given) and given >= 0):
            raise UsageError(f"{name} is a variance, not negative; it is {given}.")
    if sigma2_irregular == 0 and sigma2_level == 0:
        raise UsageError("sigma2_irregular and sigma2_level are both 0: nothing could vary.")
    estimated = sigma2_irregular is None or sigma2_level is None
    if not seen.size or (estimated and seen.size < _FEWEST_TO_ESTIMATE):
        return _unknown(sigma2_irregular, sigma2_level)
    if estimated:
        differences = _Differences(values, steps, seen)
        if not differences.vary:
            return _unknown(sigma2_irregular, sigma2_level)
        sigma2_irregular, sigma2_level = differences.most_likely(sigma2_irregular, sigma2_level)
    assert sigma2_irregular is not None  # noqa: S101 - for the type checker: estimated above
    assert sigma2_level is not None  # noqa: S101 - as above
    return _smoothed(values, steps, sigma2_irregular, sigma2_level)


def _steps(time: ArrayLike | None, n: int) -> FloatArray:
    """Return the time from each observation to the next, shape (n - 1,)."""
    if time is None:
        return np.ones(max(n - 1, 0))
    times = vector(time, "time")
    if times.size != n:
        raise UsageError(f"time has {times.size} values where y has {n}.")
    steps = np.diff(times)
    if not (np.isfinite(times).all() and (steps > 0).all()):
        raise UsageError("time must be finite and increase from each observation to the next.")
    return steps


def _unknown(sigma2_irregular: float | None, sigma2_level: float | None) -> LocalLevel:
    return LocalLevel(
        level=None,
        level_sd=None,
        filtered=None,
        filtered_sd=None,
        loglik=None,
        sigma2_irregular=sigma2_irregular,
        sigma2_level=sigma2_level,
        flags=(QualityFlag.TOO_FEW,),
    )


class _Differences:
    """Likelihood of the variances, from the differences of neighbouring observations.

    The exact diffuse likelihood of a series is the ordinary one of its differences, whose
    covariance is ``sigma2_irregular T + sigma2_level D`` with T tridiagonal (-1, 2, -1) and D the
    time between them; that is ``sigma2_irregular (K + ratio)`` of the differences over ``D^1/2``,
    with ``K = D^-1/2 T D^-1/2`` and the ratio of the two variances.
    """

    def __init__(self, values: FloatArray, steps: FloatArray, seen: NDArray[np.intp]) -> None:
        elapsed = np.concatenate(([0.0], np.cumsum(steps)))[seen]
        gaps = np.diff(elapsed)
        difference = np.diff(values[seen]) / np.sqrt(gaps)
        self._size = gaps.size
        self._mean_square = float(difference @ difference) / gaps.size
        self._terms = _terms(gaps, difference)
        self.vary = self._mean_square > 0

    def most_likely(self, irregular: float | None, level: float | None) -> tuple[float, float]:
        """Return both variances; one that is given stays as it is."""
        if irregular is None and level is None:
            return self._both()
        if irregular == 0:
            return 0.0, self._mean_square
        usual = math.log(self._mean_square)
        bounds = (usual + _LOG_RATIO_RANGE[0], usual + _LOG_RATIO_RANGE[1])
        if irregular is not None:
            return irregular, _best(lambda log: self._loglik(irregular, np.exp(log)), bounds)
        known = float(level or 0.0)
        return _best(lambda log: self._loglik(np.exp(log), known), bounds), known

    def _both(self) -> tuple[float, float]:
        ratio = _best(self._profile, _LOG_RATIO_RANGE)
        if ratio == math.inf:
            return 0.0, self._mean_square
        _, square = self._terms(np.asarray(ratio))
        scale = float(square) / self._size
        return scale, scale * ratio

    def _profile(self, log_ratio: FloatArray) -> FloatArray:
        """Return the log-likelihood, up to a constant, with the best common scale."""
        log_determinant, square = self._terms(np.exp(log_ratio))
        loglik: FloatArray = -0.5 * (self._size * np.log(square / self._size) + log_determinant)
        return loglik

    def _loglik(self, irregular: ArrayLike, level: ArrayLike) -> FloatArray:
        scale = np.asarray(irregular, dtype=np.float64)
        log_determinant, square = self._terms(np.asarray(level) / scale)
        loglik: FloatArray = -0.5 * (self._size * np.log(scale) + log_determinant + square / scale)
        return loglik


# Of the ratio of variances, any shape: log-determinant of K + ratio, and the differences' square
# in its inverse.
_Terms = Callable[[FloatArray], tuple[FloatArray, FloatArray]]


def _terms(gaps: FloatArray, difference: FloatArray) -> _Terms:
    """Return the fastest way to evaluate the likelihood: sines, eigenvectors, or elimination."""
    if np.ptp(gaps) <= _EVEN * gaps[0]:  # at even times the eigenvectors are sines
        angles = np.arange(1, gaps.size + 1) * (math.pi / (gaps.size + 1))
        eigenvalues = (2 - 2 * np.cos(angles)) / gaps[0]
        return _spectral(eigenvalues, np.square(dst(difference, type=1, norm="ortho")))
    diagonal, beside = 2 / gaps, -1 / np.sqrt(gaps[:-1] * gaps[1:])
    if gaps.size > _LONG:
        return _eliminated(diagonal, beside, difference)
    eigenvalues, vectors = eigh_tridiagonal(diagonal, beside)
    return _spectral(np.maximum(eigenvalues, 0.0), np.square(vectors.T @ difference))


def _spectral(eigenvalues: FloatArray, squares: FloatArray) -> _Terms:
    def terms(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
        spread = eigenvalues + ratio[..., None]
        return np.log(spread).sum(axis=-1), (squares / spread).sum(axis=-1)

    return terms


def _eliminated(diagonal: FloatArray, beside: FloatArray, difference: FloatArray) -> _Terms:
    """Of long series the eigenvectors would fill a square; elimination passes along once."""

    def one(ratio: float) -> tuple[float, float]:
        pivots, factors, _ = dpttrf(diagonal + ratio, beside)
        solved, _ = dpttrs(pivots, factors, difference)
        return float(np.log(pivots).sum()), float(difference @ solved)

    def terms(ratio: FloatArray) -> tuple[FloatArray, FloatArray]:
        found = np.array([one(r) for r in np.atleast_1d(ratio)])
        shape = np.shape(ratio)
        return found[:, 0].reshape(shape), found[:, 1].reshape(shape)

    return terms


def _best(of_log: Callable[[FloatArray], FloatArray], bounds: tuple[float, float]) -> float:
    """Return where a function of a logarithm is greatest; 0 or infinity where it is at an end.

    A grid over all, then finer ones about the best point, then the top of a parabola: a few calls
    with many points each, where a line search would take dozens with one.
    """
    low, high = bounds
    for unit in _GRIDS:
        grid = low + (high - low) * unit
        found = of_log(grid)
        top = int(found.argmax())
        if unit is _GRIDS[0] and top in {0, unit.size - 1}:
            return 0.0 if top == 0 else math.inf
        top = min(max(top, 1), unit.size - 2)
        low, high = grid[top - 1], grid[top + 1]
    before, at, after = found[top - 1 : top + 2].tolist()
    bend = before - 2 * at + after
    shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return math.exp(grid[top] + min(max(shift, -1.0), 1.0) * (grid[top] - low))


def _smoothed(values: FloatArray, steps: FloatArray, irregular: float, level: float) -> LocalLevel:
    path = level_path(values, np.full(values.size, irregular), level * steps)
    return LocalLevel(
        level=path.smoothed,
        level_sd=frozen(np.sqrt(path.smoothed_variance)),
        filtered=path.filtered,
        filtered_sd=frozen(np.sqrt(path.filtered_variance)),
        loglik=path.loglik,
        sigma2_irregular=irregular,
        sigma2_level=level,
    )
