"""What can be wrong with data, in stable words: the flags of the public contract.

Each flag is a lower-case string; the meanings follow the quality rules of pressure algometry that
`docs/reference/flags.md` lists.
"""

import enum
from dataclasses import dataclass


class QualityFlag(enum.StrEnum):
    """A stable word for something the reader of a number must know."""

    RATE_MEAN = "rate_mean"
    RATE_CV = "rate_cv"
    NONLINEAR = "nonlinear"
    DWELL = "dwell"
    DIP = "dip"
    SLIP = "slip"
    OVERSHOOT = "overshoot"
    LATE_RELEASE = "late_release"
    EARLY_RELEASE = "early_release"
    PRELOAD = "preload"
    OFF_AXIS = "off_axis"
    CLIP = "clip"
    DROP = "drop"
    SAMPLE_RATE = "sample_rate"
    MARKER_FAR = "marker_far"
    MARKER_AFTER_RELEASE = "marker_after_release"
    TRIAL_SPREAD = "trial_spread"
    DOUBLE_PEAK = "double_peak"
    PLATEAU = "plateau"
    DRIFT = "drift"
    CENSORED = "censored"
    OVERLOAD = "overload"
    DUPLICATES = "duplicates"
    SPIKES = "spikes"
    GAP = "gap"
    CREEP = "creep"
    HAND_DRIFT = "hand_drift"
    NO_HOLD = "no_hold"
    POOR_FIT = "poor_fit"
    TOO_FEW = "too_few"
    NOT_RELEASED = "not_released"
    NO_PRESS = "no_press"
    NO_DISPLACEMENT = "no_displacement"
    CLOCK_WRAPPED = "clock_wrapped"
    MISSING_VALUES = "missing_values"
    TARE_APPLIED = "tare_applied"
    RECONNECTED = "reconnected"
    REJECTED_FRAMES = "rejected_frames"
    SLOW_SOURCE = "slow_source"
    WRONG_SIGN = "wrong_sign"
    COMPONENTS_DISAGREE = "components_disagree"
    OTHER_MUSCLE = "other_muscle"
    PRESS_COUNT = "press_count"
    PRESS_DRIFT = "press_drift"
    ZERO_RATING = "zero_rating"
    UNBOUNDED = "unbounded"
    NO_MOVEMENT = "no_movement"
    NO_LEVER_ARM = "no_lever_arm"
    TOO_FEW_SPEEDS = "too_few_speeds"
    WEIGHT_NOT_SEPARATED = "weight_not_separated"
    NO_TAP = "no_tap"
    NO_SWING = "no_swing"
    NO_TAP_MASS = "no_tap_mass"
    NO_PUSH = "no_push"
    NOISY = "noisy"
    SHORT_RECORD = "short_record"
    NOT_RECOVERED = "not_recovered"
    BOUNCE = "bounce"
    CONDITIONING = "conditioning"
    SHORT_REST = "short_rest"
    OTHER_LAW = "other_law"
    NO_PPT = "no_ppt"
    NO_TRAVEL = "no_travel"
    OUTSIDE_WINDOW = "outside_window"
    HAND_UNKNOWN = "hand_unknown"
    THICKNESS_ASSUMED = "thickness_assumed"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySummary:
    """What happened on the way from the wire to the trace.

    Attributes
    ----------
    gaps
        Stretches without samples, as (from, to) seconds of trace time.
    rejected_frames
        How many pieces of the stream were refused by the codec.
    duplicates
        How many readings arrived twice and were kept once.
    """

    gaps: tuple[tuple[float, float], ...] = ()
    rejected_frames: int = 0
    duplicates: int = 0
    flags: tuple[QualityFlag, ...] = ()
