"""The best linear combination of several measurements of one quantity."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """A combined value.

    Attributes
    ----------
    weights
        Of the single values, shape (p,); they add to 1.
    """

    value: float
    standard_uncertainty: float
    dof: float
    weights: FloatArray


def combine(
    values: FloatArray,
    covariance: FloatArray,
    *,
    dof: float = math.inf,
    fewest_dof: float = 1.0,
) -> Combination:
    """Combine `values`, shape (p,), with weights ``C^-1 1 / (1' C^-1 1)``.

    Parameters
    ----------
    covariance
        C, shape (p, p), positive definite.
    dof
        Degrees of freedom with which C was estimated from normal data. Weights that follow the
        scatter of a few repeats follow its accidents too, and ``1 / (1' C^-1 1)`` is then too
        small; the exact allowance is (1 + Q / dof) dof / (dof - p + 1), Q being the scatter of the
        values about their combination, and Student's t has dof - p + 1 degrees of freedom
        (C. R. Rao, The theory of least squares when the parameters are stochastic and its
        application to the analysis of growth curves, Biometrika 52 (1965), 447-458).
    fewest_dof
        Degrees of freedom that Student's t is left with at least: 1, or more for a C that was
        calmed before, such as by shrinking its correlations.
    """
    ones = np.ones(values.size)
    solved = np.linalg.solve(covariance, np.stack([ones, values], axis=1))
    precision = float(ones @ solved[:, 0])
    weights = np.asarray(solved[:, 0] / precision, dtype=np.float64)
    value = float(weights @ values)
    variance = 1 / precision
    if math.isfinite(dof):
        left = max(dof - values.size + 1, fewest_dof)
        scatter = max(float(values @ solved[:, 1]) - value * value * precision, 0.0)
        variance *= (1 + scatter / dof) * dof / left
        dof = left
    return Combination(
        value=value, standard_uncertainty=math.sqrt(variance), dof=dof, weights=weights
    )
