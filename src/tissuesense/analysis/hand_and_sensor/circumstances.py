"""What may lie behind it when hand and sensor say different things at a site: places to look.

None of these is known to explain a given case. Those that the record holds are named as noted, the
others as worth a look. That pressing at a site changes its threshold was seen by Kosek and others
(1999); the rest is common sense of measuring (unsourced).
"""

import enum
from dataclasses import dataclass

from tissuesense.analysis.hand_and_sensor.comparison import Comparison

_FEW_TRIALS = 3


class Reason(enum.Enum):
    """Somewhere to look."""

    ORDER = "which of the two came first, as pressing itself can change what a site feels"
    SPOT = "whether hand and tip were on the same spot"
    GUARDED = "whether the client held against the tip"
    FEW_TRIALS = "how few presses the measured value rests on"
    INDIRECT = "whether the muscle lies under another, which hand and tip reach differently"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the record knows of how a site was examined; None: not recorded.

    Attributes
    ----------
    trials
        Presses that count, at the site or the place it is compared with: the smaller number.
    guarded
        Whether the client held against the press.
    indirect
        Whether the muscle is reached through another.
    hand_first
        Whether the hand came before the sensor, as it is meant to.
    same_spot
        Whether hand and tip were on the same mark.
    """

    trials: int | None = None
    guarded: bool | None = None
    indirect: bool | None = None
    hand_first: bool | None = None
    same_spot: bool | None = None

    def noted(self) -> tuple[Reason, ...]:
        """Return what the record holds that may matter."""
        return tuple(reason for reason, matters in self._matters() if matters)

    def to_check(self) -> tuple[Reason, ...]:
        """Return what the record does not say."""
        return tuple(reason for reason, matters in self._matters() if matters is None)

    def _matters(self) -> tuple[tuple[Reason, bool | None], ...]:
        return (
            (Reason.FEW_TRIALS, None if self.trials is None else self.trials < _FEW_TRIALS),
            (Reason.GUARDED, self.guarded),
            (Reason.SPOT, None if self.same_spot is None else not self.same_spot),
            (Reason.ORDER, None if self.hand_first is None else not self.hand_first),
            (Reason.INDIRECT, self.indirect),
        )


def where_to_look(known: Circumstances, comparison: Comparison) -> str:
    """Return the sentences that follow a difference between hand and sensor."""
    noted, open_ = known.noted(), known.to_check()
    said = [f"The record notes {_listed(noted)}."] if noted else []
    said += [f"Worth a look: {_listed(open_)}."] if open_ else []
    said.append(
        f"Graded {comparison.hand} and measured {comparison.sensor} are not the same thing, and "
        "neither is taken to be the right one."
    )
    return " ".join(said)


def _listed(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(reason.value for reason in reasons)
