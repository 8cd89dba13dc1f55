"""Recordings of joint movements with known truth; shares no code with the program's simulation."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.signal import lfilter
from tests.unit.analysis.stretched_limb import FINE_S, minimal_jerk

from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace


@dataclass(frozen=True, kw_only=True)
class Moving:
    """How a joint is moved and what is recorded of it."""

    ends_deg: tuple[float, ...] = (68.0, 70.0, 71.0, 69.0)
    start_deg: float = 5.0
    hold_s: float = 0.8
    rest_s: float = 1.2
    rate_hz: float = 50.0
    noise_deg: float = 0.2
    sway_deg: float = 0.0
    tremor_deg: float = 0.0
    drift_deg_s: float = 0.0
    resolution_deg: float = 0.0
    sign: int = 1
    pause_at: float | None = None
    seed: int = 0

    def but(self, **changed: Any) -> "Moving":  # noqa: ANN401 - fields of several types
        return replace(self, **changed)

    def recording(self, **side_car: object) -> tuple[Recording, list[tuple[float, float]]]:
        """Return the recording, and start and end of every movement."""
        rng = np.random.default_rng([self.seed, 3])
        pieces = [np.full(1500, self.start_deg)]
        for end in self.ends_deg:
            count = int(rng.uniform(900, 2500))
            way = minimal_jerk(np.linspace(0, 1, count))
            if self.pause_at is not None:
                first, second = self.pause_at * way, self.pause_at + (1 - self.pause_at) * way
                way = np.concatenate((first, np.full(900, self.pause_at), second))
            back = minimal_jerk(np.linspace(1, 0, 1600))
            travel = end - self.start_deg
            hold = np.full(round(self.hold_s / FINE_S), 1.0)
            rest = np.zeros(round(self.rest_s / FINE_S))
            pieces += [self.start_deg + travel * part for part in (way, hold, back, rest)]
        angle = np.concatenate(pieces)
        grid_s = np.arange(angle.size) * FINE_S
        keeps = np.exp(-FINE_S / 0.15)
        steps = rng.normal(0, self.sway_deg * np.sqrt(1 - keeps**2), angle.size)
        angle = angle + lfilter([1.0], [1.0, -keeps], steps)
        angle += self.tremor_deg * np.sin(2 * np.pi * 9.0 * grid_s)
        count = int(grid_s[-1] * self.rate_hz)
        t_s = (np.arange(count) + 0.5 + rng.uniform(-0.3, 0.3, count)) / self.rate_hz
        seen = np.interp(t_s, grid_s, angle) + self.drift_deg_s * t_s
        seen += rng.normal(0, self.noise_deg, count)
        if self.resolution_deg:
            seen = np.round(seen / self.resolution_deg) * self.resolution_deg
        trace = Trace(t_s=t_s, angle_deg=self.sign * seen)
        context = RecordingContext.from_dict({"kind": "rom"} | side_car)
        truths = [(self.sign * self.start_deg, self.sign * end) for end in self.ends_deg]
        return Recording(trace=trace, context=context), truths
