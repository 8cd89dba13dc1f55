"""Rise of the force from 20 % to 80 % of its peak: over the travel, or over the time it took."""

import math

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.loading_curve import Crossing, crossing
from tissuesense.analysis.press_hold.refusals import NO_DISPLACEMENT, PRELOADED, TOO_COARSE
from tissuesense.analysis.press_hold.sampling import (
    TOO_FEW_SAMPLES,
    are_too_few,
    of_share,
)
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate, Outcome

SHARES = (0.2, 0.8)


def secant_stiffness(signal: IndentationSignal, course: Course) -> Outcome:
    """Return 60 % of the peak over the travel from 20 % to 80 % of it."""
    loading = course.loading()
    if loading is None:
        return NO_DISPLACEMENT
    if are_too_few(course):
        return TOO_FEW_SAMPLES
    return _steepness(signal, course, loading, "N/mm")


def loading_rate(signal: IndentationSignal, course: Course) -> Outcome:
    """Return the same over the time it took."""
    first = int(np.searchsorted(course.t_s, course.top.t_s))
    t_s = np.append(course.t_s[:first], course.top.t_s)
    force_n = np.append(course.force_n[:first], course.top.force.value)
    return _steepness(signal, course, (t_s, force_n), "N/s")


def _steepness(
    signal: IndentationSignal, course: Course, loading: tuple[FloatArray, FloatArray], unit: str
) -> Outcome:
    low, high = (
        crossing(*loading, share * course.peak_n, least_sd=signal.force_sd_n) for share in SHARES
    )
    if low is None or high is None or high.at <= low.at:
        return PRELOADED if course.span.starts_loaded else TOO_COARSE
    travel = high.at - low.at
    value = (high.force_n - low.force_n) / travel
    budget = {
        source: u_n / travel
        for source, u_n in _contributions_n(signal, course, low, high, value).items()
    }
    return Estimate.from_budget(value, budget, unit=unit)


def _contributions_n(
    signal: IndentationSignal, course: Course, low: Crossing, high: Crossing, value: float
) -> dict[str, float]:
    """Return the uncertainty of force rise less steepness x travel, by source.

    An error at the peak moves the two levels and the places where they are met; one of the
    unloaded level moves the whole curve and the peak with it.
    """
    share_low, share_high = SHARES
    rise = share_high - share_low
    at_low, at_high = value / low.slope, value / high.slope
    of_peak = rise - share_high * at_high + share_low * at_low
    of_level = rise + (1 - share_high) * at_high - (1 - share_low) * at_low
    return {
        "scatter": value * math.hypot(low.scatter, high.scatter),
        "curve": value * math.hypot(low.curve, high.curve),
        "peak": math.fabs(of_peak) * course.top.force.u,
        "baseline": math.fabs(of_level) * course.span.baseline_u_n,
        "resolution": signal.resolution_n / math.sqrt(12) * math.hypot(at_low, at_high),
        "sampling": (high.force_n - low.force_n) * of_share(course),
        "calibration": signal.calibration_u_n(high.force_n - low.force_n),
    }
