"""The one sentence after a press: what was wrong with it and what the hand does about it."""

from collections.abc import Mapping, Sequence

from tissuesense.core.flag_words import flag_words
from tissuesense.core.quality import QualityFlag

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
