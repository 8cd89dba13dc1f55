"""A baseline and a treatment phase: change of level and of slope, and how likely by chance.

Sources: Huitema BE, McKean JW (2000) Design specification issues in time-series intervention
models, Educ Psychol Meas 60:38-58, for the segmented line; Edgington ES, Onghena P (2007)
Randomization tests, 4th ed., for the test of a start that was drawn by lot.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate

_COEFFICIENTS = 4
_POINTS_OF_A_LINE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentedLine:
    """Ordinary least squares of ``y = level + slope t + step phase + bend (t - start) phase``.

    Attributes
    ----------
    level, slope
        Of the baseline, extrapolated to time 0.
    step, bend
        What changes when the treatment phase starts: level and slope.
    """

    level: Estimate
    slope: Estimate
    step: Estimate
    bend: Estimate


def segmented_line(time: ArrayLike, y: ArrayLike, *, start: float) -> SegmentedLine:
    """Fit a straight line to each phase.

    Errors are taken for independent; visits that resemble their neighbours make the intervals too
    narrow.

    Parameters
    ----------
    time, y
        Shape (n,), five or more, two or more in each phase.
    start
        Time from which the treatment phase counts.

    Raises
    ------
    UsageError
        When lengths differ, `start` is not finite, or a phase has fewer than two visits at
        different times.
    """
    t, values = column(time, "time"), column(y, "y")
    if t.size != values.size:
        raise UsageError(f"time has {t.size} values where y has {values.size}.")
    if not math.isfinite(start):
        raise UsageError(f"start must be finite, not {start}.")
    treated = t >= start
    times = min(np.unique(t[phase]).size for phase in (treated, ~treated))
    if t.size <= _COEFFICIENTS or times < _POINTS_OF_A_LINE:
        raise UsageError("Five visits are needed, at two or more times in each phase.")
    # Time from `start`: seconds since 1970, say, would leave no digits for the step.
    since = t - start
    design = np.stack([np.ones(t.size), since, treated, np.where(treated, since, 0.0)], axis=1)
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ values
    dof = t.size - _COEFFICIENTS
    variance = float(np.square(values - design @ beta).sum()) / dof
    to_time_0 = np.eye(_COEFFICIENTS)
    to_time_0[0, 1] = -start
    beta, inverse = to_time_0 @ beta, to_time_0 @ inverse @ to_time_0.T
    level, slope, step, bend = (
        Estimate(
            value=float(value),
            standard_uncertainty=math.sqrt(max(float(spread), 0.0) * variance),
            unit=unit,
            dof=dof,
        )
        for value, spread, unit in zip(
            beta, np.diag(inverse), ("y", "y/time", "y", "y/time"), strict=True
        )
    )
    return SegmentedLine(level=level, slope=slope, step=step, bend=bend)


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomisationTest:
    """Result of a randomisation test.

    Attributes
    ----------
    statistic
        Observed value of the statistic.
    p_value
        Share of the admissible starts whose statistic is at least as large.
    floor
        ``1 / admissible``: no result can be below it, whatever the effect.
    """

    statistic: float
    p_value: float
    admissible: int

    @property
    def floor(self) -> float:
        """The smallest p that this design can give."""
        return 1 / self.admissible

    @property
    def sentence(self) -> str:
        """The result in words, with what it cannot say."""
        told = f"p = {self.p_value:.3g} among {self.admissible} possible starts"
        return f"{told}; it cannot be below {self.floor:.3g} in this design."


def randomisation_test(
    y: ArrayLike,
    *,
    first_treated: int,
    admissible: Sequence[int],
    statistic: Callable[[FloatArray, FloatArray], float] | None = None,
) -> RandomisationTest:
    """Test the effect of a treatment whose start was drawn by lot from `admissible`.

    Parameters
    ----------
    y
        All visits in order, shape (n,).
    first_treated
        Index of the first visit of the treatment phase; must be one of `admissible`.
    admissible
        Every index that the lot could have given, fixed before the first visit. A start that was
        chosen after looking at the data makes the test void.
    statistic
        Of (baseline, treatment), large where the treatment helps; mean difference where absent.

    Raises
    ------
    UsageError
        When the start was not among the admissible ones, or one of them leaves a phase empty.
    """
    values = column(y, "y")
    starts = sorted(set(admissible))
    if first_treated not in starts:
        raise UsageError(
            f"The treatment began at visit {first_treated}, which the lot could not have given: "
            f"{starts}. Without a start that was drawn by lot there is no randomisation test."
        )
    if starts[0] < 1 or starts[-1] >= values.size:
        raise UsageError(f"A start among {starts} leaves a phase of {values.size} visits empty.")
    measure = statistic or _mean_difference
    found = {start: measure(values[:start], values[start:]) for start in starts}
    observed = found[first_treated]
    as_large = sum(value >= observed - 1e-12 * abs(observed) for value in found.values())
    return RandomisationTest(
        statistic=observed, p_value=as_large / len(starts), admissible=len(starts)
    )


def _mean_difference(before: FloatArray, after: FloatArray) -> float:
    return float(after.mean() - before.mean())
