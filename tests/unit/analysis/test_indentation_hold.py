"""Claim: what is read at the ends of a hold knows what the hand did there, and when it was."""

import math

import numpy as np
import pytest

from tissuesense.analysis.press_hold.course import SHORTEST_HOLD_S, smoothed
from tissuesense.analysis.signals.end_reading import EndReading, read_ends
from tissuesense.analysis.signals.onset import Onset, find_onset
from tissuesense.analysis.signals.press_phases import find_force_hold
from tissuesense.core.arrays import FloatArray

NOISE = 0.02
T_S = np.arange(0, 5, 0.004)


def relaxing(t_s: FloatArray) -> FloatArray:
    return np.asarray(10 + 4 * np.exp(-t_s / 3))


def ends(sway: float, seed: int = 0, noise: float = NOISE) -> tuple[EndReading, EndReading]:
    rng = np.random.default_rng(seed)
    trembling = sway * np.sin(2 * np.pi * (9 * T_S + rng.uniform()))
    values = relaxing(T_S) + trembling + rng.normal(0, noise, T_S.size)
    found = read_ends(T_S, values, float(T_S[0]), float(T_S[-1]), least_sd=noise)
    assert found is not None
    return found


@pytest.mark.parametrize("sway", [0.05, 0.2])
def test_a_trembling_hand_leaves_its_tremor_uncertain(sway: float) -> None:
    for end in ends(sway):
        assert end.hand == pytest.approx(sway / math.sqrt(2), rel=0.15)
        assert end.u >= end.hand


def test_noise_alone_is_seldom_taken_for_a_hand() -> None:
    taken = [end.hand > 0 for seed in range(100) for end in ends(0.0, seed)]
    assert np.mean(taken) < 0.08


def test_what_was_read_is_within_what_the_hand_leaves_uncertain() -> None:
    hits = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        sway = 0.2 * np.sin(2 * np.pi * (9 * T_S + rng.uniform()))
        values = relaxing(T_S) + sway
        found = read_ends(T_S, values + rng.normal(0, NOISE, T_S.size), 0.0, 4.996, least_sd=NOISE)
        assert found is not None
        for end, true in zip(found, (values[0], values[-1]), strict=True):
            hits.append(abs(end.value - true) <= 1.96 * end.u)
    assert np.mean(hits) >= 0.93


def test_an_unsure_time_counts_as_much_as_the_signal_changes() -> None:
    start, end = ends(0.0)
    assert start.u_with_time(0.0) == start.u
    assert start.u_with_time(0.1) > end.u_with_time(0.1)
    assert start.u_with_time(0.1) == pytest.approx(math.hypot(start.u, 4 / 3 * 0.1), rel=0.1)


def onset(power: float, seed: int = 0) -> Onset:
    x = np.arange(0, 2, 0.01)
    y = 3 * np.maximum(x - 1, 0) ** power
    return find_onset(
        x, y + np.random.default_rng(seed).normal(0, 0.01, x.size), low=0.5, high=1.5, sd=0.01
    )


@pytest.mark.parametrize("power", [1.0, 1.25, 1.75, 2.25])
def test_an_onset_between_two_shapes_is_within_its_uncertainty(power: float) -> None:
    hits = [abs((found := onset(power, seed)).at - 1) <= 1.96 * found.u for seed in range(60)]
    assert np.mean(hits) >= 0.93


def held(hold_s: float, *, release_s: float = 0.5) -> tuple[FloatArray, FloatArray]:
    """Return a force that rises in 1 s, relaxes, and is let go smoothly."""
    t = np.arange(0, 1 + hold_s + release_s, 0.01)
    relaxed = np.where(t < 1, 20 * t, 14 + 6 * np.exp(-np.maximum(t - 1, 0) / 2))
    letting_go = np.clip((t - 1 - hold_s) / release_s, 0, 1)
    return t, relaxed * (1 + np.cos(np.pi * letting_go)) / 2


@pytest.mark.parametrize("hold_s", [2.0, 4.0, 9.0])
def test_the_force_alone_shows_a_hold_between_rise_and_release(hold_s: float) -> None:
    t, force = held(hold_s)
    hold = find_force_hold(t, force, force, 0.01)
    assert hold is not None
    assert hold.start_s == pytest.approx(1.0, abs=max(0.02, 2 * hold.start_u_s))
    assert hold.end_s == pytest.approx(1 + hold_s, abs=0.15)


@pytest.mark.parametrize("release_s", [2.0, 3.0, 4.0])
def test_a_hand_that_turns_round_gently_holds_nothing(release_s: float) -> None:
    t = np.arange(0, 1 + release_s, 0.001)
    letting_go = (1 + np.cos(np.pi * np.clip((t - 1) / release_s, 0, 1))) / 2
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(0, 0.1, t.size)
        force = 10 * np.minimum(t, 1) * letting_go + noise
        hold = find_force_hold(t, force, smoothed(t, force), 0.1)
        assert hold is None or hold.seconds < SHORTEST_HOLD_S
