"""Tenderness of a person over several sites.

The index is a mean of logarithms, or of standard scores where norms are given, over sites that were
chosen beforehand. Errors of sites measured on one day go together: with a correlation r between
them the variance of the mean is ``(sum u^2 + r (sum over pairs of u_i u_j)) / n^2``, which does not
shrink to nothing however many sites there are.

Source of the measure: the mean threshold over predefined points as used by Russell IJ (1998);
JCGM 100:2008, 5.2.2, for correlated errors.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.sensory.paired import Reading, antilogarithm, reading_of
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_FEWEST_SITES = 2
_FEWEST_SESSIONS = 3
_AXES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LogNorm:
    """What is usual at a site: mean and standard deviation of ln(kPa), and whose figures they are.

    Raises
    ------
    UsageError
        When the standard deviation is not positive.
    """

    mean_ln: float
    sd_ln: float
    source: str

    def __post_init__(self) -> None:
        if not self.sd_ln > 0:
            raise UsageError(f"A standard deviation must be positive, not {self.sd_ln}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TendernessIndex:
    """One number over predefined sites.

    Attributes
    ----------
    mean_ln, geometric_mean_kpa
        Mean of ln(kPa), and its antilogarithm.
    mean_z
        Mean of (usual - own) / sd: positive is more sensitive than usual. Not estimable without a
        norm for every site.
    correlation
        Between the errors of two sites, as given.
    """

    mean_ln: Outcome
    geometric_mean_kpa: Outcome
    mean_z: Outcome
    n_sites: int
    correlation: float
    flags: tuple[QualityFlag, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        if isinstance(self.geometric_mean_kpa, NotEstimable):
            return self.geometric_mean_kpa.detail
        low, high = self.geometric_mean_kpa.coverage_interval()
        said = (
            f"Over {self.n_sites} sites the threshold is {self.geometric_mean_kpa.value:.0f} kPa "
            f"(geometric mean, 95 % interval {low:.0f} to {high:.0f})"
        )
        if isinstance(self.mean_z, Estimate):
            word = "more" if self.mean_z.value > 0 else "less"
            said += f", {math.fabs(self.mean_z.value):.1f} sd {word} sensitive than usual"
        return f"{said}."


def tenderness_index(
    thresholds_kpa: Mapping[str, Reading],
    *,
    correlation: float,
    norms: Mapping[str, LogNorm] | None = None,
) -> TendernessIndex:
    """Return the mean over sites, with its uncertainty.

    Parameters
    ----------
    thresholds_kpa
        Site to its threshold or its single readings, shape (n,). A site that could not be measured
        makes the index not estimable: over other sites it would be another index.
    correlation
        Between the errors of two sites, 0 to 1; see `between_site_correlation`.

    Raises
    ------
    UsageError
        When there are fewer than two sites, a threshold is not positive, or the correlation lies
        elsewhere.
    """
    if len(thresholds_kpa) < _FEWEST_SITES:
        raise UsageError("An index is over two sites or more.")
    if not 0 <= correlation <= 1:
        raise UsageError(f"The correlation lies from 0 to 1, not at {correlation}.")
    logs = {site: log_of(reading_of(kpa, site, unit="kPa")) for site, kpa in thresholds_kpa.items()}
    missing = [site for site, value in logs.items() if isinstance(value, NotEstimable)]
    if missing:
        refused = NotEstimable(
            reason=QualityFlag.MISSING_VALUES,
            detail=f"No threshold at {', '.join(missing)}: over the other sites this would be "
            "another index.",
        )
        mean_ln = mean_z = geometric = refused
        return TendernessIndex(
            mean_ln=mean_ln,
            geometric_mean_kpa=geometric,
            mean_z=mean_z,
            n_sites=len(logs),
            correlation=correlation,
            flags=(QualityFlag.MISSING_VALUES,),
        )
    mean = _mean(list(logs.values()), correlation)
    scores = [z_score(value, (norms or {}).get(site)) for site, value in logs.items()]
    return TendernessIndex(
        mean_ln=mean,
        geometric_mean_kpa=antilogarithm(mean, unit="kPa"),
        mean_z=_mean(scores, correlation),
        n_sites=len(logs),
        correlation=correlation,
    )


def between_site_correlation(thresholds_kpa: ArrayLike) -> float:
    """Return the mean correlation between sites, over repeated sessions of one unchanged person.

    Parameters
    ----------
    thresholds_kpa
        Shape (sessions, sites), three sessions or more.

    Raises
    ------
    UsageError
        When the shape is another, a threshold is not positive, or a site never changes.
    """
    table = np.asarray(thresholds_kpa, dtype=np.float64)
    if table.ndim != _AXES or table.shape[0] < _FEWEST_SESSIONS or table.shape[1] < _FEWEST_SITES:
        raise UsageError(f"A table of sessions by sites is needed, not of shape {table.shape}.")
    if not (np.isfinite(table).all() and table.min() > 0):
        raise UsageError("Thresholds must be positive and finite.")
    about = np.log(table) - np.log(table).mean(axis=0)
    if not np.all(np.ptp(about, axis=0) > 0):
        raise UsageError("A site that never changes correlates with nothing.")
    upper = np.triu_indices(table.shape[1], k=1)
    found = float(np.corrcoef(about, rowvar=False)[upper].mean())
    return min(max(found, 0.0), 1.0)


def log_of(outcome: Outcome) -> Outcome:
    """Return the logarithm of a threshold.

    Raises
    ------
    UsageError
        When it is not positive.
    """
    if isinstance(outcome, NotEstimable):
        return outcome
    if not outcome.value > 0:
        raise UsageError(f"A threshold is positive, not {outcome.value} kPa.")
    return Estimate(
        value=math.log(outcome.value),
        standard_uncertainty=outcome.standard_uncertainty / outcome.value,
        unit="ln kPa",
        dof=outcome.dof,
    )


def z_score(ln_kpa: Outcome, norm: LogNorm | None) -> Outcome:
    """Return (usual - own) / sd: positive is more sensitive than usual."""
    if isinstance(ln_kpa, NotEstimable):
        return ln_kpa
    if norm is None:
        return NotEstimable(reason=QualityFlag.TOO_FEW, detail="There is no norm for every site.")
    return Estimate(
        value=(norm.mean_ln - ln_kpa.value) / norm.sd_ln,
        standard_uncertainty=ln_kpa.standard_uncertainty / norm.sd_ln,
        unit="sd",
        dof=ln_kpa.dof,
    )


def _mean(values: Sequence[Outcome], correlation: float) -> Outcome:
    known = [value for value in values if isinstance(value, Estimate)]
    if len(known) < len(values):
        return next(value for value in values if isinstance(value, NotEstimable))
    u = np.array([value.standard_uncertainty for value in known])
    n = u.size
    # A correlation r is what errors are where a share r of each variance is common to all sites.
    budget = {
        "sites": math.sqrt((1 - correlation) * float(u @ u)) / n,
        "day": math.sqrt(correlation) * float(u.sum()) / n,
    }
    dof = _pooled_dof(u, [value.dof for value in known])
    return Estimate.from_budget(
        float(np.mean([value.value for value in known])),
        budget,
        unit=known[0].unit,
        dof={name: dof for name, part in budget.items() if part > 0},
    )


def _pooled_dof(u: np.ndarray[tuple[int], np.dtype[np.float64]], dofs: Sequence[float]) -> float:
    """Return the degrees of freedom of the mean variance (JCGM 100:2008, G.2b)."""
    quartic = math.fsum(ui**4 / dof for ui, dof in zip(u.tolist(), dofs, strict=True))
    return float(u @ u) ** 2 / quartic if quartic > 0 else math.inf
