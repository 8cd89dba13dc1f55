"""What a tap tells depends on neither the sensor's gain, sign, zero nor the clock's."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tissuesense.analysis.tap import identify
from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.tap_strike import TAP_MASS_KG, TapStrike

T_S = np.arange(0.0, 0.7, 0.00125)


def acceleration(frequency_hz: float, decrement: float, seed: int) -> FloatArray:
    whole = (2 * math.pi * frequency_hz) ** 2 * (1 + (decrement / (2 * math.pi)) ** 2)
    tap = TapStrike(
        index=0,
        onset_s=0.2,
        mass_kg=TAP_MASS_KG,
        spring_n_m=TAP_MASS_KG * whole,
        log_decrement=decrement,
        tilt_rad=0.0,
    )
    noise = 0.05 * np.random.default_rng(seed).standard_normal(T_S.size)
    return np.asarray(tap.at(T_S)["acceleration_m_s2"] + noise)


@settings(max_examples=40, deadline=None)
@given(
    frequency_hz=st.floats(8, 25),
    decrement=st.floats(0.5, 1.8),
    gain=st.floats(0.01, 100) | st.floats(-100, -0.01),
    zero=st.floats(-20, 20),
    later_s=st.floats(-100, 1000),
    seed=st.integers(0, 99),
)
def test_gain_sign_zero_and_clock_do_not_matter(
    frequency_hz: float, decrement: float, gain: float, zero: float, later_s: float, seed: int
) -> None:
    signal = acceleration(frequency_hz, decrement, seed)
    one, other = identify(T_S, signal), identify(T_S + later_s, gain * (signal + zero))
    for name in ("frequency_hz", "log_decrement", "damping_ratio"):
        first, second = getattr(one, name), getattr(other, name)
        assert second.value == pytest.approx(first.value, rel=1e-4)
        assert second.u == pytest.approx(first.u, rel=1e-2)
    assert one.flags == other.flags


@settings(max_examples=40, deadline=None)
@given(
    frequency_hz=st.floats(10, 25),
    decrement=st.floats(0.5, 1.8),
    factor=st.floats(0.6, 2.0),
)
def test_a_film_played_faster_shows_the_same_decrement(
    frequency_hz: float, decrement: float, factor: float
) -> None:
    decaying_s = np.arange(0.0, 0.8, 0.001)
    swing = np.exp(-frequency_hz * decrement * decaying_s) * np.cos(
        2 * math.pi * frequency_hz * decaying_s
    )
    one, other = identify(decaying_s, swing), identify(decaying_s / factor, swing)
    assert one.frequency_hz is not None
    assert other.frequency_hz is not None
    assert one.log_decrement is not None
    assert other.log_decrement is not None
    assert other.frequency_hz.value == pytest.approx(factor * one.frequency_hz.value, rel=1e-4)
    assert other.log_decrement.value == pytest.approx(one.log_decrement.value, abs=1e-3)
