"""Left against right at one site: how much they differ, and whether that is more than error.

Two values differ only when they differ by more than measuring twice would give anyway. Until a
practice has repeats of its own, that is taken from published ones. Errors are symmetric in the
logarithm, so that swapping the sides turns a verdict's direction and never the verdict.
"""

import enum
import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from tissuesense.analysis.hypertonia import index
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate

# Usual scatter of ln(threshold): between presses of one session, and between sessions of one
# person. With three presses on each side they give a factor of 1.40 (+40 % or -29 %). The same
# order as the minimal detectable change of some 57 kPa at the upper trapezius that follows from
# Walton et al. (2011).
_LN_SD_PRESS = 0.12
_LN_SD_SESSION = 0.10
_TWO_SIDED_95 = 1.96
# A convention just above the 10 to 14 % by which the sides of people without complaints differ in
# stiffness (26 people, seven muscles, 2025; known from secondary reports).
USUAL_STIFFNESS_ERROR_PERCENT = 15.0


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
    """

    percent: float | None
    error_percent: tuple[float, float]
    interval_percent: tuple[float, float] | None = None

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
        error_percent=_either_way(_TWO_SIDED_95 * max(stated, _usual_ln_sd(presses))),
    )


def stiffness_asymmetry(left_n_mm: ArrayLike, right_n_mm: ArrayLike) -> Asymmetry:
    """Compare secant stiffnesses press by press, by the hypertonia index of this one component.

    The error is the larger of what is usual between sides and the index's own minimal detectable
    change.

    Parameters
    ----------
    left_n_mm, right_n_mm
        One value for each press that counts, shape (n,), all positive.

    Raises
    ------
    UsageError
        When an array is not one-dimensional, finite and positive.
    """
    found = index({"secant_stiffness_n_mm": left_n_mm}, {"secant_stiffness_n_mm": right_n_mm})
    error_percent = max(USUAL_STIFFNESS_ERROR_PERCENT, found.mdc_percent or 0.0)
    percent = found.percent
    return Asymmetry(
        percent=None if percent is None else percent.value,
        error_percent=_either_way(math.log1p(error_percent / 100)),
        interval_percent=None if percent is None else percent.coverage_interval(),
    )


def usual_threshold_error(presses: tuple[int, int]) -> tuple[float, float]:
    """Return the lowest and highest difference in percent that measuring twice gives anyway.

    Raises
    ------
    UsageError
        When a side has no press.
    """
    return _either_way(_TWO_SIDED_95 * _usual_ln_sd(presses))


def _usual_ln_sd(presses: tuple[int, int]) -> float:
    if min(presses) < 1:
        raise UsageError(f"A threshold comes from one press or more, not from {min(presses)}.")
    return math.hypot(*(math.hypot(_LN_SD_SESSION, _LN_SD_PRESS / math.sqrt(n)) for n in presses))


def _either_way(ln_error: float) -> tuple[float, float]:
    return (100 * math.expm1(-ln_error), 100 * math.expm1(ln_error))
