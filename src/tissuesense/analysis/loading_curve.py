"""Force against displacement while pressing in: where it crosses a force, and how steep it is."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.local_fit import LinearFit, fit_linear, powers
from tissuesense.core.arrays import FloatArray

_HALF_WIDTH_SHARE = 0.12
_FEWEST_SAMPLES = 7
_DEGREE = 2
_NEWTON_STEPS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where a loading curve reaches a force.

    Attributes
    ----------
    slope_n_mm
        Of the curve there.
    u_mm
        Standard uncertainty of the place, from the scatter about the local curve.
    """

    force_n: float
    displacement_mm: float
    slope_n_mm: float
    u_mm: float
    residual_sd_n: float


def crossing(
    displacement_mm: FloatArray, force_n: FloatArray, level_n: float, *, least_sd: float
) -> Crossing | None:
    """Return where a loading curve, in time order, reaches `level_n`; None where it cannot tell.

    A quadratic of force on displacement is fitted about the place, over an eighth of the travel
    to either side or the seven nearest samples. Displacement is the better known of the two, and
    a hand's tremor moves both along the same curve.
    """
    rough = _rough_crossing(displacement_mm, force_n, level_n)
    if rough is None:
        return None
    travel = float(displacement_mm[-1] - displacement_mm[0])
    away = np.abs(displacement_mm - rough)
    if away.size > _FEWEST_SAMPLES:
        seventh = float(np.partition(away, _FEWEST_SAMPLES - 1)[_FEWEST_SAMPLES - 1])
    else:
        seventh = float(away.max())
    near = away <= max(_HALF_WIDTH_SHARE * travel, seventh)
    x = displacement_mm[near] - rough
    degree = _DEGREE if x.size >= _FEWEST_SAMPLES else 1
    if x.size <= degree + 1 or float(np.ptp(x)) <= 0:
        return None
    fit = fit_linear(powers(x, degree), force_n[near], least_sd)
    return _solve(fit, rough, level_n, limit=float(np.abs(x).max()))


def _rough_crossing(x_mm: FloatArray, force_n: FloatArray, level_n: float) -> float | None:
    """Return the displacement between the last sample below and the first above, both sustained.

    Among noise there are many crossings; the middle of them is taken.
    """
    below = force_n < level_n
    if below.all() or not below.any():
        return None
    first_above = int(np.argmin(below))
    last_below = below.size - 1 - int(np.argmax(below[::-1]))
    low, high = min(first_above - 1, last_below), max(first_above, last_below + 1)
    part = slice(max(low, 0), min(high, below.size - 1) + 1)
    return float(x_mm[part].mean())


def _solve(fit: LinearFit, rough: float, level_n: float, limit: float) -> Crossing | None:
    coefficients = np.zeros(3)
    coefficients[: fit.coefficients.size] = fit.coefficients
    c0, c1, c2 = (float(c) for c in coefficients)
    x = 0.0
    for _ in range(_NEWTON_STEPS):
        slope = c1 + 2 * c2 * x
        if slope <= 0:
            return None
        x = min(max(x + (level_n - (c0 + x * (c1 + x * c2))) / slope, -limit), limit)
    slope = c1 + 2 * c2 * x
    if slope <= 0:
        return None
    u_n = fit.uncertainty_at(powers(x, fit.coefficients.size - 1))
    return Crossing(
        force_n=level_n,
        displacement_mm=rough + x,
        slope_n_mm=slope,
        u_mm=u_n / slope,
        residual_sd_n=fit.residual_sd,
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
    """Integrate force over displacement by the trapezoid rule, in time order.

    The uncertainty is that of the readings and, from the same rule on every other sample, that of
    the rule itself.
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
        value_n_mm=value,
        u_n_mm=math.hypot(from_force, from_displacement, from_rule),
        travel_mm=_trapezoid(x, loaded.astype(np.float64)),
    )


def _trapezoid(x: FloatArray, y: FloatArray) -> float:
    return float(np.dot(np.diff(x), y[1:] + y[:-1]) / 2)
