"""What a press-and-hold recording says: presses, session, plain data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.press_hold.creep import creep_json, creep_outcomes
from tissuesense.analysis.press_hold.force_alone import ForceAlone
from tissuesense.analysis.press_hold.modulus import Modulus
from tissuesense.analysis.relaxation import Relaxation
from tissuesense.analysis.result import Finding
from tissuesense.analysis.viscoelastic.creep import Creep
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome, quantity_json

# The force at which stiffness is compared.
_COMPARED_AT_N = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tangent:
    """Stiffness of the loading curve at a stated force."""

    at_n: float
    stiffness_n_mm: Outcome

    @property
    def quantity(self) -> str:
        """Name of the number: "tangent_stiffness_5n_n_mm"."""
        return f"tangent_stiffness_{self.at_n:g}n_n_mm"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingRate:
    """How fast it was pressed; None where too few samples show it."""

    force_n_s: float | None
    speed_mm_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationPress:
    """One press.

    Attributes
    ----------
    contact_u_mm
        Standard uncertainty of `contact_mm`.
    end_s
        When the tip left the tissue, or the recording ended.
    hold_motion_mm
        How far the tip went deeper during the hold.
    relaxation
        None where nothing was held, or the force and not the depth.
    creep
        None but where the force was held and not the depth.
    modulus
        None without the thickness of the tissue.
    """

    index: int
    contact_s: float | None
    contact_mm: float | None
    contact_u_mm: float | None
    end_s: float
    peak_n: float
    depth_mm: float | None
    rate: LoadingRate
    secant_stiffness_n_mm: Outcome
    tangents: tuple[Tangent, ...]
    fung_a_n: Outcome
    fung_b_per_mm: Outcome
    power_exponent: Outcome
    energy_loss_ratio: Outcome
    hold_s: float
    hold_motion_mm: float | None
    relaxation_fraction: Outcome
    relaxation: Relaxation | None
    creep: Creep | None
    force_alone: ForceAlone
    modulus: Modulus | None
    accepted: bool
    flags: tuple[QualityFlag, ...]

    @property
    def relaxation_numbers(self) -> Mapping[str, Estimate]:
        """The numbers of the fitted relaxation, by name; empty where the hold cannot tell."""
        found = self.relaxation
        if found is None or found.equilibrium_fraction is None:
            return {}
        numbers = {"relaxation_equilibrium_fraction": found.equilibrium_fraction}
        for place, term in enumerate(found.terms, start=1):
            for name, number in (("weight", term.weight), ("tau", term.tau_s)):
                if number is not None:
                    unit = "_s" if name == "tau" else ""
                    key = f"relaxation_{name}_{place}{unit}"
                    numbers[key] = number
        return numbers

    @property
    def longest_tau_s(self) -> float | None:
        """Longest time constant of the fitted relaxation."""
        known = [term.tau_s for term in self.relaxation.terms] if self.relaxation else []
        return max((tau.value for tau in known if tau is not None), default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `presses`."""
        return {
            "index": self.index,
            "contact_s": self.contact_s,
            "contact_mm": self.contact_mm,
            "contact_u_mm": self.contact_u_mm,
            "peak_n": self.peak_n,
            "depth_mm": self.depth_mm,
            "loading_rate_n_s": self.rate.force_n_s,
            "speed_mm_s": self.rate.speed_mm_s,
            "secant_stiffness_n_mm": quantity_json(self.secant_stiffness_n_mm),
            "tangent_stiffness_n_mm": tangents_json(self.tangents),
            "fung": fung_json(self.fung_a_n, self.fung_b_per_mm),
            "power_exponent": quantity_json(self.power_exponent),
            "energy_loss_ratio": quantity_json(self.energy_loss_ratio),
            "hold_s": self.hold_s,
            "hold_motion_mm": self.hold_motion_mm,
            "relaxation_fraction": quantity_json(self.relaxation_fraction),
            "relaxation": self._relaxation_json(),
            "creep": creep_json(self.creep),
            "force_only": self.force_alone.to_dict(),
            "effective_modulus_kpa": self.modulus and self.modulus.to_dict(),
            "accepted": self.accepted,
            "flags": [str(flag) for flag in self.flags],
        }

    def _relaxation_json(self) -> dict[str, Any] | None:
        found = self.relaxation
        if found is None or found.equilibrium_fraction is None:
            return None
        return {
            "model": found.model,
            "equilibrium_fraction": quantity_json(found.equilibrium_fraction),
            "terms": [
                {"weight": quantity_json(term.weight), "tau_s": quantity_json(term.tau_s)}
                for term in found.terms
            ],
            "rms_percent": found.rms_percent,
        }

    def findings(self) -> list[Finding]:
        """Return its numbers, one row each."""
        plain: dict[str, float | None] = {
            "contact_s": self.contact_s,
            "contact_mm": self.contact_mm,
            "peak_n": self.peak_n,
            "depth_mm": self.depth_mm,
            "loading_rate_n_s": self.rate.force_n_s,
            "speed_mm_s": self.rate.speed_mm_s,
            "hold_s": self.hold_s,
            "hold_motion_mm": self.hold_motion_mm,
        }
        values: dict[str, Outcome | float] = {k: v for k, v in plain.items() if v is not None}
        values |= {
            "secant_stiffness_n_mm": self.secant_stiffness_n_mm,
            **{tangent.quantity: tangent.stiffness_n_mm for tangent in self.tangents},
            "fung_a_n": self.fung_a_n,
            "fung_b_per_mm": self.fung_b_per_mm,
            "power_exponent": self.power_exponent,
            "energy_loss_ratio": self.energy_loss_ratio,
            "relaxation_fraction": self.relaxation_fraction,
            **self.relaxation_numbers,
            **self.force_alone.outcomes,
            **self.force_alone.plain,
            **({} if self.creep is None else creep_outcomes(self.creep)),
            **_modulus_row(self.modulus),
        }
        return [
            Finding(
                item="press",
                index=self.index,
                quantity=name,
                value=value,
                accepted=self.accepted,
                flags=self.flags,
            )
            for name, value in values.items()
        ]


def stiffnesses(tangents: tuple[Tangent, ...], secant: Outcome) -> Iterator[tuple[str, Outcome]]:
    """Return the stiffnesses that a modulus may be reckoned from, the most wanted first."""
    for tangent in tangents:
        if tangent.at_n == _COMPARED_AT_N:
            yield tangent.quantity, tangent.stiffness_n_mm
    yield "secant_stiffness_n_mm", secant


def _modulus_row(modulus: Modulus | None) -> dict[str, Outcome | float]:
    return {} if modulus is None else {"effective_modulus_kpa": modulus.modulus_kpa}


def tangents_json(tangents: tuple[Tangent, ...]) -> list[dict[str, Any]]:
    """Return the contract's list; a force at which the curve could not be read is left out."""
    return [
        {"at_n": tangent.at_n, **tangent.stiffness_n_mm.to_dict()}
        for tangent in tangents
        if isinstance(tangent.stiffness_n_mm, Estimate)
    ]


def fung_json(a_n: Outcome, b_per_mm: Outcome) -> dict[str, Any] | None:
    """Return the contract's pair; None where there is none."""
    if not isinstance(b_per_mm, Estimate):
        return None
    return {"a_n": quantity_json(a_n), "b_per_mm": quantity_json(b_per_mm)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationAnalysis:
    """A recording's presses and the medians of the accepted ones.

    Attributes
    ----------
    relaxation_equilibrium_fraction
        Of the fitted relaxations.
    cv
        Standard deviation over mean of the secant stiffness; None for fewer than two.
    robust_sd_n_mm
        Of the secant stiffness between presses, by the median of absolute deviations; hardly known
        where `low_n`: from fewer than five.
    """

    presses: tuple[IndentationPress, ...]
    n_accepted: int
    secant_stiffness_n_mm: Outcome
    tangents: tuple[Tangent, ...]
    fung_a_n: Outcome
    fung_b_per_mm: Outcome
    power_exponent: Outcome
    relaxation_fraction: Outcome
    relaxation_equilibrium_fraction: Outcome
    energy_loss_ratio: Outcome
    modulus: Modulus | None
    cv: float | None
    robust_sd_n_mm: float | None
    low_n: bool
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `presses` and `session`."""
        return {
            "presses": [press.to_dict() for press in self.presses],
            "session": {
                "n_accepted": self.n_accepted,
                "secant_stiffness_n_mm": quantity_json(self.secant_stiffness_n_mm),
                "tangent_stiffness_n_mm": tangents_json(self.tangents),
                "fung": fung_json(self.fung_a_n, self.fung_b_per_mm),
                "power_exponent": quantity_json(self.power_exponent),
                "relaxation_fraction": quantity_json(self.relaxation_fraction),
                "relaxation_equilibrium_fraction": quantity_json(
                    self.relaxation_equilibrium_fraction
                ),
                "energy_loss_ratio": quantity_json(self.energy_loss_ratio),
                "effective_modulus_kpa": self.modulus and self.modulus.to_dict(),
                "cv": self.cv,
                "robust_sd_n_mm": self.robust_sd_n_mm,
                "low_n": self.low_n,
            },
        }

    def findings(self) -> list[Finding]:
        """Return every number, one row each."""
        session: dict[str, Outcome | float] = {
            "secant_stiffness_n_mm": self.secant_stiffness_n_mm,
            **{tangent.quantity: tangent.stiffness_n_mm for tangent in self.tangents},
            "fung_a_n": self.fung_a_n,
            "fung_b_per_mm": self.fung_b_per_mm,
            "power_exponent": self.power_exponent,
            "relaxation_fraction": self.relaxation_fraction,
            "relaxation_equilibrium_fraction": self.relaxation_equilibrium_fraction,
            "energy_loss_ratio": self.energy_loss_ratio,
            **_modulus_row(self.modulus),
        }
        if self.cv is not None:
            session["cv"] = self.cv
        rows = [row for press in self.presses for row in press.findings()]
        return rows + [
            Finding(item="session", index=None, quantity=name, value=value, flags=self.flags)
            for name, value in session.items()
        ]
