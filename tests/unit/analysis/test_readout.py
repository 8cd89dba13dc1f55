"""The threshold is read at the client's signal, else at the release, or refused with a reason."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tissuesense.analysis.pain.ramp import PressedCurve, Release, find_release
from tissuesense.analysis.pain.readout import (
    choose_marker,
    find_dip,
    marker_times,
    refusal,
    stop_at_marker,
    stop_at_release,
)
from tissuesense.core.quality import QualityFlag as Flag

T_S = np.arange(0, 10, 1 / 80)
RAMP = np.interp(T_S, [0, 6, 6.5], [0, 300, 0])
CURVE = PressedCurve(t_s=T_S, p_kpa=RAMP, noise_kpa=0.0, step_s=1 / 80)
RELEASE = Release(
    t_s=6.0,
    p_kpa=300.0,
    p_u_kpa=0.4,
    rate_kpa_s=-600.0,
    held_from_s=None,
    held_p_kpa=None,
    held_p_u_kpa=None,
)


def test_a_signal_came_between_the_last_sample_without_it_and_the_first_with_it() -> None:
    times, u = marker_times(np.array([0.0, 1.0, 1.4, 2.0]), np.array([0.0, 0.0, 1.0, 1.0]))
    assert times == pytest.approx([1.2])
    assert u == pytest.approx([0.4 / math.sqrt(12)])


def test_every_time_the_signal_comes_on_counts_once() -> None:
    t_s = np.arange(8.0)
    times, _ = marker_times(t_s, np.array([0.0, 1, 1, 0, 0, 1, 0, 1]))
    assert times.tolist() == [0.5, 4.5, 6.5]


def test_a_signal_that_is_on_from_the_start_is_known_exactly() -> None:
    times, u = marker_times(np.arange(3.0), np.ones(3))
    assert (times.tolist(), u.tolist()) == ([0.0], [0.0])


def test_without_a_marker_there_is_no_signal() -> None:
    times, u = marker_times(np.arange(3.0), None)
    assert times.size == u.size == 0


@pytest.mark.parametrize("at_s", [1.0, 3.337, 5.9])
def test_a_signal_is_read_on_the_ramp(at_s: float) -> None:
    stop = stop_at_marker(CURVE, at_s, 0.0, RELEASE)
    assert stop.p_kpa == pytest.approx(50 * at_s, abs=1e-6)
    assert (stop.t_s, stop.source) == (at_s, "marker")


def test_a_signal_just_before_the_release_does_not_see_the_fall() -> None:
    assert stop_at_marker(CURVE, 5.99, 0.0, RELEASE).p_kpa == pytest.approx(299.5, abs=0.05)


def test_not_knowing_when_costs_rate_times_that() -> None:
    stop = stop_at_marker(CURVE, 4.0, 0.02, RELEASE)
    assert stop.u_kpa == pytest.approx(50 * 0.02, rel=1e-6)


def test_a_signal_scatters_with_noise_as_its_uncertainty_says() -> None:
    values = []
    for seed in range(300):
        noisy = RAMP + np.random.default_rng(seed).normal(0, 2.0, T_S.size)
        stop = stop_at_marker(replace(CURVE, p_kpa=noisy, noise_kpa=2.0), 4.0, 0.0, RELEASE)
        values.append((stop.p_kpa, stop.u_kpa))
    found, stated = np.array(values).T
    assert found.mean() == pytest.approx(200, abs=0.15)
    assert stated.mean() == pytest.approx(found.std(), rel=0.15)


def test_a_noisy_signal_is_read_from_at_most_four_tenths_of_a_second() -> None:
    """A hand that doubled its pace 0.25 s before the signal, a gauge that needs many samples."""
    bent = np.interp(T_S, [0, 3.75, 6.0, 6.5], [0, 187.5, 412.5, 0])
    vague = replace(CURVE, p_kpa=bent, noise_kpa=50.0)
    stop = stop_at_marker(vague, 4.0, 0.0, RELEASE)
    assert stop.p_kpa == pytest.approx(212.5, abs=0.1)
    assert stop.u_kpa == pytest.approx(50.0 / math.sqrt(33), rel=0.02)


@pytest.mark.parametrize(("noise_kpa", "samples"), [(0.01, 3), (0.9, 9)])
def test_a_signal_is_read_from_as_few_samples_as_noise_allows(
    noise_kpa: float, samples: int
) -> None:
    """Noise below 0.15 % of the level: 0.3 kPa of 200, nine samples of 0.9 kPa."""
    stop = stop_at_marker(replace(CURVE, noise_kpa=noise_kpa), 4.0, 0.0, RELEASE)
    assert noise_kpa / stop.u_kpa == pytest.approx(math.sqrt(samples), rel=0.1)


def test_a_signal_where_the_samples_end_is_read_from_what_there_is() -> None:
    short = PressedCurve(
        t_s=np.array([0.0, 0.5]), p_kpa=np.array([0.0, 25.0]), noise_kpa=0.1, step_s=0.5
    )
    stop = stop_at_marker(short, 0.25, 0.1, None)
    assert stop.p_kpa == pytest.approx(12.5)
    assert stop.u_kpa == pytest.approx(math.hypot(0.1, 50 * 0.1))


def test_a_sharp_release_is_read_at_its_top() -> None:
    stop = stop_at_release(CURVE, RELEASE)
    assert (stop.source, stop.t_s, stop.p_kpa, stop.flags) == ("release", 6.0, 300.0, ())
    assert stop.u_kpa > RELEASE.p_u_kpa


def test_a_hold_is_read_at_its_knee_and_said() -> None:
    held = replace(RELEASE, held_from_s=5.2, held_p_kpa=298.0, held_p_u_kpa=0.7)
    stop = stop_at_release(CURVE, held)
    assert (stop.t_s, stop.p_kpa, stop.flags) == (5.2, 298.0, (Flag.PLATEAU,))


def test_sparse_samples_hide_more_of_a_sharp_peak() -> None:
    """Between samples two slopes a and b can meet up to dt a b / (a + b) higher."""

    def hidden(step_s: float) -> float:
        sparse = replace(CURVE, step_s=step_s)
        return math.sqrt(stop_at_release(sparse, RELEASE).u_kpa ** 2 - RELEASE.p_u_kpa**2)

    # 300 kPa fall in half a second: forty samples at 80 Hz recover most, one at 2 Hz nothing.
    assert hidden(0.025) == pytest.approx(2 * hidden(0.0125), rel=1e-6)
    assert hidden(0.1) > 8 * hidden(0.0125)
    assert hidden(0.5) == pytest.approx(0.5 * 50 * 600 / 650 / math.sqrt(12))
    assert 0 < hidden(0.1) < 0.1 * 50 * 600 / 650 / math.sqrt(12)


@pytest.mark.parametrize(
    ("at_s", "chosen", "said"),
    [
        (0.9, None, ()),
        (1.0, 0, ()),
        (5.5, 0, ()),
        (6.04, 0, ()),
        (6.06, None, (Flag.MARKER_AFTER_RELEASE,)),
        (6.99, None, (Flag.MARKER_AFTER_RELEASE,)),
        (7.01, None, ()),
    ],
)
def test_only_a_signal_during_the_press_is_its_signal(
    at_s: float, chosen: int | None, said: tuple[Flag, ...]
) -> None:
    found = choose_marker(np.array([at_s]), onset_s=1.0, peak_s=6.0, release=RELEASE)
    assert found == (chosen, said)


def test_the_first_of_several_signals_counts() -> None:
    times = np.array([0.2, 4.0, 5.0])
    assert choose_marker(times, onset_s=1.0, peak_s=6.0, release=RELEASE) == (1, ())


def test_without_a_release_a_signal_soon_after_the_peak_counts() -> None:
    assert choose_marker(np.array([6.9]), onset_s=1.0, peak_s=6.0, release=None) == (0, ())


def test_a_clear_release_is_not_refused() -> None:
    assert refusal(RELEASE, 50.0, None) is None
    assert refusal(RELEASE, None, None) is None


def test_a_press_that_was_never_let_go_is_refused() -> None:
    refused = refusal(None, 50.0, None)
    assert refused is not None
    assert refused.reason is Flag.NOT_RELEASED


@pytest.mark.parametrize(("fall", "why"), [(-101.0, None), (-99.0, Flag.NOT_RELEASED)])
def test_a_release_is_at_least_twice_as_fast_as_the_ramp(fall: float, why: Flag | None) -> None:
    refused = refusal(replace(RELEASE, rate_kpa_s=fall), 50.0, None)
    assert (refused.reason if refused else None) is why


@pytest.mark.parametrize(("held_s", "why"), [(1.49, None), (1.51, Flag.PLATEAU)])
def test_a_hold_of_more_than_a_second_and_a_half_is_refused(
    held_s: float, why: Flag | None
) -> None:
    held = replace(RELEASE, held_from_s=RELEASE.t_s - held_s, held_p_kpa=300.0, held_p_u_kpa=0.7)
    refused = refusal(held, 50.0, None)
    assert (refused.reason if refused else None) is why


@pytest.mark.parametrize(
    ("peaks", "why"),
    [
        ((300.0, 240.0, 290.0), Flag.DOUBLE_PEAK),
        ((300.0, 240.0, 271.0), Flag.DOUBLE_PEAK),
        ((300.0, 240.0, 269.0), None),
        ((300.0, 262.0, 290.0), None),
        ((300.0, 260.0, 290.0), Flag.DOUBLE_PEAK),
        ((269.0, 200.0, 300.0), None),
    ],
)
def test_two_peaks_within_a_tenth_with_a_deeper_valley_are_refused(
    peaks: tuple[float, float, float], why: Flag | None
) -> None:
    refused = refusal(RELEASE, 50.0, peaks)
    assert (refused.reason if refused else None) is why


def test_every_refusal_says_what_to_do() -> None:
    slow = refusal(replace(RELEASE, rate_kpa_s=-10.0), 50.0, None)
    assert slow is not None
    assert "let go" in slow.detail


def dipping(*corners: tuple[float, float]) -> tuple[float, float, float] | None:
    times, levels = zip(*corners, strict=True)
    p = np.interp(T_S, times, levels)
    return find_dip(replace(CURVE, p_kpa=p), 0.0, 8.0)


def test_the_deepest_fall_is_found_with_the_peaks_on_both_sides() -> None:
    dip = dipping((0, 0), (2, 100), (2.5, 80), (4, 200), (4.5, 150), (8, 300))
    assert dip == pytest.approx((200, 150, 300), rel=0.01)


def test_a_ramp_that_only_rises_has_no_dip() -> None:
    assert dipping((0, 0), (8, 400)) is None


def test_of_two_dips_the_deeper_is_found() -> None:
    dip = dipping((0, 0), (2, 100), (2.5, 40), (4, 200), (4.5, 150), (8, 300))
    assert dip == pytest.approx((100, 40, 300), rel=0.02)


def test_two_samples_have_no_dip() -> None:
    assert find_dip(CURVE, 1.0, 1.02) is None


def test_the_release_found_in_a_curve_is_what_is_read() -> None:
    release = find_release(CURVE)
    assert release is not None
    assert stop_at_release(CURVE, release).p_kpa == pytest.approx(300, abs=0.5)
