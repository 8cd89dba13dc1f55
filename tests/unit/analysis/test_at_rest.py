"""A gauge at rest shows its noise, its grain, its zero and its drift, touched in between or not."""

import math

import numpy as np
import pytest

from tissuesense.analysis.signals.arrival import Arrivals
from tissuesense.analysis.signals.at_rest import AtRest, at_rest, push_sign
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.trace import ClockSource, Trace

RATE_HZ = 80.0


def gauge(
    *,
    seconds: float = 20.0,
    rate_hz: float = RATE_HZ,
    noise_n: float = 0.05,
    step_n: float = 0.0,
    zero_n: float = 0.35,
    drift_n_per_min: float = 0.0,
    seed: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(seed).normal(0.0, noise_n, t_s.size)
    force_n = zero_n + drift_n_per_min * t_s / 60 + noise
    return t_s, np.round(force_n / step_n) * step_n if step_n else force_n


def rest_of(t_s: np.ndarray, force_n: np.ndarray) -> AtRest:
    return at_rest(Trace(t_s=t_s, force_n=force_n))


@pytest.mark.parametrize("noise_n", [0.002, 0.05, 0.8])
def test_the_noise_is_found(noise_n: float) -> None:
    found = rest_of(*gauge(noise_n=noise_n)).noise_n
    assert found == pytest.approx(noise_n, rel=0.06)


@pytest.mark.parametrize("step_n", [0.01, 0.0980665, 0.5])
@pytest.mark.parametrize("steps_of_noise", [0.6, 3.0])
def test_the_grain_of_the_readings_is_found_and_is_part_of_their_noise(
    step_n: float, steps_of_noise: float
) -> None:
    noise_n = steps_of_noise * step_n
    found = rest_of(*gauge(noise_n=noise_n, step_n=step_n))
    assert found.step_n == pytest.approx(step_n)
    assert found.noise_n == pytest.approx(math.hypot(noise_n, step_n / math.sqrt(12)), rel=0.1)


def test_readings_that_hardly_ever_repeat_have_no_grain() -> None:
    assert rest_of(*gauge()).step_n is None


def test_noise_below_the_grain_is_stated_as_that_of_the_grain() -> None:
    found = rest_of(*gauge(noise_n=0.01, step_n=0.1, zero_n=0.33))
    assert found.noise_n == pytest.approx(0.1 / math.sqrt(12))


def test_a_reading_that_never_changes_says_nothing_of_noise_grain_or_drift() -> None:
    found = rest_of(*gauge(noise_n=0.001, step_n=0.5, zero_n=2.0))
    assert found.constant
    assert (found.noise_n, found.step_n, found.zero_n) == (None, None, 2.0)
    assert isinstance(found.drift_n_per_min, NotEstimable)


@pytest.mark.parametrize("drift", [-3.0, 0.0, 0.6, 12.0])
def test_the_drift_is_found_within_its_uncertainty(drift: float) -> None:
    found = rest_of(*gauge(drift_n_per_min=drift)).drift_n_per_min
    assert isinstance(found, Estimate)
    assert abs(found.value - drift) < 4 * found.u
    assert 0 < found.u < 0.1


def test_the_stated_uncertainty_of_the_drift_covers_it_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(120):
        found = rest_of(*gauge(drift_n_per_min=1.0, seconds=10, seed=seed)).drift_n_per_min
        assert isinstance(found, Estimate)
        low, high = found.ci95
        covered += low <= 1.0 <= high
    assert covered / 120 > 0.88


def test_a_coarse_display_hides_a_drift_and_says_how_much() -> None:
    found = rest_of(*gauge(noise_n=0.02, step_n=0.1, drift_n_per_min=0.1, zero_n=0.349))
    drift = found.drift_n_per_min
    assert isinstance(drift, Estimate)
    assert drift.u > 0.05


def test_drift_is_not_taken_for_noise() -> None:
    found = rest_of(*gauge(drift_n_per_min=6.0, noise_n=0.02))
    assert found.noise_n == pytest.approx(0.02, rel=0.1)
    assert not found.touched


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_press_in_between_is_left_out_and_told(sign: float) -> None:
    t_s, force_n = gauge()
    pressed = (t_s > 6) & (t_s < 14)
    force_n[pressed] += sign * 30 * np.sin(np.pi * (t_s[pressed] - 6) / 8)
    found = rest_of(t_s, force_n)
    assert found.touched
    assert found.rest_share == pytest.approx(0.6, abs=0.02)
    assert found.zero_n == pytest.approx(0.35, abs=0.02)
    assert found.noise_n == pytest.approx(0.05, rel=0.25)


def test_a_gauge_that_is_left_alone_is_not_said_to_be_touched() -> None:
    assert not rest_of(*gauge()).touched


def test_lone_wrong_readings_do_not_count() -> None:
    t_s, force_n = gauge()
    force_n[::100] = 500.0
    found = rest_of(t_s, force_n)
    assert found.noise_n == pytest.approx(0.05, rel=0.1)
    assert not found.touched


def test_rate_and_jitter_are_those_of_the_times() -> None:
    t_s, force_n = gauge(seconds=30)
    shaken = t_s + np.random.default_rng(2).uniform(-0.002, 0.002, t_s.size)
    found = rest_of(shaken, force_n)
    assert found.rate_hz == pytest.approx(RATE_HZ, rel=1e-3)
    # A step is the difference of two independent shifts, each of variance (4 ms)^2 / 12.
    assert found.jitter_s == pytest.approx(0.004 / math.sqrt(6), rel=0.05)


def test_readings_that_arrive_in_bursts_are_counted_by_the_time_that_they_took() -> None:
    t_s, force_n = gauge(rate_hz=1000.0, seconds=8)
    # Now and then a busy computer takes a dozen at once, spread over the millisecond before.
    arrived = t_s.copy()
    for first in range(100, t_s.size - 20, 250):
        arrived[first : first + 12] = t_s[first + 12] - np.linspace(0.0012, 0.0001, 12)
    found = at_rest(Trace(t_s=arrived, force_n=force_n, clock=ClockSource.HOST))
    assert found.rate_hz == pytest.approx(1000.0, rel=1e-3)


def test_a_gap_is_the_longest_step_and_no_jitter() -> None:
    t_s, force_n = gauge()
    keep = (t_s < 8) | (t_s > 9.5)
    found = rest_of(t_s[keep], force_n[keep])
    assert found.longest_step_s == pytest.approx(1.5, abs=0.03)
    assert found.jitter_s == pytest.approx(0.0, abs=1e-9)
    assert found.rate_hz == pytest.approx(RATE_HZ)


@pytest.mark.parametrize("samples", [0, 1, 9])
def test_a_few_readings_say_nothing_and_raise_nothing(samples: int) -> None:
    t_s, force_n = gauge()
    found = rest_of(t_s[:samples], force_n[:samples])
    assert (found.samples, found.zero_n, found.noise_n, found.constant) == (
        samples,
        None,
        None,
        False,
    )
    assert isinstance(found.drift_n_per_min, NotEstimable)


def test_a_trace_without_force_is_refused() -> None:
    with pytest.raises(UsageError):
        at_rest(Trace(t_s=np.arange(20.0), displacement_mm=np.zeros(20)))


@pytest.mark.parametrize("sign", [1, -1])
def test_the_sign_of_a_push_is_seen(sign: int) -> None:
    t_s, force_n = gauge(seconds=5)
    pushed = (t_s > 1) & (t_s < 3)
    force_n[pushed] += sign * 20 * np.sin(np.pi * (t_s[pushed] - 1) / 2) ** 2
    assert push_sign(t_s, force_n, zero_n=0.35, noise_n=0.05) == sign


def test_the_rebound_after_a_push_is_not_taken_for_it() -> None:
    t_s, force_n = gauge(seconds=5)
    force_n[(t_s > 1) & (t_s < 2)] += 15.0
    force_n[(t_s >= 2) & (t_s < 4)] -= 6.0
    assert push_sign(t_s, force_n, zero_n=0.35, noise_n=0.05) == 1


@pytest.mark.parametrize(
    ("height_n", "lasts_s", "why"),
    [(0.0, 1.0, "nothing"), (2.0, 1.0, "light"), (40.0, 0.05, "a knock")],
)
def test_what_is_no_push_has_no_sign(height_n: float, lasts_s: float, why: str) -> None:
    t_s, force_n = gauge(seconds=5)
    force_n[(t_s > 1) & (t_s < 1 + lasts_s)] -= height_n
    assert push_sign(t_s, force_n, zero_n=0.35, noise_n=0.05) is None, why


def test_a_push_must_rise_above_the_noise() -> None:
    t_s, force_n = gauge(seconds=5, noise_n=2.0)
    assert push_sign(t_s, force_n, zero_n=0.35, noise_n=2.0) is None
    assert push_sign(t_s[:0], force_n[:0], zero_n=0.35, noise_n=2.0) is None


def test_a_slow_gauge_shows_a_push_in_two_readings() -> None:
    t_s, force_n = np.arange(6) / 2.0, np.array([0.0, 0.0, -20.0, -22.0, 0.0, 0.0])
    assert push_sign(t_s, force_n, zero_n=0.0, noise_n=0.1) == -1


def test_arrivals_tell_bursts_and_how_late_they_are() -> None:
    late_s = (*[5.000] * 90, *[5.020] * 10)
    told = Arrivals(late_s=late_s, readings=(*[1] * 90, *[6] * 10))
    assert told.delay_spread_s == pytest.approx(0.020)
    assert told.usual_burst == pytest.approx(1.5)
    assert told.largest_burst == 6


def test_where_nothing_arrived_nothing_is_told() -> None:
    nothing = Arrivals(late_s=(), readings=())
    assert (nothing.delay_spread_s, nothing.usual_burst, nothing.largest_burst) == (None,) * 3
