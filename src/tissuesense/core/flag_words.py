"""What each quality flag says to a person; beside the flags, because every page speaks of them."""

from collections.abc import Iterable, Mapping

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
    QualityFlag.NO_DISPLACEMENT: "depth was not recorded, and force alone cannot tell stiffness, "
    "modulus, energy loss, depth or tone",
    QualityFlag.HAND_UNKNOWN: "tissue that relaxes cannot be told from a hand that gives way",
    QualityFlag.THICKNESS_ASSUMED: "how well the tissue's thickness is known was not stated; "
    "10 % is taken",
    QualityFlag.CLOCK_WRAPPED: "the gauge's clock wrapped and was unwrapped",
    QualityFlag.MISSING_VALUES: "some values were missing",
    QualityFlag.TARE_APPLIED: "the gauge was not at zero; its zero was taken off",
    QualityFlag.RECONNECTED: "the connection was lost and came back",
    QualityFlag.REJECTED_FRAMES: "some of the stream was unreadable and left out",
    QualityFlag.SLOW_SOURCE: "fewer than ten readings a second",
    QualityFlag.WRONG_SIGN: "the force seems to be the wrong way round (invert=1 turns it)",
    QualityFlag.COMPONENTS_DISAGREE: "the components do not agree",
    QualityFlag.OTHER_MUSCLE: "compared with another muscle",
    QualityFlag.PRESS_COUNT: "not as many presses were found as were rated",
    QualityFlag.PRESS_DRIFT: "the presses became stronger or lighter",
    QualityFlag.ZERO_RATING: "a rating of 0 has no multiple and no logarithm",
    QualityFlag.CONDITIONING: "the first press made the tissue yield and differs from the rest",
    QualityFlag.SHORT_REST: "the tissue had not recovered from the press before",
    QualityFlag.OTHER_LAW: "the tissue stiffens by one of two laws; the other is left out",
    QualityFlag.UNBOUNDED: "the ratings set no bounds to this value",
    QualityFlag.NO_MOVEMENT: "no movement was found",
    QualityFlag.NO_LEVER_ARM: "the lever arm was not stated, so the force gives no torque",
    QualityFlag.TOO_FEW_SPEEDS: "stretched at fewer than three speeds",
    QualityFlag.WEIGHT_NOT_SEPARATED: "the limb's weight could not be told from its stiffness",
    QualityFlag.NO_TAP: "no tap was found",
    QualityFlag.NO_SWING: "nothing swung after the tap",
    QualityFlag.NO_TAP_MASS: "the mass of the probe was not stated",
    QualityFlag.NO_PUSH: "the push of the tap was not recorded",
    QualityFlag.NOISY: "too noisy to tell",
    QualityFlag.SHORT_RECORD: "the recording ends too soon",
    QualityFlag.NOT_RECOVERED: "the tissue did not come back to its shape",
    QualityFlag.BOUNCE: "the probe hit the skin again",
    QualityFlag.NO_PPT: "the pain threshold of the place was not stated",
    QualityFlag.NO_TRAVEL: "movement along the skin was not recorded",
    QualityFlag.TAKEN_BACK: "taken back by whoever measured",
    QualityFlag.OUTSIDE_WINDOW: "the hold is too short or too sparse to show this relaxation",
}


# Says which of several ways describes the tissue; nothing about how good the data are.
_OF_THE_METHOD = frozenset({QualityFlag.OTHER_LAW})


def about_data(flags: Iterable[str]) -> tuple[str, ...]:
    """Return the flags that say something about the data, each once, for a reader in a hurry."""
    return tuple(flag for flag in dict.fromkeys(flags) if flag not in _OF_THE_METHOD)


def left_out_words(pieces: int) -> str:
    """Return the sentence about pieces of a stream that the flag `rejected_frames` counts.

    Sketches greet and boot loaders babble: such pieces are usual, and no harm.
    """
    return f"{pieces} pieces of the stream were no readings and were left out: greetings or noise."


def flag_words(flag: str) -> str:
    """Return what a flag says to a reader; a flag of another package stays as it is."""
    try:
        return _MEANINGS[QualityFlag(flag)]
    except ValueError:
        return flag.replace("_", " ")
