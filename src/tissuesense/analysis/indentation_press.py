"""One press: contact, loading curve, hold and release put together, with their uncertainty."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.hold_response import HoldResponse, read_hold
from tissuesense.analysis.indentation_result import IndentationPress
from tissuesense.analysis.indentation_signal import IndentationSignal
from tissuesense.analysis.loading_curve import crossing, work
from tissuesense.analysis.onset import Onset, find_onset
from tissuesense.analysis.press_phases import Hold, find_force_hold, find_hold
from tissuesense.analysis.press_search import PressSpan
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_SHORTEST_HOLD_S = 1.0
_SECANT_SHARES = (0.2, 0.8)
_CONTACT_SHARE = 0.25
_PEAK_WINDOW_S = 0.03
# Rules of thumb for a hand: half a millimetre or a twentieth of the depth.
_DRIFT_MM = 0.5
_DRIFT_SHARE = 0.05
_CREEP_SHARE = 0.03
_FLAT_FORCE_SHARE = 0.02
_LONGEST_GAP_S = 0.3
_BASELINE_STEP_N = 0.3
_REJECTING = frozenset({QualityFlag.CLIP, QualityFlag.GAP})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """A press cut into its phases.

    Attributes
    ----------
    way_mm
        Displacement, or None without that column.
    top_s, leave_s
        End of the loading and beginning of the unloading; the same without a hold.
    top_n, leave_n, top_mm, leave_mm
        Force and displacement there.
    """

    t_s: FloatArray
    force_n: FloatArray
    way_mm: FloatArray | None
    span: PressSpan
    hold: Hold | None
    response: HoldResponse | None
    top_s: float
    leave_s: float
    top_n: float
    leave_n: float
    top_u_n: float
    top_mm: float
    leave_mm: float
    peak_n: float
    contact: Onset | None
    contact_s: float | None


def analyse_press(signal: IndentationSignal, span: PressSpan, *, index: int) -> IndentationPress:
    """Analyse one press of a recording."""
    course = _course(signal, span)
    flags = _flags(signal, course)
    has_way = course.way_mm is not None
    contact_mm = course.contact.at if course.contact and has_way else None
    secant = _secant(signal, course)
    accepted = not _REJECTING.intersection(flags) and (
        not has_way or isinstance(secant, Estimate)
    )
    return IndentationPress(
        index=index,
        contact_s=course.contact_s,
        contact_mm=contact_mm,
        contact_u_mm=course.contact.u if course.contact and has_way else None,
        peak_n=course.peak_n,
        depth_mm=None if contact_mm is None else course.top_mm - contact_mm,
        secant_stiffness_n_mm=secant,
        energy_loss_ratio=_energy_loss(signal, course),
        hold_s=course.leave_s - course.top_s,
        relaxation_fraction=_relaxation(signal, course, flags),
        accepted=accepted,
        flags=flags,
    )


def _course(signal: IndentationSignal, span: PressSpan) -> _Course:
    part = slice(span.start, span.stop)
    t, force = signal.t_s[part], signal.force_n[part]
    way = None if signal.displacement_mm is None else signal.displacement_mm[part]
    smooth = _smoothed(t, force)
    if way is None:
        hold = find_force_hold(t, force)
        top = int(np.argmax(smooth))
    else:
        hold = find_hold(t, way, float(way[:3].mean()), signal.displacement_sd_mm)
        top = int(np.argmax(_smoothed(t, way)))
    response = None
    if hold is not None:
        response = read_hold(t, force, hold.start_s, hold.end_s, least_sd=signal.force_sd_n)
    top_s = leave_s = float(t[top])
    top_n = leave_n = float(smooth[top])
    top_u = signal.force_sd_n
    if hold is not None and response is not None:
        top_s, leave_s = hold.start_s, hold.end_s
        top_n, leave_n = response.start.force_n, response.end.force_n
        top_u = response.start.u_n
    loading_top = float(smooth[: int(np.searchsorted(t, top_s)) + 1].max())
    top_mm, leave_mm = math.nan, math.nan
    if way is not None:
        top_mm = hold.level_start if hold else float(way[top])
        leave_mm = hold.level_end if hold else top_mm
    contact, contact_s = _contact(signal, span, top_s, top_n)
    return _Course(
        t_s=t,
        force_n=force,
        way_mm=way,
        span=span,
        hold=hold if response is not None else None,
        response=response,
        top_s=top_s,
        leave_s=leave_s,
        top_n=top_n,
        leave_n=leave_n,
        top_u_n=top_u,
        top_mm=top_mm,
        leave_mm=leave_mm,
        peak_n=max(top_n, loading_top),
        contact=contact,
        contact_s=contact_s,
    )


def _smoothed(t_s: FloatArray, force_n: FloatArray) -> FloatArray:
    """Return means over 30 ms: no less noisy peak is to be had without rounding it."""
    width = max(int(np.searchsorted(t_s, t_s[0] + _PEAK_WINDOW_S)), 1)
    sums = np.concatenate(([0.0], np.cumsum(force_n)))
    means = (sums[width:] - sums[:-width]) / width
    lead = (width - 1) // 2
    return np.concatenate((force_n[:lead], means, force_n[lead + means.size :]))


def _contact(
    signal: IndentationSignal, span: PressSpan, top_s: float, top_n: float
) -> tuple[Onset | None, float | None]:
    """Return the contact on the displacement axis, or on that of time; and its time."""
    if span.starts_loaded:
        return None, None
    t, force = signal.t_s, signal.force_n
    top = int(np.searchsorted(t, top_s))
    loading = force[span.start : max(top, span.start + 4)]
    reached = span.start + int(np.argmax(loading >= _CONTACT_SHARE * top_n))
    reached = max(reached, span.start + 4)
    lead = int(np.searchsorted(t, t[span.start] - 0.5))
    part = slice(max(span.before, lead), reached + 1)
    axis = t if signal.displacement_mm is None else signal.displacement_mm
    x = axis[part]
    low = float(x[: max(span.start - part.start, 1) + 1].min())
    high = float(x[-1])
    if high <= low:
        return None, float(t[span.start])
    contact = find_onset(x, force[part], low=low, high=high, sd=signal.force_sd_n)
    if signal.displacement_mm is None:
        return contact, contact.at
    above = np.flatnonzero(x <= contact.at)
    return contact, float(t[part][above[-1]]) if above.size else float(t[span.start])


def _flags(signal: IndentationSignal, course: _Course) -> tuple[QualityFlag, ...]:
    span, hold = course.span, course.hold
    found: list[QualityFlag] = []
    if course.way_mm is None:
        found.append(QualityFlag.NO_DISPLACEMENT)
    if hold is None or hold.seconds < _SHORTEST_HOLD_S:
        found.append(QualityFlag.NO_HOLD)
    elif course.way_mm is not None:
        found += _hand_flags(course, hold)
    if span.ends_loaded:
        found.append(QualityFlag.NOT_RELEASED)
    if span.starts_loaded:
        found.append(QualityFlag.PRELOAD)
    if max(span.baseline_step_n, -span.baseline_step_n) > _BASELINE_STEP_N:
        found.append(QualityFlag.DRIFT)
    indicated = signal.indicated_n[span.start : span.stop]
    if signal.full_scale_n is not None and indicated.max() >= signal.full_scale_n:
        found.append(QualityFlag.CLIP)
    if course.t_s.size > 1 and float(np.diff(course.t_s).max()) > _LONGEST_GAP_S:
        found.append(QualityFlag.GAP)
    return tuple(found)


def _hand_flags(course: _Course, hold: Hold) -> list[QualityFlag]:
    """Tell a held depth from a held force, in which only the displacement says something."""
    depth = course.top_mm - (course.contact.at if course.contact else math.nan)
    moved = max(hold.drift, -hold.drift)
    flat = max(course.top_n - course.leave_n, course.leave_n - course.top_n)
    if flat < _FLAT_FORCE_SHARE * course.top_n and moved > _CREEP_SHARE * depth:
        return [QualityFlag.CREEP]
    if moved > min(_DRIFT_MM, _DRIFT_SHARE * depth):
        return [QualityFlag.HAND_DRIFT]
    return []


def _secant(signal: IndentationSignal, course: _Course) -> Outcome:
    """Return 60 % of the peak over the travel from 20 % to 80 % of it."""
    if course.way_mm is None:
        return _no_displacement()
    top = int(np.searchsorted(course.t_s, course.top_s))
    way, force = course.way_mm[:top], course.force_n[:top]
    peak = course.peak_n
    low, high = (
        crossing(way, force, share * peak, least_sd=signal.force_sd_n)
        if way.size > 3  # noqa: PLR2004 - a line and its scatter
        else None
        for share in _SECANT_SHARES
    )
    if low is None or high is None or high.displacement_mm <= low.displacement_mm:
        return NotEstimable(
            reason=QualityFlag.POOR_FIT,
            detail="The loading curve is too coarse to read; press more slowly or sample faster.",
        )
    travel = high.displacement_mm - low.displacement_mm
    rise = (_SECANT_SHARES[1] - _SECANT_SHARES[0]) * peak
    value = rise / travel
    # A force off by e moves the curve, one off at the peak moves the levels at which it is read.
    level = 0.6 - value * (0.8 / high.slope_n_mm - 0.2 / low.slope_n_mm)
    shift = 0.6 + value * (0.2 / high.slope_n_mm - 0.8 / low.slope_n_mm)
    grain = signal.resolution_n / math.sqrt(12)
    budget = {
        "scatter": value * math.hypot(low.u_mm, high.u_mm) / travel,
        "peak": math.fabs(level) * course.top_u_n / travel,
        "baseline": math.fabs(shift) * course.span.baseline_u_n / travel,
        "resolution": value * grain * math.hypot(1 / low.slope_n_mm, 1 / high.slope_n_mm) / travel,
        "calibration": _gain_share(signal, rise) * value,
    }
    return Estimate.from_budget(value, budget, unit="N/mm")


def _gain_share(signal: IndentationSignal, step_n: float) -> float:
    """Return the relative uncertainty that the calibration leaves in a difference of forces."""
    if signal.calibration is None:
        return 0.0
    low = float(signal.indicated_n.min())
    indicated_step = step_n / signal.calibration.gain
    return signal.calibration.difference_uncertainty_n(low, low + indicated_step) / step_n


def _energy_loss(signal: IndentationSignal, course: _Course) -> Outcome:
    """Return the share of the work of loading that does not come back."""
    if course.way_mm is None:
        return _no_displacement()
    if course.span.ends_loaded:
        return NotEstimable(
            reason=QualityFlag.NOT_RELEASED,
            detail="The recording ends before the release; keep recording until the tip is free.",
        )
    if course.span.starts_loaded:
        return NotEstimable(
            reason=QualityFlag.PRELOAD,
            detail="The recording begins on the skin; start it before touching.",
        )
    way, force = course.way_mm, course.force_n
    top, leave = (int(i) for i in np.searchsorted(course.t_s, [course.top_s, course.leave_s]))
    sds = {"force_sd": signal.force_sd_n, "displacement_sd": signal.displacement_sd_mm}
    loading = work(np.append(way[:top], course.top_mm), np.append(force[:top], course.top_n), **sds)
    unloading = work(
        np.append(course.leave_mm, way[leave:]), np.append(course.leave_n, force[leave:]), **sds
    )
    if loading.value_n_mm <= 0:
        return NotEstimable(
            reason=QualityFlag.POOR_FIT, detail="The tip did not move in while the force rose."
        )
    returned = -unloading.value_n_mm / loading.value_n_mm
    u_readings = math.hypot(unloading.u_n_mm, returned * loading.u_n_mm)
    offset = -unloading.travel_mm - returned * loading.travel_mm
    corner_mm = course.hold.level_u if course.hold else signal.displacement_sd_mm
    corner = corner_mm * math.hypot(course.leave_n, returned * course.top_n)
    budget = {
        "readings": u_readings / loading.value_n_mm,
        "corners": corner / loading.value_n_mm,
        "baseline": math.fabs(offset) * course.span.baseline_u_n / loading.value_n_mm,
    }
    return Estimate.from_budget(1 - returned, budget, unit="1")


def _relaxation(
    signal: IndentationSignal, course: _Course, flags: tuple[QualityFlag, ...]
) -> Outcome:
    """Return the share of the force that is lost while the tip is held."""
    hold, response = course.hold, course.response
    if hold is None or response is None or QualityFlag.NO_HOLD in flags:
        return NotEstimable(
            reason=QualityFlag.NO_HOLD, detail="The press was not held for a second; hold it."
        )
    if QualityFlag.CREEP in flags:
        return NotEstimable(
            reason=QualityFlag.CREEP,
            detail="The force was held, not the depth; keep the tip still against a stop.",
        )
    start, end = response.start, response.end
    kept = end.force_n / start.force_n
    contributions_n = {
        "scatter": math.hypot(end.scatter_n, kept * start.scatter_n),
        "curve": math.hypot(end.curve_n, kept * start.curve_n),
        "corners": math.hypot(
            end.slope_n_s * hold.end_u_s, kept * start.slope_n_s * hold.start_u_s
        ),
        "baseline": (1 - kept) * course.span.baseline_u_n,
        "resolution": signal.resolution_n / math.sqrt(12) * math.hypot(1, kept),
    }
    budget = {source: u_n / start.force_n for source, u_n in contributions_n.items()}
    return Estimate.from_budget(1 - kept, budget, unit="1")


def _no_displacement() -> NotEstimable:
    return NotEstimable(
        reason=QualityFlag.NO_DISPLACEMENT,
        detail="Stiffness needs a displacement; use a gauge or a collar that measures it.",
    )
