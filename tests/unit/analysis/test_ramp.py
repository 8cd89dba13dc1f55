"""Of a press, the pressure about its peak tells where it was let go and whether it was held."""

import numpy as np
import pytest

from tissuesense.analysis.pain.ramp import PressedCurve, Release, find_release

RATE_HZ = 80


def curve(
    *corners: tuple[float, float], rate_hz: float = RATE_HZ, noise_kpa: float = 0.0, seed: int = 0
) -> PressedCurve:
    times, levels = zip(*corners, strict=True)
    t_s = np.arange(times[0], times[-1], 1 / rate_hz)
    noise = np.random.default_rng(seed).normal(0, noise_kpa, t_s.size) if noise_kpa else 0.0
    return PressedCurve.of(t_s, np.interp(t_s, times, levels) + noise, noise_kpa)


def released(*corners: tuple[float, float], noise_kpa: float = 0.0, seed: int = 0) -> Release:
    release = find_release(curve(*corners, noise_kpa=noise_kpa, seed=seed))
    assert release is not None
    return release


def test_slow_samples_are_taken_as_they_come() -> None:
    found = curve((0, 0), (5, 250), noise_kpa=0.5)
    assert found.step_s == pytest.approx(1 / 80)
    assert found.noise_kpa == 0.5


def test_fast_samples_are_averaged_and_so_is_their_noise() -> None:
    found = curve((0, 0), (5, 250), rate_hz=3200, noise_kpa=0.8)
    assert found.step_s == pytest.approx(0.005, rel=0.01)
    assert found.noise_kpa == pytest.approx(0.8 / 4, rel=0.01)
    assert float(np.std(found.p_kpa - 50 * found.t_s)) == pytest.approx(0.2, rel=0.1)


def test_a_part_has_both_its_ends() -> None:
    x, y = curve((0, 0), (5, 250), rate_hz=10).part(1.0, 2.0)
    np.testing.assert_allclose(x[[0, -1]], [1, 2])
    np.testing.assert_allclose(y[[0, -1]], [50, 100])


def test_a_quiet_curve_needs_no_smoothing() -> None:
    quiet = curve((0, 0), (5, 250), noise_kpa=0.1)
    assert quiet.smooth_kpa is quiet.p_kpa


def test_smoothing_makes_noise_small_beside_the_peak() -> None:
    noisy = curve((0, 0), (5, 250), noise_kpa=2.0)
    inner = slice(20, -20)
    left = np.std((noisy.smooth_kpa - 50 * noisy.t_s)[inner])
    assert left < 0.3 * 2.0
    assert noisy.smooth_kpa.size == noisy.p_kpa.size


def test_a_press_without_any_rise_is_not_smoothed_into_one() -> None:
    flat = curve((0, -1), (5, -1), noise_kpa=0.5)
    assert find_release(flat) is None


@pytest.mark.parametrize("level_kpa", [10.0, 60.0, 240.0])
def test_a_crossing_is_where_the_line_passes_the_level(level_kpa: float) -> None:
    crossing = curve((0, 0), (5, 250), (5.5, 0)).crossing_s(level_kpa, 5.0)
    assert crossing == pytest.approx(level_kpa / 50, abs=1e-9)


def test_the_last_crossing_before_the_end_counts() -> None:
    dipping = curve((0, 0), (2, 100), (3, 20), (7, 220), (7.5, 0))
    assert dipping.crossing_s(60.0, 7.0) == pytest.approx(3.8, abs=1e-9)


@pytest.mark.parametrize("level_kpa", [-1.0, 300.0])
def test_a_level_that_is_never_passed_has_no_crossing(level_kpa: float) -> None:
    assert curve((0, 0), (5, 250), (5.5, 0)).crossing_s(level_kpa, 5.0) is None


@pytest.mark.parametrize("fall_kpa_s", [300.0, 600.0, 1500.0])
def test_the_release_is_where_the_ramp_meets_the_fall(fall_kpa_s: float) -> None:
    for phase in (0.0, 0.3, 0.8):
        top = 6 + phase / RATE_HZ
        release = released((0, 0), (top, 50 * top), (top + 50 * top / fall_kpa_s, 0), (9, 0))
        assert release.t_s == pytest.approx(top, abs=0.002)
        assert release.p_kpa == pytest.approx(50 * top, rel=1e-3)
        assert release.rate_kpa_s == pytest.approx(-fall_kpa_s, rel=0.1)
        assert release.plateau_s == 0.0


@pytest.mark.parametrize("held_s", [0.2, 0.5, 1.0, 2.0])
def test_a_hold_before_the_release_is_seen_with_its_knee(held_s: float) -> None:
    release = released(
        (0, 0), (6, 300), (6 + held_s, 300), (6.5 + held_s, 0), (10, 0), noise_kpa=0.3
    )
    assert release.held_from_s == pytest.approx(6, abs=0.03)
    assert release.held_p_kpa == pytest.approx(300, abs=1.0)
    assert release.plateau_s == pytest.approx(held_s, abs=0.05)


@pytest.mark.parametrize(("held_s", "seen"), [(0.05, False), (0.09, False), (0.15, True)])
def test_a_hold_shorter_than_a_tenth_of_a_second_is_none(held_s: float, seen: bool) -> None:
    release = released((0, 0), (6, 300), (6 + held_s, 300), (6.4 + held_s, 0), (9, 0))
    assert (release.plateau_s > 0) is seen


@pytest.mark.parametrize("rate_hz", [2, 3, 5])
def test_a_handful_of_samples_still_shows_a_release(rate_hz: float) -> None:
    release = find_release(curve((0, 0), (6, 300), (7, 0), (10, 0), rate_hz=rate_hz))
    assert release is not None
    assert release.t_s == pytest.approx(6, abs=1 / rate_hz)
    assert release.p_kpa == pytest.approx(300, rel=0.1)


def test_a_ramp_that_only_slows_down_is_not_held() -> None:
    assert released((0, 0), (4, 200), (7, 300), (7.5, 0), (10, 0)).plateau_s == 0.0


def test_a_rest_low_on_the_ramp_is_not_a_hold_at_its_top() -> None:
    assert released((0, 0), (2, 100), (4, 100), (8, 300), (8.5, 0), (11, 0)).plateau_s == 0.0


@pytest.mark.parametrize(("lowest_kpa", "let_go"), [(80.0, True), (100.0, False)])
def test_a_press_is_let_go_when_it_falls_below_three_tenths(
    lowest_kpa: float, let_go: bool
) -> None:
    corners = [(0, 0), (6, 300), (6.5, lowest_kpa), (10, lowest_kpa)]
    assert (find_release(curve(*corners)) is not None) is let_go


def test_the_release_scatters_as_its_uncertainty_says() -> None:
    values = []
    for seed in range(200):
        corners = [(0, 0), (6, 300), (6.5, 0), (9, 0)]
        values.append(released(*corners, noise_kpa=0.5, seed=seed))
    errors = np.array([release.p_kpa - 300 for release in values])
    stated = np.mean([release.p_u_kpa for release in values])
    assert abs(errors.mean()) < 0.1
    assert 0.7 * errors.std() < stated < 1.5 * errors.std()
