"""Identify the free decay of 1,000 taps, 0.4 s of rest, push and swing at 1000 and 3200 Hz."""

import math
from collections.abc import Sequence

import numpy as np
from benchmarks.timing import Pair, cpu_s
from scipy.optimize import curve_fit

from tissuesense.analysis.tap import identify
from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.tap_strike import PUSH_S, TAP_MASS_KG, TapStrike

_TAPS = 1000
_RATES_HZ = (1000.0, 3200.0)
_ONSET_S, _SECONDS = 0.05, 0.4
_NOISE_M_S2 = 0.1

Signal = tuple[FloatArray, FloatArray]


def measure() -> Pair:
    """Time both; what each is off by stands in the remark."""
    rng = np.random.default_rng(1)
    strikes = [_strike(rng) for _ in range(_TAPS)]
    signals = [_signal(strike, rng) for strike in strikes]
    truth_hz = np.array([strike.truth(0.0).frequency_hz for strike in strikes])
    ours_hz = np.array([_ours(signal) for signal in signals])
    peers_hz = np.array([_peer(signal) for signal in signals])
    ours, peers = (np.sqrt(np.mean((found - truth_hz) ** 2)) for found in (ours_hz, peers_hz))
    return Pair(
        work=f"identify {_TAPS:,} taps, {_SECONDS:g} s at 1000 and 3200 Hz",
        ours_s=cpu_s(lambda: [_ours(signal) for signal in signals]),
        peer="scipy.optimize.curve_fit, started by numpy's FFT",
        peer_s=cpu_s(lambda: [_peer(signal) for signal in signals]),
        remark=f"rms {ours:.3f} and {peers:.3f} Hz; the peer is told when the swing is free",
        goal_s=0.75,
        goal_ratio=1.0,
    )


def _strike(rng: np.random.Generator) -> TapStrike:
    frequency_hz, decrement = rng.uniform(10, 20), rng.uniform(0.8, 1.6)
    whole = (2 * math.pi * frequency_hz) ** 2 * (1 + (decrement / (2 * math.pi)) ** 2)
    return TapStrike(
        index=0,
        onset_s=_ONSET_S,
        mass_kg=TAP_MASS_KG,
        spring_n_m=TAP_MASS_KG * whole,
        log_decrement=decrement,
        tilt_rad=0.0,
    )


def _signal(strike: TapStrike, rng: np.random.Generator) -> Signal:
    t_s = np.arange(0.0, _SECONDS, 1 / rng.choice(_RATES_HZ))
    noise = _NOISE_M_S2 * rng.standard_normal(t_s.size)
    return t_s, strike.at(t_s)["acceleration_m_s2"] + noise


def _ours(signal: Signal) -> float:
    found = identify(*signal)
    if found.frequency_hz is None:
        raise ValueError("The benchmark's taps swing.")
    return found.frequency_hz.value


def _model(t_s: FloatArray, *parameters: float) -> FloatArray:
    size, decay, frequency_hz, phase, level = parameters
    swing = np.exp(-decay * t_s) * np.cos(2 * math.pi * frequency_hz * t_s + phase)
    return np.asarray(size * swing + level)


def _peer(signal: Signal) -> float:
    """Do what a careful script does: cut, look at the spectrum, fit from its peak."""
    t_s, acceleration = signal
    free = t_s > _ONSET_S + PUSH_S
    since_s, swing = t_s[free] - t_s[free][0], acceleration[free]
    level = float(swing[-swing.size // 4 :].mean())
    spectrum = np.abs(np.fft.rfft(swing - level, 4 * swing.size))
    start_hz = float(np.argmax(spectrum)) / (4 * swing.size * (t_s[1] - t_s[0]))
    start: Sequence[float] = (float(swing[0]) - level, 15.0, start_hz, 0.0, level)
    best, _ = curve_fit(_model, since_s, swing, p0=start, maxfev=5000)
    return float(best[2])
