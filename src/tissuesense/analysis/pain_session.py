"""One value for a site on one day, from its accepted trials."""

import math
from collections.abc import Sequence

import numpy as np

from tissuesense.analysis.pain_trials import PainSession, PainTrial
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

FEWEST_TRIALS = 2
_SPREAD_RATIO = 1.30
_SPREAD_CV = 0.15
_SHARED_SOURCES = ("probe area", "calibration")


def summarise(accepted: Sequence[PainTrial]) -> PainSession:
    """Return the arithmetic mean of the accepted trials; fewer than two give none."""
    # The person's mean latency is one and the same in all trials: averaging does not shrink it.
    latent_sources = (*_SHARED_SOURCES, "reaction time")
    return PainSession(
        ppt_kpa=_mean(_values(accepted), shared=_SHARED_SOURCES),
        latent_ppt_kpa=_mean(_latent_values(accepted), shared=latent_sources),
        n_accepted=len(accepted),
        rule="arithmetic mean of the accepted trials",
    )


def too_spread(accepted: Sequence[PainTrial]) -> bool:
    """Tell whether the trials differ so much that another one is wanted."""
    values = np.array([value.value for value in _values(accepted)])
    if values.size < FEWEST_TRIALS:
        return False
    cv = float(values.std(ddof=1) / values.mean())
    return bool(values.max() > _SPREAD_RATIO * values.min()) or cv > _SPREAD_CV


def _values(trials: Sequence[PainTrial]) -> list[Estimate]:
    return [t.threshold_kpa for t in trials if isinstance(t.threshold_kpa, Estimate)]


def _latent_values(trials: Sequence[PainTrial]) -> list[Estimate]:
    return [t.latent_threshold_kpa for t in trials if isinstance(t.latent_threshold_kpa, Estimate)]


def _shared_variance(value: Estimate, shared: Sequence[str]) -> float:
    return math.fsum(u * u for source, u in value.budget.items() if source in shared)


def _mean(values: Sequence[Estimate], *, shared: Sequence[str]) -> Outcome:
    """Return the mean; scatter between trials shrinks with their number, shared sources do not.

    Source: JCGM 100:2008, 4.2.3 (mean of repeats) and 5.2 (sources common to all of them).
    """
    if len(values) < FEWEST_TRIALS:
        return NotEstimable(
            reason=QualityFlag.TOO_FEW, detail="Fewer than two trials were accepted; press again."
        )
    numbers = np.array([value.value for value in values])
    # Trials that happen to agree are still no better than each could be read.
    readings = [value.standard_uncertainty**2 - _shared_variance(value, shared) for value in values]
    scatter = max(float(numbers.std(ddof=1)), math.sqrt(max(float(np.mean(readings)), 0.0)))
    budget = {"repeatability": scatter / math.sqrt(numbers.size)}
    for source in shared:
        parts = [value.budget[source] for value in values if source in value.budget]
        if parts:
            budget[source] = float(np.mean(parts))
    return Estimate.from_budget(
        float(numbers.mean()), budget, unit="kPa", dof={"repeatability": numbers.size - 1}
    )
