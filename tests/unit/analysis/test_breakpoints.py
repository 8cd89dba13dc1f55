"""A bend is found where a line ends, with its level and both slopes."""

import numpy as np
import pytest

from tissuesense.analysis.numerics.breakpoints import find_bend

T_S = np.arange(0, 4, 0.01)
BETWEEN_S: tuple[float, float] = (0.5, 3.5)


@pytest.mark.parametrize("bend_s", [1.0, 2.0, 3.0])
@pytest.mark.parametrize(("before", "after"), [(50.0, -600.0), (50.0, 0.0), (0.0, 50.0)])
def test_two_lines_meet_where_they_were_joined(bend_s: float, before: float, after: float) -> None:
    values = 7 + np.where(bend_s > T_S, before, after) * (T_S - bend_s)
    bend = find_bend(T_S, values, BETWEEN_S, noise=0.1)
    assert bend.t_s == pytest.approx(bend_s, abs=1e-9)
    assert bend.value == pytest.approx(7, abs=1e-6)
    assert bend.slope_before == pytest.approx(before, abs=1e-5)
    assert bend.slope_after == pytest.approx(after, abs=1e-5)
    assert bend.gain == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("bend_s", [0.512, 1.337, 2.719])
def test_a_bend_anywhere_is_placed_far_closer_than_a_sample(bend_s: float) -> None:
    values = 7 + np.where(bend_s > T_S, 50.0, -600.0) * (T_S - bend_s)
    bend = find_bend(T_S, values, (bend_s - 0.2, bend_s + 0.13), noise=0.1)
    assert bend.t_s == pytest.approx(bend_s, abs=0.001)
    assert bend.value == pytest.approx(7, abs=0.4)


def test_a_line_and_a_parabola_meet_where_they_were_joined() -> None:
    since = np.maximum(T_S - 2.0, 0)
    values = 300 + 50 * np.minimum(T_S - 2.0, 0) - 900 * since + 400 * since**2
    bend = find_bend(T_S, values, BETWEEN_S, noise=0.1, curved=True)
    assert bend.t_s == pytest.approx(2.0, abs=1e-9)
    assert bend.value == pytest.approx(300, abs=1e-4)
    assert bend.slope_before == pytest.approx(50, abs=1e-3)
    assert bend.slope_after == pytest.approx(-900, abs=1e-2)


def test_time_of_day_does_not_matter() -> None:
    values = np.where(T_S < 2, 50, -600) * (T_S - 2)
    early = find_bend(T_S, values, BETWEEN_S, noise=0.1)
    late = find_bend(T_S + 5e4, values, (5e4 + 0.5, 5e4 + 3.5), noise=0.1)
    assert late.t_s - 5e4 == pytest.approx(early.t_s, abs=1e-6)
    assert late.value == pytest.approx(early.value, abs=1e-4)


def test_the_level_scatters_as_its_uncertainty_says() -> None:
    found = []
    for seed in range(300):
        noise = np.random.default_rng(seed).normal(0, 2.0, T_S.size)
        values = 300 + np.where(T_S < 2, 50, -600) * (T_S - 2) + noise
        found.append(find_bend(T_S, values, (2.0 - 1e-9, 2.0 + 1e-9), noise=2.0))
    scatter = np.std([bend.value for bend in found])
    timing = 50 * 2.0 / 650
    assert np.mean([bend.value for bend in found]) == pytest.approx(300, abs=0.1)
    assert np.hypot(scatter, timing) == pytest.approx(found[0].value_u, rel=0.15)


def test_a_bend_explains_nothing_of_a_straight_line() -> None:
    rng = np.random.default_rng(1)
    bend = find_bend(T_S, 50 * T_S + rng.normal(0, 1, T_S.size), BETWEEN_S, noise=1.0)
    assert 0 <= bend.gain < 0.05


def test_a_perfect_line_has_nothing_to_explain() -> None:
    assert find_bend(T_S, np.zeros_like(T_S), BETWEEN_S, noise=1.0).gain == 0.0


def test_a_place_without_samples_does_not_win() -> None:
    values = np.where(T_S < 2, 50, -600) * (T_S - 2)
    bend = find_bend(T_S, values, (-10.0, 14.0), noise=0.1)
    assert bend.t_s == pytest.approx(2.0, abs=0.05)


def test_the_bend_is_placed_more_finely_than_its_coarse_candidates() -> None:
    values = np.where(T_S < 2.0437, 50, -600) * (T_S - 2.0437)
    assert find_bend(T_S, values, BETWEEN_S, noise=0.1).t_s == pytest.approx(2.0437, abs=0.006)
