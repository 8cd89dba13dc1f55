"""The uncertainty of a pain threshold by named source: how much each weighs, and which one rules.

Source: JCGM 100:2008, Guide to the expression of uncertainty in measurement: 4.3.7 (rectangular
distribution), 5.1.2 (sensitivity), G.4 (effective degrees of freedom).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate, coverage_factor

REPEATABILITY = "repeatability"
_ROOT_3 = math.sqrt(3.0)
_FEW = 10.0  # degrees of freedom below which the coverage factor itself weighs
_ADVICE = {
    REPEATABILITY: "press more often, or state the person's own scatter from earlier visits",
    "reaction time": "measure the client's own reaction time",
    "probe area": "measure the tip more closely",
    "calibration": "have the gauge calibrated more closely",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One source.

    Attributes
    ----------
    u
        Standard uncertainty that it contributes, in the unit of the value.
    share
        Of the variance, 0 to 1.
    """

    source: str
    u: float
    share: float
    dof: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertaintyBudget:
    """What makes a value uncertain, the largest source first.

    Attributes
    ----------
    dof
        Effective degrees of freedom of all sources together.
    expanded
        Half the width of the 95 % interval.
    """

    contributions: tuple[Contribution, ...]
    u: float
    unit: str
    dof: float
    expanded: float

    @property
    def sentence(self) -> str:
        """Which source rules, in one sentence."""
        if not self.contributions or self.u <= 0:
            return "No source of uncertainty is known."
        first = self.contributions[0]
        said = f"{100 * first.share:.0f} % of the variance comes from {_words(first.source)}"
        if self.dof < _FEW:
            said += f", known from so few presses that the interval is {self._factor:.1f} times u"
        advice = _ADVICE.get(first.source)
        return f"{said}: {advice} to narrow it." if advice else f"{said}."

    @property
    def _factor(self) -> float:
        return self.expanded / self.u

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; degrees of freedom without limit are null."""
        return {
            "sources": [
                {"source": c.source, "u": c.u, "share": c.share, "dof": _finite(c.dof)}
                for c in self.contributions
            ],
            "u": self.u,
            "dof": _finite(self.dof),
            "expanded95": self.expanded,
            "says": self.sentence,
        }


def uncertainty_budget(
    estimate: Estimate, dof: Mapping[str, float] | None = None
) -> UncertaintyBudget:
    """Return the budget that an estimate carries, sorted, with shares.

    Parameters
    ----------
    dof
        Degrees of freedom of the sources that are not exactly known. Without it all finite ones
        are those of `repeatability`, by the formula of Welch and Satterthwaite solved for it.
    """
    known = dict(dof or {})
    own = estimate.budget.get(REPEATABILITY, 0.0)
    if not known and own > 0 and math.isfinite(estimate.dof):
        known[REPEATABILITY] = estimate.dof * (own / estimate.u) ** 4
    variance = estimate.u**2
    contributions = tuple(
        Contribution(
            source=source,
            u=u,
            share=u * u / variance if variance > 0 else 0.0,
            dof=known.get(source, math.inf),
        )
        for source, u in sorted(estimate.budget.items(), key=lambda item: -item[1])
    )
    return UncertaintyBudget(
        contributions=contributions,
        u=estimate.u,
        unit=estimate.unit,
        dof=estimate.dof,
        expanded=coverage_factor(estimate.dof) * estimate.u,
    )


def rectangular_u(half_width: float) -> float:
    """Return the standard uncertainty of what lies anywhere within +- `half_width`."""
    return _positive(half_width, "half_width") / _ROOT_3


def resolution_u(step: float) -> float:
    """Return the standard uncertainty by the step of a display, half of it to either side."""
    return rectangular_u(_positive(step, "step") / 2)


def tip_diameter_u(kpa: float, *, diameter_mm: float, half_width_mm: float) -> float:
    """Return what a diameter known to +- `half_width_mm` makes of a pressure: twice its share."""
    share = _positive(half_width_mm, "half_width_mm") / _positive(diameter_mm, "diameter_mm")
    return 2 * kpa * rectangular_u(share)


def tilt_u(kpa: float, *, most_deg: float) -> float:
    """Return what a gauge tilted by up to `most_deg` leaves out of a pressure."""
    return kpa * rectangular_u(1 - math.cos(math.radians(_positive(most_deg, "most_deg"))))


def reaction_u(rate_kpa_s: float, *, latency_sd_s: float) -> float:
    """Return what a mean reaction time known to `latency_sd_s` makes at a rate of pressing."""
    return rate_kpa_s * _positive(latency_sd_s, "latency_sd_s")


def peak_sampling_u(rate_kpa_s: float, *, step_s: float) -> float:
    """Return what lies between samples: up to half a step of the ramp on either side."""
    return rectangular_u(rate_kpa_s * _positive(step_s, "step_s") / 2)


def _positive(value: float, name: str) -> float:
    if not (value >= 0 and math.isfinite(value)):
        raise UsageError(f"{name} must be finite and not negative, not {value}.")
    return value


def _finite(dof: float) -> float | None:
    return dof if math.isfinite(dof) else None


def _words(source: str) -> str:
    return "how the presses differ" if source == REPEATABILITY else f"the {source}"
