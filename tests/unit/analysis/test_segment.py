"""Presses are counted as a person would count them, and each knows the unloaded level around it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.signals.segment import Press, find_presses
from tissuesense.core.arrays import FloatArray

LEAST_N = 2.0
NOISE_N = 0.05
RATE_HZ = 80


def signal(*corners: tuple[float, float], seed: int | None = 0) -> tuple[FloatArray, FloatArray]:
    """Return times and a force of straight lines, with noise unless there is no seed."""
    times, levels = zip(*corners, strict=True)
    t_s = np.arange(times[0], times[-1], 1 / RATE_HZ)
    noise = 0.0 if seed is None else np.random.default_rng(seed).normal(0, NOISE_N, t_s.size)
    return t_s, np.interp(t_s, times, levels) + noise


def press(start_s: float, peak_n: float = 30.0, rate_n_s: float = 5.0) -> list[tuple[float, float]]:
    top_s = start_s + peak_n / rate_n_s
    return [(start_s, 0.0), (top_s, peak_n), (top_s + 0.3, 0.0)]


def found(t_s: FloatArray, force_n: FloatArray) -> tuple[Press, ...]:
    return find_presses(t_s, force_n, least_n=LEAST_N, noise_n=NOISE_N)


def three() -> tuple[FloatArray, FloatArray]:
    return signal((0, 0), *press(2), *press(12), *press(22), (32, 0))


def test_three_presses_are_three_with_their_peaks_in_place() -> None:
    presses = found(*three())
    assert [p.peak_s for p in presses] == pytest.approx([8, 18, 28], abs=0.3)
    for p, start_s in zip(presses, (2, 12, 22), strict=True):
        assert p.start_s == pytest.approx(start_s + 0.6, abs=0.3)
        assert p.end_s == pytest.approx(start_s + 6.27, abs=0.3)


@pytest.mark.parametrize("height_n", [10.0, 40.0, -20.0])
@pytest.mark.parametrize("lasts_s", [0.05, 0.15, 0.25])
def test_knocks_are_not_presses(height_n: float, lasts_s: float) -> None:
    t_s, force = three()
    for at_s in (0.7, 9.5, 10.4, 20.0, 30.5):
        inside = (t_s > at_s) & (t_s < at_s + lasts_s)
        force[inside] += height_n * np.sin(np.pi * (t_s[inside] - at_s) / lasts_s)
    assert len(found(t_s, force)) == 3


def test_a_knock_alone_is_nothing() -> None:
    assert found(*signal((0, 0), (5, 0), (5.1, 20), (5.2, 0), (10, 0))) == ()


@pytest.mark.parametrize("weight_n", [0.5, 1.0, 2.0])
def test_a_hand_that_rests_before_a_press_is_part_of_no_other_press(weight_n: float) -> None:
    rest = [(2.0, 0.0), (2.3, weight_n), (5.0, weight_n)]
    (only,) = found(*signal((0, 0), *rest, (10.6, 30), (11, 0), (14, 0)))
    assert only.peak_s == pytest.approx(10.6, abs=0.3)


@pytest.mark.parametrize("weight_n", [1.5, 3.0])
def test_a_hand_that_rests_and_goes_is_no_press(weight_n: float) -> None:
    rest = [(1.0, 0.0), (1.3, weight_n), (4.0, weight_n), (4.3, 0.0)]
    assert found(*signal((0, 0), *rest, (7, 0))) == ()


@pytest.mark.parametrize("offset_n", [-50.0, -0.3, 7.0, 120.0])
def test_a_gauge_that_was_never_zeroed_shows_its_offset_and_nothing_else(offset_n: float) -> None:
    t_s, force = three()
    plain, moved = found(t_s, force), found(t_s, force + offset_n)
    assert len(moved) == 3
    for here, there in zip(plain, moved, strict=True):
        assert there.tare_before_n == pytest.approx(here.tare_before_n + offset_n, abs=1e-6)
        assert there.start_s == here.start_s


@pytest.mark.parametrize("drift_n", [-1.5, 0.6, 3.0])
def test_the_unloaded_level_follows_a_drift(drift_n: float) -> None:
    t_s, force = three()
    presses = found(t_s, force + drift_n * t_s / t_s[-1])
    assert len(presses) == 3
    for p in presses:
        middle = np.array([(p.start_s + p.end_s) / 2])
        assert p.tare_n(middle)[0] == pytest.approx(drift_n * middle[0] / t_s[-1], abs=0.05)
        span_s = p.tare_after_s - p.tare_before_s
        assert p.drift_n == pytest.approx(drift_n * span_s / t_s[-1], abs=0.1)


def test_a_slow_drift_alone_is_no_press() -> None:
    assert found(*signal((0, 0), (60, 6), (120, 0))) == ()


def test_tremor_alone_is_no_press() -> None:
    t_s = np.arange(0, 20, 1 / RATE_HZ)
    assert found(t_s, 3 * np.sin(2 * np.pi * 9 * t_s)) == ()


@pytest.mark.parametrize("valley_n", [12.0, 20.0, 28.0])
def test_a_press_that_dips_and_goes_on_is_one(valley_n: float) -> None:
    assert (
        len(found(*signal((0, 0), (2, 0), (8, 30), (8.6, valley_n), (10, 32), (10.4, 0), (14, 0))))
        == 1
    )


@pytest.mark.parametrize("valley_n", [0.0, 3.0, 8.0])
def test_a_press_let_go_to_a_third_is_over(valley_n: float) -> None:
    corners = [(2, 0), (8, 30), (8.6, valley_n), (9.4, valley_n), (15, 32), (15.4, 0)]
    assert len(found(*signal((0, 0), *corners, (18, 0)))) == 2


@pytest.mark.parametrize(("lasts_s", "presses"), [(0.45, 0), (1.2, 1)])
def test_nobody_presses_and_lets_go_within_half_a_second(lasts_s: float, presses: int) -> None:
    corners = [(3, 0), (3 + 0.8 * lasts_s, 20), (3 + lasts_s, 0)]
    assert len(found(*signal((0, 0), *corners, (7, 0)))) == presses


@pytest.mark.parametrize(("peak_n", "presses"), [(1.0, 0), (3.0, 1)])
def test_a_press_rises_by_the_least_that_counts(peak_n: float, presses: int) -> None:
    assert len(found(*signal((0, 0), *press(3, peak_n, rate_n_s=2.5), (9, 0)))) == presses


def test_a_noisier_gauge_needs_a_clearer_rise() -> None:
    t_s, force = signal((0, 0), *press(3, 3.0, rate_n_s=2.5), (9, 0))
    assert find_presses(t_s, force, least_n=LEAST_N, noise_n=0.05)
    assert not find_presses(t_s, force, least_n=LEAST_N, noise_n=1.0)


def test_a_small_press_beside_large_ones_counts() -> None:
    assert (
        len(found(*signal((0, 0), *press(2, 60, 10), *press(12, 5), *press(18, 60, 10), (30, 0))))
        == 3
    )


def test_a_recording_that_starts_under_load_takes_the_level_after_it() -> None:
    (only,) = found(*signal((0, 30), (1.2, 30), (1.5, 1), (6, 1)))
    assert only.tare_before_n == only.tare_after_n == pytest.approx(1.0, abs=0.1)


def test_a_recording_that_ends_under_load_takes_the_level_before_it() -> None:
    (only,) = found(*signal((0, 1), (4, 1), (9, 30), (10, 32)))
    assert only.tare_before_n == only.tare_after_n == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("size", [0, 1, 4])
def test_a_handful_of_samples_holds_no_press(size: int) -> None:
    assert found(np.arange(size) / 80, np.linspace(0, 30, size)) == ()


def test_a_recording_that_ends_in_a_hold_takes_the_level_before_it() -> None:
    """What is left of a force that relaxed by half is no unloaded level."""
    (only,) = found(*signal((0, 1), (3, 1), (4, 31), (5, 22), (9, 16)))
    assert only.tare_after_n == only.tare_before_n == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("power", [1.0, 2.0])
@pytest.mark.parametrize("lasts_s", [1.0, 1.2])
def test_a_short_pointed_press_is_no_tremor(lasts_s: float, power: float) -> None:
    t_s, noise = signal((0, 0), (8, 0))
    peak = 40 * np.maximum(1 - np.abs(t_s - 4) / (lasts_s / 2), 0) ** power
    assert len(found(t_s, noise + peak)) == 1


def test_a_hold_that_creeps_to_its_highest_force_late_is_no_drift() -> None:
    assert len(found(*signal((0, 0), (2, 0), (3, 9), (24, 10), (24.5, 0), (28, 0)))) == 1


def test_staying_on_the_skin_through_a_pause_does_not_move_the_level() -> None:
    corners = [*press(2)[:-1], (8.3, 1.5), (12, 1.5), (18, 30), (18.3, 0)]
    first, second = found(*signal((0, 0), *corners, (22, 0)))
    assert first.tare_after_n == first.tare_before_n == pytest.approx(0.0, abs=0.03)
    assert second.tare_before_n == second.tare_after_n == pytest.approx(0.0, abs=0.03)


def test_a_hand_that_leaves_slowly_lifts_the_level_by_no_more_than_its_noise() -> None:
    """The force dies out within the noise: averages there would be of the hand's weight."""
    errors = []
    for seed in range(30):
        t_s, force = signal((0, 0), *press(2), (14, 0), seed=seed)
        force += np.where(t_s > 8.3, 1.5 * np.exp(-(t_s - 8.3) / 0.4), 0)
        (only,) = found(t_s, force)
        errors.append(only.tare_after_n)
    assert abs(np.mean(errors)) < NOISE_N / 2


def test_the_level_is_as_sure_as_its_uncertainty_says() -> None:
    scaled = [
        (p.tare_before_n + p.tare_after_n) / 2 / p.tare_noise_n
        for seed in range(60)
        for p in found(*signal((0, 0), *press(2), *press(14), *press(26), (36, 0), seed=seed))
    ]
    assert np.std(scaled) == pytest.approx(1.0, abs=0.2)


def test_a_drift_leaves_the_level_uncertain_by_its_size() -> None:
    t_s, force = three()
    still, moved = found(t_s, force)[1], found(t_s, force + 3 * t_s / t_s[-1])[1]
    assert moved.tare_u_n == pytest.approx(abs(moved.drift_n) / np.sqrt(12), rel=0.05)
    assert still.tare_u_n < 0.02


@pytest.mark.parametrize(("share", "presses"), [(0.0, 3), (0.25, 2)])
def test_where_all_presses_are_alike_a_small_one_is_none(share: float, presses: int) -> None:
    t_s, force = signal((0, 0), *press(2, 60, 10), *press(12, 5), *press(18, 60, 10), (30, 0))
    kept = find_presses(t_s, force, least_n=LEAST_N, noise_n=NOISE_N, least_share=share)
    assert len(kept) == presses


@pytest.mark.parametrize(("resting_n", "presses"), [(4.0, 0), (2.5, 1)])
def test_a_light_hold_is_a_press_where_holding_is_what_is_asked(
    resting_n: float, presses: int
) -> None:
    t_s, force = signal((0, 0), (2, 0), (2.4, 3), (6, 3), (6.4, 0), (10, 0))
    kept = find_presses(t_s, force, least_n=2.0, noise_n=NOISE_N, resting_n=resting_n)
    assert len(kept) == presses


@given(
    starts=st.lists(st.floats(1.5, 4.0), min_size=1, max_size=5),
    peak_n=st.floats(8, 80),
    rate_n_s=st.floats(3, 10),
    offset_n=st.floats(-20, 20),
    seed=st.integers(0, 2**16),
)
def test_any_series_of_clear_presses_is_counted(
    starts: list[float], peak_n: float, rate_n_s: float, offset_n: float, seed: int
) -> None:
    corners, now_s = [(0.0, 0.0)], 0.0
    for pause_s in starts:
        corners += press(now_s + pause_s, peak_n, rate_n_s)
        now_s = corners[-1][0]
    t_s, force = signal(*corners, (now_s + 2, 0.0), seed=seed)
    presses = found(t_s, force + offset_n)
    assert len(presses) == len(starts)
    assert all(a.end_s < b.start_s for a, b in pairwise(presses))
