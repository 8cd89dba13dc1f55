"""The numbers of one press, with their uncertainty, from its phases."""

import math
from collections.abc import Iterable

import numpy as np

from tissuesense.analysis.hold_motion import held_still
from tissuesense.analysis.indentation_course import Course
from tissuesense.analysis.indentation_flags import press_flags
from tissuesense.analysis.indentation_hold import fitted_relaxation, moved_mm, relaxation_fraction
from tissuesense.analysis.indentation_refusals import NO_DISPLACEMENT, PRELOADED, TOO_COARSE
from tissuesense.analysis.indentation_result import IndentationPress, LoadingRate
from tissuesense.analysis.indentation_signal import IndentationSignal
from tissuesense.analysis.indentation_stiffening import Stiffening
from tissuesense.analysis.indentation_work import energy_loss
from tissuesense.analysis.loading_curve import Crossing, crossing
from tissuesense.analysis.tangent_stiffness import tangents
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_SECANT_SHARES = (0.2, 0.8)
_REJECTING = frozenset({QualityFlag.CLIP, QualityFlag.GAP})


def analyse_press(
    signal: IndentationSignal, course: Course, law: Stiffening, *, index: int
) -> IndentationPress:
    """Analyse one press of a recording, the law of its tissue being known."""
    seen = press_flags(signal, course)
    still = None
    if law.path is not None and not course.turns:
        still = held_still(law.path, course.top.t_s, law.fits)
    secant = _secant(signal, course)
    steep = tangents(signal, course)
    loss = energy_loss(signal, course, seen)
    lost = relaxation_fraction(signal, course, seen, still)
    relaxation = fitted_relaxation(signal, course, seen)
    outcomes: tuple[Outcome, ...] = (
        secant,
        *(tangent.stiffness_n_mm for tangent in steep),
        law.fung_a_n,
        law.fung_b_per_mm,
        law.power_exponent,
        loss,
        lost,
    )
    refused = relaxation.flags if relaxation is not None else ()
    return IndentationPress(
        index=index,
        contact_s=course.contact_s,
        contact_mm=course.contact_mm,
        contact_u_mm=course.contact.u if course.contact and course.way_mm is not None else None,
        end_s=float(course.t_s[-1]),
        peak_n=course.peak_n,
        depth_mm=course.depth_mm,
        rate=_rate(course),
        secant_stiffness_n_mm=secant,
        tangents=steep,
        fung_a_n=law.fung_a_n,
        fung_b_per_mm=law.fung_b_per_mm,
        power_exponent=law.power_exponent,
        energy_loss_ratio=loss,
        hold_s=course.hold_s,
        hold_motion_mm=moved_mm(course),
        relaxation_fraction=lost,
        relaxation=relaxation,
        accepted=not _REJECTING.intersection(seen)
        and (course.way_mm is None or isinstance(secant, Estimate)),
        flags=tuple(dict.fromkeys((*seen, *_reasons(outcomes), *refused))),
    )


def _reasons(outcomes: Iterable[Outcome]) -> Iterable[QualityFlag]:
    return (outcome.reason for outcome in outcomes if isinstance(outcome, NotEstimable))


def _rate(course: Course) -> LoadingRate:
    """Return how fast it was pressed while the force rose from 20 % to 80 % of its peak."""
    low_s, high_s = (course.risen_s(share) for share in _SECANT_SHARES)
    if not low_s < high_s <= course.top.t_s:
        return LoadingRate(force_n_s=None, speed_mm_s=None)
    seconds = high_s - low_s
    low_n, high_n = np.interp([low_s, high_s], course.t_s, course.force_n)
    speed = None
    if course.way_mm is not None:
        low_mm, high_mm = np.interp([low_s, high_s], course.t_s, course.way_mm)
        speed = float(high_mm - low_mm) / seconds
    return LoadingRate(force_n_s=float(high_n - low_n) / seconds, speed_mm_s=speed)


def _secant(signal: IndentationSignal, course: Course) -> Outcome:
    """Return 60 % of the peak over the travel from 20 % to 80 % of it."""
    loading = course.loading()
    if loading is None:
        return NO_DISPLACEMENT
    low, high = (
        crossing(*loading, share * course.peak_n, least_sd=signal.force_sd_n)
        for share in _SECANT_SHARES
    )
    if low is None or high is None or high.displacement_mm <= low.displacement_mm:
        return PRELOADED if course.span.starts_loaded else TOO_COARSE
    travel = high.displacement_mm - low.displacement_mm
    value = (high.force_n - low.force_n) / travel
    budget = {
        source: u_n / travel
        for source, u_n in _secant_contributions_n(signal, course, low, high, value).items()
    }
    return Estimate.from_budget(value, budget, unit="N/mm")


def _secant_contributions_n(
    signal: IndentationSignal, course: Course, low: Crossing, high: Crossing, value: float
) -> dict[str, float]:
    """Return the uncertainty of force rise less stiffness x travel, by source.

    An error at the peak moves the two levels and the places where they are met; one of the
    unloaded level moves the whole curve and the peak with it.
    """
    share_low, share_high = _SECANT_SHARES
    rise = share_high - share_low
    at_low, at_high = value / low.slope_n_mm, value / high.slope_n_mm
    of_peak = rise - share_high * at_high + share_low * at_low
    of_level = rise + (1 - share_high) * at_high - (1 - share_low) * at_low
    return {
        "scatter": value * math.hypot(low.scatter_mm, high.scatter_mm),
        "curve": value * math.hypot(low.curve_mm, high.curve_mm),
        "peak": math.fabs(of_peak) * course.top.force.u,
        "baseline": math.fabs(of_level) * course.span.baseline_u_n,
        "resolution": signal.resolution_n / math.sqrt(12) * math.hypot(at_low, at_high),
        "calibration": signal.calibration_u_n(high.force_n - low.force_n),
    }
