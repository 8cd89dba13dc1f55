"""The hold of a press: how much force is lost, by the tissue and not by the hand, and how fast."""

import math
from dataclasses import replace

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.hold_motion import HeldStill
from tissuesense.analysis.press_hold.refusals import (
    FORCE_WAS_HELD,
    HAND_MOVED,
    NOT_HELD,
    TOO_COARSE,
)
from tissuesense.analysis.press_hold.sampling import are_too_few, of_share, with_sampling
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.relaxation import Relaxation, fit
from tissuesense.analysis.signals.cleaning import binned
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

# A hand drifts when it moves four tenths of a millimetre or a twenty-fifth of the depth: force goes
# with a power of depth, so that is 4 to 8 % of the force, and much of what relaxation would be.
_DRIFT_MM, _DRIFT_SHARE = 0.4, 0.04
# Beyond this no law of the tissue is trusted to say what a still hand would have felt.
_TOO_FAR_MM, _TOO_FAR_SHARE = 1.0, 0.10
_MOST_SAMPLES = 600
# Difference of the information criterion that is strong evidence (Kass and Raftery 1995).
_STRONG = 6.0


def moved_mm(course: Course) -> float | None:
    """Return how far the tip went deeper during the hold; None where that is not known."""
    if course.turns or course.top.way is None or course.leave.way is None:
        return None
    return course.leave.way.value - course.top.way.value


def drifts(course: Course) -> bool:
    """Tell whether the hand moved enough in the hold to matter."""
    return _beyond(course, _DRIFT_MM, _DRIFT_SHARE)


def _beyond(course: Course, most_mm: float, most_share: float) -> bool:
    moved = moved_mm(course)
    depth = math.inf if course.depth_mm is None else course.depth_mm
    return moved is not None and math.fabs(moved) > min(most_mm, most_share * depth)


def relaxation_fraction(
    signal: IndentationSignal,
    course: Course,
    seen: tuple[QualityFlag, ...],
    still: HeldStill | None,
) -> Outcome:
    """Return the share of the force that is lost while the tip is held.

    Where the hand drifted it is what would have been lost at the depth where the hold began.
    """
    hold, start, end = course.hold, course.top.force, course.leave.force
    if hold is None or course.turns:
        return NOT_HELD
    if QualityFlag.CREEP in seen and course.way_mm is not None:
        return FORCE_WAS_HELD
    if start.value <= 0:
        return TOO_COARSE
    motion = _motion(course, still)
    if isinstance(motion, NotEstimable):
        return motion
    added_n, motion_u_n = motion
    kept = (end.value + added_n) / start.value
    contributions_n = {
        "scatter": math.hypot(end.scatter, kept * start.scatter),
        "curve": math.hypot(end.curve, kept * start.curve),
        "hand": math.hypot(end.hand, kept * start.hand),
        "corners": math.hypot(
            end.slope_per_s * hold.end_u_s, kept * start.slope_per_s * hold.start_u_s
        ),
        "baseline": math.fabs(1 - kept) * course.span.baseline_u_n,
        "resolution": signal.resolution_n / math.sqrt(12) * math.hypot(1, kept),
        "motion": motion_u_n,
    }
    budget = {source: u_n / start.value for source, u_n in contributions_n.items()}
    return Estimate.from_budget(1 - kept, budget, unit="1")


def _motion(course: Course, still: HeldStill | None) -> tuple[float, float] | NotEstimable:
    """Return the force that the hand's motion took away, with its standard uncertainty."""
    top, leave = course.top.way, course.leave.way
    if not drifts(course) or top is None or leave is None:
        return 0.0, 0.0
    if still is None or _beyond(course, _TOO_FAR_MM, _TOO_FAR_SHARE):
        return HAND_MOVED
    of_depth = still.steepness_n_mm * math.hypot(top.u, leave.u)
    return still.added_n, math.hypot(still.u_n, of_depth)


def fitted_relaxation(
    signal: IndentationSignal,
    course: Course,
    seen: tuple[QualityFlag, ...],
    *,
    stopped: bool = False,
) -> Relaxation | None:
    """Return the relaxation fitted from contact to the end of the hold; None without a hold.

    Where a stop held the tip, a force that hardly falls is no creep: nothing is seen to relax.
    """
    if course.turns or course.contact_s is None or QualityFlag.CREEP in seen:
        return None
    bounds_s = [course.contact_s, course.leave.t_s]
    first, stop = (int(i) for i in np.searchsorted(signal.t_s, bounds_s))
    part = slice(first, stop)
    width_s = (bounds_s[1] - bounds_s[0]) / _MOST_SAMPLES
    t, force = binned(signal.t_s[part], signal.force_n[part], width_s)
    if force.size == 0 or force.max() <= 0:
        return None
    if signal.displacement_mm is None or course.contact_mm is None:
        return _sampled(_without_creep(_guarded(fit(t, force)), stopped=stopped), course)
    _, way = binned(signal.t_s[part], signal.displacement_mm[part], width_s)
    return _sampled(_guarded(fit(t, force, way - course.contact_mm)), course)


def _sampled(found: Relaxation, course: Course) -> Relaxation:
    """Widen what rests on the loading by how few samples that has; take it back for too few."""
    if found.equilibrium_fraction is None:
        return found
    if are_too_few(course):
        return _refused(found, QualityFlag.SAMPLE_RATE)
    u = of_share(course)
    terms = (
        term if term.weight is None else replace(term, weight=with_sampling(term.weight, u))
        for term in found.terms
    )
    stays = with_sampling(found.equilibrium_fraction, u)
    return replace(found, terms=tuple(terms), equilibrium_fraction=stays)


def _refused(found: Relaxation, flag: QualityFlag) -> Relaxation:
    return replace(found, terms=(), equilibrium_fraction=None, flags=(*found.flags, flag))


def _without_creep(found: Relaxation, *, stopped: bool) -> Relaxation:
    if not (stopped and QualityFlag.CREEP in found.flags):
        return found
    others = [flag for flag in found.flags if flag is not QualityFlag.CREEP]
    return replace(found, flags=(*others, QualityFlag.OUTSIDE_WINDOW))


def _guarded(found: Relaxation) -> Relaxation:
    """Take back the numbers of a model that another one beats, of times that the hold cannot tell.

    A branch slower than the hold is then known to be there, and would be taken for equilibrium.
    """
    if found.equilibrium_fraction is None:
        return found
    lowest = min(found.criterion.values(), default=math.inf)
    if found.criterion.get(len(found.terms), math.inf) <= lowest + _STRONG:
        return found
    return _refused(found, QualityFlag.OUTSIDE_WINDOW)
