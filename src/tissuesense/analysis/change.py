"""Change since the first visits: how sure it is, and whether measuring alone would show it.

Values are followed on the logarithmic scale, on which the scatter of thresholds and stiffnesses is
even, by the local-level model with irregular and missing visits. Where treatment begins, the level
may step: without that, a model of slow wandering would smooth away what treatment does at once. Two
questions are answered, and
both are shown, because they are not the same: how probable it is that the level has moved, and
whether what is seen exceeds the minimal detectable change, that is what unchanged persons show.

Sources: as `level_path`; the usual scatter and wander are those of the literature on pain
thresholds (see `UsualScatter`), to be replaced by the clinic's own.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from tissuesense.analysis.level_path import LevelPath, level_path
from tissuesense.analysis.measurement_error import Z95
from tissuesense.core.arrays import FloatArray, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
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
_UNUSUAL = 2.58
_VERY_LIKELY, _PROBABLY = 0.95, 0.75

_Ends = tuple[int, int]
Verdict = Literal["very likely", "probably", "cannot tell", "not enough data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualScatter:
    """Standard deviations of the natural logarithm, before a person's own are known.

    Attributes
    ----------
    trial
        Between presses of one visit.
    visit
        Between visits of an unchanged person, beyond what the presses scatter.
    wander_per_week
        How far the level itself wanders in a week; an assumption.
    """

    trial: float = 0.12
    visit: float = 0.10
    wander_per_week: float = 0.05

    def variance(self, trials: ArrayLike) -> FloatArray:
        """Return the variance of the mean of `trials` presses of one visit."""
        found: FloatArray = self.visit**2 + self.trial**2 / np.asarray(trials, dtype=np.float64)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Change from the baseline to the last visit.

    Attributes
    ----------
    log_change
        Natural logarithm of the ratio; None for fewer than two visits.
    percent
        The same in percent, with its interval.
    probability_higher
        That the level has risen at all.
    probability_beyond_mdc
        That it has moved, the way it was seen to, by more than the minimal detectable change.
    mdc_rise_percent, mdc_fall_percent
        What 95 % of unchanged persons stay within between two such visits.
    unusual_visits
        Indices of visits that lie far from what the others led to expect.
    verdict
        How sure it is that there was a change beyond what measuring alone gives.
    sentence
        The result in plain words.
    bound_percent
        Where a press reached the safety cut-off: what the change is at least, or at most.
    """

    log_change: Estimate | None
    percent: Estimate | None
    probability_higher: float | None
    probability_beyond_mdc: float | None
    mdc_rise_percent: float | None
    mdc_fall_percent: float | None
    unusual_visits: tuple[int, ...]
    verdict: Verdict
    sentence: str
    bound_percent: float | None = None
    flags: tuple[QualityFlag, ...] = ()


def change_over_visits(
    days: ArrayLike,
    values: ArrayLike,
    *,
    trials: ArrayLike = 3,
    baseline_visits: int = 1,
    usual: UsualScatter | None = None,
    step_sd: float = _ANY_STEP,
    retest_shift: Estimate | None = None,
) -> Change:
    """Return how far the level has moved from the last baseline visit to the last visit.

    Parameters
    ----------
    days
        When each visit was, increasing, shape (n,).
    values
        What was measured, positive, in one unit and under one protocol; NaN where it was not.
    trials
        How many presses each value is the mean of, shape (n,) or one number.
    baseline_visits
        How many of the first visits came before treatment.
    usual
        Scatter to start from; a person's own takes over from eight visits on.
    step_sd
        How far, as a standard deviation of the logarithm, the level may step where treatment
        begins: hardly limited unless stated; 0 for a level that only wanders.
    retest_shift
        Mean rise of the logarithm from a first session to later ones in unchanged persons, taken
        off where the baseline is a single first visit.

    Raises
    ------
    UsageError
        When a shape, the order of days, the number of baseline visits or a value is wrong.
    """
    t, y = vector(days, "days"), vector(values, "values")
    _check(t, y, baseline_visits)
    if not (math.isfinite(step_sd) and step_sd >= 0):
        raise UsageError(f"step_sd must be finite and not negative, not {step_sd}.")
    usual = usual or UsualScatter()
    scatter = usual.variance(_presses(trials, y))
    seen = np.flatnonzero(~np.isnan(y))
    base = seen[seen < baseline_visits]
    if seen.size < _FEWEST_VISITS or not base.size or seen[-1] <= base[-1]:
        return _nothing()
    log_y, gaps = np.log(y), np.diff(t)
    step = np.where(np.arange(gaps.size) == base[-1], step_sd**2, 0.0)
    wander = usual.wander_per_week**2 / _DAYS_A_WEEK
    start, end = int(base[-1]), int(seen[-1])
    learnt = None
    if seen.size >= _ENOUGH_TO_LEARN:
        *learnt, scale, wander_scale = _learnt(log_y, scatter, wander * gaps, step, (start, end))
        scatter, wander = scatter * scale, wander * wander_scale
    path = level_path(log_y, scatter, wander * gaps + step)
    mean, variance = learnt or path.change(start, end)
    if retest_shift is not None and base.size == 1 and base[0] == 0:
        mean -= retest_shift.value
        variance += retest_shift.u**2
    mdc = Z95 * math.sqrt(float(scatter[start] + scatter[end]))
    return _told(mean, math.sqrt(variance), mdc, path)


def _check(t: FloatArray, y: FloatArray, baseline_visits: int) -> None:
    if t.size != y.size:
        raise UsageError(f"days has {t.size} values where values has {y.size}.")
    if not np.isfinite(t).all() or (np.diff(t) <= 0).any():
        raise UsageError("days must be finite and increase from each visit to the next.")
    if (y[~np.isnan(y)] <= 0).any() or np.isinf(y).any():
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
    log_y: FloatArray, scatter: FloatArray, wander: FloatArray, step: FloatArray, ends: _Ends
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
            path = level_path(log_y, scatter * math.exp(a), wander * math.exp(b) + step)
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


def _told(mean: float, sd: float, mdc: float, path: LevelPath) -> Change:
    higher = float(ndtr(mean / sd)) if sd > 0 else float(mean > 0)
    beyond = float(ndtr((abs(mean) - mdc) / sd)) if sd > 0 else float(abs(mean) > mdc)
    moved = max(higher, 1 - higher)
    verdict: Verdict = "cannot tell"
    if abs(mean) > mdc and moved >= _PROBABLY:
        verdict = "very likely" if moved >= _VERY_LIKELY else "probably"
    low, high = (_percent(mean + z * sd) for z in (-Z95, Z95))
    percent = Estimate(
        value=_percent(mean),
        standard_uncertainty=100 * math.exp(mean) * sd,
        unit="%",
        interval95=(low, high),
    )
    rise, fall = _percent(mdc), _percent(-mdc)
    return Change(
        log_change=Estimate(value=mean, standard_uncertainty=sd, unit="1"),
        percent=percent,
        probability_higher=higher,
        probability_beyond_mdc=beyond,
        mdc_rise_percent=rise,
        mdc_fall_percent=fall,
        unusual_visits=tuple(int(i) for i in np.flatnonzero(np.abs(path.innovations) > _UNUSUAL)),
        verdict=verdict,
        sentence=_sentence(percent, verdict, rise, fall),
    )


def _percent(log_ratio: float) -> float:
    return 100 * math.expm1(log_ratio)


def _sentence(percent: Estimate, verdict: Verdict, rise: float, fall: float) -> str:
    low, high = percent.ci95
    seen = f"{percent.value:+z.0f} % (95 % interval {low:+z.0f} to {high:+z.0f} %)"
    usual = f"what repeated measuring alone gives ({fall:+z.0f} to {rise:+z.0f} %)"
    if verdict == "cannot tell":
        within = fall <= percent.value <= rise
        why = f"it lies within {usual}" if within else "the visits scatter too much"
        return f"No change can be claimed: {seen}; {why}."
    way = "higher" if percent.value > 0 else "lower"
    return f"The value is {verdict} {way} than at the start: {seen}, more than {usual}."


def _nothing() -> Change:
    return Change(
        log_change=None,
        percent=None,
        probability_higher=None,
        probability_beyond_mdc=None,
        mdc_rise_percent=None,
        mdc_fall_percent=None,
        unusual_visits=(),
        verdict="not enough data",
        sentence="A change needs a value before treatment and one after it.",
        flags=(QualityFlag.TOO_FEW,),
    )
