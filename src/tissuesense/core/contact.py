"""The tip that touches the skin: its area turns newtons into kilopascals."""

import math
from dataclasses import dataclass

from tissuesense.core.errors import UsageError
from tissuesense.core.units import KPA_PER_N_CM2


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTip:
    """A flat tip.

    Attributes
    ----------
    area_cm2
        Contact area.
    area_uncertainty_cm2
        Standard uncertainty of the area; 0 means that it was not stated.
    """

    area_cm2: float
    area_uncertainty_cm2: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.area_cm2) and self.area_cm2 > 0):
            raise UsageError(f"A probe area must be a positive number of cm2, not {self.area_cm2}.")
        if not (math.isfinite(self.area_uncertainty_cm2) and self.area_uncertainty_cm2 >= 0):
            raise UsageError(
                f"The uncertainty of an area must not be negative, not {self.area_uncertainty_cm2}."
            )

    @classmethod
    def round(cls, diameter_mm: float, diameter_uncertainty_mm: float = 0.0) -> "ContactTip":
        """Return a round tip: 11.284 mm across is 1 cm2, 10 mm across only 0.785 cm2."""
        if not diameter_mm > 0:
            raise UsageError(f"A tip diameter must be positive, not {diameter_mm} mm.")
        area_cm2 = math.pi / 4 * (diameter_mm / 10) ** 2
        return cls(
            area_cm2=area_cm2,
            area_uncertainty_cm2=2 * area_cm2 * diameter_uncertainty_mm / diameter_mm,
        )

    @property
    def kpa_per_n(self) -> float:
        """Pressure for one newton."""
        return KPA_PER_N_CM2 / self.area_cm2

    @property
    def relative_uncertainty(self) -> float:
        """Standard uncertainty of the area over the area."""
        return self.area_uncertainty_cm2 / self.area_cm2
