"""What numbers may be called: comparisons, flags, sites and dates in a therapist's words.

Nothing here says more than "higher", "lower" or "within measurement error".
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tissuesense.core.quality import QualityFlag
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS, Block, ManualFinding

# Usual scatter of ln(threshold): between presses of one session, and between sessions of one
# person. Defaults until a practice has repeats of its own; with three presses on each side they
# give a factor of 1.40 (+40 % or -29 %). The same order as the minimal detectable change of some
# 57 kPa at the upper trapezius that follows from Walton et al., J Orthop Sports Phys Ther 41
# (2011) 644.
_LN_SD_PRESS = 0.12
_LN_SD_SESSION = 0.10
_TWO_SIDED_95 = 1.96


class Uncertain(Protocol):
    """A stored or computed number with its standard uncertainty."""

    @property
    def value(self) -> float | None:
        """The number; None where there is none."""
        ...

    @property
    def standard_uncertainty(self) -> float | None:
        """Coverage factor 1; None where it was not stated."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two thresholds against each other.

    Attributes
    ----------
    percent
        How much the first is above the second.
    usual_percent
        Differences in between are what measuring twice gives anyway.
    """

    percent: float
    usual_percent: tuple[float, float]

    @property
    def beyond_error(self) -> bool:
        """True when the difference is larger than usual measurement error."""
        low, high = self.usual_percent
        return not low <= self.percent <= high


def compare_thresholds(
    first: Uncertain, second: Uncertain, *, presses: tuple[int, int]
) -> Comparison | None:
    """Compare two pressure pain thresholds on the log scale; None where one is not a number.

    The error that counts is the larger of what is usual between sessions and what the two values
    state of themselves: 1.96 times the standard deviation of the difference.
    """
    if not (first.value and second.value and min(first.value, second.value, *presses) > 0):
        return None
    difference = math.log(first.value / second.value)
    usual = math.hypot(*(_usual_ln_sd(n) for n in presses))
    stated = math.hypot(*((x.standard_uncertainty or 0.0) / (x.value or 1.0) for x in (first, second)))
    error = _TWO_SIDED_95 * max(usual, stated)
    return Comparison(
        percent=100 * math.expm1(difference),
        usual_percent=(100 * math.expm1(-error), 100 * math.expm1(error)),
    )


def _usual_ln_sd(presses: int) -> float:
    return math.hypot(_LN_SD_SESSION, _LN_SD_PRESS / math.sqrt(presses))


def direction(percent: float) -> str:
    """Return "higher" or "lower"."""
    return "higher" if percent > 0 else "lower"


def site_words(name: str) -> str:
    """Return a site as a heading says it: "Trapezius upper"."""
    return name.replace("_", " ").capitalize()


def hand_words(found: ManualFinding | None) -> str:
    """Return palpation in words; the note is printed apart."""
    if found is None:
        return "not examined"
    said = [
        *([] if found.tenderness is None else [TENDERNESS_WORDS[found.tenderness]]),
        *([] if found.tone is None else [TONE_WORDS[found.tone]]),
    ]
    return ", ".join(said) or "see note"


def block_words(block: Block) -> str:
    """Return when in the visit something was found."""
    return {
        Block.PRE: "before treatment",
        Block.TREATMENT: "during treatment",
        Block.POST: "after treatment",
    }[block]


def day(moment: datetime) -> str:
    """Return "5 January 2026"."""
    return f"{moment.day} {moment:%B %Y}"


def flag_words(flag: str) -> str:
    """Return what a flag says to a reader; a flag of another package stays as it is."""
    return _FLAGS.get(flag, flag.replace("_", " "))


_FLAGS: dict[str, str] = {
    QualityFlag.RATE_MEAN: "pressed faster or slower than intended",
    QualityFlag.RATE_CV: "rate of pressing uneven",
    QualityFlag.NONLINEAR: "pressure did not rise in a straight line",
    QualityFlag.DWELL: "the hand paused while pressing",
    QualityFlag.DIP: "the force dipped before the release",
    QualityFlag.SLIP: "the tip slipped",
    QualityFlag.OVERSHOOT: "pressure went on rising after the signal",
    QualityFlag.LATE_RELEASE: "released late after the signal",
    QualityFlag.EARLY_RELEASE: "too short or too light to be a press",
    QualityFlag.PRELOAD: "the tip rested on the skin before the press",
    QualityFlag.OFF_AXIS: "the gauge was tilted",
    QualityFlag.CLIP: "the gauge reached the end of its range",
    QualityFlag.DROP: "samples are missing in the press",
    QualityFlag.SAMPLE_RATE: "too few samples a second for this rate of pressing",
    QualityFlag.MARKER_FAR: "a signal far from any press was not used",
    QualityFlag.MARKER_AFTER_RELEASE: "the signal came after the release",
    QualityFlag.TRIAL_SPREAD: "the presses differ widely",
    QualityFlag.DOUBLE_PEAK: "two peaks in one press",
    QualityFlag.PLATEAU: "the pressure was held before the release",
    QualityFlag.DRIFT: "the zero of the gauge drifted",
    QualityFlag.CENSORED: "the threshold lies above what was reached",
    QualityFlag.OVERLOAD: "the gauge was overloaded",
    QualityFlag.DUPLICATES: "readings arrived twice and count once",
    QualityFlag.SPIKES: "single readings far off were left out",
    QualityFlag.GAP: "a stretch without readings",
    QualityFlag.CREEP: "the tip sank on during the hold",
    QualityFlag.HAND_DRIFT: "the hand moved during the hold",
    QualityFlag.NO_HOLD: "the press was not held long enough",
    QualityFlag.POOR_FIT: "the model fits these data poorly",
    QualityFlag.TOO_FEW: "too few usable presses",
    QualityFlag.NOT_RELEASED: "the recording ends before the release",
    QualityFlag.NO_PRESS: "no press was found",
    QualityFlag.NO_DISPLACEMENT: "depth was not recorded",
    QualityFlag.NO_AREA: "the area of the tip is not stated",
    QualityFlag.NOT_IMPLEMENTED: "not computed by this version",
    QualityFlag.CLOCK_WRAPPED: "the gauge's clock wrapped and was unwrapped",
    QualityFlag.MISSING_VALUES: "some values were missing",
    QualityFlag.TARE_APPLIED: "the gauge was not at zero; its zero was taken off",
    QualityFlag.RECONNECTED: "the connection was lost and came back",
    QualityFlag.REJECTED_FRAMES: "some of the stream was unreadable and left out",
    QualityFlag.SLOW_SOURCE: "readings came slower than announced",
    QualityFlag.UNSTABLE_ZERO: "the zero of the gauge was not steady",
}
