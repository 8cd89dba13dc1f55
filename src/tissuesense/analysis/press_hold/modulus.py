"""Effective modulus of a press, of the stiffness that is compared best."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.press_hold.effective_modulus import effective_modulus_kpa
from tissuesense.analysis.press_hold.side_car import Layer
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Modulus:
    """An effective modulus.

    Attributes
    ----------
    of
        Name of the stiffness that it was reckoned from.
    flags
        What to know of it.
    """

    modulus_kpa: Outcome
    of: str
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any] | None:
        """Return it as plain data, None where there is none."""
        if not isinstance(self.modulus_kpa, Estimate):
            return None
        return {**self.modulus_kpa.to_dict(), "of": self.of}


def modulus_of(layer: Layer | None, candidates: Iterable[tuple[str, Outcome]]) -> Modulus | None:
    """Return the modulus of the first stiffness that there is; None without one, or without layer.

    Parameters
    ----------
    candidates
        Name and value in N/mm, the most wanted first.
    """
    if layer is None:
        return None
    for name, stiffness in candidates:
        if isinstance(stiffness, Estimate) and stiffness.value > 0:
            modulus = effective_modulus_kpa(stiffness, layer.tip, layer.thickness_mm)
            flags = (QualityFlag.THICKNESS_ASSUMED,) if layer.u_assumed else ()
            return Modulus(modulus_kpa=modulus, of=name, flags=flags)
    return None
