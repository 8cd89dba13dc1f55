"""Taps on muscle with known truth, integrated in small steps and sampled by a real-life sensor.

The tissue is a mass on a spring with a dashpot, some with a second, weaker one beside it; the push
is of one of several shapes. What the sensor says has gravity, an offset, a drift and noise in it,
and may be upside down.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import cont2discrete, lfilter

from tissuesense.core.arrays import FloatArray

STEP_S = 2e-5
RATES_HZ = (100.0, 200.0, 400.0, 800.0, 1000.0, 1600.0, 3200.0)
_PUSH_M_S2 = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTap:
    """What the sensor said, and what is true."""

    t_s: FloatArray
    acceleration: FloatArray
    frequency_hz: float
    log_decrement: float
    rate_hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TapPlan:
    """What a tap is drawn from; a range of one number is that number.

    Attributes
    ----------
    signal_to_noise_db
        First peak after the release over the noise's standard deviation.
    second_share
        Of the push that goes into a second, faster swing.
    echo_s
        How long the noise remembers: its correlation falls with ``exp(-t / echo_s)``.
    """

    rates_hz: tuple[float, ...] = RATES_HZ
    frequency_hz: tuple[float, float] = (8.0, 30.0)
    decrement: tuple[float, float] = (0.5, 2.0)
    push_s: tuple[float, float] = (0.010, 0.020)
    signal_to_noise_db: tuple[float, float] = (30.0, 50.0)
    second_share: tuple[float, float] = (0.0, 0.0)
    jitter: float = 0.0
    echo_s: float = 0.0
    after_s: tuple[float, float] = (0.4, 0.8)


def any_plan(rng: np.random.Generator) -> TapPlan:
    """Draw how difficult a tap is."""
    return TapPlan(
        second_share=(0.0, 0.08) if rng.random() < 0.3 else (0.0, 0.0),
        jitter=0.2 if rng.random() < 0.4 else 0.0,
    )


def known_tap(rng: np.random.Generator, plan: TapPlan) -> KnownTap:
    """Draw one tap."""
    rate_hz = float(rng.choice(plan.rates_hz))
    frequency_hz, decrement = rng.uniform(*plan.frequency_hz), rng.uniform(*plan.decrement)
    rest_s, after_s = rng.uniform(0.06, 0.4), rng.uniform(*plan.after_s)
    push = _push(rng, rng.uniform(*plan.push_s))
    force = np.zeros(round((rest_s + after_s) / STEP_S))
    first = round(rest_s / STEP_S)
    force[first : first + push.size] = push
    share = rng.uniform(*plan.second_share)
    swing = (1 - share) * _swing(force, frequency_hz, decrement)
    if share:
        swing += share * _swing(force, frequency_hz * rng.uniform(2, 4), rng.uniform(0.5, 2))
    peak = float(np.abs(swing[first + push.size :]).max())

    size = int((rest_s + after_s) * rate_hz) - 1
    t_s = (np.arange(size) + 0.5 + plan.jitter * rng.uniform(-1, 1, size)) / rate_hz
    seen = np.interp(t_s, np.arange(force.size) * STEP_S, swing)
    seen += (
        peak
        * 10 ** (-rng.uniform(*plan.signal_to_noise_db) / 20)
        * _noise(rng, size, plan.echo_s * rate_hz)
    )
    seen += rng.uniform(-9.8, 9.8) + rng.uniform(-0.3, 0.3) * t_s
    return KnownTap(
        t_s=t_s,
        acceleration=seen * rng.choice((-1.0, 1.0)),
        frequency_hz=frequency_hz,
        log_decrement=decrement,
        rate_hz=rate_hz,
    )


def _push(rng: np.random.Generator, seconds: float) -> FloatArray:
    u = np.arange(round(seconds / STEP_S)) * STEP_S / seconds
    shape = rng.integers(3)
    if shape == 0:
        return np.full(u.size, _PUSH_M_S2)
    if shape == 1:
        return np.asarray(_PUSH_M_S2 * np.clip(np.minimum(u, 1 - u) / 0.15, 0, 1))
    return np.asarray(1.3 * _PUSH_M_S2 * np.sin(np.pi * u))


def _swing(force: FloatArray, frequency_hz: float, decrement: float) -> FloatArray:
    """Return the acceleration of a unit mass, the force held over each step."""
    decay, angular = frequency_hz * decrement, 2 * np.pi * frequency_hz
    system = ([1.0, 0.0, 0.0], [1.0, 2 * decay, decay**2 + angular**2])
    b, a, _ = cont2discrete(system, STEP_S)
    return np.asarray(lfilter(b.ravel(), a, force), dtype=np.float64)


def _noise(rng: np.random.Generator, size: int, echo_samples: float) -> FloatArray:
    white = rng.standard_normal(size + 200)
    echo = np.exp(-1 / echo_samples) if echo_samples else 0.0
    echoing = lfilter([np.sqrt(1 - echo**2)], [1.0, -echo], white)
    return np.asarray(echoing[200:], dtype=np.float64)
