"""Recordings of stretched limbs with known truth; shares no code with the program's simulation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

FINE_S = 0.001
GRAVITY_M_S2 = 9.80665
SPEEDS_DEG_S = (5.0, 30.0, 90.0, 180.0, 180.0, 90.0, 30.0, 5.0)


def minimal_jerk(share: FloatArray) -> FloatArray:
    return share**3 * (10 - 15 * share + 6 * share**2)


def steady(share: FloatArray) -> FloatArray:
    """Return a way at one speed but for a soft tenth at either end."""
    ease = 0.15
    ramp = np.clip(share / ease, 0, 1), np.clip((1 - share) / ease, 0, 1)
    speed = np.minimum(*(r * r * (3 - 2 * r) for r in ramp))
    way = np.concatenate(([0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)))
    return np.asarray(way / way[-1])


@dataclass(frozen=True, kw_only=True)
class Limb:
    """A spring and a damper with weight and inertia."""

    stiffness: float = 4.0
    damping: float = 0.35
    slack_deg: float = 15.0
    mass_kg: float = 1.4
    centre_m: float = 0.18
    vertical_deg: float = 0.0
    inertia: float = 0.06
    catch_deg: float | None = None
    catch_n_m: float = 2.0
    catch_above_deg_s: float = 60.0
    stiffening: float = 0.0

    @property
    def weight_n_m(self) -> float:
        return self.mass_kg * GRAVITY_M_S2 * self.centre_m


@dataclass(frozen=True, kw_only=True)
class Stretching:
    """How the limb is stretched and what is recorded of it."""

    limb: Limb = field(default_factory=Limb)
    speeds_deg_s: Sequence[float] = SPEEDS_DEG_S
    from_deg: float = 30.0
    travel_deg: float = 80.0
    shape: Callable[[FloatArray], FloatArray] = field(default=minimal_jerk)
    rate_hz: float = 100.0
    jitter: float = 0.2
    angle_noise_deg: float = 0.1
    torque_noise_n_m: float = 0.02
    sway_n_m: float = 0.0
    sway_s: float = 0.1
    lever_m: float | None = 0.25
    angle_sign: int = 1
    angle_offset_deg: float = 0.0
    pause_at: float | None = None
    slip_in: int | None = None
    seed: int = 0

    def way(self) -> tuple[FloatArray, list[tuple[float, float]]]:
        """Return the angle every millisecond, and when each stretch begins and ends."""
        pieces, spans, here = [np.full(1500, self.from_deg)], [], 1.5
        for speed in self.speeds_deg_s:
            share = np.linspace(0, 1, 2001)
            fastest = float(np.gradient(self.shape(share), share).max())
            seconds = self.travel_deg * fastest / speed
            count = round(seconds / FINE_S)
            out = self.from_deg + self.travel_deg * self.shape(np.linspace(0, 1, count))
            if self.pause_at is not None:
                until = self.from_deg + self.travel_deg * self.pause_at
                first = self.from_deg + (until - self.from_deg) * self.shape(
                    np.linspace(0, 1, count)
                )
                second = until + (out[-1] - until) * self.shape(np.linspace(0, 1, count))
                out = np.concatenate((first, np.full(700, until), second))
            back = self.from_deg + self.travel_deg * minimal_jerk(np.linspace(1, 0, 1800))
            spans.append((here, here + out.size * FINE_S))
            pieces += [out, np.full(900, out[-1]), back, np.full(1100, self.from_deg)]
            here += (out.size + 900 + 1800 + 1100) * FINE_S
        return np.concatenate(pieces), spans

    def torque(self, angle_deg: FloatArray, spans: Sequence[tuple[float, float]]) -> FloatArray:
        limb, angle = self.limb, np.radians(angle_deg)
        speed = np.gradient(angle, FINE_S)
        stretched = angle - np.radians(limb.slack_deg)
        torque = limb.stiffness * (stretched + limb.stiffening * stretched**2)
        torque = torque + limb.damping * speed
        torque += limb.weight_n_m * np.sin(np.radians(angle_deg - limb.vertical_deg))
        torque += limb.inertia * np.gradient(speed, FINE_S)
        for index, ((start_s, end_s), fast) in enumerate(
            zip(spans, self.speeds_deg_s, strict=True)
        ):
            part = slice(round(start_s / FINE_S), round(end_s / FINE_S))
            if limb.catch_deg is not None and fast > limb.catch_above_deg_s:
                caught = np.flatnonzero(angle_deg[part] >= limb.catch_deg)[0]
                since = np.maximum(np.arange(part.stop - part.start) - caught, 0) * FINE_S
                torque[part] += limb.catch_n_m * np.minimum(since / 0.08, 1)
            if index == self.slip_in:
                middle = (part.start + part.stop) // 2
                torque[middle : middle + round(0.6 * (part.stop - middle))] *= 0.25
        return np.asarray(torque, dtype=np.float64)

    def recording(self, **side_car: object) -> Recording:
        """Return the recording; `side_car` goes beside what the lever arm needs."""
        rng = np.random.default_rng([self.seed, 11])
        angle_deg, spans = self.way()
        torque = self.torque(angle_deg, spans)
        grid_s = np.arange(angle_deg.size) * FINE_S
        count = int(grid_s[-1] * self.rate_hz)
        late = np.clip(rng.standard_normal(count) * self.jitter, -0.4, 0.4)
        t_s = np.maximum.accumulate((np.arange(count) + 0.5 + late) / self.rate_hz)
        felt = np.interp(t_s, grid_s, torque) + self.noise(t_s, rng)
        seen = np.interp(t_s, grid_s, angle_deg) + rng.normal(0, self.angle_noise_deg, count)
        seen = self.angle_sign * seen + self.angle_offset_deg
        stated: dict[str, Any] = {"kind": "stretch"}
        if self.lever_m is None:
            trace = Trace(t_s=t_s, angle_deg=seen, torque_n_m=felt)
        else:
            trace = Trace(t_s=t_s, angle_deg=seen, force_n=felt / self.lever_m)
            stated["lever_arm_m"] = self.lever_m
        context = RecordingContext.from_dict(stated | side_car)
        return Recording(trace=trace, context=context)

    def noise(self, t_s: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return the gauge's white noise and the hand's, which follows itself."""
        white = rng.normal(0, self.torque_noise_n_m, t_s.size)
        if not self.sway_n_m:
            return np.asarray(white)
        keeps = float(np.exp(-1 / self.rate_hz / self.sway_s))
        steps = rng.normal(0, self.sway_n_m * np.sqrt(1 - keeps**2), t_s.size)
        sway, here = np.empty(t_s.size), rng.normal(0, self.sway_n_m)
        for index, step in enumerate(steps):
            here = keeps * here + step
            sway[index] = here
        return np.asarray(white + sway)

    def but(self, **changed: Any) -> "Stretching":  # noqa: ANN401 - fields of several types
        return replace(self, **changed)
