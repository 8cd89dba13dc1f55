"""Hypertonia index: how much stiffer a site is than its reference, from all that was measured.

The index is a mechanical comparison under one protocol, no diagnosis, and it knows no pain. Each
component enters as the logarithm of its ratio to the reference: the other side, else the site's own
baseline, else the antagonist, and never a population. At most one component stands for each
physical degree of freedom, because stiffness measured in four ways is still one fact and not four
votes.
"""

import math
from collections.abc import Mapping
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.agreement.published_sem import CAUTION, usual_sem
from tissuesense.analysis.numerics.combination import Combination, combine
from tissuesense.analysis.sides.components import (
    COMPONENTS,
    FAMILIES,
    SHOWN_ONLY,
    Sides,
    known,
    logs_of,
)
from tissuesense.analysis.sides.result import Component, HypertoniaIndex, withheld
from tissuesense.analysis.sides.words import ReferenceKind, State
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, coverage_factor

__all__ = [
    "COMPONENTS",
    "Component",
    "HypertoniaIndex",
    "ReferenceKind",
    "State",
    "index",
    "percent_of",
]

_DISAGREEMENT_SD = 2.0
# Two repeats a side leave two weights one degree of freedom, were it not for the shrunk
# correlations; with one the interval would hold the truth in 99.5 of 100 cases, with this in 97.
_FEWEST_DOF = 1.5
# Muscles of one person differ: the maker of a tap device gives 220 to 380 N/m for relaxed adult
# muscles. Taken as two standard deviations to either side, a ratio of two muscles has one of 0.19.
_MUSCLES_DIFFER_LN = 0.20
_SCATTER, _BETWEEN, _MUSCLES = "scatter of repeats", "between visits", "muscles differ"


def index(
    site: Mapping[str, ArrayLike],
    reference: Mapping[str, ArrayLike],
    *,
    reference_kind: ReferenceKind = "other side",
    sem_of_ratio: Mapping[str, float] | None = None,
    sem_between_visits: Mapping[str, float] | None = None,
    repeat_correlation: float = 0.0,
) -> HypertoniaIndex:
    """Compare a site with its reference.

    Parameters
    ----------
    site, reference
        Component name -> repeats, shape (n,), all positive. Names are those of `COMPONENTS`.
        Repeats of several components that are equally many are taken to be of the same presses.
    reference_kind
        What the reference is. "own baseline" was measured on another day, so that what visits
        differ by is added to the uncertainty; "antagonist" is another muscle, which widens it by
        what muscles differ by.
    sem_of_ratio
        Component name -> standard uncertainty of its log ratio (0.06 is 6 %), where it is known
        beforehand; it stands in for the scatter of repeats, and one value a side is enough then.
    sem_between_visits
        Component name -> standard error of its logarithm between visits, from sessions of one's
        own (`clinic_sem`); else published figures, half as large again.
    repeat_correlation
        Of each repeat with the next one, 0 to below 1, where presses follow one another too fast
        to be independent.

    Returns
    -------
    HypertoniaIndex
        Best linear combination of the log ratios, weights ``C^-1 1 / (1' C^-1 1)``, C being the
        covariance of the log ratios by the scatter of repeats (pooled over both sides), its
        correlations shrunk by a fifth.

    Raises
    ------
    UsageError
        When a name is unknown or of pain, an array is not one-dimensional, finite and positive, a
        stated uncertainty is not positive, or the kind of reference is not one of the three.

    Examples
    --------
    >>> stiffer = {"tangent_stiffness_n_mm": [1.22], "power_exponent": [1.08]}
    >>> usual = {"tangent_stiffness_n_mm": [1.0], "power_exponent": [1.0]}
    >>> known = {"tangent_stiffness_n_mm": 0.06, "power_exponent": 0.05}
    >>> found = index(stiffer, usual, sem_of_ratio=known)
    >>> round(found.percent.value, 1), [round(bound, 1) for bound in found.percent.ci95]
    (13.5, [5.3, 22.4])
    """
    if reference_kind not in get_args(ReferenceKind):
        raise UsageError(
            f"reference_kind is '{reference_kind}'.",
            hint=f"Choose one of {', '.join(get_args(ReferenceKind))}; never a population.",
        )
    if not 0 <= repeat_correlation < 1:
        raise UsageError(f"repeat_correlation is 0 to below 1, not {repeat_correlation}.")
    sides = Sides(
        site=logs_of(site, "site"),
        reference=logs_of(reference, "reference"),
        stated=_stated(sem_of_ratio, "sem_of_ratio"),
        repeat_correlation=repeat_correlation,
    )
    own = _stated(sem_between_visits, "sem_between_visits")
    return _compared(sides, reference_kind, own)


def percent_of(combined: Combination, *, also: Mapping[str, float] | None = None) -> Estimate:
    """Return a combined log ratio as a percentage, its interval transformed with it.

    Parameters
    ----------
    also
        Further sources of uncertainty of the log ratio that are known, by name.
    """
    log_ratio = Estimate.from_budget(
        combined.value,
        {_SCATTER: combined.standard_uncertainty, **(also or {})},
        unit="1",
        dof={_SCATTER: combined.dof},
    )
    slope = 100 * math.exp(log_ratio.value)
    low, high = log_ratio.coverage_interval()
    return Estimate(
        value=_percent(log_ratio.value),
        standard_uncertainty=slope * log_ratio.standard_uncertainty,
        unit="%",
        dof=log_ratio.dof,
        budget={source: slope * u for source, u in log_ratio.budget.items()},
        interval95=(_percent(low), _percent(high)),
    )


def _compared(
    sides: Sides, kind: ReferenceKind, own_between: Mapping[str, float]
) -> HypertoniaIndex:
    usable = [name for name in sides.names if sides.is_usable(name)]
    good = [name for name in usable if not sides.is_hopeless(name)]
    counted = [
        next(name for name in family if name in good)
        for family in FAMILIES
        if any(name in good for name in family)
    ]
    if not counted:
        spread = any(name in usable for family in FAMILIES for name in family)
        flag = QualityFlag.TRIAL_SPREAD if spread else QualityFlag.TOO_FEW
        return withheld("not enough data", flag, _components(sides, {}), kind)
    covariance, dof = sides.covariance(counted), sides.dof(counted)
    ratios = np.array([sides.log_ratio(name) for name in counted])
    whole = combine(ratios, covariance, dof=dof, fewest_dof=_FEWEST_DOF)
    weights = dict(zip(counted, map(float, whole.weights), strict=True))
    components = _components(sides, weights)
    beyond = ratios / np.sqrt(np.diag(covariance))
    if beyond.max() > _DISAGREEMENT_SD and beyond.min() < -_DISAGREEMENT_SD:
        return withheld("components disagree", QualityFlag.COMPONENTS_DISAGREE, components, kind)
    between = _between_visits(weights, own_between)
    percent = percent_of(whole, also=_widening(kind, weights, sides, own_between))
    fewest = np.min([sides.sizes(name) for name in counted], axis=0)
    return HypertoniaIndex(
        percent=percent,
        state=_state(percent),
        components=components,
        mdc_percent=_mdc_percent(whole, 0.0),
        mdc_between_visits_percent=_mdc_percent(whole, between),
        between_visits_is_prior=any(name not in own_between for name in counted),
        leave_one_out_percent=_leave_one_out(ratios, covariance),
        repeats=(int(fewest[0]), int(fewest[1])),
        flags=_flags(kind, components),
        reference_kind=kind,
    )


def _stated(given: Mapping[str, float] | None, argument: str) -> Mapping[str, float]:
    given = given or {}
    known(given, argument)
    for name, sem in given.items():
        if not (math.isfinite(sem) and sem > 0):
            raise UsageError(f"{argument}['{name}'] must be positive, not {sem}.")
    return given


def _between_visits(weights: Mapping[str, float], own: Mapping[str, float]) -> float:
    """Return what the log ratio of two places differs by from visit to visit.

    Both places are found anew; what presses and what taps find anew is taken to err together.
    """
    sems = (own.get(name, CAUTION * usual_sem(name).on_scale) for name in weights)
    return math.sqrt(2) * math.fsum(
        math.fabs(weight) * sem for weight, sem in zip(weights.values(), sems, strict=True)
    )


def _widening(
    kind: ReferenceKind,
    weights: Mapping[str, float],
    sides: Sides,
    own: Mapping[str, float],
) -> Mapping[str, float]:
    """Return what the kind of reference adds to the uncertainty, beside the scatter of repeats."""
    if kind == "antagonist":
        return {_MUSCLES: _MUSCLES_DIFFER_LN}
    if kind == "own baseline":
        # An uncertainty that was stated is that of the whole comparison.
        unstated = {name: weight for name, weight in weights.items() if name not in sides.stated}
        return {_BETWEEN: _between_visits(unstated, own)} if unstated else {}
    return {}


def _components(sides: Sides, weights: Mapping[str, float]) -> tuple[Component, ...]:
    found = []
    for name in sides.names:
        usable = sides.is_usable(name)
        n_site, n_reference = sides.sizes(name)
        found.append(
            Component(
                name=name,
                log_ratio=sides.log_ratio(name) if usable else None,
                sd=sides.sd(name) if usable else None,
                weight=weights.get(name, 0.0),
                percent=_percent(sides.log_ratio(name)) if usable else None,
                n_site=n_site,
                n_reference=n_reference,
                flags=(QualityFlag.TRIAL_SPREAD,) if usable and sides.is_beyond_gate(name) else (),
            )
        )
    return tuple(found)


def _flags(kind: ReferenceKind, components: tuple[Component, ...]) -> tuple[QualityFlag, ...]:
    spread = any(part.flags and part.name not in SHOWN_ONLY for part in components)
    return (
        *((QualityFlag.TRIAL_SPREAD,) if spread else ()),
        *((QualityFlag.OTHER_MUSCLE,) if kind == "antagonist" else ()),
    )


def _state(percent: Estimate) -> State:
    low, high = percent.coverage_interval()
    if low > 0:
        return "higher"
    return "lower" if high < 0 else "no detectable change"


def _mdc_percent(whole: Combination, between: float) -> float:
    once = Estimate.from_budget(
        whole.value,
        {_SCATTER: whole.standard_uncertainty, _BETWEEN: between},
        unit="1",
        dof={_SCATTER: whole.dof},
    )
    return _percent(coverage_factor(once.dof) * math.sqrt(2) * once.standard_uncertainty)


def _leave_one_out(ratios: FloatArray, covariance: FloatArray) -> tuple[float, float] | None:
    n = ratios.size
    if n < 2:  # noqa: PLR2004 - nothing would be left
        return None
    values = []
    for left_out in range(n):
        keep = np.arange(n) != left_out
        values.append(_percent(combine(ratios[keep], covariance[np.ix_(keep, keep)]).value))
    return min(values), max(values)


def _percent(log_ratio: float) -> float:
    return 100 * math.expm1(log_ratio)
