"""Claim: the simulated gauge errs by as much as it is told to, and in no other way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.simulation.sensor import PERFECT_SENSOR, Sensor

QUIET = {"noise_n": 0.0, "resolution_n": 0.0, "offset_n": 0.0, "drift_n": 0.0}


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def test_a_perfect_gauge_indicates_the_force_itself() -> None:
    force = np.linspace(0.0, 500.0, 1000)
    assert np.array_equal(PERFECT_SENSOR.indicate_force(np.arange(1000.0), force, rng()), force)
    assert np.array_equal(PERFECT_SENSOR.indicate_depth(force, rng()), force)


@pytest.mark.parametrize("noise_n", [0.01, 0.1])
def test_noise_has_the_size_it_is_asked_for(noise_n: float) -> None:
    gauge = Sensor(**{**QUIET, "noise_n": noise_n})
    indicated = gauge.indicate_force(np.arange(20_000) / 80, np.full(20_000, 20.0), rng())
    assert np.std(indicated) == pytest.approx(noise_n, rel=0.03)
    assert np.mean(indicated) == pytest.approx(20.0, abs=5 * noise_n / np.sqrt(20_000))


@pytest.mark.parametrize("resolution_n", [0.01, 0.1, 0.5])
def test_every_indication_is_a_multiple_of_the_resolution(resolution_n: float) -> None:
    gauge = Sensor(resolution_n=resolution_n)
    force = np.linspace(0.0, 30.0, 3000)
    in_steps = gauge.indicate_force(np.arange(3000) / 80, force, rng()) / resolution_n
    assert np.allclose(in_steps, np.round(in_steps), atol=1e-6)


def test_rounding_alone_moves_no_force_by_more_than_half_a_step() -> None:
    gauge = Sensor(**{**QUIET, "resolution_n": 0.1})
    force = np.linspace(0.0, 30.0, 3001)
    error = gauge.indicate_force(np.arange(3001.0), force, rng()) - force
    assert np.fabs(error).max() <= 0.05 + 1e-9


def test_the_zero_creeps_to_its_end_and_starts_at_the_offset() -> None:
    gauge = Sensor(offset_n=0.4, drift_n=6.0, drift_tau_s=60.0)
    zero = gauge.zero_n(np.array([0.0, 60.0, 6000.0]))
    assert zero == pytest.approx([0.4, 0.4 + 6.0 * (1 - np.exp(-1)), 6.4])


def test_forces_beyond_full_scale_are_indicated_as_full_scale() -> None:
    gauge = Sensor(full_scale_n=15.0)
    indicated = gauge.indicate_force(np.arange(100.0), np.linspace(0.0, 100.0, 100), rng())
    assert indicated.max() == 15.0
    assert np.count_nonzero(indicated == 15.0) > 80


@given(jitter=st.floats(0.0, 2.0), rate_hz=st.floats(1.0, 5000.0), first=st.integers(0, 10**6))
def test_sampling_instants_increase_whatever_the_jitter(
    jitter: float, rate_hz: float, first: int
) -> None:
    gauge = Sensor(jitter=jitter)
    earlier = gauge.sampling_times_s(first, 50, rate_hz, rng())
    later = gauge.sampling_times_s(first + 50, 50, rate_hz, rng())
    instants = np.concatenate((earlier, later))
    assert np.diff(instants).min() > 0.0
    assert instants[0] >= 0.0


def test_readings_are_lost_and_doubled_as_often_as_asked() -> None:
    arriving = Sensor(lost_share=0.05, doubled_share=0.02).arriving(50_000, rng())
    kept, copies = np.unique(arriving, return_counts=True)
    assert 1 - kept.size / 50_000 == pytest.approx(0.05, abs=0.005)
    assert np.count_nonzero(copies == 2) / 50_000 == pytest.approx(0.02, abs=0.003)
    assert np.all(np.diff(arriving) >= 0)


def test_a_sound_link_brings_every_reading_once() -> None:
    assert np.array_equal(Sensor().arriving(1000, rng()), np.arange(1000))


def test_spikes_are_as_many_and_as_large_as_asked() -> None:
    gauge = Sensor(**QUIET, spike_share=0.01)
    indicated = gauge.indicate_force(np.arange(50_000.0), np.zeros(50_000), rng())
    spikes = np.fabs(indicated[indicated != 0.0])
    assert spikes.size / 50_000 == pytest.approx(0.01, abs=0.002)
    assert spikes.min() >= 20.0
