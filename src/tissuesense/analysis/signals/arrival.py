"""How readings arrive: how late after they were taken, and how many together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The pieces in which a stream came.

    Attributes
    ----------
    late_s
        For each piece, arrival less the time of its last reading, on an axis with any zero.
    readings
        How many readings each piece held.
    """

    late_s: Sequence[float]
    readings: Sequence[int]

    @property
    def delay_spread_s(self) -> float | None:
        """How much later than the promptest piece 95 % of the pieces came at most."""
        if not self.late_s:
            return None
        return float(np.quantile(self.late_s, 0.95) - min(self.late_s))

    @property
    def usual_burst(self) -> float | None:
        """Readings that come together, on average."""
        return float(np.mean(self.readings)) if self.readings else None

    @property
    def largest_burst(self) -> int | None:
        """Most readings that came together."""
        return max(self.readings) if self.readings else None
