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
from scipy.optimize import minimize_scalar

from tissuesense.analysis.level_path import level_path
from tissuesense.core.arrays import FloatArray, frozen, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

# Logarithm of sigma2_level / sigma2_irregular: from a constant level to no scatter, for any use.
_LOG_RATIO_RANGE = (-16.0, 12.0)
_GRID = 57
_FEWEST_TO_ESTIMATE = 4
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
    time between them. One eigendecomposition of ``D^-1/2 T D^-1/2`` makes every evaluation a sum;
    at even times its eigenvectors are sines, and a fast transform does the same.
    """

    def __init__(self, values: FloatArray, steps: FloatArray, seen: NDArray[np.intp]) -> None:
        elapsed = np.concatenate(([0.0], np.cumsum(steps)))[seen]
        gaps = np.diff(elapsed)
        scale = 1 / np.sqrt(gaps)
        difference = np.diff(values[seen]) * scale
        self._log_gaps = float(np.log(gaps).sum())
        if np.ptp(gaps) <= _EVEN * gaps[0]:
            angles = np.arange(1, gaps.size + 1) * (math.pi / (gaps.size + 1))
            self._eigenvalues = (2 - 2 * np.cos(angles)) / gaps[0]
            self._squares = np.square(dst(difference, type=1, norm="ortho"))
        else:
            eigenvalues, vectors = eigh_tridiagonal(2 * scale**2, -scale[:-1] * scale[1:])
            self._eigenvalues = np.maximum(eigenvalues, 0.0)
            self._squares = np.square(vectors.T @ difference)
        self.vary = bool(self._squares.sum() > 0)

    def most_likely(self, irregular: float | None, level: float | None) -> tuple[float, float]:
        """Return both variances; one that is given stays as it is."""
        if irregular is None and level is None:
            return self._both()
        usual = math.log(float(self._squares.mean()))
        bounds = (usual + _LOG_RATIO_RANGE[0], usual + _LOG_RATIO_RANGE[1])
        if irregular is not None:
            return irregular, _best(lambda log: self._loglik(irregular, np.exp(log)), bounds)
        known = float(level or 0.0)
        return _best(lambda log: self._loglik(np.exp(log), known), bounds), known

    def _both(self) -> tuple[float, float]:
        ratio = _best(self._profile, _LOG_RATIO_RANGE)
        if ratio == math.inf:
            return 0.0, float(self._squares.mean())
        scale = float((self._squares / (self._eigenvalues + ratio)).mean())
        return scale, scale * ratio

    def _profile(self, log_ratio: ArrayLike) -> FloatArray:
        """Return the log-likelihood, up to a constant, with the best common scale."""
        spread = self._eigenvalues + np.exp(log_ratio)[..., None]
        scale = (self._squares / spread).mean(axis=-1)
        loglik: FloatArray = -0.5 * (
            self._squares.size * np.log(scale) + np.log(spread).sum(axis=-1)
        )
        return loglik

    def _loglik(self, irregular: ArrayLike, level: ArrayLike) -> FloatArray:
        of_visits = np.asarray(irregular)[..., None] * self._eigenvalues
        spread = of_visits + np.asarray(level)[..., None]
        loglik: FloatArray = -0.5 * (np.log(spread) + self._squares / spread).sum(axis=-1)
        return loglik


def _best(of_log: Callable[[ArrayLike], FloatArray], bounds: tuple[float, float]) -> float:
    """Return where a function of a logarithm is greatest; 0 or infinity where it is at an end."""
    grid = np.linspace(*bounds, _GRID)
    highest = int(np.argmax(of_log(grid)))
    if highest == 0:
        return 0.0
    if highest == _GRID - 1:
        return math.inf
    found = minimize_scalar(
        lambda log: -float(of_log(log)),
        bounds=(grid[highest - 1], grid[highest + 1]),
        method="bounded",
        options={"xatol": 1e-8},
    )
    return math.exp(found.x)


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
