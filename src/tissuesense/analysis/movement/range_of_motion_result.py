"""What a recording of joint movements says: movements, session, plain data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tissuesense.analysis.agreement.measurement_error import minimal_detectable_change
from tissuesense.analysis.agreement.repeats import centre_of, standard_error
from tissuesense.analysis.result import Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, quantity_json

# Scatter of one movement's range where there are too few to tell their own: an assumption of this
# program, by which 95 % of single movements lie within 5 degrees of their mean.
PRIOR_SD_DEG = 2.5
_ENOUGH_REPEATS = 3
# However alike a few repeats are, the next ones scatter by this share of the prior at least.
_PRIOR_FLOOR = 0.1
NO_MOVEMENT = NotEstimable(
    reason=QualityFlag.NO_MOVEMENT,
    detail="No movement was found: rest, move to the end of the range, and come back.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeMovement:
    """One movement.

    Attributes
    ----------
    start_deg, end_deg, range_deg
        The range is positive, whichever way the angle runs.
    """

    index: int
    start_s: float
    end_s: float
    start_deg: Estimate
    end_deg: Estimate
    range_deg: Estimate
    peak_speed_deg_s: float
    accepted: bool
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `movements`."""
        return {
            "index": self.index,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "start_deg": self.start_deg.value,
            "end_deg": self.end_deg.value,
            "range_deg": self.range_deg.to_dict(),
            "peak_speed_deg_s": self.peak_speed_deg_s,
            "accepted": self.accepted,
            "flags": [str(flag) for flag in self.flags],
        }

    def findings(self) -> list[Finding]:
        """Return its numbers, one row each."""
        values: dict[str, Estimate | float] = {
            "start_deg": self.start_deg,
            "end_deg": self.end_deg,
            "range_deg": self.range_deg,
            "peak_speed_deg_s": self.peak_speed_deg_s,
        }
        return [
            Finding(
                item="movement",
                index=self.index,
                quantity=name,
                value=value,
                accepted=self.accepted,
                flags=self.flags,
            )
            for name, value in values.items()
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeAnalysis:
    """A recording's movements and their medians.

    Attributes
    ----------
    mdc_deg
        How far the medians of two such recordings must be apart to be more than the scatter of
        repeats; what sensor, posture and day add between visits is not in it. None without any.
    mdc_from
        "own repeats", or "prior" where there were too few.
    movement
        "active" or "passive", as the side-car states it; None where it does not.
    """

    movements: tuple[RangeMovement, ...]
    range_deg: Outcome
    start_deg: Outcome
    end_deg: Outcome
    mdc_deg: float | None
    mdc_from: str
    joint: str | None
    movement: str | None
    flags: tuple[QualityFlag, ...]

    @property
    def n_accepted(self) -> int:
        """How many movements count for the session."""
        return sum(movement.accepted for movement in self.movements)

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `movements`, and a `session` beside them."""
        return {
            "movements": [movement.to_dict() for movement in self.movements],
            "session": {
                "n_accepted": self.n_accepted,
                "range_deg": quantity_json(self.range_deg),
                "start_deg": quantity_json(self.start_deg),
                "end_deg": quantity_json(self.end_deg),
                "mdc_deg": self.mdc_deg,
                "mdc_from": self.mdc_from,
                "joint": self.joint,
                "movement": self.movement,
            },
        }

    def findings(self) -> list[Finding]:
        """Return every number, one row each."""
        session: dict[str, Outcome | float] = {
            "range_deg": self.range_deg,
            "start_deg": self.start_deg,
            "end_deg": self.end_deg,
        }
        if self.mdc_deg is not None:
            session["mdc_deg"] = self.mdc_deg
        rows = [row for movement in self.movements for row in movement.findings()]
        return rows + [
            Finding(item="session", index=None, quantity=name, value=value, flags=self.flags)
            for name, value in session.items()
        ]


def summarise(
    movements: tuple[RangeMovement, ...],
    flags: Sequence[QualityFlag],
    *,
    joint: str | None,
    movement: str | None,
) -> RangeAnalysis:
    """Return the medians over accepted movements, and what change of them is detectable."""
    accepted = [one for one in movements if one.accepted]
    ranges = np.array([one.range_deg.value for one in accepted])
    own = ranges.size >= _ENOUGH_REPEATS
    mdc = None
    if ranges.size:
        prior = PRIOR_SD_DEG / math.sqrt(ranges.size)
        least = math.hypot(_PRIOR_FLOOR * prior, _known_better_than(accepted))
        mdc = minimal_detectable_change(max(standard_error(ranges), least) if own else prior)
    too_few = (QualityFlag.TOO_FEW,) if ranges.size == 1 else ()
    return RangeAnalysis(
        movements=movements,
        range_deg=_median([one.range_deg for one in accepted]),
        start_deg=_median([one.start_deg for one in accepted]),
        end_deg=_median([one.end_deg for one in accepted]),
        mdc_deg=mdc,
        mdc_from="own repeats" if own else "prior",
        joint=joint,
        movement=movement,
        flags=tuple(dict.fromkeys((*flags, *too_few))),
    )


def _known_better_than(accepted: Sequence[RangeMovement]) -> float:
    """Return what repeats alike do not show: how well the range of one movement is known."""
    return max(one.range_deg.u for one in accepted)


def _median(estimates: Sequence[Estimate]) -> Outcome:
    return centre_of(estimates, shared=("resolution",)) if estimates else NO_MOVEMENT
