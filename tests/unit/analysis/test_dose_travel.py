"""Claim: the path along the skin is the hand's, not the sensor's noise, at any sampling rate."""

import numpy as np
import pytest

from tissuesense.analysis.dose.travel import find_travel, goes_with_pressing
from tissuesense.core.arrays import FloatArray

CORNERS = [(0.0, 0.0), (3.0, 0.0), (23.0, 60.0), (26.0, 60.0), (46.0, 0.0), (50.0, 0.0)]


def way(rate_hz: float, sd_mm: float, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    x, y = zip(*CORNERS, strict=True)
    t_s = np.arange(0.0, 50.0, 1 / rate_hz)
    noise = sd_mm * np.random.default_rng(seed).standard_normal(t_s.size)
    return t_s, np.interp(t_s, x, y) + noise


@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 1000.0])
@pytest.mark.parametrize("sd_mm", [0.0, 0.05, 0.3])
def test_there_and_back_add_up_without_the_noise(rate_hz: float, sd_mm: float) -> None:
    found = find_travel(*way(rate_hz, sd_mm))
    assert found is not None
    assert found.mm == pytest.approx(120, rel=0.02)
    assert found.mm_s == pytest.approx(3.0, rel=0.06)


def test_the_path_is_unbiased() -> None:
    paths = [found.mm for seed in range(40) if (found := find_travel(*way(20.0, 0.2, seed)))]
    assert np.mean(paths) == pytest.approx(120, rel=0.01)


def test_a_hand_that_sways_in_place_does_not_travel() -> None:
    t_s = np.arange(0.0, 60.0, 0.01)
    found = find_travel(t_s, 0.8 * np.sin(2 * np.pi * 0.3 * t_s))
    assert found is not None
    assert (found.mm, found.mm_s) == (0.0, 0.0)


def test_the_direction_does_not_matter() -> None:
    t_s, way_mm = way(80.0, 0.05)
    assert find_travel(t_s, -way_mm) == find_travel(t_s, way_mm)


def test_a_few_samples_have_no_path() -> None:
    assert find_travel(np.arange(4.0), np.arange(4.0)) is None


def pressed(rate_hz: float) -> tuple[FloatArray, FloatArray]:
    """Return a press of 20 N from 4 to 50 s."""
    t_s = np.arange(0.0, 60.0, 1 / rate_hz)
    noise = 0.02 * np.random.default_rng(1).standard_normal(t_s.size)
    return t_s, np.interp(t_s, [4.0, 5.5, 50.0, 50.6], [0.0, 20.0, 20.0, 0.0]) + noise


@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 1000.0])
def test_what_goes_in_and_out_with_the_force_is_a_depth(rate_hz: float) -> None:
    t_s, force_n = pressed(rate_hz)
    depth = np.interp(t_s, [4.0, 5.5, 50.0, 50.6], [0.0, 12.0, 13.0, 0.0])
    assert goes_with_pressing(t_s, depth, force_n)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 1000.0])
def test_what_moves_while_the_force_is_held_is_a_way_along_the_skin(rate_hz: float) -> None:
    t_s, force_n = pressed(rate_hz)
    glide = np.interp(t_s, [5.5, 27.0, 49.0], [0.0, 60.0, 0.0])
    assert not goes_with_pressing(t_s, glide, force_n)
