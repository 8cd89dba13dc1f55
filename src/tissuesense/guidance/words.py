"""What a flag says to a person, and the one sentence after a press."""

from collections.abc import Mapping, Sequence

from tissuesense.core.quality import QualityFlag

_MEANINGS: Mapping[QualityFlag, str] = {
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
    QualityFlag.NOT_RELEASED: "no clear release",
    QualityFlag.NO_PRESS: "no press was found",
    QualityFlag.NO_DISPLACEMENT: "depth was not recorded",
    QualityFlag.NOT_IMPLEMENTED: "not computed by this version",
    QualityFlag.CLOCK_WRAPPED: "the gauge's clock wrapped and was unwrapped",
    QualityFlag.MISSING_VALUES: "some values were missing",
    QualityFlag.TARE_APPLIED: "the gauge was not at zero; its zero was taken off",
    QualityFlag.RECONNECTED: "the connection was lost and came back",
    QualityFlag.REJECTED_FRAMES: "some of the stream was unreadable and left out",
    QualityFlag.SLOW_SOURCE: "fewer than ten readings a second",
    QualityFlag.WRONG_SIGN: "the force seems to be the wrong way round (invert=1 turns it)",
    QualityFlag.COMPONENTS_DISAGREE: "the components do not agree",
}

# What went wrong and what the hand does about it, gravest first: one sentence is heard, not five.
_NEXT: Mapping[QualityFlag, str] = {
    QualityFlag.CENSORED: "The limit came before the pain. Kept as 'at least'.",
    QualityFlag.CLIP: "The gauge reached the end of its range. Use a stronger one.",
    QualityFlag.OVERLOAD: "The gauge was overloaded. Use a stronger one.",
    QualityFlag.DROP: "Readings were lost. Check the gauge, again.",
    QualityFlag.GAP: "Readings were lost. Check the gauge, again.",
    QualityFlag.NOT_RELEASED: "Not let go. Lift off, again.",
    QualityFlag.EARLY_RELEASE: "Too short. Press on until the word, again.",
    QualityFlag.SLIP: "The tip slipped. Seat it flat, again.",
    QualityFlag.DIP: "The force dipped. Press on without easing, again.",
    QualityFlag.DOUBLE_PEAK: "Two presses in one. Press once, again.",
    QualityFlag.RATE_MEAN: "Not at the asked rate. Follow the guide, again.",
    QualityFlag.DWELL: "Paused on the way. Press without stopping, again.",
    QualityFlag.RATE_CV: "Uneven. Press steadily, again.",
    QualityFlag.NONLINEAR: "Uneven. Press steadily, again.",
    QualityFlag.PLATEAU: "Held at the top. Let go at the word, again.",
    QualityFlag.LATE_RELEASE: "Let go late. Let go at the word, again.",
    QualityFlag.OVERSHOOT: "Let go late. Let go at the word, again.",
    QualityFlag.PRELOAD: "Rested on the skin. Lift off before pressing, again.",
    QualityFlag.OFF_AXIS: "Tilted. Press straight down, again.",
    QualityFlag.NO_HOLD: "Not held long enough. Hold still, again.",
    QualityFlag.CREEP: "Moved during the hold. Hold still, again.",
    QualityFlag.HAND_DRIFT: "Moved during the hold. Hold still, again.",
    QualityFlag.DRIFT: "The zero moved. Lift off and wait for the zero, again.",
    QualityFlag.WRONG_SIGN: "Pressing reads as pulling. Add invert=1 to the device URL.",
}
TOO_FAST = "Too fast. Press slower, again."
TOO_SLOW = "Too slow. Press faster, again."
NOT_A_PRESS = "Too light or too short to count. Again."
READINGS_STOPPED = "Readings stopped during the press. Check the gauge, again."
# Pressing lowers the next threshold at the same spot; four presses are the usual most.
USUAL_MOST = "Four presses at one spot are the usual most."


def flag_words(flag: str) -> str:
    """Return what a flag says to a reader; a flag of another package stays as it is."""
    try:
        return _MEANINGS[QualityFlag(flag)]
    except ValueError:
        return flag.replace("_", " ")


def verdict(*, accepted: bool, flags: Sequence[str], rate_error: float | None = None) -> str:
    """Return the one sentence after a press: what to know, and what to do next.

    Parameters
    ----------
    rate_error
        Achieved rate over asked rate less 1; tells too fast from too slow.
    """
    if accepted:
        return f"Accepted; {flag_words(flags[0])}." if flags else "Accepted."
    gravest = next((flag for flag in _NEXT if flag in flags), None)
    if gravest is QualityFlag.RATE_MEAN and rate_error is not None:
        return TOO_FAST if rate_error > 0 else TOO_SLOW
    if gravest is not None:
        return _NEXT[gravest]
    return f"Not usable: {flag_words(flags[0])}. Again." if flags else "Not usable. Again."
