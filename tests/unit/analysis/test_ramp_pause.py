"""A pause is as long as the time that it costs, whatever the sampling, the noise and its place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.pain.ramp_pause import longest_pause_s
from tissuesense.core.arrays import FloatArray

RATE = 50.0
NOISE_KPA = 0.3


def ramp(*corners: tuple[float, float], rate_hz: float = 80.0) -> tuple[FloatArray, FloatArray]:
    times, levels = zip(*corners, strict=True)
    t = np.arange(times[0], times[-1], 1 / rate_hz)
    return t, np.interp(t, times, levels)


def pausing(
    seconds: float, at_kpa: float = 150.0, slope: float = 0.0
) -> tuple[tuple[float, float], ...]:
    start = at_kpa / RATE
    level = at_kpa + slope * seconds
    end = start + seconds + (300 - level) / RATE
    return ((0.0, 0.0), (start, at_kpa), (start + seconds, level), (end, 300.0))


def found(t: FloatArray, p: FloatArray, rate_hz: float = 80.0) -> float:
    return longest_pause_s(t, p, rate_kpa_s=RATE, step_s=1 / rate_hz, noise_kpa=NOISE_KPA)


@pytest.mark.parametrize("rate_hz", [10.0, 20.0, 80.0, 200.0])
@pytest.mark.parametrize("seconds", [0.35, 0.6, 1.5])
def test_a_pause_is_as_long_as_it_is_at_any_rate(seconds: float, rate_hz: float) -> None:
    for seed in range(20):
        t, p = ramp(*pausing(seconds), rate_hz=rate_hz)
        noisy = p + np.random.default_rng(seed).normal(0, NOISE_KPA, t.size)
        assert found(t, noisy, rate_hz) == pytest.approx(seconds, abs=0.03)


@given(st.floats(-50, 50), st.floats(0.3, 2), st.floats(50, 250))
def test_neither_clock_nor_place_changes_it(later_s: float, seconds: float, at_kpa: float) -> None:
    t, p = ramp(*pausing(seconds, at_kpa))
    assert found(t + later_s, p) == pytest.approx(seconds, abs=0.03)


def test_a_steady_ramp_has_none() -> None:
    t, p = ramp((0, 0), (6, 300))
    assert found(t, p) < 0.05
    noise = np.random.default_rng(1).normal(0, NOISE_KPA, t.size)
    assert found(t, p + noise) < 0.1


def test_half_the_pace_is_no_pause() -> None:
    assert found(*ramp(*pausing(2.0, slope=RATE / 2))) < 0.05


def test_the_longer_of_two_counts() -> None:
    t, p = ramp((0, 0), (2, 100), (2.5, 100), (4.5, 200), (5.4, 200), (7.4, 300))
    assert found(t, p) == pytest.approx(0.9, abs=0.03)


def test_what_a_slip_costs_is_no_pause() -> None:
    t, p = ramp((0, 0), (3, 150), (3.06, 90), (7.26, 300))
    assert found(t, p) < 0.2


def test_the_beginning_of_the_release_is_no_pause() -> None:
    t, p = ramp((0, 0), (6, 300), (6.1, 288))
    assert found(t, p) < 0.15


def test_a_ramp_that_does_not_rise_or_has_two_samples_has_none() -> None:
    t, p = ramp((0, 300), (6, 0))
    assert longest_pause_s(t, p, rate_kpa_s=-RATE, step_s=1 / 80, noise_kpa=0.0) == 0.0
    assert longest_pause_s(t[:2], p[:2], rate_kpa_s=RATE, step_s=1 / 80, noise_kpa=0.0) == 0.0
