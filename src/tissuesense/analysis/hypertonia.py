"""Hypertonia index: how much stiffer a site is than its reference, from all that was measured.

The index is a mechanical comparison under one protocol, no diagnosis, and it knows no pain. Each
component enters as the logarithm of its ratio to the reference (the other side, else the site's
own baseline); at most one component stands for each physical degree of freedom, because stiffness
measured in four ways is still one fact and not four votes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.combination import Combination, combine
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, coverage_factor

State = Literal["higher", "lower", "no detectable change", "not enough data", "components disagree"]

# One line a degree of freedom, the preferred component first; all rise with tone.
_FAMILIES = (
    ("tangent_stiffness_n_mm", "secant_stiffness_n_mm", "tap_stiffness_n_m", "tap_frequency_hz"),
    ("fung_b_per_mm", "power_exponent"),
)
# Which way these go with tone depends on the state of contraction: shown, not counted.
_SHOWN_ONLY = ("relaxation_fraction", "log_decrement")
COMPONENTS = (*_FAMILIES[0], *_FAMILIES[1], *_SHOWN_ONLY)

_FEWEST_REPEATS = 2
_DISAGREEMENT_SD = 2.0
# With 3 repeats a correlation is hardly known: a fifth of it is not believed.
_SHRINKAGE = 0.2
# Repeats that agree to the last digit were rounded, not exact.
_LEAST_SD = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One measured quantity, site against reference.

    Attributes
    ----------
    log_ratio
        Natural logarithm of geometric mean at the site / geometric mean at the reference; None
        where one of the two has fewer than two repeats.
    sd
        Standard uncertainty of `log_ratio`.
    weight
        In the index; 0 for one that is shown only. The weights that count add to 1.
    percent
        How much more than at the reference.
    """

    name: str
    log_ratio: float | None
    sd: float | None
    weight: float
    percent: float | None
    n_site: int
    n_reference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HypertoniaIndex:
    """What the components say together.

    Attributes
    ----------
    percent
        How much higher the site is than its reference, with uncertainty; None when the state is
        "not enough data" or "components disagree".
    components
        Every component that was given on either side, in the order of `COMPONENTS`.
    mdc_percent
        Smallest rise between two such comparisons that is more than their uncertainty at 95 %.
    leave_one_out_percent
        Lowest and highest index with one component left out; None with fewer than two.
    """

    percent: Estimate | None
    state: State
    components: tuple[Component, ...]
    mdc_percent: float | None
    leave_one_out_percent: tuple[float, float] | None
    flags: tuple[QualityFlag, ...]


def index(site: Mapping[str, ArrayLike], reference: Mapping[str, ArrayLike]) -> HypertoniaIndex:
    """Compare a site with its reference.

    Parameters
    ----------
    site, reference
        Component name -> repeats, shape (n,), all positive. Names are those of `COMPONENTS`.
        Repeats of several components that are equally many are taken to be of the same presses.

    Returns
    -------
    HypertoniaIndex
        Best linear combination of the log ratios, weights ``C^-1 1 / (1' C^-1 1)``, C being the
        covariance of the log ratios by the scatter of repeats (pooled over both sides), its
        correlations shrunk by a fifth.

    Raises
    ------
    UsageError
        When a name is unknown or an array is not one-dimensional, finite and positive.
    """
    at_site, at_reference = _logs(site, "site"), _logs(reference, "reference")
    usable = tuple(
        name
        for name in COMPONENTS
        if all(
            side.get(name, np.empty(0)).size >= _FEWEST_REPEATS for side in (at_site, at_reference)
        )
    )
    counted = tuple(
        next(name for name in family if name in usable)
        for family in _FAMILIES
        if any(name in usable for name in family)
    )
    d = {name: float(at_site[name].mean() - at_reference[name].mean()) for name in usable}
    sd = {name: math.sqrt(_variance(at_site, at_reference, name, name)) for name in usable}
    if not counted:
        components = _components(at_site, at_reference, d, sd, {})
        return _withheld("not enough data", QualityFlag.TOO_FEW, components)

    covariance = _covariance(at_site, at_reference, counted)
    dof = min(at_site[name].size + at_reference[name].size - 2.0 for name in counted)
    ratios = np.array([d[name] for name in counted])
    whole = combine(ratios, covariance, dof=dof)
    weights = dict(zip(counted, map(float, whole.weights), strict=True))
    components = _components(at_site, at_reference, d, sd, weights)
    beyond = [d[name] / sd[name] for name in counted]
    if max(beyond) > _DISAGREEMENT_SD and min(beyond) < -_DISAGREEMENT_SD:
        return _withheld("components disagree", QualityFlag.COMPONENTS_DISAGREE, components)
    percent = percent_of(whole)
    return HypertoniaIndex(
        percent=percent,
        state=_state(percent),
        components=components,
        mdc_percent=_percent(
            coverage_factor(whole.dof) * math.sqrt(2) * whole.standard_uncertainty
        ),
        leave_one_out_percent=_leave_one_out(ratios, covariance, dof),
        flags=(),
    )


def percent_of(combined: Combination) -> Estimate:
    """Return a combined log ratio as a percentage, its interval transformed with it."""
    half = coverage_factor(combined.dof) * combined.standard_uncertainty
    return Estimate(
        value=_percent(combined.value),
        standard_uncertainty=100 * math.exp(combined.value) * combined.standard_uncertainty,
        unit="%",
        dof=combined.dof,
        budget={
            "scatter of repeats": 100 * math.exp(combined.value) * combined.standard_uncertainty
        },
        interval95=(_percent(combined.value - half), _percent(combined.value + half)),
    )


def _logs(side: Mapping[str, ArrayLike], argument: str) -> dict[str, FloatArray]:
    if not isinstance(side, Mapping):
        raise UsageError(f"{argument} must map component names to arrays of repeats.")
    unknown = [name for name in side if name not in COMPONENTS]
    if unknown:
        raise UsageError(
            f"{argument} holds the unknown component '{unknown[0]}'.",
            hint=f"Components are {', '.join(COMPONENTS)}.",
        )
    logs = {}
    for name, repeats in side.items():
        values = column(repeats, f"{argument}['{name}']")
        if (values <= 0).any():
            raise UsageError(f"{argument}['{name}'] holds {values.min():g}; it must be positive.")
        logs[name] = np.log(values)
    return logs


def _variance(
    site: Mapping[str, FloatArray], reference: Mapping[str, FloatArray], one: str, other: str
) -> float:
    """Return the covariance of two log ratios; 0 where their repeats cannot be paired."""
    sides = (site, reference)
    if any(side[one].size != side[other].size for side in sides):
        return 0.0
    products = sum(
        float((side[one] - side[one].mean()) @ (side[other] - side[other].mean())) for side in sides
    )
    shares = sum(1 / side[one].size for side in sides)
    pooled = products / (sum(side[one].size for side in sides) - 2)
    return max(pooled, _LEAST_SD**2) * shares if one == other else pooled * shares


def _covariance(
    site: Mapping[str, FloatArray], reference: Mapping[str, FloatArray], names: Sequence[str]
) -> FloatArray:
    matrix = np.array([[_variance(site, reference, a, b) for b in names] for a in names])
    return (1 - _SHRINKAGE) * matrix + _SHRINKAGE * np.diag(np.diag(matrix))


def _components(
    site: Mapping[str, FloatArray],
    reference: Mapping[str, FloatArray],
    d: Mapping[str, float],
    sd: Mapping[str, float],
    weights: Mapping[str, float],
) -> tuple[Component, ...]:
    return tuple(
        Component(
            name=name,
            log_ratio=d.get(name),
            sd=sd.get(name),
            weight=weights.get(name, 0.0),
            percent=_percent(d[name]) if name in d else None,
            n_site=site[name].size if name in site else 0,
            n_reference=reference[name].size if name in reference else 0,
        )
        for name in COMPONENTS
        if name in site or name in reference
    )


def _withheld(
    state: State, flag: QualityFlag, components: tuple[Component, ...]
) -> HypertoniaIndex:
    return HypertoniaIndex(
        percent=None,
        state=state,
        components=components,
        mdc_percent=None,
        leave_one_out_percent=None,
        flags=(flag,),
    )


def _state(percent: Estimate) -> State:
    low, high = percent.coverage_interval()
    if low > 0:
        return "higher"
    return "lower" if high < 0 else "no detectable change"


def _leave_one_out(
    ratios: FloatArray, covariance: FloatArray, dof: float
) -> tuple[float, float] | None:
    n = ratios.size
    if n < 2:  # noqa: PLR2004 - nothing would be left
        return None
    values = []
    for left_out in range(n):
        keep = np.arange(n) != left_out
        values.append(
            _percent(combine(ratios[keep], covariance[np.ix_(keep, keep)], dof=dof).value)
        )
    return min(values), max(values)


def _percent(log_ratio: float) -> float:
    return 100 * math.expm1(log_ratio)
