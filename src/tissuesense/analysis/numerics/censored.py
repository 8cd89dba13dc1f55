"""Thresholds of which some are only known to lie above a limit: the censored normal (Tobit).

A press that ends at the safety cut-off says "at least that much". Entering the limit as if it had
been measured makes the mean too low and the spread too small; leaving it out is worse.

Source: Tobin J (1958) Estimation of relationships for limited dependent variables, Econometrica
26:24-36; here with a limit of its own for each value and the mean as the only coefficient.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import log_ndtr

from tissuesense.core.arrays import BoolArray, FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_FEWEST_MEASURED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CensoredNormal:
    """Mean and standard deviation of values some of which are lower bounds.

    Attributes
    ----------
    mean, sd
        None where fewer than two values were measured, or those are all equal.
    """

    mean: Estimate | None
    sd: float | None
    n_measured: int
    n_censored: int
    flags: tuple[QualityFlag, ...] = ()


def censored_normal(values: ArrayLike, censored: ArrayLike, *, unit: str = "") -> CensoredNormal:
    """Return mean and spread by maximum likelihood.

    Parameters
    ----------
    values
        What was measured, or the limit that was reached, shape (n,); for thresholds usually their
        logarithm.
    censored
        True where the value is a limit that the true one lies above.

    Raises
    ------
    UsageError
        When the lengths differ or a value is not finite.
    """
    y = column(values, "values")
    at_limit = np.asarray(censored, dtype=bool)
    if at_limit.shape != y.shape:
        raise UsageError(f"censored has shape {at_limit.shape} where values has {y.shape}.")
    measured = y[~at_limit]
    counts = {"n_measured": measured.size, "n_censored": int(at_limit.sum())}
    if measured.size < _FEWEST_MEASURED or np.ptp(measured) == 0:
        return CensoredNormal(mean=None, sd=None, flags=(QualityFlag.TOO_FEW,), **counts)
    flags = (QualityFlag.CENSORED,) if at_limit.any() else ()
    if not at_limit.any():
        sd = float(y.std(ddof=1))
        mean = Estimate(
            value=float(y.mean()),
            standard_uncertainty=sd / math.sqrt(y.size),
            unit=unit,
            dof=y.size - 1,
        )
        return CensoredNormal(mean=mean, sd=sd, flags=flags, **counts)
    center, scale = float(y.mean()), float(y.std())
    found = minimize(
        _minus_loglik, (0.0, 0.0), args=((y - center) / scale, at_limit), method="BFGS", jac=True
    )
    mu, log_sd = (float(value) for value in found.x)
    mean = Estimate(
        value=center + scale * mu,
        standard_uncertainty=scale * math.sqrt(float(found.hess_inv[0, 0])),
        unit=unit,
        dof=max(measured.size - 1, 1),
    )
    return CensoredNormal(mean=mean, sd=scale * math.exp(log_sd), flags=flags, **counts)


def _minus_loglik(
    parameters: FloatArray, y: FloatArray, at_limit: BoolArray
) -> tuple[float, FloatArray]:
    """Return minus the log-likelihood and its gradient in (mean, log sd)."""
    mu, log_sd = parameters
    sd = math.exp(log_sd)
    z = (y - mu) / sd
    inside, beyond = z[~at_limit], z[at_limit]
    above = log_ndtr(-beyond)
    # Inverse Mills ratio: how steeply the chance of lying above falls with the limit.
    hazard = np.exp(-0.5 * beyond**2 - 0.5 * math.log(2 * math.pi) - above)
    loss = 0.5 * float(inside @ inside) + inside.size * log_sd - float(above.sum())
    by_mean = -float(inside.sum() + hazard.sum()) / sd
    by_log_sd = inside.size - float(inside @ inside) - float(hazard @ beyond)
    return loss, np.array([by_mean, by_log_sd])
