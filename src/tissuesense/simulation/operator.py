"""The hand that presses: an uneven ramp, a tremor, a soft first touch, a quick letting go."""

import enum
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.grid import STEP_S, steps, wandering

_LEAD_S = (3.0, 4.5)
_TAIL_S = (2.0, 3.0)
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
    hold_creep_mm
        Standard deviation of the depth while a depth is to be held.
    knock_share, rest_share
        Share of presses before which the gauge is knocked, or (pain presses) rests lightly on the
        skin.
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
    hold_creep_mm: float = 0.04
    knock_share: float = 0.25
    rest_share: float = 0.25
    flaw: Flaw | None = None


STEADY_HAND = Hand(wander=0.0, tremor=0.0, hold_creep_mm=0.0, knock_share=0.0, rest_share=0.0)


def speed_profile(hand: Hand, intended: float, size: int, rng: np.random.Generator) -> FloatArray:
    """Return how fast the hand goes, in the unit of `intended`: soft at first, then wandering."""
    wander = np.maximum(1.0 + wandering(hand.wander, hand.wander_tau_s, size, rng), _SLOWEST)
    toe = np.minimum(np.arange(size) * STEP_S / rng.uniform(*hand.toe_s), 1.0)
    return np.asarray(intended * hand.speed * wander * toe, dtype=np.float64)


def tremor(hand: Hand, size: int, rng: np.random.Generator) -> FloatArray:
    """Return the factor by which tremor changes force or depth, shape (size,)."""
    phase = 2 * np.pi * (rng.uniform(*hand.tremor_hz) * np.arange(size) * STEP_S + rng.random())
    return np.asarray(1.0 + np.sqrt(2.0) * hand.tremor * np.sin(phase), dtype=np.float64)


def letting_go(start: float, speed_in: float, speed_out: float) -> FloatArray:
    """Return the way back to 0 from `start`, turning smoothly from `speed_in` to -`speed_out`."""
    turn = np.linspace(speed_in, -speed_out, steps(_LETTING_GO_S))
    # Going in for a last moment raises the start a little; the margin is for that.
    lift = np.full(steps((start + speed_in * _LETTING_GO_S) / speed_out) + 1, -speed_out)
    return np.maximum(start + np.cumsum(np.concatenate((turn, lift))) * STEP_S, 0.0)


def lead_in(hand: Hand, rng: np.random.Generator) -> tuple[int, FloatArray]:
    """Return the steps before a press, and the force of a knock at their beginning, if any.

    A knock is half a sine of 3 to 12 N over 40 to 120 ms.
    """
    lead = steps(rng.uniform(*_LEAD_S))
    knocked, before = rng.random() < hand.knock_share, np.zeros(steps(rng.uniform(0.2, 1.0)))
    phase = np.linspace(0.0, np.pi, steps(rng.uniform(0.04, 0.12)))
    knock_n = rng.uniform(3.0, 12.0) * np.sin(phase)
    return lead, np.concatenate((before, knock_n)) if knocked else np.zeros(1)


def pause_after(rng: np.random.Generator) -> int:
    """Return the steps between a press and whatever comes next."""
    return steps(rng.uniform(*_TAIL_S))
