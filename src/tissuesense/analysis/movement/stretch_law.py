"""The law of a limb, from stretches at several speeds together.

``torque = k (theta - theta0) + b theta' + I theta'' + W sin(theta - theta_v)``: spring and damper
after P. H. McCrea, J. J. Eng and A. J. Hodgson (J Neurosci Methods 128 (2003), 121-128), with the
inertia and the weight of the limb, all linear in what is unknown. Weight and spring differ only in
how they bend with the angle: over a small range they are hardly told apart unless the weight is
stated.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.movement.limb_load import StatedLimb
from tissuesense.analysis.movement.stretch_noise import NoisyFit
from tissuesense.analysis.movement.stretch_points import StretchPoints
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

FEWEST_SPEEDS = 3
_SAME_SPEED = 1.25
_ANGLE, _SPEED, _ACCELERATION, _ONE, _SINE, _COSINE = range(6)
_WEIGHTLESS = (_ANGLE, _SPEED, _ACCELERATION, _ONE)
# Without a weight, or with one whose angle is counted from the vertical, or from the level.
_SIMPLER_LAWS = (_WEIGHTLESS, (*_WEIGHTLESS, _SINE), (*_WEIGHTLESS, _COSINE))
# No limb is heavier or harder to turn than this about its joint.
_HEAVIEST_N_M, _MOST_INERT_KG_M2 = 50.0, 3.0
_BEYOND_DOUBT = 16.0  # of a chi-square with two degrees of freedom
_BY_SAMPLING = 0.4  # by simulation of speeds that set in and end at once, or softly
_WORST_SHARE = 0.25  # of the stiffness; beyond it weight and spring were not told apart

TOO_FEW_SPEEDS = NotEstimable(
    reason=QualityFlag.TOO_FEW_SPEEDS,
    detail="Spring and damper are told apart by stretching at three speeds or more, each at least "
    "a quarter faster than the next: such as 5, 30, 90 and 180 degrees a second.",
)
_NOT_SEPARATED = NotEstimable(
    reason=QualityFlag.WEIGHT_NOT_SEPARATED,
    detail="The limb's weight could not be told from its stiffness. State limb_mass_kg, "
    "limb_centre_m and vertical_deg, or stretch over a larger range.",
)
_NO_SPRING = NotEstimable(
    reason=QualityFlag.POOR_FIT,
    detail="Beside the weight that is stated, the resistance does not grow evenly with the angle: "
    "no one stiffness describes it, or the stated weight or vertical is wrong.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbLaw:
    """What resists the stretch.

    Attributes
    ----------
    stiffness_with_weight
        Slope of the torque on the angle when the weight is left in it: always told, and only to be
        compared in the same position.
    slack_deg
        Where the spring would be at rest, as the angle is counted in the recording.
    weight_n_m
        Torque of the weight about the joint where the limb is level.
    """

    stiffness_n_m_rad: Outcome
    damping_n_m_s_rad: Outcome
    stiffness_with_weight_n_m_rad: Outcome
    slack_deg: Outcome
    weight_n_m: Outcome
    inertia_kg_m2: Outcome


def same_speed(one_deg_s: float, other_deg_s: float) -> bool:
    """Tell whether two speeds count as one."""
    return max(one_deg_s, other_deg_s) <= _SAME_SPEED * min(one_deg_s, other_deg_s)


def count_speeds(peak_speeds_deg_s: Sequence[float]) -> int:
    """Return how many distinct speeds there are; what differs by less than a quarter is one."""
    count, reached = 0, 0.0
    for speed in sorted(peak_speeds_deg_s):
        if speed > _SAME_SPEED * reached:
            count, reached = count + 1, speed
    return count


def simpler_laws(limb: StatedLimb) -> Sequence[Sequence[int]]:
    """Return the laws that may do without the whole of it, by the columns of the design of each.

    None where the weight is stated: it is there then.
    """
    return _SIMPLER_LAWS if limb.weight_n_m is None else ()


def with_stated_limb(fit: NoisyFit, limb: StatedLimb, way: int) -> NoisyFit:
    """Return the fit with what is known of weight and inertia beforehand.

    Parameters
    ----------
    way
        1, or -1 where the angle falls as the limb is stretched; the fit counts it upwards.
    """
    known, mean, sd = _stated(fit, limb, way)
    if weight_disagrees(fit, limb, way):
        # Held to what it cannot be, the fit would bend damping and inertia instead.
        sd[:2] = math.inf
    carried = fit.covariance @ known.T
    at = np.isfinite(sd)
    known, mean, carried = known[at], mean[at], carried[:, at]
    gain = np.linalg.solve(known @ carried + np.diag(sd[at] ** 2 + 1e-18), carried.T).T
    return replace(
        fit,
        coefficients=fit.coefficients + gain @ (mean - known @ fit.coefficients),
        covariance=fit.covariance - gain @ carried.T,
    )


def weight_disagrees(fit: NoisyFit, limb: StatedLimb, way: int) -> bool:
    """Tell whether the weight that was fitted is beyond what is stated, or beyond any limb."""
    known, mean, sd = (part[:2] for part in _stated(fit, limb, way))
    apart = mean - known @ fit.coefficients
    spread = known @ fit.covariance @ known.T + np.diag(sd**2 + 1e-18)
    return bool(apart @ np.linalg.solve(spread, apart) > _BEYOND_DOUBT)


def _stated(fit: NoisyFit, limb: StatedLimb, way: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return which coefficients are known beforehand, what they are, and how well."""
    known = np.zeros((3, fit.coefficients.size))
    known[[0, 1, 2], [_SINE, _COSINE, _ACCELERATION]] = 1.0
    mean, sd = np.zeros(3), np.array([_HEAVIEST_N_M, _HEAVIEST_N_M, _MOST_INERT_KG_M2])
    if limb.weight_n_m is not None:
        hanging = math.radians(way * limb.vertical_deg)
        mean[:2] = limb.weight_n_m * math.cos(hanging), -limb.weight_n_m * math.sin(hanging)
        sd[:2] = limb.weight_u_n_m
    if limb.inertia_kg_m2 is not None:
        mean[2], sd[2] = limb.inertia_kg_m2, limb.inertia_u_kg_m2
    return known, mean, sd


def limb_law(
    stretches: Sequence[StretchPoints],
    fit: NoisyFit,
    limb: StatedLimb,
    shared: Mapping[str, float],
    *,
    way: int,
    apart: FloatArray | None = None,
) -> LimbLaw:
    """Read the law off a fit that knows of the stated limb.

    Parameters
    ----------
    shared
        Source of uncertainty -> relative standard uncertainty of every torque alike.
    apart
        How far fits to parts of the stretches are from it, shape (p,); None where it is one law.
    """
    stated = limb.weight_n_m is not None
    values, sds = fit.coefficients, np.sqrt(np.maximum(np.diag(fit.covariance), 0.0))

    def told(place: int, unit: str, *, beside: float = 0.0) -> Estimate:
        size = abs(float(values[place])) + beside
        budget = {"fit": float(sds[place])} | {name: u * size for name, u in shared.items()}
        if apart is not None:
            budget["law"] = float(apart[place])
        if place == _SPEED:
            budget["sampling"] = _sampling(stretches, abs(float(values[_ACCELERATION])))
        return Estimate.from_budget(
            float(values[place]), budget, unit=unit, dof={"fit": float(fit.freedom)}
        )

    # An arm that is off scales the torque, of which a stated weight is then taken off unscaled.
    stiffness: Outcome = told(_ANGLE, "N m/rad", beside=(limb.weight_n_m or 0.0) if stated else 0.0)
    refused = _refused(fit, limb, way)
    if refused is not None:
        stiffness = refused
    return LimbLaw(
        stiffness_n_m_rad=stiffness,
        damping_n_m_s_rad=told(_SPEED, "N m s/rad"),
        stiffness_with_weight_n_m_rad=_with_weight(stretches, fit, shared),
        slack_deg=refused or _slack(values, fit.covariance, way),
        weight_n_m=refused or _weight(values, fit.covariance),
        inertia_kg_m2=told(_ACCELERATION, "kg m2"),
    )


def _sampling(stretches: Sequence[StretchPoints], inertia_kg_m2: float) -> float:
    """Return what samples too far apart to follow every corner of the motion do to the damping.

    An inertia takes up the corners, and more of them come into a damping the shorter the stretch.
    """
    per_s2 = [float(np.median(np.diff(s.sample_s)) / np.ptp(s.sample_s) ** 2) for s in stretches]
    return _BY_SAMPLING * inertia_kg_m2 * max(per_s2, default=0.0)


def _refused(fit: NoisyFit, limb: StatedLimb, way: int) -> NotEstimable | None:
    """Return why weight and spring cannot be given apart, if so."""
    if weight_disagrees(fit, limb, way):
        return _NOT_SEPARATED if limb.weight_n_m is None else _NO_SPRING
    k, variance = float(fit.coefficients[_ANGLE]), float(fit.covariance[_ANGLE, _ANGLE])
    vague = variance > (_WORST_SHARE * k) ** 2
    return _NOT_SEPARATED if vague and limb.weight_n_m is None else None


def _slack(values: FloatArray, covariance: FloatArray, way: int) -> Outcome:
    """Return -c / k in degrees, where the spring is told from nothing."""
    k, c = float(values[_ANGLE]), float(values[_ONE])
    if k <= 3 * math.sqrt(covariance[_ANGLE, _ANGLE]):
        return NotEstimable(
            reason=QualityFlag.POOR_FIT, detail="A spring so weak shows no place where it rests."
        )
    slope = np.array([c / k**2, -1.0 / k])
    places = np.ix_((_ANGLE, _ONE), (_ANGLE, _ONE))
    u = math.sqrt(max(float(slope @ covariance[places] @ slope), 0.0))
    return Estimate(
        value=math.degrees(-c / k) * way, standard_uncertainty=math.degrees(u), unit="deg"
    )


def _weight(values: FloatArray, covariance: FloatArray) -> Estimate:
    parts = values[[_SINE, _COSINE]]
    size = float(np.hypot(*parts))
    toward = parts / size if size > 0 else np.array([1.0, 0.0])
    spread = covariance[np.ix_((_SINE, _COSINE), (_SINE, _COSINE))]
    u = math.sqrt(max(float(toward @ spread @ toward), 0.0))
    return Estimate(value=size, standard_uncertainty=u, unit="N m")


def _with_weight(
    stretches: Sequence[StretchPoints], fit: NoisyFit, shared: Mapping[str, float]
) -> Estimate:
    """Fit spring, damper and inertia alone, under the noise that the whole fit found."""
    normal, right = np.zeros((_SINE, _SINE)), np.zeros(_SINE)
    for points in stretches:
        triangle = np.linalg.cholesky(fit.noise_of(points))
        block = np.column_stack((points.design()[:, :_SINE], points.torque_n_m))
        whitened = np.linalg.solve(triangle, block)
        normal += whitened[:, :_SINE].T @ whitened[:, :_SINE]
        right += whitened[:, :_SINE].T @ whitened[:, _SINE]
    size = np.sqrt(np.diag(normal)) + 1e-30
    inverse = np.linalg.inv(normal / np.outer(size, size) + 1e-13 * np.eye(_SINE))
    inverse /= np.outer(size, size)
    value = float((inverse @ right)[_ANGLE])
    budget = {"fit": math.sqrt(float(inverse[_ANGLE, _ANGLE]))}
    budget |= {name: u * abs(value) for name, u in shared.items()}
    return Estimate.from_budget(value, budget, unit="N m/rad", dof={"fit": float(fit.freedom)})
