"""One movement of a joint through its range and back, and what is true of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.grid import STEP_S, steps, wandering
from tissuesense.simulation.subjects import SiteTruth

# What a recording of these movements states beside the contract's keys.
RANGE_CONTEXT: Mapping[str, Any] = MappingProxyType({"joint": "neck", "movement": "active"})
_START_DEG, _END_DEG = 5.0, 70.0
_START_SPREAD_DEG, _END_SPREAD_DEG = 0.8, 1.5
_STIFFER_COSTS = 0.35  # share of the range that a muscle twice as firm takes away
_SPEED_DEG_S = (35.0, 60.0)
_REST_S, _HOLD_S = (1.2, 2.0), (0.6, 1.0)
_SWAY_DEG, _SWAY_TAU_S = 0.08, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeTruth:
    """What is true of one movement, the sway apart; seconds are of session time."""

    start_s: float
    end_s: float
    start_deg: float
    end_deg: float
    range_deg: float
    peak_speed_deg_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointRange:
    """Rest, movement, hold and return: the angle every `STEP_S`.

    Attributes
    ----------
    meant_deg
        Without the sway.
    """

    angle_deg: FloatArray
    meant_deg: FloatArray
    first: int
    last: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.angle_deg.size - 1) * STEP_S

    def at(self, t_s: FloatArray) -> Mapping[str, FloatArray]:
        """Return the angle at each instant from the beginning, shape (n,)."""
        grid_s = np.arange(self.angle_deg.size) * STEP_S
        return {"angle_deg": np.interp(t_s, grid_s, self.angle_deg)}

    def truth(self, start_s: float) -> RangeTruth:
        """Return the truth of this movement, whose first step is at `start_s`."""
        start_deg, end_deg = (float(self.meant_deg[i]) for i in (self.first, self.last))
        moving = self.meant_deg[self.first : self.last + 1]
        return RangeTruth(
            start_s=start_s + self.first * STEP_S,
            end_s=start_s + self.last * STEP_S,
            start_deg=start_deg,
            end_deg=end_deg,
            range_deg=end_deg - start_deg,
            peak_speed_deg_s=float(np.diff(moving).max()) / STEP_S,
        )


def joint_range(place: SiteTruth, index: int, rng: np.random.Generator) -> JointRange:
    """Move a joint as far as it goes; a firmer muscle lets it go less far.

    Every movement is drawn alike, whatever its `index`.
    """
    del index
    start_deg = _START_DEG + _START_SPREAD_DEG * rng.standard_normal()
    reach = 1.0 - _STIFFER_COSTS * (place.firmness - 1.0)
    end_deg = _START_DEG + (_END_DEG - _START_DEG) * reach
    travel_deg = end_deg + _END_SPREAD_DEG * rng.standard_normal() - start_deg
    there = travel_deg * _eased(steps(1.875 * travel_deg / rng.uniform(*_SPEED_DEG_S)))
    back = travel_deg * _eased(steps(1.875 * travel_deg / rng.uniform(*_SPEED_DEG_S)))[::-1]
    rest, hold = (steps(rng.uniform(*span)) for span in (_REST_S, _HOLD_S))
    path = np.concatenate((np.zeros(rest), there, np.full(hold, travel_deg), back))
    meant_deg = start_deg + np.pad(path, (0, steps(0.6)), mode="edge")
    sway_deg = wandering(_SWAY_DEG, _SWAY_TAU_S, meant_deg.size, rng)
    return JointRange(
        angle_deg=meant_deg + sway_deg,
        meant_deg=meant_deg,
        first=rest,
        last=rest + there.size - 1,
    )


def _eased(size: int) -> FloatArray:
    """Return a way from 0 to 1 of least jerk (T. Flash and N. Hogan, 1985), shape (size,)."""
    s = np.linspace(0.0, 1.0, size)
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s**2), dtype=np.float64)
