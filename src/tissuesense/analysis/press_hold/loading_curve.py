"""Force against displacement or time while pressing in: where it crosses a force, how steeply."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.local_fit import fit_linear, powers
from tissuesense.core.arrays import FloatArray

_HALF_WIDTH_SHARE = 0.12
_FEWEST_SAMPLES = 7
_DEGREE = 2
# A slope is worse known than a place: more of the difference between the two curves.
_SLOPE_SHARE = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where a loading curve, force over x, reaches a force.

    Attributes
    ----------
    at
        Place on the axis of x.
    slope, bend
        Of the curve there; how much steeper it becomes with each newton.
    scatter, curve
        Standard uncertainties of the place: by the scatter about the local curve, and by its
        being the right curve.
    slope_scatter, slope_curve
        The same of the slope.
    half_width
        How far to either side the local curve was fitted.
    """

    force_n: float
    at: float
    slope: float
    bend: float
    scatter: float
    curve: float
    slope_scatter: float
    slope_curve: float
    half_width: float


def crossing(
    x: FloatArray, force_n: FloatArray, level_n: float, *, least_sd: float
) -> Crossing | None:
    """Return where a loading curve, in time order, reaches `level_n`; None where it cannot tell.

    A parabola of force on displacement is fitted about the place, over an eighth of the travel to
    either side or the seven nearest samples. Displacement is the better known of the two, and a
    hand's tremor moves both along the same curve. Time may stand in its place. Half the difference
    to a straight line through the nearer half of the samples is taken for the error of the
    parabola's shape.
    """
    rough = _rough_crossing(x, force_n, level_n)
    if rough is None:
        return None
    away = np.abs(x - rough)
    travel = float(x[-1] - x[0])
    half = _HALF_WIDTH_SHARE * travel
    near = away <= max(half, _nth(away, _FEWEST_SAMPLES))
    nearer = away <= max(half / 2, _nth(away, (_FEWEST_SAMPLES + 1) // 2))
    x, y = x - rough, force_n
    line = _meet(x[nearer], y[nearer], level_n, degree=1, least_sd=least_sd)
    curve = _meet(x[near], y[near], level_n, degree=_DEGREE, least_sd=least_sd) or line
    if curve is None:
        return None
    line = line or curve
    return Crossing(
        force_n=level_n,
        at=rough + curve.at,
        slope=curve.slope,
        bend=curve.bend,
        scatter=curve.u,
        curve=math.fabs(line.at - curve.at) / 2,
        slope_scatter=curve.slope_u,
        slope_curve=_SLOPE_SHARE * math.fabs(line.slope - curve.slope),
        half_width=float(away[near].max()),
    )


def _nth(values: FloatArray, n: int) -> float:
    """Return the n-th smallest value, or the largest where there are fewer."""
    k = min(n, values.size) - 1
    return float(np.partition(values, k)[k])


def _rough_crossing(x: FloatArray, force_n: FloatArray, level_n: float) -> float | None:
    """Return the mean place of the samples from the first above the level to the last below it."""
    above = force_n >= level_n
    if above.all() or not above.any():
        return None
    first_above = int(np.argmax(above))
    last_below = above.size - 1 - int(np.argmin(above[::-1]))
    low, high = min(first_above - 1, last_below), max(first_above, last_below + 1)
    return float(x[max(low, 0) : high + 1].mean())


@dataclass(frozen=True, slots=True)
class _Meeting:
    at: float
    slope: float
    bend: float
    u: float
    slope_u: float


def _meet(
    x: FloatArray, y: FloatArray, level: float, *, degree: int, least_sd: float
) -> _Meeting | None:
    """Return where a polynomial through (x, y) meets a level nearest to 0; None if it falls."""
    if x.size < degree + 2:
        return None
    fit = fit_linear(powers(x, degree), y, least_sd)
    value, slope, *bent = (float(c) for c in fit.coefficients)
    c2 = bent[0] if bent else 0.0
    root = slope * slope + 4 * c2 * (level - value)
    if slope <= 0 or root <= 0:
        return None
    at = 2 * (level - value) / (slope + math.sqrt(root))
    if not x.min() <= at <= x.max():
        return None
    there = math.sqrt(root)
    here, bend = powers(at, degree), 2 * c2 / there
    # Where the curve is wrong the place moves too, and with it the slope that is asked for.
    of_slope = np.append(0.0, np.arange(1.0, degree + 1) * here[:-1])
    return _Meeting(
        at=at,
        slope=there,
        bend=bend,
        u=fit.uncertainty_at(here) / there,
        slope_u=fit.uncertainty_at(of_slope - bend * here),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Work along a stretch of the curve, force below zero counted as none.

    Attributes
    ----------
    travel_mm
        Over which the force was above zero: what an error of the unloaded level is multiplied by.
    """

    value_n_mm: float
    u_n_mm: float
    travel_mm: float


def work(
    displacement_mm: FloatArray, force_n: FloatArray, *, force_sd: float, displacement_sd: float
) -> Work:
    """Integrate force over displacement, in time order.

    The trapezoid rule, less a third of what the same rule on every other sample gives too much (L.
    F. Richardson 1911); that much stays uncertain, with the readings.
    """
    x, y = displacement_mm, np.maximum(force_n, 0.0)
    loaded = y > 0
    value = _trapezoid(x, y)
    from_force = force_sd * 0.5 * math.sqrt(float(np.sum((x[2:] - x[:-2])[loaded[1:-1]] ** 2)))
    from_displacement = displacement_sd * 0.5 * math.sqrt(float(np.sum((y[2:] - y[:-2]) ** 2)))
    from_rule = 0.0
    if x.size > 4:  # noqa: PLR2004 - fewer leave no every other sample
        keep = np.append(np.arange(0, x.size - 1, 2), x.size - 1)
        from_rule = (_trapezoid(x[keep], y[keep]) - value) / 3
    return Work(
        value_n_mm=value - from_rule,
        u_n_mm=math.hypot(from_force, from_displacement, from_rule),
        travel_mm=_trapezoid(x, loaded.astype(np.float64)),
    )


def _trapezoid(x: FloatArray, y: FloatArray) -> float:
    return float(np.dot(np.diff(x), y[1:] + y[:-1]) / 2)
