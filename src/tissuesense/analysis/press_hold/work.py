"""Energy loss of a press: the work that does not come back."""

import math

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.loading_curve import work
from tissuesense.analysis.press_hold.refusals import (
    FORCE_WAS_HELD,
    NO_DISPLACEMENT,
    NOT_RELEASED,
    PRELOADED,
    TOO_COARSE,
)
from tissuesense.analysis.press_hold.sampling import TOO_FEW_SAMPLES, are_too_few, of_share
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_AT_A_TURN = 0.4


def energy_loss(
    signal: IndentationSignal, course: Course, seen: tuple[QualityFlag, ...]
) -> Outcome:
    """Return the share of the work of loading that does not come back in unloading.

    What little the hand moves during the hold belongs to neither.
    """
    top, leave = course.top, course.leave
    if course.way_mm is None or top.way is None or leave.way is None:
        return NO_DISPLACEMENT
    if (refused := _refused(course, seen)) is not None:
        return refused
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
        return TOO_COARSE
    returned = -given_back.value_n_mm / put_in.value_n_mm
    travel_mm = -given_back.travel_mm - returned * put_in.travel_mm
    top_u_s, leave_u_s = (course.hold.start_u_s, course.hold.end_u_s) if course.hold else (0.0, 0.0)
    top_n_mm = returned * top.force.value * top.way.u_with_time(top_u_s)
    leave_n_mm = leave.force.value * leave.way.u_with_time(leave_u_s)
    budget = {
        "readings": math.hypot(given_back.u_n_mm, returned * put_in.u_n_mm),
        # At a turning point both are the same error and cancel in part.
        "corners": (_AT_A_TURN if course.turns else 1.0) * math.hypot(leave_n_mm, top_n_mm),
        "baseline": math.fabs(travel_mm) * course.span.baseline_u_n,
    }
    shares = {source: u / put_in.value_n_mm for source, u in budget.items()}
    return Estimate.from_budget(1 - returned, {**shares, "sampling": of_share(course)}, unit="1")


def _refused(course: Course, seen: tuple[QualityFlag, ...]) -> NotEstimable | None:
    tests = (
        (NOT_RELEASED, course.span.ends_loaded),
        (PRELOADED, course.span.starts_loaded),
        (FORCE_WAS_HELD, QualityFlag.CREEP in seen),
        (TOO_FEW_SAMPLES, are_too_few(course)),
    )
    return next((reason for reason, holds in tests if holds), None)
