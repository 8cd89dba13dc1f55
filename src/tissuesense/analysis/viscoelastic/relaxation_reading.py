"""From a recorded press to the courses that its force may have followed."""

from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.viscoelastic.relaxation_blocks import Blocks
from tissuesense.analysis.viscoelastic.relaxation_course import Course, Motion, Ramp, Step
from tissuesense.analysis.viscoelastic.relaxation_fitted import Record
from tissuesense.analysis.viscoelastic.relaxation_law import Fung, Law, Linear, Power
from tissuesense.analysis.viscoelastic.relaxation_numbers import jitter
from tissuesense.analysis.viscoelastic.relaxation_swept import Swept
from tissuesense.analysis.viscoelastic.relaxation_window import Window
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag

_FEWEST_SAMPLES = 8
_FEWEST_ON_RAMP = 6
_LEAST_HOLD_OVER_RAMP = 0.25
_NOISE_SD = 6.0
_LUCKY_SD = 3.0  # by which the highest of many samples is above the curve
_AT_ZERO_SHARE = 0.03
_LOADED_SHARE = 0.2
_FULL_SHARE = 0.9
_STEADY_SHARE = 0.02
_RARER, _MUCH_GONE = 100.0, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What can be fitted, or why nothing can.

    Attributes
    ----------
    courses
        Those to try, the plainest first.
    record
        The force; None where the record cannot answer.
    """

    courses: tuple[Course, ...]
    record: Record | None
    flags: tuple[QualityFlag, ...]


def read_course(
    time_s: FloatArray, force_n: FloatArray, displacement_mm: FloatArray | None
) -> Reading:
    """Return the courses for a record from the contact on."""
    if time_s.size < _FEWEST_SAMPLES:
        return _refused(QualityFlag.TOO_FEW)
    peak_n = float(force_n.max())
    sd_n = jitter(force_n)
    top = int(np.argmax(force_n >= peak_n - _LUCKY_SD * sd_n))
    at_peak = bool(force_n[0] >= min(peak_n - _NOISE_SD * sd_n, _FULL_SHARE * peak_n))
    preloaded = not at_peak and force_n[0] > _LOADED_SHARE * peak_n
    depth_mm = _depth(displacement_mm, from_zero=not at_peak)
    if depth_mm is not None:
        top = int(np.argmax(depth_mm >= _FULL_SHARE * depth_mm.max()))
        courses = _motions(time_s, force_n, depth_mm, top)
    elif at_peak:
        top, courses = 0, (Step(time_s=time_s, shape=np.empty(0)),)
    else:
        courses = _ramps(time_s, force_n, top)
    begin_s, end_s = float(time_s[top]), float(time_s[-1])
    short = end_s - begin_s < _LEAST_HOLD_OVER_RAMP * (begin_s - float(time_s[0]))
    if short or time_s.size - top < _FEWEST_SAMPLES:
        return _refused(QualityFlag.NO_HOLD)
    if depth_mm is None and _steady(force_n[top:]):
        return _refused(QualityFlag.CREEP)
    record = Record(
        force_n=force_n,
        scale=_scale(time_s, force_n) if depth_mm is None and at_peak else np.ones(1),
        ramp_samples=top,
        blocks=Blocks(time_s, begin_s),
        window=_window(time_s, top),
    )
    raised = {
        QualityFlag.PRELOAD: preloaded,
        QualityFlag.NO_DISPLACEMENT: displacement_mm is not None and depth_mm is None,
    }
    flags = tuple(flag for flag, is_raised in raised.items() if is_raised)
    return Reading(courses=courses, record=record, flags=flags)


def _window(time_s: FloatArray, top: int) -> Window:
    """Return the window, by the samples with which the hold begins: later ones may be rarer."""
    return Window(
        sample_s=median(np.diff(time_s[top : top + _FEWEST_SAMPLES])),
        hold_s=float(time_s[-1] - time_s[top]),
        ramp_s=float(time_s[top] - time_s[0]),
    )


def _scale(time_s: FloatArray, force_n: FloatArray) -> FloatArray:
    """Return what residuals count relative to, the largest force being 1.

    Samples ever rarer over decades of time come from machines and from curves put together, whose
    errors are shares of what is left: where much is gone, the force itself is the scale.
    """
    peak_n, least_n = float(force_n.max()), float(force_n.min())
    steps_s = np.diff(time_s)
    rarer = float(median(steps_s[-_FEWEST_SAMPLES:])) > _RARER * median(steps_s[:_FEWEST_SAMPLES])
    if rarer and _NOISE_SD * jitter(force_n) < least_n < _MUCH_GONE * peak_n:
        return force_n / peak_n
    return np.ones(1)


def _refused(flag: QualityFlag) -> Reading:
    return Reading(courses=(), record=None, flags=(flag,))


def _steady(force_n: FloatArray) -> bool:
    """Return whether a force hardly changes from the beginning of a hold to its end."""
    few, tenth = max(force_n.size // 100, 3), max(force_n.size // 10, 3)
    first, last = float(force_n[:few].mean()), float(force_n[-tenth:].mean())
    return abs(first - last) <= _STEADY_SHARE * first


def _depth(displacement_mm: FloatArray | None, *, from_zero: bool) -> FloatArray | None:
    """Return the depth below the contact; None where none was recorded.

    A record that begins on the skin begins at depth 0, whatever the gauge's own zero; one that
    begins pressed in is believed as it stands.
    """
    if displacement_mm is None:
        return None
    first = float(displacement_mm[0])
    elsewhere = abs(first) > _AT_ZERO_SHARE * float(np.ptp(displacement_mm))
    depth_mm = displacement_mm - first if from_zero and elsewhere else displacement_mm
    return depth_mm if depth_mm.max() > 0 else None


def _motions(
    time_s: FloatArray, force_n: FloatArray, depth_mm: FloatArray, top: int
) -> tuple[Course, ...]:
    def motion(law: Law, *shape: float) -> Motion:
        return Motion(time_s=time_s, shape=np.array(shape), law=law, depth_mm=depth_mm)

    if top < _FEWEST_ON_RAMP:
        return (motion(Linear()),)
    contact_mm = float(depth_mm[_last_unloaded(force_n)])
    curved = (Power(), Fung())
    return (
        *(motion(law, law.start) for law in curved),
        *(motion(law, law.start, contact_mm) for law in curved),
    )


def _ramps(time_s: FloatArray, force_n: FloatArray, top: int) -> tuple[Course, ...]:
    shortest_s = float(time_s[-1] - time_s[0]) / time_s.size / 10

    def ramp(law: Law, *shape: float) -> Ramp:
        return Ramp(
            time_s=time_s,
            shape=np.array([time_s[top], *shape]),
            law=law,
            contact_s=float(time_s[0]),
            shortest_s=shortest_s,
        )

    if top < _FEWEST_ON_RAMP:
        return (ramp(Linear()),)
    contact_s = float(time_s[_last_unloaded(force_n)])
    # Nobody samples at the very moment of the contact, and to search for it costs no accuracy.
    return (
        *(ramp(law, law.start, contact_s) for law in (Power(), Fung())),
        Swept.begun(time_s, contact_s, float(time_s[top]), shortest_s),
    )


def _last_unloaded(force_n: FloatArray) -> int:
    """Return the last sample before the force has risen for good."""
    level_n = max(_NOISE_SD * jitter(force_n), _AT_ZERO_SHARE * float(force_n.max()) / 6)
    return max(int(np.argmax(force_n > level_n)) - 1, 0)
