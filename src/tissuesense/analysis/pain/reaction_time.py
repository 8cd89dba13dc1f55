"""How long a person takes from a stimulus to the press of the button that will say stop.

An answer sooner than 100 ms after the stimulus was on its way before it (Luce RD, Response Times,
Oxford University Press 1986; false-start rules draw the line at the same place), one later than a
second belongs to a person who was not attending. Both are left out and asked again.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import LatencyOrigin, ReactionLatency

ANTICIPATION_S = 0.1
LAPSE_S = 1.0
FEWEST_TRIALS = 3
_USUAL_RATE_KPA_S = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionTime:
    """The reaction time of one person with one button.

    Attributes
    ----------
    mean_s
        With the uncertainty of a mean of so many trials (Student's t).
    sd_s
        Spread from press to press.
    anticipations, lapses
        Answers that were left out: too soon, and too late or never.
    """

    mean_s: Estimate
    sd_s: float
    median_s: float
    times_s: tuple[float, ...]
    anticipations: int = 0
    lapses: int = 0

    @property
    def n(self) -> int:
        """How many answers counted."""
        return len(self.times_s)

    def latency(self) -> ReactionLatency:
        """Return it as the latency of a recording."""
        return ReactionLatency(
            mean_s=self.mean_s.value, sd_s=self.sd_s, origin=LatencyOrigin.SELF_TEST
        )

    def late_kpa(self, rate_kpa_s: float = _USUAL_RATE_KPA_S) -> float:
        """Return by how much a threshold is read too high at a rate of pressing."""
        return rate_kpa_s * self.mean_s.value

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "mean_s": self.mean_s.to_dict(),
            "sd_s": self.sd_s,
            "median_s": self.median_s,
            "n": self.n,
            "times_s": list(self.times_s),
            "discarded": {"anticipations": self.anticipations, "lapses": self.lapses},
            "late_kpa_at_50_kpa_s": self.late_kpa(),
        }


def reaction_time(
    times_s: Sequence[float], *, anticipations: int = 0, lapses: int = 0
) -> ReactionTime:
    """Estimate from the answers that counted.

    Parameters
    ----------
    times_s
        Seconds from stimulus to press, shape (n,), each at least `ANTICIPATION_S` and at most
        `LAPSE_S`.

    Raises
    ------
    UsageError
        When there are fewer than `FEWEST_TRIALS`, or one is no reaction.
    """
    if len(times_s) < FEWEST_TRIALS:
        raise UsageError(
            f"A reaction time needs {FEWEST_TRIALS} answers that count, and has {len(times_s)}."
        )
    for time_s in times_s:
        if not ANTICIPATION_S <= time_s <= LAPSE_S:
            raise UsageError(
                f"times_s: an answer after {time_s} s is not one to a stimulus: it comes between "
                f"{ANTICIPATION_S:g} and {LAPSE_S:g} s after it."
            )
    count = len(times_s)
    sd_s = stdev(times_s)
    return ReactionTime(
        mean_s=Estimate(
            value=fmean(times_s),
            standard_uncertainty=sd_s / math.sqrt(count),
            unit="s",
            dof=count - 1,
        ),
        sd_s=sd_s,
        median_s=median(times_s),
        times_s=tuple(times_s),
        anticipations=anticipations,
        lapses=lapses,
    )
