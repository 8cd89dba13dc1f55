"""What a press-and-hold recording says: presses, session, plain data."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tissuesense.analysis.result import Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, quantity_json

# Standard error of a median over that of a mean, for many normal values (sqrt(pi / 2)); for
# fewer it is smaller, so the session's intervals err on the wide side.
_MEDIAN_OVER_MEAN = math.sqrt(math.pi / 2)
_SHARED_SOURCES = ("calibration", "resolution")
TOO_FEW = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="No accepted press gave this number; press again."
)
_LATER = NotEstimable(
    reason=QualityFlag.NOT_IMPLEMENTED, detail="This version does not compute it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationPress:
    """One press.

    Attributes
    ----------
    contact_u_mm
        Standard uncertainty of `contact_mm`.
    """

    index: int
    contact_s: float | None
    contact_mm: float | None
    contact_u_mm: float | None
    peak_n: float
    depth_mm: float | None
    secant_stiffness_n_mm: Outcome
    energy_loss_ratio: Outcome
    hold_s: float
    relaxation_fraction: Outcome
    accepted: bool
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `presses`."""
        return {
            "index": self.index,
            "contact_s": self.contact_s,
            "contact_mm": self.contact_mm,
            "peak_n": self.peak_n,
            "depth_mm": self.depth_mm,
            "secant_stiffness_n_mm": quantity_json(self.secant_stiffness_n_mm),
            "tangent_stiffness_n_mm": [],
            "fung": None,
            "power_exponent": None,
            "energy_loss_ratio": quantity_json(self.energy_loss_ratio),
            "hold_s": self.hold_s,
            "relaxation_fraction": quantity_json(self.relaxation_fraction),
            "relaxation": None,
            "accepted": self.accepted,
            "flags": [str(flag) for flag in self.flags],
        }

    def findings(self) -> list[Finding]:
        """Return its numbers, one row each."""
        plain: dict[str, float | None] = {
            "contact_s": self.contact_s,
            "contact_mm": self.contact_mm,
            "peak_n": self.peak_n,
            "depth_mm": self.depth_mm,
            "hold_s": self.hold_s,
        }
        values: dict[str, Outcome | float] = {k: v for k, v in plain.items() if v is not None}
        values |= {
            "secant_stiffness_n_mm": self.secant_stiffness_n_mm,
            "energy_loss_ratio": self.energy_loss_ratio,
            "relaxation_fraction": self.relaxation_fraction,
            "power_exponent": _LATER,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationAnalysis:
    """A recording's presses and the medians of the accepted ones.

    Attributes
    ----------
    cv
        Standard deviation over mean of the secant stiffness; None for fewer than two.
    """

    presses: tuple[IndentationPress, ...]
    n_accepted: int
    secant_stiffness_n_mm: Outcome
    relaxation_fraction: Outcome
    energy_loss_ratio: Outcome
    cv: float | None
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `presses` and `session`."""
        return {
            "presses": [press.to_dict() for press in self.presses],
            "session": {
                "n_accepted": self.n_accepted,
                "secant_stiffness_n_mm": quantity_json(self.secant_stiffness_n_mm),
                "relaxation_fraction": quantity_json(self.relaxation_fraction),
                "energy_loss_ratio": quantity_json(self.energy_loss_ratio),
                "cv": self.cv,
            },
        }

    def findings(self) -> list[Finding]:
        """Return every number, one row each."""
        session: dict[str, Outcome | float] = {
            "secant_stiffness_n_mm": self.secant_stiffness_n_mm,
            "relaxation_fraction": self.relaxation_fraction,
            "energy_loss_ratio": self.energy_loss_ratio,
        }
        if self.cv is not None:
            session["cv"] = self.cv
        rows = [row for press in self.presses for row in press.findings()]
        return rows + [
            Finding(item="session", index=None, quantity=name, value=value, flags=self.flags)
            for name, value in session.items()
        ]


def summarise(
    presses: tuple[IndentationPress, ...], flags: tuple[QualityFlag, ...]
) -> IndentationAnalysis:
    """Return the session's medians over accepted presses.

    A hold in which the hand moved says nothing about the tissue's relaxation and does not count
    for it.
    """
    accepted = [press for press in presses if press.accepted]
    stiffness = _estimates(press.secant_stiffness_n_mm for press in accepted)
    cv = None
    if len(stiffness) > 1:
        values = np.array([estimate.value for estimate in stiffness])
        cv = float(values.std(ddof=1) / values.mean())
    held = [press for press in accepted if QualityFlag.HAND_DRIFT not in press.flags]
    more = (QualityFlag.TOO_FEW,) if len(accepted) < 2 else ()  # noqa: PLR2004 - no scatter
    return IndentationAnalysis(
        presses=presses,
        n_accepted=len(accepted),
        secant_stiffness_n_mm=_median(stiffness),
        relaxation_fraction=_median(_estimates(p.relaxation_fraction for p in held)),
        energy_loss_ratio=_median(_estimates(press.energy_loss_ratio for press in accepted)),
        cv=cv,
        flags=(*flags, QualityFlag.NOT_IMPLEMENTED, *more),
    )


def _estimates(outcomes: Iterable[Outcome]) -> list[Estimate]:
    return [outcome for outcome in outcomes if isinstance(outcome, Estimate)]


def _median(estimates: Sequence[Estimate]) -> Outcome:
    """Return the median: scatter between presses, and what all presses share.

    One press alone keeps its own uncertainty.
    """
    if not estimates:
        return TOO_FEW
    if len(estimates) == 1:
        return estimates[0]
    values = np.array([estimate.value for estimate in estimates])
    factor = 1.0 if values.size == 2 else _MEDIAN_OVER_MEAN  # noqa: PLR2004 - median is mean
    budget = {"scatter of presses": factor * float(values.std(ddof=1)) / math.sqrt(values.size)}
    for source in _SHARED_SOURCES:
        shared = [estimate.budget.get(source, 0.0) for estimate in estimates]
        if any(shared):
            budget[source] = float(np.median(shared))
    return Estimate.from_budget(
        float(np.median(values)),
        budget,
        unit=estimates[0].unit,
        dof={"scatter of presses": values.size - 1.0},
    )
