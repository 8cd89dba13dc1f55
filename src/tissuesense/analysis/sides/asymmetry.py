"""Left against right at one site: how much they differ, and whether that is more than error.

For pain thresholds, whose usual scatter is known, and for every other quantity by its repeats:
stiffness by press, tap or stretch, tap frequency, range of motion.

Two values differ only when they differ by more than measuring twice would give anyway. Until a
practice has repeats of its own, that is taken from published ones. Errors are symmetric in the
logarithm, so that swapping the sides turns a verdict's direction and never the verdict; those of
angles are symmetric as they are.
"""

import enum
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.agreement.measurement_error import Z95, minimal_detectable_change
from tissuesense.analysis.agreement.published_sem import published_sems
from tissuesense.analysis.agreement.repeats import ANGLE_GATE, Gate, within_gate
from tissuesense.analysis.sides.components import HOPELESS, Sides
from tissuesense.analysis.sides.words import USUAL_SIDES_PERCENT
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate, coverage_factor

# Usual scatter of ln(threshold): between presses of one session, and between sessions of one
# person. With three presses on each side they give a factor of 1.40 (+40 % or -29 %). The same
# order as the minimal detectable change of some 57 kPa at the upper trapezius that follows from
# Walton et al. (2011).
_LN_SD_PRESS = 0.12
_LN_SD_SESSION = 0.10
# A convention just above the 10 to 14 % by which the sides of people without complaints differ in
# stiffness (26 people, seven muscles, 2025; known from its abstract). As a logarithm it is 0.15.
USUAL_STIFFNESS_ERROR_PERCENT = USUAL_SIDES_PERCENT
USUAL_SIDES_LN = 0.15


class Verdict(enum.Enum):
    """What may be said of a difference, and no more than that."""

    BEYOND_ERROR = "beyond_error"
    WITHIN_ERROR = "within_error"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asymmetry:
    """How much the left is above the right, in percent of the right.

    Attributes
    ----------
    percent
        None where there are too few repeats to say.
    error_percent
        Differences in between are what measuring twice gives anyway.
    interval_percent
        What the repeats of this visit alone say, 95 %; None where they were not compared.
    apart
        For statistics: the logarithm of left over right, and of angles the difference in degrees,
        by the repeats of this visit; None where they were not compared.
    """

    percent: float | None
    error_percent: tuple[float, float]
    interval_percent: tuple[float, float] | None = None
    apart: Estimate | None = None

    @property
    def index_percent(self) -> float | None:
        """The asymmetry index for show: left less right, in percent of the mean of both."""
        return None if self.percent is None else 200 * self.percent / (200 + self.percent)

    @property
    def verdict(self) -> Verdict:
        """Whether the difference is larger than usual measurement error."""
        if self.percent is None:
            return Verdict.TOO_FEW
        low, high = self.error_percent
        return Verdict.WITHIN_ERROR if low <= self.percent <= high else Verdict.BEYOND_ERROR


def threshold_asymmetry(left: Estimate, right: Estimate, *, presses: tuple[int, int]) -> Asymmetry:
    """Compare two pressure pain thresholds, each the mean of so many `presses`.

    The error is the larger of what is usual and what the two values state of themselves: 1.96
    times the standard deviation of the difference of their logarithms.

    Raises
    ------
    UsageError
        When a threshold is not positive or has no press.
    """
    if not (left.value > 0 and right.value > 0):
        raise UsageError(f"Thresholds are positive, not {left.value} and {right.value}.")
    stated = math.hypot(*(side.standard_uncertainty / side.value for side in (left, right)))
    return Asymmetry(
        percent=100 * (left.value / right.value - 1),
        error_percent=_either_way(Z95 * max(stated, _usual_ln_sd(presses))),
    )


def stiffness_asymmetry(left_n_mm: ArrayLike, right_n_mm: ArrayLike) -> Asymmetry:
    """Compare secant stiffnesses press by press: `side_asymmetry` of this quantity.

    Parameters
    ----------
    left_n_mm, right_n_mm
        One value for each press that counts, shape (n,), all positive.

    Raises
    ------
    UsageError
        When an array is not one-dimensional, finite and positive.
    """
    return side_asymmetry("secant_stiffness_n_mm", left_n_mm, right_n_mm)


def side_asymmetry(
    quantity: str,
    left: ArrayLike,
    right: ArrayLike,
    *,
    sem: tuple[float, float] | None = None,
    sem_covariance: float = 0.0,
) -> Asymmetry:
    """Compare the repeats of two sides in any quantity.

    The error is the largest of three: what the sides of people without complaints differ by (15 %
    of their mean), what the repeats let be detected, and, where `sem` states it, what measuring
    again on another day would change.

    Parameters
    ----------
    quantity
        Name with unit, such as "tap_frequency_hz", "stiffness_n_m_rad" or "range_deg". Repeats of
        angles are compared by their difference, all others by their ratio.
    left, right
        Repeats, shape (n,), all positive (of angles: not negative); fewer than two on a side, or
        repeats that scatter three times as much as good ones may, give no figure.
    sem
        Standard errors of measurement of the left and the right between visits, of the logarithm
        or in degrees.
    sem_covariance
        Of these two errors: what both sides share on one day.

    Raises
    ------
    UsageError
        When an array is not one-dimensional and finite, or holds a value that may not be.

    Examples
    --------
    >>> found = side_asymmetry("tap_frequency_hz", [18.1, 18.3, 18.2], [15.0, 15.1, 15.2])
    >>> found.verdict.value, round(found.percent), round(found.index_percent)
    ('beyond_error', 21, 19)
    """
    again = 0.0 if sem is None else mdc_of_difference(*sem, covariance=sem_covariance)
    one, other = column(left, "left"), column(right, "right")
    if any(row.is_difference for row in published_sems(quantity)):
        return _angle_asymmetry(one, other, again)
    for name, values in (("left", one), ("right", other)):
        if (values <= 0).any():
            raise UsageError(f"{name} holds {values.min():g}; it must be positive.")
    sides = Sides(site={quantity: np.log(one)}, reference={quantity: np.log(other)})
    if not sides.is_usable(quantity) or sides.is_hopeless(quantity):
        return Asymmetry(percent=None, error_percent=_either_way(max(USUAL_SIDES_LN, again)))
    apart = Estimate(
        value=sides.log_ratio(quantity),
        standard_uncertainty=sides.sd(quantity),
        unit="1",
        dof=sides.dof([quantity]),
    )
    low, high = apart.coverage_interval()
    return Asymmetry(
        percent=100 * math.expm1(apart.value),
        error_percent=_either_way(max(USUAL_SIDES_LN, _detectable(apart), again)),
        interval_percent=(100 * math.expm1(low), 100 * math.expm1(high)),
        apart=apart,
    )


def mdc_of_difference(sem_left: float, sem_right: float, *, covariance: float = 0.0) -> float:
    """Return what the difference of two sides changes by, in 95 of 100 unchanged persons.

    ``1.96 sqrt(2) sqrt(sem_left**2 + sem_right**2 - 2 covariance)``, on the scale of the errors.

    Raises
    ------
    UsageError
        When an error is negative, or the covariance is larger than two such errors can have.
    """
    if not min(sem_left, sem_right) >= 0:
        raise UsageError(f"An error cannot be negative; these are {sem_left} and {sem_right}.")
    if not abs(covariance) <= sem_left * sem_right:
        raise UsageError(f"Errors of {sem_left} and {sem_right} have no covariance {covariance}.")
    variance = sem_left**2 + sem_right**2 - 2 * covariance
    return minimal_detectable_change(math.sqrt(max(variance, 0.0)))


def _angle_asymmetry(left: FloatArray, right: FloatArray, again: float) -> Asymmetry:
    """Compare angles by their difference: one of them may be near 0."""
    for name, values in (("left", left), ("right", right)):
        if (values < 0).any():
            raise UsageError(f"{name} holds {values.min():g}; a range of motion is not below 0.")
    hopeless = Gate(most=HOPELESS * ANGLE_GATE.most, relative=False)
    if not (within_gate(left, hopeless) and within_gate(right, hopeless)) or right.mean() <= 0:
        return Asymmetry(percent=None, error_percent=_either_way(USUAL_SIDES_LN))
    dof = left.size + right.size - 2.0
    pooled = ((left.size - 1) * left.var(ddof=1) + (right.size - 1) * right.var(ddof=1)) / dof
    apart = Estimate(
        value=float(left.mean() - right.mean()),
        standard_uncertainty=math.sqrt(pooled * (1 / left.size + 1 / right.size)),
        unit="degree",
        dof=dof,
    )
    usual = USUAL_SIDES_PERCENT / 100 * float(left.mean() + right.mean()) / 2
    percent = apart.scaled(100 / float(right.mean()), "%")
    error = max(usual, _detectable(apart), again) * 100 / float(right.mean())
    return Asymmetry(
        percent=percent.value,
        error_percent=(-error, error),
        interval_percent=percent.coverage_interval(),
        apart=apart,
    )


def _detectable(apart: Estimate) -> float:
    """Return the smallest change between two such comparisons that is more than their scatter."""
    return coverage_factor(apart.dof) * math.sqrt(2) * apart.standard_uncertainty


def usual_threshold_error(presses: tuple[int, int]) -> tuple[float, float]:
    """Return the lowest and highest difference in percent that measuring twice gives anyway.

    Raises
    ------
    UsageError
        When a side has no press.
    """
    return _either_way(Z95 * _usual_ln_sd(presses))


def _usual_ln_sd(presses: tuple[int, int]) -> float:
    if min(presses) < 1:
        raise UsageError(f"A threshold comes from one press or more, not from {min(presses)}.")
    return math.hypot(*(math.hypot(_LN_SD_SESSION, _LN_SD_PRESS / math.sqrt(n)) for n in presses))


def _either_way(ln_error: float) -> tuple[float, float]:
    return (100 * math.expm1(-ln_error), 100 * math.expm1(ln_error))
