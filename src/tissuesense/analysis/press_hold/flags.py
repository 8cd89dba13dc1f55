"""What to know before believing a press: the quality flags of press and hold."""

import math

import numpy as np

from tissuesense.analysis.press_hold.course import Course, holds_force
from tissuesense.analysis.press_hold.hold import drifts
from tissuesense.analysis.press_hold.sampling import are_few
from tissuesense.analysis.press_hold.side_car import IndentationSideCar
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.core.quality import QualityFlag

_RISE_SHARES = (0.15, 0.8)
_LEAST_REST_S = 0.5
_LONGEST_GAP_S = 0.3
_LEAST_BASELINE_STEP_N = 0.3
_BASELINE_STEP_SDS = 5.0


def press_flags(
    signal: IndentationSignal, course: Course, side_car: IndentationSideCar
) -> tuple[QualityFlag, ...]:
    """Return the flags of one press, each once."""
    span = course.span
    indicated = signal.indicated_n[span.start : span.stop]
    step_n = max(_LEAST_BASELINE_STEP_N, _BASELINE_STEP_SDS * signal.force_sd_n)
    full_scale_n = math.inf if signal.full_scale_n is None else signal.full_scale_n
    tests = (
        (QualityFlag.NO_DISPLACEMENT, course.way_mm is None),
        (QualityFlag.PRELOAD, span.starts_loaded or _rested(course)),
        (QualityFlag.NOT_RELEASED, span.ends_loaded),
        (QualityFlag.SAMPLE_RATE, are_few(course)),
        (QualityFlag.DRIFT, math.fabs(span.baseline_step_n) > step_n),
        (QualityFlag.CLIP, float(indicated.max()) >= full_scale_n),
        (QualityFlag.GAP, float(np.diff(course.t_s).max(initial=0.0)) > _LONGEST_GAP_S),
    )
    flags = [flag for flag, holds in tests if holds]
    if course.turns:
        return (*flags, QualityFlag.NO_HOLD)
    return (*flags, *_hand_flags(course, stopped=side_car.depth_stop))


def _rested(course: Course) -> bool:
    """Tell whether the tip lay on the skin before it was pressed in.

    A soft beginning is slow too, but never slower than the whole rise that follows it.
    """
    touched, risen = (course.risen_s(share) for share in _RISE_SHARES)
    resting_s = touched - float(course.t_s[0])
    return resting_s > max(_LEAST_REST_S, risen - touched)


def _hand_flags(course: Course, *, stopped: bool) -> tuple[QualityFlag, ...]:
    """Tell a hand that holds the depth from one that holds the force, or neither.

    Without a displacement only a stop can vouch for the hand.
    """
    depth_mm = math.inf if course.depth_mm is None else course.depth_mm
    force_held = holds_force(course.top, course.leave, depth_mm=depth_mm)
    if course.way_mm is None:
        if stopped:
            return ()
        return (QualityFlag.HAND_UNKNOWN, *((QualityFlag.CREEP,) if force_held else ()))
    if force_held:
        return (QualityFlag.CREEP,)
    return (QualityFlag.HAND_DRIFT,) if drifts(course) else ()
