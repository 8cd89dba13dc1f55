"""One value for a site on one day, from its accepted trials."""

import math
from collections.abc import Sequence

import numpy as np

from tissuesense.analysis.pain.aggregation import Aggregation, PooledSd
from tissuesense.analysis.pain.budget import REPEATABILITY
from tissuesense.analysis.pain.trials import Grade, PainSession, PainTrial
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

FEWEST_TRIALS = 2
_SPREAD_RATIO = 1.30
_SPREAD_CV = 0.15
_SHARED_SOURCES = ("probe area", "calibration")
# Normal scatter about a median of many, over that about their mean; of few it is less.
_MEDIAN_WIDENS = math.sqrt(math.pi / 2)


def summarise(
    trials: Sequence[PainTrial],
    aggregation: Aggregation = Aggregation.ALL,
    pooled: PooledSd | None = None,
) -> PainSession:
    """Return the value of a session's trials; fewer than two that count give none.

    Parameters
    ----------
    aggregation
        Which of the accepted trials count, and how.
    pooled
        The person's scatter from many visits, in the place of that of these few presses.
    """
    counted = aggregation.counted(trials)
    # The person's mean latency is one and the same in all trials: averaging does not shrink it.
    latent_sources = (*_SHARED_SOURCES, "reaction time")
    raw, latent = _values(counted), _latent_values(counted)
    spread, limits = too_spread(counted), aggregation.limits_kpa(trials)
    return PainSession(
        ppt_kpa=_value(raw, aggregation, pooled, shared=_SHARED_SOURCES),
        latent_ppt_kpa=_value(latent, aggregation, pooled, shared=latent_sources),
        n_accepted=sum(trial.accepted for trial in trials),
        rule=aggregation.rule,
        aggregation=aggregation,
        n_counted=len(counted),
        grade=_grade(trials, counted, spread=spread),
        too_spread=spread,
        geometric_mean_kpa=_geometric_mean(raw, pooled),
        censored_geometric_mean_kpa=_beyond_the_limit(raw, limits),
        n_censored=len(limits),
    )


def too_spread(accepted: Sequence[PainTrial]) -> bool:
    """Tell whether the trials differ so much that another one is wanted."""
    values = np.array([value.value for value in _values(accepted)])
    if values.size < FEWEST_TRIALS:
        return False
    cv = float(values.std(ddof=1) / values.mean())
    return bool(values.max() > _SPREAD_RATIO * values.min()) or cv > _SPREAD_CV


def _grade(trials: Sequence[PainTrial], counted: Sequence[PainTrial], *, spread: bool) -> Grade:
    if len(counted) < FEWEST_TRIALS:
        return Grade.C
    spotless = all(trial.accepted and not trial.flags for trial in trials)
    return Grade.A if spotless and not spread else Grade.B


def _values(trials: Sequence[PainTrial]) -> list[Estimate]:
    return [t.threshold_kpa for t in trials if isinstance(t.threshold_kpa, Estimate)]


def _latent_values(trials: Sequence[PainTrial]) -> list[Estimate]:
    return [t.latent_threshold_kpa for t in trials if isinstance(t.latent_threshold_kpa, Estimate)]


def _shared_variance(value: Estimate, shared: Sequence[str]) -> float:
    return math.fsum(u * u for source, u in value.budget.items() if source in shared)


def _too_few() -> NotEstimable:
    return NotEstimable(
        reason=QualityFlag.TOO_FEW, detail="Fewer than two trials were accepted; press again."
    )


def _value(
    values: Sequence[Estimate],
    aggregation: Aggregation,
    pooled: PooledSd | None,
    *,
    shared: Sequence[str],
) -> Outcome:
    """Return the mean; scatter between trials shrinks with their number, shared sources do not.

    Source: JCGM 100:2008, 4.2.3 (mean of repeats) and 5.2 (sources common to all of them).
    """
    if len(values) < FEWEST_TRIALS:
        return _too_few()
    numbers = np.array([value.value for value in values])
    by_median = aggregation is Aggregation.MEDIAN
    center = float(np.median(numbers) if by_median else numbers.mean())
    scatter, dof = _scatter(values, numbers, shared), float(numbers.size - 1)
    if pooled is not None:
        scatter, dof = pooled.sd_ln * center, pooled.dof
    widened = _MEDIAN_WIDENS if by_median and numbers.size > FEWEST_TRIALS else 1.0
    budget = {REPEATABILITY: widened * scatter / math.sqrt(numbers.size)}
    for source in shared:
        parts = [value.budget[source] for value in values if source in value.budget]
        if parts:
            budget[source] = float(np.mean(parts))
    return Estimate.from_budget(center, budget, unit="kPa", dof={REPEATABILITY: dof})


def _scatter(values: Sequence[Estimate], numbers: FloatArray, shared: Sequence[str]) -> float:
    """Return the scatter: trials that happen to agree are no better than each could be read."""
    readings = [value.standard_uncertainty**2 - _shared_variance(value, shared) for value in values]
    return max(float(numbers.std(ddof=1)), math.sqrt(max(float(np.mean(readings)), 0.0)))


def _geometric_mean(values: Sequence[Estimate], pooled: PooledSd | None) -> Outcome:
    """Return the geometric mean of the same trials: the scale on which thresholds are normal."""
    if len(values) < FEWEST_TRIALS or any(value.value <= 0 for value in values):
        return _too_few()
    logs = np.log([value.value for value in values])
    relative = [
        Estimate(
            value=float(log),
            standard_uncertainty=value.standard_uncertainty / value.value,
            unit="",
            budget={source: u / value.value for source, u in value.budget.items()},
        )
        for log, value in zip(logs, values, strict=True)
    ]
    scatter, dof = _scatter(relative, logs, _SHARED_SOURCES), float(logs.size - 1)
    if pooled is not None:
        scatter, dof = pooled.sd_ln, pooled.dof
    by_shared = [_shared_variance(value, _SHARED_SOURCES) for value in relative]
    budget = {
        REPEATABILITY: scatter / math.sqrt(logs.size),
        "shared": math.sqrt(float(np.mean(by_shared))),
    }
    return _from_log(
        Estimate.from_budget(float(logs.mean()), budget, unit="", dof={REPEATABILITY: dof})
    )


def _beyond_the_limit(values: Sequence[Estimate], limits: Sequence[float]) -> Outcome | None:
    """Return the geometric mean where some presses met a limit first: a Tobit estimate.

    None where none did. A limit says "at least that much" and never enters as a number.
    """
    if not limits:
        return None
    measured = [value.value for value in values if value.value > 0]
    if len(measured) < FEWEST_TRIALS:
        return _too_few()
    # The optimiser behind it takes long to import, and hardly a session needs it.
    from tissuesense.analysis.numerics.censored import censored_normal  # noqa: PLC0415 - keeps starts fast

    found = censored_normal(
        np.log([*measured, *limits]), [False] * len(measured) + [True] * len(limits)
    )
    return _too_few() if found.mean is None else _from_log(found.mean)


def _from_log(log: Estimate) -> Estimate:
    """Return an estimate of a logarithm as one of its quantity, the interval taken along."""
    center = math.exp(log.value)
    low, high = log.coverage_interval()
    return Estimate(
        value=center,
        standard_uncertainty=center * log.standard_uncertainty,
        unit="kPa",
        dof=log.dof,
        budget={source: center * u for source, u in log.budget.items()},
        interval95=(math.exp(low), math.exp(high)),
    )
