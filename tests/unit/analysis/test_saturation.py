"""A gauge that came to its end is told from a hand that holds and from a clean peak."""

import numpy as np
import pytest

from tissuesense.analysis.signals.saturation import saturated_from_s
from tissuesense.core.arrays import FloatArray

T_S = np.arange(0, 10, 1 / 80)
RISING: FloatArray = np.interp(T_S, [0, 8, 8.5], [0, 40, 0])


def noisy(sd: float = 0.05, seed: int = 0) -> FloatArray:
    return RISING + np.random.default_rng(seed).normal(0, sd, T_S.size)


def found(
    indicated: FloatArray, full_scale_n: float | None = None, grain_n: float = 0.05
) -> object:
    return saturated_from_s(T_S, indicated, full_scale_n=full_scale_n, grain_n=grain_n)


@pytest.mark.parametrize("seed", range(5))
def test_a_stated_full_scale_is_met_at_its_first_sample(seed: int) -> None:
    clipped = np.minimum(noisy(seed=seed), 30.0)
    assert found(clipped, full_scale_n=30.0) == T_S[np.argmax(clipped >= 0.998 * 30)]


def test_a_stated_full_scale_that_is_not_met_says_nothing() -> None:
    assert found(noisy(), full_scale_n=45.0) is None


@pytest.mark.parametrize(("samples", "clips"), [(2, False), (3, True)])
def test_three_samples_at_full_scale_are_needed(samples: int, clips: bool) -> None:
    reading = np.minimum(RISING, 29.0)
    reading[400 : 400 + samples] = 30.0
    assert (found(reading, full_scale_n=30.0) is not None) is clips


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("end_n", [20.0, 30.0, 38.0])
def test_an_unknown_end_shows_where_a_rising_force_stands_still(end_n: float, seed: int) -> None:
    clipped = np.minimum(noisy(seed=seed), end_n)
    assert found(clipped) == pytest.approx(end_n / 5, abs=0.1)


@pytest.mark.parametrize("seed", range(20))
def test_a_clean_peak_is_no_end(seed: int) -> None:
    assert found(noisy(seed=seed)) is None


@pytest.mark.parametrize("step_n", [0.1, 0.5, 1.0])
def test_coarse_steps_are_no_end(step_n: float) -> None:
    assert found(np.round(RISING / step_n) * step_n, grain_n=step_n) is None


@pytest.mark.parametrize("seed", range(20))
def test_a_hand_that_holds_is_no_end(seed: int) -> None:
    held = np.interp(T_S, [0, 6, 8, 8.5], [0, 30, 30, 0])
    shaking = held + np.random.default_rng(seed).normal(0, 0.05, T_S.size)
    assert found(np.round(shaking / 0.1) * 0.1, grain_n=0.1) is None


@pytest.mark.parametrize(("grain_n", "clips"), [(0.15, True), (0.19, False)])
def test_standing_still_counts_when_the_force_would_have_risen_by_six_grains(
    grain_n: float, clips: bool
) -> None:
    """Up at 5 N/s and still for 0.2 s: 1 N was to be expected."""
    still = np.interp(T_S, [0, 6, 6.2, 6.7], [0, 30, 30, 0])
    assert (found(still, grain_n=grain_n) is not None) is clips


@pytest.mark.parametrize("full_scale_n", [None, 0.1])
def test_a_handful_of_samples_shows_no_end(full_scale_n: float | None) -> None:
    few = slice(0, 5)
    flat = np.ones(5)
    assert saturated_from_s(T_S[few], flat, full_scale_n=full_scale_n, grain_n=0.05) is None


def test_a_press_that_begins_at_the_end_has_no_rise_to_tell() -> None:
    assert found(np.minimum(np.interp(T_S, [0, 8, 9], [50, 50, 0]), 30.0)) is None
