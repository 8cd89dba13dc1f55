"""Presses as they were judged: accepted or not, in a sentence; and those that were taken back."""

from dataclasses import dataclass, replace
from itertools import groupby

from tissuesense.analysis.analyse import RecordingAnalysis
from tissuesense.analysis.result import Finding
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import TAKEN_BACK, RecordingContext
from tissuesense.guidance.words import verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPress:
    """One press, or whatever is measured, as the estimator judged it."""

    accepted: bool
    sentence: str


class TakenBack:
    """Presses that whoever measures takes back, or gives back their place, while it goes on."""

    def __init__(self) -> None:
        self.numbers: tuple[int, ...] = ()
        self.changes = 0

    def take_back(self, number: int) -> None:
        """Let a press count for nothing."""
        if number not in self.numbers:
            self.numbers, self.changes = (*self.numbers, number), self.changes + 1

    def undo(self) -> int | None:
        """Give the press that was taken back last its place again; return which."""
        if not self.numbers:
            return None
        *rest, last = self.numbers
        self.numbers, self.changes = tuple(rest), self.changes + 1
        return last

    def told(self, context: RecordingContext) -> RecordingContext:
        """Return the context with what was taken back, as the estimator heeds it."""
        if not self.numbers:
            return context
        return replace(context, extra={**context.extra, TAKEN_BACK: sorted(self.numbers)})


def judged_presses(analysis: RecordingAnalysis) -> tuple[JudgedPress, ...]:
    """Return every press of an analysis with its verdict in words, in order.

    Whatever the kind consists of is judged so; what that itself consists of is not.
    """
    rows = [finding for finding in analysis.findings() if finding.index is not None]
    rows = [finding for finding in rows if finding.item == rows[0].item]
    target = analysis.recording.context.target_rate_kpa_s
    return tuple(
        _judged(list(group), target)
        for _, group in groupby(rows, key=lambda finding: finding.index)
    )


def _judged(row: list[Finding], target_rate_kpa_s: float | None) -> JudgedPress:
    accepted = all(finding.accepted for finding in row)
    flags = tuple(dict.fromkeys(str(flag) for finding in row for flag in finding.flags))
    rate = next((f.value for f in row if f.quantity == "ramp_rate_kpa_s"), None)
    error = None
    if isinstance(rate, Estimate) and target_rate_kpa_s is not None:
        error = rate.value / target_rate_kpa_s - 1.0
    return JudgedPress(
        accepted=accepted, sentence=verdict(accepted=accepted, flags=flags, rate_error=error)
    )
