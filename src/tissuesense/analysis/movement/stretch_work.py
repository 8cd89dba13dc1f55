"""Slope and work of single stretches, and what fast and slow ones differ by."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from tissuesense.analysis.movement.stretch_noise import NoisyFit
from tissuesense.analysis.movement.stretch_points import StretchPoints
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_MIDDLE = (0.2, 0.8)
_EDGE = 0.05  # of the shared range, left out at both ends
_PLACES = 201
_FEWEST_POINTS = 5
_INERTIA = 2
NOTHING_SHARED = NotEstimable(
    reason=QualityFlag.TOO_FEW,
    detail="The stretches share no range of angle over which their work could be compared.",
)
TOO_SHORT = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="Too few samples lie on the way to tell a slope."
)


def shared_range_rad(stretches: Sequence[StretchPoints]) -> tuple[float, float] | None:
    """Return the range of angle that all stretches pass; None where there is none."""
    low = max((float(points.angle_rad.min()) for points in stretches), default=0.0)
    high = min((float(points.angle_rad.max()) for points in stretches), default=0.0)
    edge = _EDGE * (high - low)
    return (low + edge, high - edge) if high > low else None


def work_j(
    points: StretchPoints,
    range_rad: tuple[float, float],
    fit: NoisyFit,
    shared: Mapping[str, float],
) -> Estimate:
    """Return the integral of torque over angle, without what the limb's speed took up."""
    places = np.linspace(*range_rad, _PLACES)
    rising = np.maximum.accumulate(points.angle_rad)
    # What each point counts for: the integral of the tent that it holds up.
    tents = np.array([np.interp(places, rising, row) for row in np.eye(rising.size)])
    weights = np.trapezoid(tents, places, axis=1)
    speeds = np.interp(range_rad, rising, points.speed_rad_s)
    kinetic = float(speeds[1] ** 2 - speeds[0] ** 2) / 2
    value = float(weights @ points.torque_n_m) - float(fit.coefficients[_INERTIA]) * kinetic
    return _told(value, weights, points, fit, shared, "J", kinetic)


def slope_n_m_rad(points: StretchPoints, fit: NoisyFit, shared: Mapping[str, float]) -> Outcome:
    """Return the slope of torque on angle over the middle of the way, inertia taken off."""
    start, travel = float(points.angle_rad[0]), float(np.ptp(points.angle_rad))
    share = (points.angle_rad - start) / travel if travel > 0 else points.angle_rad * 0
    middle = (share > _MIDDLE[0]) & (share < _MIDDLE[1])
    if np.count_nonzero(middle) < _FEWEST_POINTS:
        return TOO_SHORT
    angle = np.where(middle, points.angle_rad - points.angle_rad[middle].mean(), 0.0)
    weights = angle / float(angle @ angle)
    bending = float(weights @ points.acceleration_rad_s2)
    value = float(weights @ points.torque_n_m) - float(fit.coefficients[_INERTIA]) * bending
    return _told(value, weights, points, fit, shared, "N m/rad", bending)


def _told(
    value: float,
    weights: FloatArray,
    points: StretchPoints,
    fit: NoisyFit,
    shared: Mapping[str, float],
    unit: str,
    by_inertia: float,
) -> Estimate:
    noise = fit.noise_of(points)
    budget = {
        "noise": math.sqrt(max(float(weights @ noise @ weights), 0.0)),
        "inertia": abs(by_inertia) * math.sqrt(max(float(fit.covariance[_INERTIA, _INERTIA]), 0.0)),
    }
    budget |= {name: u * abs(value) for name, u in shared.items()}
    return Estimate.from_budget(value, budget, unit=unit, dof={"noise": float(fit.freedom)})


def mean_of(outcomes: Sequence[Outcome]) -> Estimate | None:
    """Return the mean of those that are estimates; what they share does not average out."""
    found = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    if not found:
        return None
    own, rest = ("noise", "onset", "places tried"), {}
    for name in found[0].budget:
        parts = np.array([estimate.budget.get(name, 0.0) for estimate in found])
        alone = float(np.sqrt(np.square(parts).sum())) / len(found)
        rest[name] = alone if name in own else float(parts.mean())
    value = float(np.mean([estimate.value for estimate in found]))
    return Estimate.from_budget(value, rest, unit=found[0].unit)


def difference(fast: Estimate | None, slow: Estimate | None) -> Outcome:
    """Return how much more work the fast stretches took."""
    if fast is None or slow is None:
        return NOTHING_SHARED
    value = fast.value - slow.value
    names = set(fast.budget) | set(slow.budget)
    budget = {name: _apart(name, fast, slow, value) for name in sorted(names)}
    return Estimate.from_budget(value, budget, unit=fast.unit)


def _apart(name: str, fast: Estimate, slow: Estimate, value: float) -> float:
    a, b = fast.budget.get(name, 0.0), slow.budget.get(name, 0.0)
    if name == "noise":
        return math.hypot(a, b)
    if name == "inertia":
        return a + b
    return abs(a / fast.value * value) if fast.value else 0.0
