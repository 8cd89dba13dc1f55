"""Which of the accepted trials make the value of a session, and how they are put together.

Four rules are in use: all of them (Rolke et al., Eur J Pain 10 (2006) 77-88), without the first
press, only the last two, or their median. Which one was chosen stands in the side-car, because
values by different rules are not the same quantity.
"""

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tissuesense.analysis.pain.trials import PainTrial
from tissuesense.core.errors import UsageError
from tissuesense.core.recording import RecordingContext

_SIDECAR_KEY = "aggregation"
_SD_KEY = "within_person_sd_ln"


class Aggregation(enum.StrEnum):
    """How accepted trials make one value."""

    ALL = "all"
    DROP_FIRST = "drop_first"
    LAST_TWO = "last_two"
    MEDIAN = "median"

    @property
    def rule(self) -> str:
        """The rule in words."""
        return _RULES[self]

    def counted(self, trials: Sequence[PainTrial]) -> list[PainTrial]:
        """Return the trials of a session that count for its value."""
        accepted = [trial for trial in trials if trial.accepted]
        if self is Aggregation.DROP_FIRST:
            return [trial for trial in accepted if trial.index > 1]
        return accepted[-2:] if self is Aggregation.LAST_TWO else accepted

    def limits_kpa(self, trials: Sequence[PainTrial]) -> list[float]:
        """Return what the trials among these met that ended at a limit, before any signal."""
        first = 2 if self is Aggregation.DROP_FIRST else 1
        if self is Aggregation.LAST_TWO and (counted := self.counted(trials)):
            first = counted[0].index
        return [
            trial.at_least_kpa
            for trial in trials
            if trial.at_least_kpa is not None and trial.index >= first
        ]


_RULES = {
    Aggregation.ALL: "arithmetic mean of the accepted trials",
    Aggregation.DROP_FIRST: "arithmetic mean of the accepted trials without the first press",
    Aggregation.LAST_TWO: "arithmetic mean of the last two accepted trials",
    Aggregation.MEDIAN: "median of the accepted trials",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledSd:
    """How much a person's presses differ within a visit, from many visits, on the ln scale."""

    sd_ln: float
    dof: float


def aggregation_of(context: RecordingContext) -> Aggregation:
    """Return the rule that the side-car names with `aggregation`, else `all`.

    Raises
    ------
    UsageError
        When there is no such rule.
    """
    name = context.extra.get(_SIDECAR_KEY, Aggregation.ALL)
    if name not in tuple(Aggregation):
        raise UsageError(
            f"There is no aggregation {name!r}.", hint=f"Known: {', '.join(Aggregation)}."
        )
    return Aggregation(name)


def pooled_sd_of(context: RecordingContext) -> PooledSd | None:
    """Return the person's pooled scatter that the side-car states with `within_person_sd_ln`.

    Raises
    ------
    UsageError
        When it is not a positive `sd` with its positive `dof`.
    """
    stated = context.extra.get(_SD_KEY)
    if stated is None:
        return None
    found = [stated.get(key) if isinstance(stated, Mapping) else None for key in ("sd", "dof")]
    sd, dof = (float(v) if isinstance(v, int | float) else math.nan for v in found)
    if not (0 < sd < math.inf and dof > 0):
        raise UsageError(f'{_SD_KEY} must look like {{"sd": 0.12, "dof": 20}}, not {stated!r}.')
    return PooledSd(sd_ln=sd, dof=dof)
