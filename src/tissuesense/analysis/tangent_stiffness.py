"""Stiffness at stated forces: how steep the loading curve is there.

Soft tissue has no one stiffness; its muscle reads seven times as stiff at 30 N as at 5 N. A figure
is worth comparing only at the same force (and rate: the curve is that of this press).
"""

import math
from collections.abc import Iterator

from tissuesense.analysis.indentation_course import Course
from tissuesense.analysis.indentation_refusals import TOO_COARSE
from tissuesense.analysis.indentation_result import Tangent
from tissuesense.analysis.indentation_signal import IndentationSignal
from tissuesense.analysis.loading_curve import Crossing, crossing
from tissuesense.core.quantity import Estimate, Outcome

STATED_FORCES_N = (5.0, 10.0, 20.0, 30.0)
# The press has to go this far beyond a force, or the curve ends where it is looked at.
_BEYOND = 1.1


def tangents(signal: IndentationSignal, course: Course) -> tuple[Tangent, ...]:
    """Return the stiffness at each stated force that the press went beyond by a tenth."""
    return tuple(_tangents(signal, course))


def _tangents(signal: IndentationSignal, course: Course) -> Iterator[Tangent]:
    loading = course.loading()
    if loading is None or course.span.starts_loaded:
        return
    for at_n in STATED_FORCES_N:
        if _BEYOND * at_n <= course.top.force.value:
            found = crossing(*loading, at_n, least_sd=signal.force_sd_n)
            yield Tangent(at_n=at_n, stiffness_n_mm=_stiffness(signal, course, found))


def _stiffness(signal: IndentationSignal, course: Course, found: Crossing | None) -> Outcome:
    if found is None:
        return TOO_COARSE
    value = found.slope
    budget = {
        "scatter": found.slope_scatter,
        "curve": found.slope_curve,
        "baseline": math.fabs(found.bend) * course.span.baseline_u_n,
        "calibration": signal.calibration_u_n(value),
    }
    return Estimate.from_budget(value, budget, unit="N/mm")
