"""The one sentence after a press or a tap: what was wrong and what the hand does about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tissuesense.core.flag_words import about_data, flag_words
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import RecordingKind

# What went wrong and what the hand does about it, gravest first: one sentence is heard, not five.
_NEXT: Mapping[QualityFlag, str] = {
    QualityFlag.TAKEN_BACK: "Taken back. Again.",
    QualityFlag.CENSORED: "The limit came before the pain. Kept as 'at least'.",
    QualityFlag.CLIP: "The gauge reached the end of its range. Use a stronger one.",
    QualityFlag.OVERLOAD: "The gauge was overloaded. Use a stronger one.",
    QualityFlag.DROP: "Readings were lost. Check the gauge. Again.",
    QualityFlag.GAP: "Readings were lost. Check the gauge. Again.",
    QualityFlag.NOT_RELEASED: "Not let go. Lift off. Again.",
    QualityFlag.EARLY_RELEASE: "Too short. Press on until the word. Again.",
    QualityFlag.SLIP: "The tip slipped. Seat it flat. Again.",
    QualityFlag.DIP: "The force dipped. Press on without easing. Again.",
    QualityFlag.DOUBLE_PEAK: "Two presses in one. Press once. Again.",
    QualityFlag.RATE_MEAN: "Not at the asked rate. Follow the guide. Again.",
    QualityFlag.DWELL: "Paused on the way. Press without stopping. Again.",
    QualityFlag.RATE_CV: "Uneven. Press steadily. Again.",
    QualityFlag.NONLINEAR: "Uneven. Press steadily. Again.",
    QualityFlag.PLATEAU: "Held at the top. Let go at the word. Again.",
    QualityFlag.LATE_RELEASE: "Let go late. Let go at the word. Again.",
    QualityFlag.OVERSHOOT: "Let go late. Let go at the word. Again.",
    QualityFlag.PRELOAD: "Rested on the skin. Lift off before pressing. Again.",
    QualityFlag.OFF_AXIS: "Tilted. Press straight down. Again.",
    QualityFlag.NO_HOLD: "Not held long enough. Hold still. Again.",
    QualityFlag.CREEP: "Moved during the hold. Hold still. Again.",
    QualityFlag.HAND_DRIFT: "Moved during the hold. Hold still. Again.",
    QualityFlag.DRIFT: "The zero moved. Lift off and wait for the zero. Again.",
    QualityFlag.BOUNCE: "The probe bounced. Rest it on the skin. Again.",
    QualityFlag.NOT_RECOVERED: "The tissue did not spring back. Rest more lightly. Again.",
    QualityFlag.NO_SWING: "Nothing swung. Let the probe go after the tap. Again.",
    QualityFlag.SHORT_RECORD: "Moved too soon. Hold still before and after. Again.",
    QualityFlag.NOISY: "Too noisy. Hold still. Again.",
    QualityFlag.WRONG_SIGN: "Pressing reads as pulling. Add invert=1 to the device URL.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWords:
    """What a recording of a kind consists of, in words.

    Attributes
    ----------
    one, many
        Such as press and presses.
    none_seen
        The sentence where something was done that the estimator sees nothing in; empty where that
        is usual, such as after a limb was brought back.
    """

    one: str
    many: str
    none_seen: str = ""


NOT_A_PRESS = "Too light or too short to count. Again."
_PRESSES = ItemWords(one="press", many="presses", none_seen=NOT_A_PRESS)
ITEMS: Mapping[RecordingKind, ItemWords] = {
    RecordingKind.PPT: _PRESSES,
    RecordingKind.TOLERANCE: _PRESSES,
    RecordingKind.INDENTATION: _PRESSES,
    RecordingKind.TAP: ItemWords(
        one="tap", many="taps", none_seen="That was no tap. Hold still, then tap again."
    ),
    RecordingKind.STRETCH: ItemWords(one="stretch", many="stretches"),
    RecordingKind.ROM: ItemWords(one="movement", many="movements"),
    RecordingKind.DOSE: ItemWords(
        one="application", many="applications", none_seen="Too light or too short to count."
    ),
}

TOO_FAST = "Too fast. Press slower. Again."
TOO_SLOW = "Too slow. Press faster. Again."
# Pressing lowers the next threshold at the same spot; four presses are the usual most.
USUAL_MOST = "Four presses at one spot are the usual most."


def verdict(*, accepted: bool, flags: Sequence[str], rate_error: float | None = None) -> str:
    """Return the one sentence after a press: what to know, and what to do next.

    Parameters
    ----------
    rate_error
        Achieved rate over asked rate less 1; tells too fast from too slow.
    """
    flags = about_data(flags)
    if accepted:
        return f"Accepted; {flag_words(flags[0])}." if flags else "Accepted."
    gravest = next((flag for flag in _NEXT if flag in flags), None)
    if gravest is QualityFlag.RATE_MEAN and rate_error is not None:
        return TOO_FAST if rate_error > 0 else TOO_SLOW
    if gravest is not None:
        return _NEXT[gravest]
    return f"Not usable: {flag_words(flags[0])}. Again." if flags else "Not usable. Again."


def readings_stopped(kind: RecordingKind) -> str:
    """Return the sentence after an outage in the middle of what was done."""
    return f"Readings stopped during the {ITEMS[kind].one}. Check the gauge. Again."


# Every sentence that is said whole, for who translates them.
SPOKEN = tuple(
    dict.fromkeys(
        (
            "Accepted.",
            *_NEXT.values(),
            *(item.none_seen for item in ITEMS.values() if item.none_seen),
            *(readings_stopped(kind) for kind in ITEMS),
            TOO_FAST,
            TOO_SLOW,
            USUAL_MOST,
        )
    )
)
