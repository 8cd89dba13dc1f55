"""`ts.tap.identify` reads one free decay whatever surrounds it, and invents none."""

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy.signal import lfilter

import tissuesense as ts
from tissuesense.analysis.tap import IdentifiedTap, identify
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.simulation.tap_strike import TAP_MASS_KG, TapStrike


def struck(
    frequency_hz: float = 15.0,
    decrement: float = 1.2,
    rate_hz: float = 1000.0,
    seconds: float = 0.8,
    noise: float = 0.05,
) -> tuple[FloatArray, FloatArray]:
    whole = (2 * math.pi * frequency_hz) ** 2 * (1 + (decrement / (2 * math.pi)) ** 2)
    tap = TapStrike(
        index=0,
        onset_s=0.3,
        mass_kg=TAP_MASS_KG,
        spring_n_m=TAP_MASS_KG * whole,
        log_decrement=decrement,
        tilt_rad=0.2,
    )
    t_s = np.arange(0.0, seconds, 1 / rate_hz)
    white = np.random.default_rng(1).standard_normal(t_s.size)
    return t_s, tap.at(t_s)["acceleration_m_s2"] + noise * white


def values(found: IdentifiedTap) -> tuple[float, float]:
    assert found.frequency_hz is not None, found.flags
    assert found.log_decrement is not None
    return found.frequency_hz.value, found.log_decrement.value


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 1000.0, 3200.0])
@pytest.mark.parametrize(("frequency_hz", "decrement"), [(8, 0.5), (15, 1.2), (25, 1.0), (18, 1.6)])
def test_rest_push_and_gravity_are_left_out(
    frequency_hz: float, decrement: float, rate_hz: float
) -> None:
    found = ts.tap.identify(*struck(frequency_hz, decrement, rate_hz))
    assert found.frequency_hz is not None
    assert found.log_decrement is not None
    assert found.damping_ratio is not None
    assert found.accepted
    assert abs(found.frequency_hz.value - frequency_hz) < 4 * found.frequency_hz.u
    assert abs(found.log_decrement.value - decrement) < 4 * found.log_decrement.u
    assert found.frequency_hz.u < 0.02 * frequency_hz
    d = found.log_decrement.value
    assert found.damping_ratio.value == pytest.approx(d / math.hypot(2 * math.pi, d))


def test_it_says_when_the_tap_began_and_from_when_the_swing_was_free() -> None:
    found = identify(*struck())
    assert found.onset_s == pytest.approx(0.3, abs=0.001)
    assert found.free_from_s == pytest.approx(0.315, abs=0.003)


def test_a_record_that_begins_within_the_decay_is_read_from_its_first_sample() -> None:
    t_s, acceleration = struck(noise=0.02)
    found = identify(t_s[320:], acceleration[320:])
    assert found.onset_s is None
    assert found.free_from_s == pytest.approx(0.3205, abs=0.001)
    assert values(found) == pytest.approx((15.0, 1.2), abs=0.02)


def test_the_strongest_of_several_taps_is_read() -> None:
    _, weak = struck(noise=0.02)
    _, strong = struck(20.0, noise=0.02)
    rest = weak[0]
    both = np.concatenate((weak, rest + 3 * (strong - strong[0])))
    found = identify(np.arange(both.size) / 1000, both)
    assert values(found)[0] == pytest.approx(20.0, abs=0.05)


def test_a_swing_too_slow_or_too_fast_is_none() -> None:
    for frequency_hz in (3.0, 90.0):
        found = identify(*struck(frequency_hz, 0.6, seconds=2.0))
        assert found.frequency_hz is None
        assert found.flags == (QualityFlag.NO_SWING,)


def test_a_frequency_beyond_what_the_samples_show_is_none() -> None:
    found = identify(*struck(48.0, 0.6, rate_hz=100.0))
    assert found.frequency_hz is None


def test_a_sensor_at_its_end_is_told_with_and_without_a_stated_full_scale() -> None:
    t_s, acceleration = struck(noise=0.02)
    clipped = np.clip(acceleration, -18.0, 0.0)
    for found in (identify(t_s, clipped), identify(t_s, clipped, full_scale_m_s2=18.0)):
        assert QualityFlag.CLIP in found.flags
        assert not found.accepted
    assert QualityFlag.CLIP not in identify(t_s, acceleration, full_scale_m_s2=40.0).flags


def test_coarse_steps_are_no_end_of_the_sensor() -> None:
    t_s, acceleration = struck(rate_hz=3200.0, noise=0.0)
    found = identify(t_s, np.round(acceleration / 0.05) * 0.05)
    assert found.flags == ()
    assert values(found) == pytest.approx((15.0, 1.2), abs=0.02)


def test_a_record_that_ends_too_soon_is_not_accepted() -> None:
    t_s, acceleration = struck(noise=0.01)
    found = identify(t_s[:400], acceleration[:400])
    assert not found.accepted
    assert found.flags[0] in {QualityFlag.SHORT_RECORD, QualityFlag.NO_SWING}


def test_missing_samples_within_the_swing_are_told() -> None:
    t_s, acceleration = struck()
    keep = (t_s < 0.335) | (t_s > 0.36)
    found = identify(t_s[keep], acceleration[keep])
    assert QualityFlag.GAP in found.flags
    assert not found.accepted


def test_a_probe_that_hits_again_is_told() -> None:
    t_s, acceleration = struck()
    again = np.where((t_s > 0.45) & (t_s < 0.46), 8.0, 0.0)
    found = identify(t_s, acceleration + again)
    assert QualityFlag.BOUNCE in found.flags
    assert not found.accepted


def test_noise_that_leaves_little_is_told_or_nothing_is_given() -> None:
    found = identify(*struck(rate_hz=200.0, noise=2.0))
    assert not found.accepted


T_S = np.arange(0.0, 0.8, 0.001)
SINCE_S = np.maximum(T_S - 0.3, 0.0)
NOISE = 0.05 * np.random.default_rng(7).standard_normal(T_S.size)
KNOCK = np.where((T_S > 0.3) & (T_S < 0.35), 15 * np.sin(np.pi * (T_S - 0.3) / 0.05), 0.0)
NOTHING = {
    "noise": NOISE,
    "steady": np.full(T_S.size, -9.81),
    "knock": NOISE + KNOCK,
    "step": NOISE + 3.0 * (T_S > 0.3),
    "press": NOISE + 8 * (T_S - 0.4) * np.exp(-(((T_S - 0.4) / 0.12) ** 2)),
    "overdamped": NOISE + np.where(T_S >= 0.3, 12 * (1 - 60 * SINCE_S) * np.exp(-60 * SINCE_S), 0),
    "spike": NOISE + 20.0 * (np.arange(T_S.size) == 300),
    "drift": NOISE + 5 * T_S**2,
}


@pytest.mark.parametrize("name", NOTHING)
def test_no_tap_is_invented(name: str) -> None:
    found = identify(T_S, NOTHING[name])
    assert found.frequency_hz is None
    assert found.log_decrement is None
    assert found.damping_ratio is None
    assert found.flags in {(QualityFlag.NO_TAP,), (QualityFlag.NO_SWING,)}
    assert not found.accepted


def test_noise_is_hardly_ever_a_tap() -> None:
    rng = np.random.default_rng(8)
    found = [identify(T_S, rng.standard_normal(T_S.size)) for _ in range(300)]
    assert not any(tap.accepted for tap in found)
    assert sum(tap.frequency_hz is not None for tap in found) <= 1


def test_a_handful_of_samples_is_too_short() -> None:
    assert identify(T_S[:5], NOISE[:5]).flags == (QualityFlag.SHORT_RECORD,)
    assert identify([], []).flags == (QualityFlag.SHORT_RECORD,)


@pytest.mark.parametrize(
    ("time_s", "acceleration", "words"),
    [
        ([0.0, 0.1], [1.0], "acceleration_m_s2 has 1 samples where time_s has 2"),
        ([0.0, 0.0], [1.0, 1.0], "time_s must increase strictly; it does not at index 1"),
        ([0.0, math.nan], [1.0, 1.0], "time_s holds nan at index 1"),
        ([0.0, 0.1], [1.0, math.inf], "acceleration_m_s2 holds inf at index 1"),
        ([[0.0]], [1.0], "time_s must be one-dimensional"),
        ([0.0], ["a"], "acceleration_m_s2 is not an array of numbers"),
    ],
)
def test_a_wrong_call_names_the_argument(
    time_s: ArrayLike, acceleration: ArrayLike, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        identify(time_s, acceleration)


@pytest.mark.parametrize("full_scale", [0.0, -1.0, math.nan])
def test_a_full_scale_is_positive(full_scale: float) -> None:
    with pytest.raises(UsageError, match="full_scale_m_s2 must be positive"):
        identify(T_S, NOISE, full_scale_m_s2=full_scale)


def tremor(rng: np.random.Generator, rate_hz: float) -> FloatArray:
    """Return a second of a 9 Hz resonance 1 Hz wide, driven by noise."""
    r, turn = math.exp(-math.pi / rate_hz), math.tau * 9.0 / rate_hz
    driven = rng.standard_normal(int(6 * rate_hz))
    swinging = lfilter([1.0], [1.0, -2 * r * math.cos(turn), r * r], driven)[-int(rate_hz) :]
    still = 0.02 * rng.standard_normal(swinging.size)
    return np.asarray(swinging / swinging.std() + still, dtype=np.float64)


@pytest.mark.parametrize("rate_hz", [100.0, 400.0, 1000.0])
def test_a_tremor_is_hardly_ever_a_tap(rate_hz: float) -> None:
    rng = np.random.default_rng(int(rate_hz))
    t_s = np.arange(int(rate_hz)) / rate_hz
    accepted = [identify(t_s, tremor(rng, rate_hz)).accepted for _ in range(150)]
    assert np.mean(accepted) < 0.015


@pytest.mark.parametrize("rate_hz", [400.0, 1000.0, 3200.0])
def test_single_wrong_readings_cost_nothing(rate_hz: float) -> None:
    t_s, acceleration = struck(rate_hz=rate_hz)
    plain = identify(t_s, acceleration)
    wrong = acceleration.copy()
    wrong[[20, int(0.26 * rate_hz), int(0.4 * rate_hz), t_s.size - 9]] += [40.0, -30.0, 60.0, 25.0]
    found = identify(t_s, wrong)
    assert found.accepted
    assert QualityFlag.SPIKES in found.flags
    assert QualityFlag.SPIKES not in plain.flags
    assert values(found) == pytest.approx(values(plain), abs=0.02)
