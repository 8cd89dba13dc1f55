"""Stiffness at stated forces: how steep the loading curve is there.

Soft tissue has no one stiffness; its muscle reads seven times as stiff at 30 N as at 5 N. A figure
is worth comparing only at the same force (and rate: the curve is that of this press).
"""

import math
from collections.abc import Iterator, Sequence

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.elastic_law import POWER
from tissuesense.analysis.press_hold.loading_curve import Crossing, crossing
from tissuesense.analysis.press_hold.refusals import TOO_COARSE
from tissuesense.analysis.press_hold.result import Tangent
from tissuesense.analysis.press_hold.sampling import TOO_FEW_SAMPLES, are_too_few, of_share
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.press_hold.stiffening import ElasticFit
from tissuesense.core.quantity import Estimate, Outcome

STATED_FORCES_N = (5.0, 10.0, 20.0, 30.0)
# The press has to go this far beyond a force, or the curve ends where it is looked at.
_BEYOND = 1.1
_STRAIGHT, _MOST_CURLED = 0.1, -2.0
# Standard uncertainty of the third derivative, with a law and without one.
_KNOWN, _UNKNOWN = 0.25, 1.0


def tangents(
    signal: IndentationSignal, course: Course, laws: Sequence[ElasticFit] = ()
) -> tuple[Tangent, ...]:
    """Return the stiffness at each stated force that the press went beyond by a tenth.

    Parameters
    ----------
    laws
        How the force goes with depth, the better one first: what a parabola leaves out.
    """
    third = _third_derivative(laws[0]) if laws else None
    return tuple(_tangents(signal, course, third))


def _third_derivative(fit: ElasticFit) -> float:
    """Return ``F3 F1 / F2**2`` of the derivatives: Fung 1, a power ``(p - 2) / (p - 1)``."""
    if fit.law is not POWER:
        return 1.0
    p = fit.parameter
    return max((p - 2) / max(p - 1, _STRAIGHT), _MOST_CURLED)


def _tangents(signal: IndentationSignal, course: Course, third: float | None) -> Iterator[Tangent]:
    loading = course.loading()
    if loading is None or course.span.starts_loaded:
        return
    for at_n in STATED_FORCES_N:
        if _BEYOND * at_n <= course.top.force.value:
            found = crossing(*loading, at_n, least_sd=signal.force_sd_n)
            yield Tangent(at_n=at_n, stiffness_n_mm=_stiffness(signal, course, found, third))


def _stiffness(
    signal: IndentationSignal, course: Course, found: Crossing | None, third: float | None
) -> Outcome:
    if are_too_few(course):
        return TOO_FEW_SAMPLES
    if found is None:
        return TOO_COARSE
    # A parabola through a cubic over h to either side is F3 h**2 / 10 too steep in the middle.
    left_out = found.slope * (found.bend * found.half_width) ** 2 / 10
    value = found.slope - (third or 0.0) * left_out
    budget = {
        "scatter": found.slope_scatter,
        "curve": math.hypot(found.slope_curve, (_KNOWN if third else _UNKNOWN) * left_out),
        "sampling": value * of_share(course),
        "baseline": math.fabs(found.bend) * course.span.baseline_u_n,
        "calibration": signal.calibration_u_n(value),
    }
    return Estimate.from_budget(value, budget, unit="N/mm")
