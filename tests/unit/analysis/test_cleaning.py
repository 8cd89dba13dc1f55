"""Noise, resolution and single wrong readings are told from the press itself."""

import numpy as np
import pytest

from tissuesense.analysis.signals.cleaning import binned, clean, noise_of, resolution_of
from tissuesense.core.arrays import FloatArray

T_S = np.arange(0, 12, 1 / 80)
# Up at 50 kPa/s, let go at 1000 kPa/s: the sharpest press that a hand makes.
PRESS = np.interp(T_S, [2, 8, 8.3], [0, 300, 0])


def noisy(sd: float, seed: int = 0, values: FloatArray = PRESS) -> FloatArray:
    return values + np.random.default_rng(seed).normal(0, sd, values.size)


@pytest.mark.parametrize("sd", [0.05, 0.5, 5.0])
@pytest.mark.parametrize(
    "curve", [np.zeros_like(T_S), PRESS, 100 * np.sin(T_S)], ids=["rest", "press", "wave"]
)
def test_noise_is_found_whatever_it_rides_on(curve: FloatArray, sd: float) -> None:
    found = [noise_of(noisy(sd, seed, curve)) for seed in range(100)]
    assert np.mean(found) == pytest.approx(sd, rel=0.02)
    assert np.std(found) < 0.07 * sd


@pytest.mark.parametrize("size", [0, 1, 2])
def test_two_samples_show_no_noise(size: int) -> None:
    assert noise_of(np.arange(size, dtype=np.float64)) == 0.0


def test_a_straight_line_has_no_noise() -> None:
    assert noise_of(np.linspace(0, 300, 500)) == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize("step", [0.01, 0.05, 0.1, 1.0])
def test_the_resolution_of_a_gauge_is_its_smallest_step(step: float) -> None:
    assert resolution_of(np.round(noisy(1.0) / step) * step) == pytest.approx(step, rel=1e-6)


def test_a_continuous_signal_has_no_resolution() -> None:
    assert resolution_of(noisy(0.5)) == 0.0


def test_fewer_than_ten_steps_show_no_resolution() -> None:
    staircase = np.repeat(np.arange(10.0), 20)
    assert resolution_of(staircase) == 0.0
    assert resolution_of(np.repeat(np.arange(11.0), 20)) == 1.0


def test_a_few_wrong_readings_between_the_steps_do_not_hide_the_resolution() -> None:
    readings = np.round(noisy(1.0) / 0.1) * 0.1
    readings[[100, 500]] += 7.3777
    assert resolution_of(readings) == pytest.approx(0.1, rel=1e-6)


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("height", [100.0, -100.0])
@pytest.mark.parametrize("at", [40, 400, 900])
def test_a_spike_of_one_or_two_samples_is_replaced_by_its_neighbours(
    at: int, height: float, width: int
) -> None:
    spiked = noisy(0.5)
    spiked[at : at + width] += height
    found = clean(T_S, spiked)
    assert np.flatnonzero(found.is_spike).tolist() == list(range(at, at + width))
    np.testing.assert_allclose(found.values[at : at + width], PRESS[at : at + width], atol=2.5)
    others = ~found.is_spike
    assert np.array_equal(found.values[others], spiked[others])


@pytest.mark.parametrize("rate_hz", [10, 40, 80, 1000])
@pytest.mark.parametrize("fall_kpa_s", [400, 1000])
@pytest.mark.parametrize("phase", [0.0, 0.3, 0.7])
def test_a_sharp_peak_and_a_sharp_release_are_no_spikes(
    rate_hz: int, fall_kpa_s: float, phase: float
) -> None:
    t_s = np.arange(0, 12, 1 / rate_hz)
    top_s = 8 + phase / rate_hz
    press = np.interp(t_s, [2, top_s, top_s + 300 / fall_kpa_s], [0, 300, 0])
    assert not clean(t_s, noisy(0.5, values=press)).is_spike.any()


@pytest.mark.parametrize("rate_hz", [80, 100, 250, 1000])
@pytest.mark.parametrize("lasts_s", [0.05, 0.08, 0.12])
def test_a_blow_to_the_gauge_is_no_spike_wherever_the_samples_fall_on_it(
    rate_hz: int, lasts_s: float
) -> None:
    t_s = np.arange(0, 12, 1 / rate_hz)
    press = np.interp(t_s, [2, 8, 8.3], [0, 30, 0])
    rng = np.random.default_rng(rate_hz)
    for _ in range(40):
        phase = np.clip((t_s - rng.uniform(0.3, 1.5)) / lasts_s, 0, 1)
        blow = rng.uniform(3, 12) * np.sin(np.pi * phase)
        assert not clean(t_s, press + blow + rng.normal(0, 0.05, t_s.size)).is_spike.any()


@pytest.mark.parametrize("at", range(318, 334))
@pytest.mark.parametrize("height", [40.0, -40.0])
def test_a_spike_on_a_sharp_release_is_still_one(at: int, height: float) -> None:
    t_s = np.arange(0, 12, 1 / 40)
    force = np.interp(t_s, [2, 8, 8.3], [0, 30, 0])
    force[at] += height
    found = clean(t_s, force)
    assert found.is_spike[at]
    assert found.is_spike.sum() <= 2


def test_the_signal_that_was_given_is_not_changed() -> None:
    spiked = noisy(0.5)
    spiked[400] += 100
    before = spiked.copy()
    clean(T_S, spiked)
    assert np.array_equal(spiked, before)


def test_noise_is_never_below_that_of_the_resolution() -> None:
    found = clean(T_S, np.round(PRESS / 2.0) * 2.0)
    assert found.resolution == pytest.approx(2.0)
    assert found.noise >= 2.0 / np.sqrt(12)


def test_spikes_do_not_count_as_noise() -> None:
    spiked = noisy(0.5)
    spiked[50::90] += 80
    assert clean(T_S, spiked).noise == pytest.approx(0.5, rel=0.15)


@pytest.mark.parametrize("size", [0, 1, 4])
def test_a_handful_of_samples_is_left_alone(size: int) -> None:
    values = np.array([0.0, 100.0, 0.0, 100.0])[:size]
    found = clean(T_S[:size], values)
    assert np.array_equal(found.values, values)
    assert not found.is_spike.any()


def test_bins_hold_the_means_of_their_samples() -> None:
    t_s = np.array([0.0, 0.1, 0.2, 1.0, 1.1, 3.0])
    values = np.array([1.0, 2.0, 3.0, 10.0, 20.0, 7.0])
    bin_t, means = binned(t_s, values, 1.0)
    np.testing.assert_allclose(bin_t, [0.1, 1.05, 3.0])
    np.testing.assert_allclose(means, [2.0, 15.0, 7.0])


def test_a_straight_line_stays_one_in_bins_of_any_width() -> None:
    for width in (0.001, 0.02, 0.33, 5.0):
        bin_t, means = binned(T_S, 3 * T_S + 1, width)
        np.testing.assert_allclose(means, 3 * bin_t + 1, rtol=1e-9)


def test_one_sample_is_its_own_bin() -> None:
    bin_t, means = binned(np.array([5.0]), np.array([7.0]), 1.0)
    assert (bin_t.tolist(), means.tolist()) == ([5.0], [7.0])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_wrong_readings_in_a_row_are_taken_out(count: int) -> None:
    t_s = np.arange(0, 10, 1 / 80)
    force = 2 + np.interp(t_s, [2, 8, 8.5], [0, 30, 0])
    wrong = force.copy()
    wrong[400 : 400 + count] += 60.0
    mended = clean(t_s, wrong)
    assert np.flatnonzero(mended.is_spike).tolist() == list(range(400, 400 + count))
    assert mended.values == pytest.approx(force, abs=0.4)


def test_a_step_that_stays_is_no_wrong_reading() -> None:
    t_s = np.arange(0, 10, 1 / 80)
    force = np.where((t_s > 4) & (t_s < 4.5), 30.0, 1.0)
    assert not clean(t_s, force).is_spike.any()


def test_a_leap_from_almost_nothing_overflows_nothing() -> None:
    values = np.zeros(50)
    values[[0, 4]] = [1.1e-308, 2.0]
    assert clean(np.arange(50) / 32, values).is_spike.tolist().count(True) == 1
