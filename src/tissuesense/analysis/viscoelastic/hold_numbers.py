"""The numbers of a fitted hold, and what is said where the hold cannot tell one."""

import math

import numpy as np
from scipy.special import expit, logit

from tissuesense.analysis.numerics.separable import SeparableFit
from tissuesense.analysis.viscoelastic.hold_fit import Hold, spread_of
from tissuesense.analysis.viscoelastic.hold_models import HoldModel
from tissuesense.analysis.viscoelastic.relaxation_numbers import time_constant
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, coverage_factor

# As far beyond the window as a time may be told; further away the curve does not know it.
_LATEST = 2.0
# A time known no better than to a factor of two is not known.
_VAGUE = 0.7
# Orders this near to 0 or 1 are springs and dashpots.
_ORDER_EDGE = 0.005
# Of the largest size: what rounding leaves.
_NOTHING = 1e-9

_ABSENT = NotEstimable(
    reason=QualityFlag.POOR_FIT,
    detail="The curve fits best without it: a simpler model says the same.",
)


def outcomes(model: HoldModel, fit: SeparableFit, hold: Hold, *, unit: str) -> dict[str, Outcome]:
    """Return orders and times, then the sizes in `unit`, each by its name in the model."""
    known, sizes_u = spread_of(model, fit, hold)
    k = fit.theta.size
    natural, slopes = model.natural(fit.theta)
    variances = np.einsum("ij,jk,ik->i", slopes, known.covariance[:k, :k], slopes)
    found: dict[str, Outcome] = {}
    for name, value, variance in zip(model.parameters, natural, variances, strict=True):
        u = math.sqrt(max(float(variance), 0.0))
        if name.startswith("tau"):
            found[name] = _time(float(value), u, known.dof, hold.window_s)
        else:
            found[name] = _order(float(value), u, known.dof)
    for name, size, size_u in zip(model.amplitudes, fit.amplitudes, sizes_u, strict=True):
        is_known = size > max(_NOTHING * fit.amplitudes.max(), size_u)
        found[name] = scatter(float(size), float(size_u), known.dof, unit) if is_known else _ABSENT
    return found


def scatter(value: float, u: float, dof: float, unit: str) -> Estimate:
    """Return an estimate whose uncertainty is that of the fit alone."""
    return Estimate(value=value, standard_uncertainty=u, unit=unit, dof=dof, budget={"scatter": u})


def _order(value: float, u: float, dof: float) -> Outcome:
    """Return an order; its interval is symmetric in logits and stays between 0 and 1."""
    if not _ORDER_EDGE < value < 1 - _ORDER_EDGE or not u < 1:
        return NotEstimable(
            reason=QualityFlag.UNBOUNDED,
            detail="The springpot is a spring or a dashpot as far as this hold can tell: a "
            "simpler model says the same.",
        )
    half = coverage_factor(dof) * u / (value * (1 - value))
    low, high = expit(logit(value) + np.array([-half, half]))
    return Estimate(
        value=value,
        standard_uncertainty=u,
        unit="1",
        dof=dof,
        budget={"scatter": u},
        interval95=(float(low), float(high)),
    )


def _time(value: float, u: float, dof: float, window_s: tuple[float, float]) -> Outcome:
    if window_s[0] <= value <= _LATEST * window_s[1] and u < _VAGUE * value:
        return time_constant(math.log(value), (u / value) ** 2, dof)
    return NotEstimable(
        reason=QualityFlag.OUTSIDE_WINDOW,
        detail="The change from early to late falls outside of what was recorded: hold longer, or "
        "sample faster.",
    )
