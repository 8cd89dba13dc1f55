"""Left against right at one site, as the logarithm of the ratio of two thresholds.

The logarithm is even: swapping the sides turns its sign and nothing else. A difference is remarked
on only beyond 1.96 sqrt(2) standard errors of measurement, and never below 0.15, because smaller
differences are usual between the sides of healthy people.

The floor of 0.15 is this program's own. The usual standard errors are those of `asymmetry`.
"""

import math
from dataclasses import dataclass

from tissuesense.analysis.agreement.measurement_error import minimal_detectable_change
from tissuesense.analysis.sensory.paired import Reading, log_ratio, reading_of
from tissuesense.analysis.sides.asymmetry import USUAL_SIDES_LN, usual_threshold_error
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

LEAST_LN = USUAL_SIDES_LN
_USUAL_PRESSES = (3, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideDifference:
    """How far the left is from the right.

    Attributes
    ----------
    ln_ratio
        ln (left / right).
    percent_of_mean
        100 (left - right) over the mean of both, the asymmetry index of the literature.
    limit_ln
        Logarithms up to this are what measuring twice gives anyway.
    beyond_error
        None where it cannot be told.
    """

    ln_ratio: Outcome
    percent_of_mean: Outcome
    limit_ln: float
    beyond_error: bool | None
    flags: tuple[QualityFlag, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        if isinstance(self.ln_ratio, NotEstimable):
            return self.ln_ratio.detail
        percent = 100 * math.expm1(self.ln_ratio.value)
        limit = 100 * math.expm1(self.limit_ln)
        beyond = "more" if self.beyond_error else "no more"
        return (
            f"The left threshold is {percent:+z.0f} % from the right, {beyond} than measuring "
            f"twice gives anyway (+{limit:.0f} or {100 * math.expm1(-self.limit_ln):.0f} %)."
        )


def side_difference(
    left_kpa: Reading,
    right_kpa: Reading,
    *,
    sem_ln: float | None = None,
    presses: tuple[int, int] = _USUAL_PRESSES,
) -> SideDifference:
    """Compare the thresholds of two sides, measured on one day with one gauge.

    Parameters
    ----------
    left_kpa, right_kpa
        A mean with its uncertainty, or single readings, shape (n,).
    sem_ln
        Standard error of measurement of ln(threshold), where it is known; else the usual one for
        so many `presses` on each side.

    Raises
    ------
    UsageError
        When a threshold is not positive or not in kPa, or the standard error is not positive.
    """
    left = reading_of(left_kpa, "left_kpa", unit="kPa")
    right = reading_of(right_kpa, "right_kpa", unit="kPa")
    for side in (left, right):
        if isinstance(side, Estimate) and not side.value > 0:
            raise UsageError(f"A threshold is positive, not {side.value} kPa.")
    if sem_ln is not None and not sem_ln > 0:
        raise UsageError(f"A standard error of measurement must be positive, not {sem_ln}.")
    error = (
        math.log1p(usual_threshold_error(presses)[1] / 100)
        if sem_ln is None
        else minimal_detectable_change(sem_ln)
    )
    limit = max(LEAST_LN, error)
    apart = log_ratio(right, left)
    return SideDifference(
        ln_ratio=apart,
        percent_of_mean=_percent_of_mean(apart),
        limit_ln=limit,
        beyond_error=not -limit <= apart.value <= limit if isinstance(apart, Estimate) else None,
        flags=(apart.reason,) if isinstance(apart, NotEstimable) else (),
    )


def _percent_of_mean(ln_ratio: Outcome) -> Outcome:
    """Return 200 tanh(half the logarithm), which is 100 (l - r) / ((l + r) / 2)."""
    if isinstance(ln_ratio, NotEstimable):
        return ln_ratio
    value, *bounds = (
        200 * math.tanh(ln / 2) for ln in (ln_ratio.value, *ln_ratio.coverage_interval())
    )
    slope = 100 / math.cosh(ln_ratio.value / 2) ** 2
    return Estimate(
        value=value,
        standard_uncertainty=slope * ln_ratio.standard_uncertainty,
        unit="%",
        dof=ln_ratio.dof,
        interval95=(bounds[0], bounds[1]),
    )
