"""Sway and tremor are found in their bands at their size, and twitches where they are."""

import math

import numpy as np
import pytest

from tissuesense.analysis.press_hold.hold_steadiness import Steadiness, steadiness
from tissuesense.core.arrays import FloatArray

NOISE_N = 0.02


def relaxing(t_s: FloatArray) -> FloatArray:
    return np.asarray(12.0 + 4.0 * np.exp(-t_s / 0.5) + 3.0 * np.exp(-t_s / 4.0))


def held(
    rate_hz: float = 100.0, seconds: float = 12.0, seed: int = 1
) -> tuple[FloatArray, FloatArray]:
    t_s = np.arange(0.0, seconds, 1 / rate_hz)
    noise_n = NOISE_N * np.random.default_rng(seed).standard_normal(t_s.size)
    return t_s, relaxing(t_s) + noise_n


def described(t_s: FloatArray, force_n: FloatArray) -> Steadiness:
    found = steadiness(t_s, force_n, noise_n=NOISE_N)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("band", "hz"),
    [("sway", 1.3), ("tremor_4_7_hz", 5.5), ("tremor_8_12_hz", 9.3), ("tremor_15_40_hz", 25.0)],
)
def test_a_swing_is_found_in_its_band_at_its_size_and_in_no_other(band: str, hz: float) -> None:
    t_s, force_n = held()
    found = described(t_s, force_n + math.sqrt(2) * 0.15 * np.sin(2 * np.pi * hz * t_s))

    assert found.rms_n[band] == pytest.approx(0.15, rel=0.05)
    others = [rms for name, rms in found.rms_n.items() if name != band]
    assert max(rms for rms in others if rms is not None) < 0.03


def test_sway_is_told_as_a_share_of_the_force() -> None:
    t_s, force_n = held()
    swaying = described(t_s, force_n + math.sqrt(2) * 0.3 * np.sin(2 * np.pi * t_s))

    assert swaying.sway_cv == pytest.approx(0.3 / force_n.mean(), rel=0.05)


def test_a_relaxing_force_held_by_a_machine_neither_sways_nor_twitches() -> None:
    found = [described(*held(seed=seed)) for seed in range(200)]

    assert np.mean([bool(one.twitches_s) for one in found]) < 0.03
    assert max(one.rms_n["sway"] or 0.0 for one in found) < 0.02


@pytest.mark.parametrize("rate_hz", [40.0, 80.0, 400.0])
def test_a_twitch_is_found_when_it_happens(rate_hz: float) -> None:
    t_s, force_n = held(rate_hz)
    twitch_n = 1.2 * np.exp(-0.5 * ((t_s - 7.0) / 0.06) ** 2)
    found = described(t_s, force_n + twitch_n)

    assert len(found.twitches_s) == 1
    assert found.twitches_s[0] == pytest.approx(7.0, abs=0.15)


def test_slow_samples_show_slow_bands_alone() -> None:
    found = described(*held(rate_hz=20.0))

    assert found.rms_n["tremor_4_7_hz"] is not None
    assert found.rms_n["tremor_8_12_hz"] is None
    assert found.rms_n["tremor_15_40_hz"] is None


def test_a_hold_of_less_than_four_seconds_says_nothing() -> None:
    assert steadiness(*held(seconds=3.9), noise_n=NOISE_N) is None


def test_uneven_samples_say_the_same() -> None:
    rng = np.random.default_rng(4)
    t_s = np.sort(np.arange(0.0, 12.0, 0.01) + rng.uniform(-0.003, 0.003, 1200))
    t_s = t_s[rng.random(t_s.size) > 0.02]
    swing_n = math.sqrt(2) * 0.15 * np.sin(2 * np.pi * 9.3 * t_s)
    found = described(t_s, relaxing(t_s) + swing_n)

    assert found.rms_n["tremor_8_12_hz"] == pytest.approx(0.15, rel=0.08)
