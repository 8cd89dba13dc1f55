"""A tip pressed into a viscoelastic layer, written down by a gauge: recordings for tests.

Each relaxing branch follows h' = e h + tau (1 - e) dg / dt with e = exp(-dt / tau), exact for an
elastic response g that is linear between the steps.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace

STEP_S = 0.001
LEAD_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressing:
    """How the tip moves: `presses` times in, held, out, and a pause off the skin."""

    presses: int = 3
    depth_mm: float = 10.0
    load_s: float = 1.0
    hold_s: float = 4.0
    unload_s: float = 0.6
    pause_s: float = 3.0
    slip_mm: float = 0.0

    @property
    def period_s(self) -> float:
        """From one press to the next."""
        return self.load_s + self.hold_s + self.unload_s + self.pause_s

    def way(self) -> FloatArray:
        """Return the depth below the skin every `STEP_S`."""
        bottom = self.depth_mm + self.slip_mm
        once = [
            np.linspace(0, self.depth_mm, round(self.load_s / STEP_S), endpoint=False),
            np.linspace(self.depth_mm, bottom, round(self.hold_s / STEP_S), endpoint=False),
            np.linspace(bottom, 0, round(self.unload_s / STEP_S), endpoint=False),
            np.zeros(round(self.pause_s / STEP_S)),
        ]
        return np.concatenate([np.zeros(round(LEAD_S / STEP_S)), *(once * self.presses)])


def tissue_force(
    way_mm: FloatArray,
    *,
    stiffness: float = 1.5,
    exponent: float = 1.5,
    equilibrium: float = 0.6,
    branches: tuple[tuple[float, float], ...] = ((0.2, 0.4), (0.2, 3.0)),
) -> FloatArray:
    """Return the force on a tip; branches are (share, time constant); a tip cannot be pulled."""
    elastic = stiffness * 10 * (np.maximum(way_mm, 0) / 10) ** exponent
    force = equilibrium * elastic
    for share, tau in branches:
        keep = np.exp(-STEP_S / tau)
        gain = tau * (1 - keep) / STEP_S
        force = force + share * lfilter([gain], [1, -keep], np.diff(elastic, prepend=0))
    return np.asarray(np.maximum(force, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """What writes it down: never zeroed, noisy."""

    rate_hz: float = 80.0
    noise_n: float = 0.05
    noise_mm: float = 0.02
    offset_n: float = 3.0
    zero_mm: float = -4.0
    seed: int = 0

    def columns(
        self, way_mm: FloatArray, force_n: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return time, force and displacement as indicated."""
        rng = np.random.default_rng(self.seed)
        t = np.arange(0, STEP_S * (way_mm.size - 1), 1 / self.rate_hz)
        grid = STEP_S * np.arange(way_mm.size)
        force = np.interp(t, grid, force_n) + self.offset_n + rng.normal(0, self.noise_n, t.size)
        way = np.interp(t, grid, way_mm) + self.zero_mm + rng.normal(0, self.noise_mm, t.size)
        return t, force, way


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A recording to be spoilt before it is analysed."""

    t_s: FloatArray
    force_n: FloatArray
    way_mm: FloatArray

    def recording(
        self, *, displacement: bool = True, context: RecordingContext | None = None
    ) -> Recording:
        """Return it as a recording, with or without its displacement."""
        return Recording(
            trace=Trace(
                t_s=self.t_s,
                force_n=self.force_n,
                displacement_mm=self.way_mm if displacement else None,
            ),
            context=context or RecordingContext(kind=RecordingKind.INDENTATION),
        )


def pressed(pressing: Pressing | None = None, gauge: Gauge | None = None) -> Columns:
    """Press into the usual tissue."""
    way = (pressing or Pressing()).way()
    t, force, indicated = (gauge or Gauge()).columns(way, tissue_force(way))
    return Columns(t_s=t, force_n=force, way_mm=indicated)
