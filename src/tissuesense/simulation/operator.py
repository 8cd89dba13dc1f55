"""The hand that presses: an uneven ramp, a tremor, a soft first touch, a quick letting go.

All curves stand on one fine grid, `STEP_S` apart, on which the truth is read.
"""

import enum
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from tissuesense.core.arrays import FloatArray

STEP_S = 0.001
_LETTING_GO_S = 0.05  # a hand turns from pressing to lifting within about this time
_SLOWEST = 0.05  # of the intended speed: an uneven hand slows down but does not turn back


class Flaw(enum.StrEnum):
    """What a hand can do wrong during one press."""

    SLIP = "slip"
    DOUBLE_PEAK = "double_peak"
    PLATEAU = "plateau"
    EARLY_RELEASE = "early_release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How a tester presses.

    Attributes
    ----------
    speed
        Achieved over intended speed, on average.
    wander, wander_tau_s
        Relative standard deviation of the speed and how long a deviation lasts.
    tremor
        Root mean square of the physiological tremor over the force; it grows with the force
        (Sutton and Sykes, J Physiol 191:699, 1967).
    tremor_hz, toe_s, release_kpa_s
        Lowest and highest of what a press draws: frequency, first soft touch, letting go.
    knock_share, rest_share
        Share of presses before which the gauge is knocked, or rests lightly on the skin.
    flaw
        What goes wrong, in every other press beginning with the first.
    """

    speed: float = 1.0
    wander: float = 0.10
    wander_tau_s: float = 0.5
    tremor: float = 0.003
    tremor_hz: tuple[float, float] = (8.0, 10.0)
    toe_s: tuple[float, float] = (0.3, 0.5)
    release_kpa_s: tuple[float, float] = (300.0, 2000.0)
    knock_share: float = 0.25
    rest_share: float = 0.25
    flaw: Flaw | None = None


STEADY_HAND = Hand(wander=0.0, tremor=0.0, knock_share=0.0, rest_share=0.0)


def steps(seconds: float) -> int:
    """Return how many grid steps last `seconds`."""
    return round(seconds / STEP_S)


def wandering(sd: float, tau_s: float, size: int, rng: np.random.Generator) -> FloatArray:
    """Return a stationary Ornstein-Uhlenbeck process on the grid, shape (size,)."""
    decay = float(np.exp(-STEP_S / tau_s))
    white = rng.standard_normal(size) * sd
    white[1:] *= np.sqrt(1 - decay**2)  # the first value is drawn from the stationary spread
    return np.asarray(lfilter([1.0], [1.0, -decay], white))


def speed_profile(hand: Hand, intended: float, size: int, rng: np.random.Generator) -> FloatArray:
    """Return how fast the hand goes, in the unit of `intended`: soft at first, then wandering."""
    wander = np.maximum(1.0 + wandering(hand.wander, hand.wander_tau_s, size, rng), _SLOWEST)
    toe = np.minimum(np.arange(size) * STEP_S / rng.uniform(*hand.toe_s), 1.0)
    return intended * hand.speed * wander * toe


def tremor(hand: Hand, size: int, rng: np.random.Generator) -> FloatArray:
    """Return the factor by which tremor changes force or depth, shape (size,)."""
    phase = 2 * np.pi * (rng.uniform(*hand.tremor_hz) * np.arange(size) * STEP_S + rng.random())
    return np.asarray(1.0 + np.sqrt(2.0) * hand.tremor * np.sin(phase))


def travelled(speed: FloatArray) -> FloatArray:
    """Return the integral of a speed from 0, shape (n,)."""
    return np.concatenate(([0.0], np.cumsum(speed[:-1]))) * STEP_S


def letting_go(start: float, speed_in: float, speed_out: float) -> FloatArray:
    """Return the way back to 0 from `start`, turning smoothly from `speed_in` to -`speed_out`."""
    turn = np.linspace(speed_in, -speed_out, steps(_LETTING_GO_S))
    # Going in for a last moment raises the start a little; the margin is for that.
    lift = np.full(steps((start + speed_in * _LETTING_GO_S) / speed_out) + 1, -speed_out)
    return np.maximum(start + np.cumsum(np.concatenate((turn, lift))) * STEP_S, 0.0)


def knock_n(rng: np.random.Generator) -> FloatArray:
    """Return one accidental blow against the gauge: half a sine of 3 to 12 N over 40 to 120 ms."""
    phase = np.linspace(0.0, np.pi, steps(rng.uniform(0.04, 0.12)))
    return np.asarray(rng.uniform(3.0, 12.0) * np.sin(phase))
