"""What a hand does to a gauge: ramps that wander, releases, resting, knocks; all noise-free.

A movement is a piece of force against time, given by knots with straight lines between them and
nothing before and after; kinks are knots, so that no sampling blurs the truth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

STEP_S = 0.002


@dataclass(frozen=True, slots=True)
class Piece:
    """Force over time, shape (k,) each."""

    t_s: FloatArray
    force_n: FloatArray

    @property
    def end_s(self) -> float:
        """Time of the last knot."""
        return float(self.t_s[-1])


def force_at(pieces: Sequence[Piece], t_s: FloatArray) -> FloatArray:
    """Return the sum of the pieces at sorted or nearly sorted times, shape (n,)."""
    force = np.zeros(t_s.size)
    for piece in pieces:
        inside = (t_s >= piece.t_s[0]) & (t_s < piece.t_s[-1])
        force[inside] += np.interp(t_s[inside], piece.t_s, piece.force_n)
    return force


def _sway(rng: np.random.Generator, t_s: FloatArray) -> FloatArray:
    """Ornstein-Uhlenbeck: it comes back to the mean, without rhythm."""
    tau, sd = rng.uniform(0.3, 1.0), rng.uniform(0.04, 0.15)
    keep = np.exp(-STEP_S / tau)
    kicks = rng.normal(0, sd * np.sqrt(1 - keep**2), t_s.size)
    out = np.empty(t_s.size)
    level = rng.normal(0, sd)
    for i, kick in enumerate(kicks):
        level = keep * level + kick
        out[i] = level
    return out


def _swing(rng: np.random.Generator, t_s: FloatArray) -> FloatArray:
    """Swing at one frequency."""
    return rng.uniform(0.05, 0.25) * np.sin(
        2 * np.pi * (rng.uniform(0.3, 1.5) * t_s + rng.uniform())
    )


def _bend(rng: np.random.Generator, t_s: FloatArray) -> FloatArray:
    """Become steadily faster or slower."""
    return np.asarray(rng.uniform(-0.25, 0.25) * np.tanh((t_s - t_s[-1] / 4) / (t_s[-1] / 4)))


def _paces(rng: np.random.Generator, t_s: FloatArray) -> FloatArray:
    """Keep a pace for a while, then another."""
    changes = np.cumsum(rng.uniform(0.5, 1.5, 1 + int(t_s[-1] / 0.5)))
    paces = rng.normal(0, 0.12, changes.size + 1)
    return paces[np.searchsorted(changes, t_s)]


WANDER: dict[str, Callable[[np.random.Generator, FloatArray], FloatArray]] = {
    "steady": lambda _, t_s: np.zeros(t_s.size),
    "sway": _sway,
    "swing": _swing,
    "bend": _bend,
    "paces": _paces,
}


def ramp(
    rng: np.random.Generator, *, wander: str, rate_kpa_s: float, from_kpa: float, to_kpa: float
) -> tuple[FloatArray, FloatArray]:
    """Return (time, pressure) from a soft toe to well past `to_kpa`, always rising."""
    longest_s = 2.5 * (to_kpa - from_kpa) / rate_kpa_s + 3.0
    t_s = np.arange(0, longest_s, STEP_S)
    toe_s = rng.uniform(0.05, 0.5)
    toe = np.clip(t_s / toe_s, 0, 1)
    factor = np.clip(1 + WANDER[wander](rng, t_s), 0.4, 1.8) * toe**2 * (3 - 2 * toe)
    rise = np.concatenate(([0.0], np.cumsum((factor[1:] + factor[:-1]) / 2 * STEP_S)))
    return t_s, from_kpa + rate_kpa_s * rise


def release(rng: np.random.Generator, shape: str, from_kpa: float) -> tuple[FloatArray, FloatArray]:
    """Return (time, pressure) of letting go, ending at 0."""
    speed = rng.uniform(300, 2000)
    if shape == "linear":
        return np.array([0.0, from_kpa / speed]), np.array([from_kpa, 0.0])
    u = np.linspace(0, 1, 200)
    if shape == "exponential":
        fall = np.exp(-6 * u)
        return u * 6 * from_kpa / speed, from_kpa * (fall - fall[-1] * u)
    return u * from_kpa * np.pi / 2 / speed, from_kpa * (1 + np.cos(np.pi * u)) / 2


def plateau(
    rng: np.random.Generator, at_kpa: float, seconds: float
) -> tuple[FloatArray, FloatArray]:
    """Return (time, pressure) of holding with tremor, starting at `at_kpa` exactly."""
    t_s = np.arange(STEP_S, seconds, STEP_S)
    return t_s, at_kpa + rng.uniform(0.5, 5) * tremor(rng, t_s) * np.clip(t_s / 0.05, 0, 1)


def tremor(rng: np.random.Generator, t_s: FloatArray) -> FloatArray:
    """Return a swinging of unit amplitude near 9 Hz with a wandering phase."""
    phase = 2 * np.pi * rng.uniform(7, 11) * t_s + np.cumsum(rng.normal(0, 0.03, t_s.size))
    return np.sin(phase + rng.uniform(0, 2 * np.pi))


def rest(
    rng: np.random.Generator, start_s: float, level_n: float, seconds: float, *, lifts: bool
) -> Piece:
    """Lie lightly on the skin; lifting off at the end, or staying at exactly `level_n`."""
    t_s = np.arange(0, seconds, STEP_S)
    touch_s, lift_s = rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.4)
    envelope = np.clip(t_s / touch_s, 0, 1)
    inner = np.clip((seconds - STEP_S - t_s) / lift_s, 0, 1)
    shake = rng.uniform(0.05, 0.4) * tremor(rng, t_s) * envelope * inner
    envelope = envelope * inner if lifts else envelope
    return Piece(start_s + t_s, level_n * envelope + shake)


def knock(rng: np.random.Generator, start_s: float) -> Piece:
    """Hit something: one bump or two."""
    u = np.linspace(0, 1, 60)
    bump = np.sin(np.pi * u)
    if rng.random() < 0.4:
        bump = np.where(u < 0.5, 1.0, rng.uniform(0.3, 1)) * np.sin(2 * np.pi * u) ** 2
    return Piece(start_s + u * rng.uniform(0.02, 0.25), rng.uniform(2, 40) * bump)
