"""Change since the first visits: how sure it is, and whether measuring alone would show it.

Values are followed on the logarithmic scale, on which the scatter of thresholds and stiffnesses is
even (angles, which may be 0, by their differences), by the local-level model with irregular and
missing visits. Where treatment begins, the level may step: without that, a model of slow wandering
would smooth away what treatment does at once. Two questions are answered, and both are shown,
because they are not the same: how probable it is that the level has moved, and whether what is seen
exceeds the minimal detectable change, that is what unchanged persons show.

Sources: as `level_path`; the usual scatter and wander are those of the literature on pain
thresholds (see `UsualScatter`), to be replaced by the clinic's own.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.agreement.measurement_error import Z95
from tissuesense.analysis.course.change_result import Change, no_change, told
from tissuesense.analysis.course.level_path import level_path
from tissuesense.core.arrays import FloatArray, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate

_DAYS_A_WEEK = 7.0
_FEWEST_VISITS = 2
# From this many visits on, a person's own series says something about scatter and wander.
_ENOUGH_TO_LEARN = 8
_PRIOR_SD = 1.0  # of the logarithm of each variance
_NODES = np.linspace(-1.0, 1.0, 9)
_WIDEST = 3.0  # standard deviations that the nodes reach
_CLOSER_LOOKS = 3  # long series tell the variances so well that nine nodes miss them at first
_ANY_STEP = 1.0  # a threshold two or three times as high, or as low, is no surprise
_ANY_STEP_SDS = 10.0  # of a quantity followed by differences: so many times its usual scatter

_Ends = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualScatter:
    """Standard deviations before a person's own are known; unless stated, of thresholds.

    Attributes
    ----------
    trial
        Between presses of one visit.
    visit
        Between visits of an unchanged person, beyond what the presses scatter.
    wander_per_week
        How far the level itself wanders in a week; an assumption.
    unit
        "1" where they are of the natural logarithm; else of the values themselves, in this unit,
        for a quantity that may be 0, such as an angle.
    """

    trial: float = 0.12
    visit: float = 0.10
    wander_per_week: float = 0.05
    unit: str = "1"

    @property
    def is_ratio(self) -> bool:
        """Whether values are followed by their logarithm."""
        return self.unit == "1"

    def variance(self, trials: ArrayLike) -> FloatArray:
        """Return the variance of the mean of `trials` presses of one visit."""
        found: FloatArray = self.visit**2 + self.trial**2 / np.asarray(trials, dtype=np.float64)
        return found


def change_over_visits(
    days: ArrayLike,
    values: ArrayLike,
    *,
    trials: ArrayLike = 3,
    baseline_visits: int = 1,
    usual: UsualScatter | None = None,
    step_sd: float | None = None,
    retest_shift: Estimate | None = None,
) -> Change:
    """Return how far the level has moved from the last baseline visit to the last visit.

    Parameters
    ----------
    days
        When each visit was, increasing, shape (n,).
    values
        What was measured, in one unit and under one protocol; NaN where it was not. Positive,
        unless `usual` says that the quantity is followed by its differences.
    trials
        How many presses each value is the mean of, shape (n,) or one number.
    baseline_visits
        How many of the first visits came before treatment.
    usual
        Scatter to start from; a person's own takes over from eight visits on.
    step_sd
        How far, as a standard deviation on the scale of `usual`, the level may step where
        treatment begins: hardly limited unless stated; 0 for a level that only wanders.
    retest_shift
        Mean rise, on the scale of `usual`, from a first session to later ones in unchanged persons,
        taken off where the baseline is a single first visit.

    Raises
    ------
    UsageError
        When a shape, the order of days, the number of baseline visits or a value is wrong.
    """
    t, y = vector(days, "days"), vector(values, "values")
    usual = usual or UsualScatter()
    _check(t, y, baseline_visits, is_ratio=usual.is_ratio)
    step_sd = _any_step(usual) if step_sd is None else step_sd
    if not (math.isfinite(step_sd) and step_sd >= 0):
        raise UsageError(f"step_sd must be finite and not negative, not {step_sd}.")
    scatter = usual.variance(_presses(trials, y))
    seen = np.flatnonzero(~np.isnan(y))
    base = seen[seen < baseline_visits]
    if seen.size < _FEWEST_VISITS or not base.size or seen[-1] <= base[-1]:
        return no_change()
    level, gaps = np.log(y) if usual.is_ratio else y, np.diff(t)
    step = np.where(np.arange(gaps.size) == base[-1], step_sd**2, 0.0)
    wander = usual.wander_per_week**2 / _DAYS_A_WEEK
    start, end = int(base[-1]), int(seen[-1])
    learnt = None
    if seen.size >= _ENOUGH_TO_LEARN:
        *learnt, scale, wander_scale = _learnt(level, scatter, wander * gaps, step, (start, end))
        scatter, wander = scatter * scale, wander * wander_scale
    path = level_path(level, scatter, wander * gaps + step)
    mean, variance = learnt or path.change(start, end)
    if retest_shift is not None and base.size == 1 and base[0] == 0:
        mean -= retest_shift.value
        variance += retest_shift.u**2
    mdc = Z95 * math.sqrt(float(scatter[start] + scatter[end]))
    return told(mean, math.sqrt(variance), mdc, path, usual.unit)


def _any_step(usual: UsualScatter) -> float:
    return _ANY_STEP if usual.is_ratio else _ANY_STEP_SDS * math.sqrt(float(usual.variance(1)))


def _check(t: FloatArray, y: FloatArray, baseline_visits: int, *, is_ratio: bool) -> None:
    if t.size != y.size:
        raise UsageError(f"days has {t.size} values where values has {y.size}.")
    if not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        raise UsageError("days must be finite and increase from each visit to the next.")
    if (is_ratio and (y[~np.isnan(y)] <= 0).any()) or np.isinf(y).any():
        raise UsageError("values must be positive and finite; a missing one is NaN.")
    if baseline_visits < 1:
        raise UsageError(f"At least one visit is the baseline, not {baseline_visits}.")


def _presses(trials: ArrayLike, y: FloatArray) -> FloatArray:
    """Return the presses of each visit; of a missing visit any number does."""
    counts = np.asarray(trials, dtype=np.float64)
    if counts.shape not in {(), y.shape}:
        raise UsageError(f"trials has the shape {counts.shape} where values has {y.shape}.")
    counts = np.where(np.isnan(y), 1.0, counts)
    if not (np.isfinite(counts).all() and (counts > 0).all()):
        raise UsageError("trials must be above 0 at every visit that has a value.")
    return counts


def _learnt(
    level: FloatArray, scatter: FloatArray, wander: FloatArray, step: FloatArray, ends: _Ends
) -> tuple[float, float, float, float]:
    """Return the change, its variance, and this person's scatter and wander over the usual ones.

    Averaged over both factors, each with a log-normal prior about 1, by how well they explain the
    visits. The most probable factors alone would leave out that a dozen visits tell them poorly,
    and the interval would hold the truth in 92 % instead of 95 %.
    """
    centre, half = np.zeros(2), np.full(2, _WIDEST * _PRIOR_SD)
    for _ in range(_CLOSER_LOOKS):
        found = []
        for a, b in itertools.product(*(m + h * _NODES for m, h in zip(centre, half, strict=True))):
            path = level_path(level, scatter * math.exp(a), wander * math.exp(b) + step)
            log_weight = (path.loglik or 0.0) - 0.5 * (a**2 + b**2) / _PRIOR_SD**2
            found.append((log_weight, *path.change(*ends), a, b))
        log_weight, change, variance, *factors = np.array(found).T
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        centre = np.array(factors) @ weight
        spread = np.sqrt(np.square(np.array(factors).T - centre).T @ weight)
        half = _WIDEST * np.maximum(spread, half * (_NODES[1] - _NODES[0]) / 2)
    mean = float(weight @ change)
    total = float(weight @ (variance + np.square(change - mean)))
    return mean, total, math.exp(centre[0]), math.exp(centre[1])
