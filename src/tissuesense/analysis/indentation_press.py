"""The numbers of one press, with their uncertainty, from its phases."""

import math

import numpy as np

from tissuesense.analysis.indentation_course import Course, cut
from tissuesense.analysis.indentation_flags import press_flags
from tissuesense.analysis.indentation_result import IndentationPress
from tissuesense.analysis.indentation_signal import IndentationSignal
from tissuesense.analysis.indentation_spans import PressSpan
from tissuesense.analysis.loading_curve import Crossing, crossing, work
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_SECANT_SHARES = (0.2, 0.8)
_REJECTING = frozenset({QualityFlag.CLIP, QualityFlag.GAP})

_NO_DISPLACEMENT = NotEstimable(
    reason=QualityFlag.NO_DISPLACEMENT,
    detail="Stiffness needs a displacement; use a gauge or a collar that measures it.",
)
_NOT_RELEASED = NotEstimable(
    reason=QualityFlag.NOT_RELEASED,
    detail="The recording ends before the release; keep recording until the tip is free.",
)
_PRELOADED = NotEstimable(
    reason=QualityFlag.PRELOAD,
    detail="The recording begins on the skin; start it before touching.",
)
_TOO_COARSE = NotEstimable(
    reason=QualityFlag.POOR_FIT,
    detail="The tip cannot be seen to move in while the force rises; press more slowly, or check "
    "the displacement sensor.",
)
_NOT_HELD = NotEstimable(
    reason=QualityFlag.NO_HOLD, detail="The press was not held for a second; hold it."
)
_FORCE_WAS_HELD = NotEstimable(
    reason=QualityFlag.CREEP,
    detail="The force was held, not the depth; keep the tip still against a stop.",
)


def analyse_press(signal: IndentationSignal, span: PressSpan, *, index: int) -> IndentationPress:
    """Analyse one press of a recording."""
    course = cut(signal, span)
    seen = press_flags(signal, course)
    outcomes = (
        _secant(signal, course),
        _energy_loss(signal, course, seen),
        _relaxation(signal, course, seen),
    )
    secant, energy_loss, relaxation = outcomes
    reasons = (outcome.reason for outcome in outcomes if isinstance(outcome, NotEstimable))
    return IndentationPress(
        index=index,
        contact_s=course.contact_s,
        contact_mm=course.contact_mm,
        contact_u_mm=course.contact.u if course.contact and course.way_mm is not None else None,
        peak_n=course.peak_n,
        depth_mm=course.depth_mm,
        secant_stiffness_n_mm=secant,
        energy_loss_ratio=energy_loss,
        hold_s=course.hold_s,
        relaxation_fraction=relaxation,
        accepted=not _REJECTING.intersection(seen)
        and (course.way_mm is None or isinstance(secant, Estimate)),
        flags=tuple(dict.fromkeys((*seen, *reasons))),
    )


def _secant(signal: IndentationSignal, course: Course) -> Outcome:
    """Return 60 % of the peak over the travel from 20 % to 80 % of it."""
    top = course.top
    if course.way_mm is None or top.way is None:
        return _NO_DISPLACEMENT
    first = int(np.searchsorted(course.t_s, top.t_s))
    way = np.append(course.way_mm[:first], top.way.value)
    force = np.append(course.force_n[:first], top.force.value)
    low, high = (
        crossing(way, force, share * course.peak_n, least_sd=signal.force_sd_n)
        for share in _SECANT_SHARES
    )
    if low is None or high is None or high.displacement_mm <= low.displacement_mm:
        return _PRELOADED if course.span.starts_loaded else _TOO_COARSE
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


def _energy_loss(
    signal: IndentationSignal, course: Course, seen: tuple[QualityFlag, ...]
) -> Outcome:
    """Return the share of the work of loading that does not come back in unloading.

    What little the hand moves during the hold belongs to neither.
    """
    top, leave = course.top, course.leave
    if course.way_mm is None or top.way is None or leave.way is None:
        return _NO_DISPLACEMENT
    if course.span.ends_loaded:
        return _NOT_RELEASED
    if course.span.starts_loaded:
        return _PRELOADED
    if QualityFlag.CREEP in seen:
        return _FORCE_WAS_HELD
    way, force = course.way_mm, course.force_n
    first, last = (int(i) for i in np.searchsorted(course.t_s, [top.t_s, leave.t_s]))
    grain = {"force_sd": signal.force_sd_n, "displacement_sd": signal.displacement_sd_mm}
    put_in = work(
        np.append(way[:first], top.way.value), np.append(force[:first], top.force.value), **grain
    )
    given_back = work(
        np.append(leave.way.value, way[last:]), np.append(leave.force.value, force[last:]), **grain
    )
    if put_in.value_n_mm <= 0:
        return _TOO_COARSE
    returned = -given_back.value_n_mm / put_in.value_n_mm
    travel_mm = -given_back.travel_mm - returned * put_in.travel_mm
    top_u_s, leave_u_s = (course.hold.start_u_s, course.hold.end_u_s) if course.hold else (0.0, 0.0)
    top_n_mm = returned * top.force.value * top.way.u_with_time(top_u_s)
    leave_n_mm = leave.force.value * leave.way.u_with_time(leave_u_s)
    budget = {
        "readings": math.hypot(given_back.u_n_mm, returned * put_in.u_n_mm),
        # At a turning point both are the same error and nearly cancel.
        "corners": math.fabs(leave_n_mm - top_n_mm)
        if course.turns
        else math.hypot(leave_n_mm, top_n_mm),
        "baseline": math.fabs(travel_mm) * course.span.baseline_u_n,
    }
    return Estimate.from_budget(
        1 - returned, {source: u / put_in.value_n_mm for source, u in budget.items()}, unit="1"
    )


def _relaxation(
    signal: IndentationSignal, course: Course, seen: tuple[QualityFlag, ...]
) -> Outcome:
    """Return the share of the force that is lost while the tip is held."""
    hold, start, end = course.hold, course.top.force, course.leave.force
    if hold is None or course.turns:
        return _NOT_HELD
    if QualityFlag.CREEP in seen and course.way_mm is not None:
        return _FORCE_WAS_HELD
    if start.value <= 0:
        return _TOO_COARSE
    kept = end.value / start.value
    contributions_n = {
        "scatter": math.hypot(end.scatter, kept * start.scatter),
        "curve": math.hypot(end.curve, kept * start.curve),
        "hand": math.hypot(end.hand, kept * start.hand),
        "corners": math.hypot(
            end.slope_per_s * hold.end_u_s, kept * start.slope_per_s * hold.start_u_s
        ),
        "baseline": (1 - kept) * course.span.baseline_u_n,
        "resolution": signal.resolution_n / math.sqrt(12) * math.hypot(1, kept),
    }
    budget = {source: u_n / start.value for source, u_n in contributions_n.items()}
    return Estimate.from_budget(1 - kept, budget, unit="1")
