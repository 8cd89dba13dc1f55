"""Presses that are held, simulated apart from the estimator: superposition on a fine grid."""

import numpy as np
from scipy.fft import next_fast_len
from scipy.signal import lfilter

from tissuesense.core.arrays import FloatArray

STEP_S = 0.001
_KNOT = 400  # steps


def superposed(
    g: FloatArray, equilibrium: float, terms: tuple[tuple[float, float], ...]
) -> FloatArray:
    """Return the force for an elastic response every `STEP_S`, by the midpoint rule.

    Each small rise of the response fades from the middle of its step on (Boltzmann 1874).
    """
    middle_s = (np.arange(g.size) + 0.5) * STEP_S
    kernel = equilibrium + sum(w * np.exp(-middle_s / tau) for w, tau in terms)
    rises = np.diff(g, prepend=0.0)
    size = next_fast_len(2 * g.size, real=True)
    return np.fft.irfft(np.fft.rfft(rises, size) * np.fft.rfft(kernel, size), size)[: g.size]


def pressed(seconds: float, ramp_s: float, depth_mm: float = 10.0) -> tuple[FloatArray, FloatArray]:
    """Return the fine times and the depth of a press at constant speed that is held."""
    time_s: FloatArray = STEP_S * np.arange(round((ramp_s + seconds) / STEP_S) + 1.0)
    return time_s, depth_mm * np.minimum(time_s / ramp_s, 1.0)


def drifting(depth_mm: FloatArray, rng: np.random.Generator, sd_mm: float = 0.15) -> FloatArray:
    """Return the same press by a hand that wanders about it, turning at most every 0.4 s."""
    knots = np.arange(0, depth_mm.size + _KNOT, _KNOT)
    walk = np.cumsum(rng.normal(0.0, sd_mm, knots.size))
    wander = np.interp(np.arange(depth_mm.size), knots, walk)
    return np.asarray(depth_mm * (1 + wander / depth_mm.max()))


def autoregressive(count: int, r: float, sd: float, rng: np.random.Generator) -> FloatArray:
    """Return noise whose neighbours are correlated by r, shape (count,)."""
    white = rng.normal(0.0, sd, count)
    white[1:] *= np.sqrt(1 - r * r)  # the first is drawn from the lasting spread
    return np.asarray(lfilter([1.0], [1.0, -r], white), dtype=np.float64)
