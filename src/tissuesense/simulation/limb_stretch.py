"""One passive stretch of a limb by a hand that pushes through a gauge, and what is true of it.

The limb is a spring and a damper about its joint, with weight and inertia: what the hand has to
bring up is ``k (theta - theta0) + b theta' + m g l sin(theta) + I theta''``, the angle being
counted from where the limb hangs (spring and damper: P. H. McCrea, J. J. Eng and A. J. Hodgson,
J Neurosci Methods 128 (2003), 121-128).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.units import STANDARD_GRAVITY_M_S2
from tissuesense.simulation.grid import STEP_S, first_true, steps, travelled, wandering
from tissuesense.simulation.subjects import SiteTruth

SPEEDS_DEG_S = (5.0, 30.0, 90.0, 180.0)
LEVER_ARM_M = 0.25
# What a recording of these stretches states beside the contract's keys.
STRETCH_CONTEXT: Mapping[str, Any] = MappingProxyType(
    {
        "joint": "elbow",
        "movement": "passive",
        "lever_arm_m": LEVER_ARM_M,
        "lever_arm_uncertainty_m": 0.002,
        "limb_mass_kg": 1.5,
        "limb_mass_uncertainty_kg": 0.03,
        "limb_centre_m": 0.17,
        "vertical_deg": 0.0,
    }
)
# A forearm with its hand: of the order that tables of body segments give for an adult.
_WEIGHT_N_M = 1.5 * STANDARD_GRAVITY_M_S2 * 0.17
_INERTIA_KG_M2 = 0.065
_STIFFNESS_N_M_RAD, _DAMPING_N_M_S_RAD = 3.0, 0.10
_SLACK_DEG, _START_DEG, _TRAVEL_DEG, _SPREAD_DEG = 10.0, 25.0, 75.0, 1.5
_REST_S, _HOLD_S, _BACK_DEG_S = (1.5, 2.5), (0.8, 1.2), 45.0
_SPEEDING_UP_S = 0.20
_SPEED_SPREAD, _SPEED_WANDER, _SPEED_TAU_S = 0.06, 0.03, 0.3
_SWAY_N_M, _SWAY_TAU_S = 0.02, 0.1
_CATCHES_ABOVE_FIRMNESS, _CATCHES_ABOVE_DEG_S = 1.2, 60.0
_CATCH_DEG, _CATCH_DEG_PER_DEG_S = 75.0, 0.06  # the faster, the earlier
_CATCH_N_M_S_RAD, _CATCH_RISE_S, _CATCH_FADES_S = 0.9, 0.05, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchTruth:
    """What is true of one stretch; seconds are of session time.

    Attributes
    ----------
    start_s, end_s
        The hand sets off; it has arrived.
    stiffness_n_m_rad, damping_n_m_s_rad
        Of the limb, its weight and inertia not among them.
    catch_angle_deg
        Where the muscle begins to catch; None where it does not.
    """

    start_s: float
    end_s: float
    start_deg: float
    end_deg: float
    peak_speed_deg_s: float
    stiffness_n_m_rad: float
    damping_n_m_s_rad: float
    catch_angle_deg: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimbStretch:
    """Rest, stretch, hold and return: angle and the hand's force every `STEP_S`."""

    angle_deg: FloatArray
    force_n: FloatArray
    first: int
    last: int
    peak_speed_deg_s: float
    stiffness_n_m_rad: float
    damping_n_m_s_rad: float
    catch: int | None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.angle_deg.size - 1) * STEP_S

    def at(self, t_s: FloatArray) -> Mapping[str, FloatArray]:
        """Return force and angle at each instant from the beginning, each of shape (n,)."""
        grid_s = np.arange(self.angle_deg.size) * STEP_S
        return {
            "force_n": np.interp(t_s, grid_s, self.force_n),
            "angle_deg": np.interp(t_s, grid_s, self.angle_deg),
        }

    def truth(self, start_s: float) -> StretchTruth:
        """Return the truth of this stretch, whose first step is at `start_s`."""
        return StretchTruth(
            start_s=start_s + self.first * STEP_S,
            end_s=start_s + self.last * STEP_S,
            start_deg=float(self.angle_deg[self.first]),
            end_deg=float(self.angle_deg[self.last]),
            peak_speed_deg_s=self.peak_speed_deg_s,
            stiffness_n_m_rad=self.stiffness_n_m_rad,
            damping_n_m_s_rad=self.damping_n_m_s_rad,
            catch_angle_deg=None if self.catch is None else float(self.angle_deg[self.catch]),
        )


def limb_stretch(place: SiteTruth, index: int, rng: np.random.Generator) -> LimbStretch:
    """Stretch a limb at the speed of its turn: the four of `SPEEDS_DEG_S`, over and over.

    A firmer muscle is stiffer, and more so the faster it is stretched; a much firmer one catches.
    """
    speed = SPEEDS_DEG_S[index % len(SPEEDS_DEG_S)] * np.exp(_SPEED_SPREAD * rng.standard_normal())
    travel_deg = _TRAVEL_DEG + _SPREAD_DEG * rng.standard_normal()
    rest, hold = (steps(rng.uniform(*span)) for span in (_REST_S, _HOLD_S))
    there = _eased_deg(travel_deg, float(speed), rng)
    back = travel_deg - _eased_deg(travel_deg, _BACK_DEG_S, rng)
    path_deg = np.concatenate((np.zeros(rest), there, np.full(hold, travel_deg), back))
    angle_deg = _START_DEG + np.pad(path_deg, (0, steps(0.5)), mode="edge")
    first, last = rest, rest + there.size - 1
    turning = np.gradient(np.radians(angle_deg), STEP_S)
    peak_speed = float(np.degrees(turning[first : last + 1].max()))
    k, b = _STIFFNESS_N_M_RAD * place.firmness, _DAMPING_N_M_S_RAD * place.firmness**2
    catch = _catch(place, angle_deg[: last + 1], first, peak_speed)
    torque_n_m = (
        k * np.radians(angle_deg - _SLACK_DEG)
        + b * turning
        + _WEIGHT_N_M * np.sin(np.radians(angle_deg))
        + _INERTIA_KG_M2 * np.gradient(turning, STEP_S)
        + _catching_n_m(catch, angle_deg.size, peak_speed)
        + wandering(_SWAY_N_M, _SWAY_TAU_S, angle_deg.size, rng)
    )
    return LimbStretch(
        angle_deg=angle_deg,
        force_n=np.asarray(torque_n_m / LEVER_ARM_M, dtype=np.float64),
        first=first,
        last=last,
        peak_speed_deg_s=peak_speed,
        stiffness_n_m_rad=k,
        damping_n_m_s_rad=b,
        catch=catch,
    )


def _eased_deg(travel_deg: float, speed_deg_s: float, rng: np.random.Generator) -> FloatArray:
    """Return a way from 0 to `travel_deg`: it sets off and stops softly, and wanders between."""
    ramp = steps(_SPEEDING_UP_S)
    size = steps(travel_deg / speed_deg_s)
    wander = 1.0 + wandering(_SPEED_WANDER, _SPEED_TAU_S, size, rng)
    # Twice the running mean: speed and acceleration are both without a leap.
    soft = np.convolve(np.convolve(wander, np.ones(ramp)), np.ones(ramp))
    way = travelled(soft / soft.sum() / STEP_S)
    return np.asarray(travel_deg * way / way[-1], dtype=np.float64)


def _catch(place: SiteTruth, angle_deg: FloatArray, first: int, speed_deg_s: float) -> int | None:
    """Return the step at which the muscle catches; None where it is not firm or fast enough."""
    if place.firmness <= _CATCHES_ABOVE_FIRMNESS or speed_deg_s < _CATCHES_ABOVE_DEG_S:
        return None
    reached = first_true(angle_deg[first:] >= _CATCH_DEG - _CATCH_DEG_PER_DEG_S * speed_deg_s)
    return None if reached is None else first + reached


def _catching_n_m(catch: int | None, size: int, speed_deg_s: float) -> FloatArray:
    """Return the torque of a catch: it rises at once and lets go again, shape (size,)."""
    if catch is None:
        return np.zeros(size)
    since_s = np.maximum(np.arange(size) - catch, 0) * STEP_S
    height = _CATCH_N_M_S_RAD * np.radians(speed_deg_s)
    shape = -np.expm1(-since_s / _CATCH_RISE_S) * np.exp(-since_s / _CATCH_FADES_S)
    return np.asarray(height * shape, dtype=np.float64)
