"""What a record can show of time constants."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_LONGEST_OVER_HOLD = 2.0
_SHORTEST_START = 3.0  # samples
_LONGEST_OVER_SHORTEST = 60.0
_FEW_TERMS, MOST_TERMS = 3, 40
_WIDE = 1e3
_TERMS_PER_DECADE, _GRID_PER_DECADE = 2, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From the time between samples to twice the hold.

    Attributes
    ----------
    sample_s
        Usual time between samples where the hold begins.
    hold_s
        How long the depth was held.
    ramp_s
        How long it took to get there: it blurs what is shorter.
    """

    sample_s: float
    hold_s: float
    ramp_s: float = 0.0

    @property
    def wide(self) -> bool:
        """Whether the hold covers three decades of time or more."""
        return self._covered >= _WIDE

    @property
    def most_terms(self) -> int:
        """Return how many terms the record might bear: one for each half decade where wide."""
        if not self.wide:
            return _FEW_TERMS
        return min(round(_TERMS_PER_DECADE * math.log10(self._covered)), MOST_TERMS)

    @property
    def grid(self) -> FloatArray:
        """Return logarithms of time constants, spread evenly over the whole window."""
        shortest, longest = math.log(self.sample_s), math.log(_LONGEST_OVER_HOLD * self.hold_s)
        decades = (longest - shortest) / math.log(10)
        return np.linspace(shortest, longest, round(_GRID_PER_DECADE * decades) + 1)

    @property
    def _covered(self) -> float:
        return self.hold_s / max(self.sample_s, self.ramp_s)

    def holds(self, log_tau: float) -> bool:
        """Return whether a time constant, by its logarithm, lies within."""
        longest = math.log(_LONGEST_OVER_HOLD * self.hold_s)
        return math.log(self.sample_s) <= log_tau <= longest

    def spaced(self, count: int) -> FloatArray:
        """Return the logarithms of `count` time constants spread over the window."""
        shortest, longest = self._ends()
        places = (np.arange(count) + 0.5) / count
        return np.asarray(shortest + places * (longest - shortest), dtype=np.float64)

    def brought_in(self, logs: FloatArray) -> FloatArray:
        """Return the nearest that a search may start from."""
        return np.clip(logs, *self._ends())

    def widest(self, logs: FloatArray) -> float:
        """Return the middle of the widest stretch that these, in rising order, leave."""
        shortest, longest = self._ends()
        marks = np.concatenate(([shortest], logs, [longest]))
        widest = int(np.argmax(np.diff(marks)))
        return float(marks[widest] + marks[widest + 1]) / 2

    def _ends(self) -> tuple[float, float]:
        longest = math.log(self.hold_s)
        shortest = math.log(_SHORTEST_START * self.sample_s)
        if not self.wide:
            shortest = max(shortest, longest - math.log(_LONGEST_OVER_SHORTEST))
        return shortest, longest
