"""Pain tolerance, and how far it lies above the pain threshold.

A press to tolerance ends at the client's word or at the safety cut-off, whichever comes first; the
second is common, and then all that is known is that the tolerance lies there or above. Such a press
is neither left out nor entered as a number.
"""

from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.estimators.pain_threshold import analyse
from tissuesense.analysis.pain.trials import PainTrial
from tissuesense.analysis.sensory.at_least import AtLeast
from tissuesense.analysis.sensory.paired import Reading, difference, ratio, reading_of
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import Recording, RecordingKind

Bounded = Outcome | AtLeast


@dataclass(frozen=True, slots=True, kw_only=True)
class ToleranceRange:
    """From the threshold to the tolerance.

    Attributes
    ----------
    difference_kpa
        Tolerance less threshold.
    ratio
        Tolerance over threshold.
    """

    threshold_kpa: Outcome
    tolerance_kpa: Bounded
    difference_kpa: Bounded
    ratio: Bounded
    flags: tuple[QualityFlag, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        apart, times = self.difference_kpa, self.ratio
        if isinstance(apart, NotEstimable):
            return apart.detail
        if isinstance(times, NotEstimable):
            return times.detail
        if isinstance(apart, AtLeast) or isinstance(times, AtLeast):
            return (
                f"The tolerance was not reached: it is {self.tolerance_kpa}, {apart} above the "
                "threshold."
            )
        sign, word = (1, "above") if apart.value >= 0 else (-1, "below")
        low, high = sorted(sign * bound for bound in apart.coverage_interval())
        return (
            f"The tolerance lies {sign * apart.value:.0f} kPa {word} the threshold "
            f"(95 % interval {low:.0f} to {high:.0f}), {times.value:.2f} times as high."
        )


def tolerance_of(recording: Recording) -> Bounded:
    """Return the tolerance that a recording shows; one press is enough, two are the usual most.

    The mean of the presses that count; `AtLeast` as soon as one of them ended at the cut-off or at
    the gauge's end, that press entering with what it reached, so that the mean cannot be less.

    Raises
    ------
    UsageError
        When the recording is of another kind.
    NoColumn, NoProbeArea
        When the recording has no force or states no probe area.
    """
    if recording.kind() is not RecordingKind.TOLERANCE:
        raise UsageError(
            f"This is a recording of kind '{recording.kind()}'.",
            hint='A tolerance is recorded as one: {"kind": "tolerance"}.',
        )
    found = analyse(recording)
    counting = [trial for trial in found.trials if trial.accepted or _is_censored(trial)]
    if any(_is_censored(trial) for trial in counting):
        reached = [_reached(trial, recording.context.cutoff_kpa) for trial in counting]
        return AtLeast(bound=float(np.mean(reached)), unit="kPa")
    return counting[0].threshold_kpa if len(counting) == 1 else found.session.ppt_kpa


def tolerance_range(threshold_kpa: Reading, tolerance_kpa: Reading | AtLeast) -> ToleranceRange:
    """Set a tolerance against the threshold of the same site, day and gauge.

    Parameters
    ----------
    threshold_kpa, tolerance_kpa
        A mean with its uncertainty, or single readings, shape (n,); a tolerance that was not
        reached is an `AtLeast`.

    Raises
    ------
    UsageError
        When a value is not positive or in another unit.
    """
    threshold = reading_of(threshold_kpa, "threshold_kpa", unit="kPa")
    _positive(threshold)
    if isinstance(tolerance_kpa, AtLeast):
        return _censored(threshold, tolerance_kpa)
    tolerance = reading_of(tolerance_kpa, "tolerance_kpa", unit="kPa")
    _positive(tolerance)
    apart = difference(threshold, tolerance)
    return ToleranceRange(
        threshold_kpa=threshold,
        tolerance_kpa=tolerance,
        difference_kpa=apart,
        ratio=ratio(threshold, tolerance),
        flags=(apart.reason,) if isinstance(apart, NotEstimable) else (),
    )


def _censored(threshold: Outcome, tolerance: AtLeast) -> ToleranceRange:
    if tolerance.unit != "kPa":
        raise UsageError(f"tolerance_kpa must be in kPa, not in {tolerance.unit}.")
    apart: Bounded = (
        threshold
        if isinstance(threshold, NotEstimable)
        else AtLeast(bound=tolerance.bound - threshold.value, unit="kPa")
    )
    times: Bounded = (
        threshold
        if isinstance(threshold, NotEstimable)
        else AtLeast(bound=tolerance.bound / threshold.value, unit="")
    )
    return ToleranceRange(
        threshold_kpa=threshold,
        tolerance_kpa=tolerance,
        difference_kpa=apart,
        ratio=times,
        flags=(QualityFlag.CENSORED,),
    )


def _positive(value: Outcome) -> None:
    if isinstance(value, Estimate) and not value.value > 0:
        raise UsageError(f"A threshold is positive, not {value.value} kPa.")


def _is_censored(trial: PainTrial) -> bool:
    outcome = trial.threshold_kpa
    return isinstance(outcome, NotEstimable) and outcome.reason is QualityFlag.CENSORED


def _reached(trial: PainTrial, cutoff_kpa: float) -> float:
    """Return the threshold, or what is sure to have been reached without it."""
    if isinstance(trial.threshold_kpa, Estimate):
        return trial.threshold_kpa.value
    return min(trial.peak_kpa, cutoff_kpa)
