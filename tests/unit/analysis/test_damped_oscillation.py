"""A damped swing is fitted with its level, an unwanted second swing, and an honest uncertainty."""

import math

import numpy as np
import pytest

from tissuesense.analysis.taps.damped_oscillation import fit_oscillation
from tissuesense.analysis.taps.swing_fit import FEWEST_SAMPLES
from tissuesense.core.arrays import FloatArray

T_S = np.arange(0.0, 0.4, 0.002)


def swing(decay: float, angular: float, phase: float = 0.3, t_s: FloatArray = T_S) -> FloatArray:
    return np.asarray(np.exp(-decay * t_s) * np.cos(angular * t_s + phase))


@pytest.mark.parametrize("decay", [4.0, 18.0, 40.0])
@pytest.mark.parametrize("frequency_hz", [6.0, 15.0, 30.0, 55.0])
def test_without_noise_the_swing_is_exact_on_any_level(decay: float, frequency_hz: float) -> None:
    angular = 2 * math.pi * frequency_hz
    found = fit_oscillation(T_S, swing(decay, angular) - 9.8 + 0.5 * T_S)
    assert found is not None
    assert found.decay_per_s == pytest.approx(decay, rel=1e-6)
    assert found.frequency_hz == pytest.approx(frequency_hz, rel=1e-6)
    assert found.amplitude == pytest.approx(1.0, rel=1e-6)
    assert found.level_at(np.array([0.0, 0.4])) == pytest.approx([-9.8, -9.6], abs=1e-6)


def test_it_foretells_what_lies_before_it() -> None:
    found = fit_oscillation(T_S[20:], swing(18.0, 94.0)[20:])
    assert found is not None
    assert found.expected(T_S[:20]) == pytest.approx(swing(18.0, 94.0)[:20], abs=1e-6)


def test_a_second_swing_is_told_from_the_first() -> None:
    rng = np.random.default_rng(2)
    both = swing(18.0, 94.0) + 0.15 * swing(40.0, 260.0) + 0.002 * rng.standard_normal(T_S.size)
    found = fit_oscillation(T_S, both)
    assert found is not None
    assert found.swings == 2
    assert found.angular_per_s == pytest.approx(94.0, abs=4 * math.sqrt(found.covariance[1, 1]))
    assert found.decay_per_s == pytest.approx(18.0, abs=4 * math.sqrt(found.covariance[0, 0]))


def test_noise_is_hardly_ever_taken_for_a_second_swing() -> None:
    rng = np.random.default_rng(3)
    twice = 0
    for _ in range(200):
        found = fit_oscillation(T_S, swing(18.0, 94.0) + 0.03 * rng.standard_normal(T_S.size))
        assert found is not None
        twice += found.swings == 2
    assert twice <= 4


def test_noise_that_follows_itself_widens_what_is_not_known() -> None:
    rng = np.random.default_rng(4)
    white = 0.03 * rng.standard_normal(T_S.size + 1)
    plain = fit_oscillation(T_S, swing(18.0, 94.0) + white[1:])
    running = fit_oscillation(T_S, swing(18.0, 94.0) + (white[1:] + white[:-1]) / math.sqrt(2))
    assert plain is not None
    assert running is not None
    assert running.covariance[1, 1] > 1.4 * plain.covariance[1, 1]
    assert running.dof < plain.dof


def test_rounding_bounds_how_well_anything_is_known() -> None:
    found = fit_oscillation(T_S, swing(18.0, 94.0), least_sd=0.01)
    noisy = fit_oscillation(
        T_S, swing(18.0, 94.0) + 0.01 * np.random.default_rng(5).standard_normal(T_S.size)
    )
    assert found is not None
    assert noisy is not None
    assert found.covariance[1, 1] == pytest.approx(noisy.covariance[1, 1], rel=0.5)


def test_means_of_neighbours_are_made_good_for() -> None:
    fine_s: FloatArray = np.arange(0.0, 0.4, 0.0005)
    signal = swing(18.0, 94.0, t_s=fine_s)
    times = np.asarray(fine_s.reshape(-1, 8).mean(axis=1), dtype=np.float64)
    means = np.asarray(signal.reshape(-1, 8).mean(axis=1), dtype=np.float64)
    found = fit_oscillation(times, means)
    assert found is not None
    assert found.amplitude < 0.97  # a mean is smaller, and later
    whole = found.of_single_samples(8, 0.0005)
    at_start = np.exp(-18.0 * found.start_s) * np.exp(1j * (94.0 * found.start_s + 0.3))
    assert complex(whole.cosine, -whole.sine) == pytest.approx(at_start, rel=1e-5)


@pytest.mark.parametrize(
    "values", [np.zeros(40), np.linspace(0, 1, 40), np.exp(-np.arange(40) / 5.0)]
)
def test_what_does_not_swing_is_no_swing(values: FloatArray) -> None:
    found = fit_oscillation(np.arange(0.0, 0.4, 0.01), values)
    assert found is None or found.amplitude < 1e-3 or found.decay_per_s > found.angular_per_s / 2


def test_too_few_samples_are_no_swing() -> None:
    few = FEWEST_SAMPLES - 1
    assert fit_oscillation(T_S[:few], swing(18.0, 94.0)[:few]) is None
