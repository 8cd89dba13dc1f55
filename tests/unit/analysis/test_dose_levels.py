"""Claim: levels are found in number and height, whatever the hand does between and at them."""

import numpy as np
import pytest

from tissuesense.analysis.dose.levels import Levels, find_levels
from tissuesense.core.arrays import FloatArray

STEP_S = 0.02
Corners = list[tuple[float, float]]


def course(corners: Corners) -> tuple[FloatArray, FloatArray]:
    x, y = zip(*corners, strict=True)
    t_s = np.arange(0.0, x[-1], STEP_S)
    return t_s, np.interp(t_s, x, y)


def found(corners: Corners) -> Levels:
    return find_levels([course(corners)])


def changing(levels_kpa: list[float], *, held_s: float, way_s: float) -> Corners:
    corners = [(0.0, 0.0)]
    for kpa in levels_kpa:
        arrives_s = corners[-1][0] + way_s
        corners += [(arrives_s, kpa), (arrives_s + held_s, kpa)]
    return [*corners, (corners[-1][0] + way_s, 0.0)]


def test_one_steady_pressure_is_one_level() -> None:
    levels = found(changing([80.0], held_s=60.0, way_s=1.0))
    assert levels.kpa == pytest.approx([80.0], rel=0.005)
    assert levels.alternations == 0
    assert len(levels.rises) == 1


@pytest.mark.parametrize("way_s", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("held_s", [4.0, 12.0])
def test_three_levels_stay_three_however_fast_the_hand_changes(way_s: float, held_s: float) -> None:
    levels = found(changing([60, 120, 200, 120, 60, 200], held_s=held_s, way_s=way_s))
    assert levels.kpa == pytest.approx([60, 120, 200], rel=0.03)
    assert levels.alternations == 5
    assert [stay.level for stay in levels.stays] == [0, 1, 2, 1, 0, 2]


def test_pumping_once_a_second_is_counted_over_five_minutes() -> None:
    levels = found(changing([100.0, 200.0] * 150, held_s=0.8, way_s=0.2))
    assert levels.alternations == 299
    assert levels.kpa == pytest.approx([100, 200], rel=0.02)


def test_pressures_closer_than_hands_can_hold_are_one_level() -> None:
    levels = found(changing([150, 160, 150, 160], held_s=6.0, way_s=0.5))
    assert len(levels.kpa) == 1
    assert levels.alternations == 0


def test_tissue_that_gives_way_under_a_still_tip_is_one_stay() -> None:
    t_s, kpa = course(changing([200.0], held_s=20.0, way_s=0.5))
    giving_way = np.where(t_s > 0.5, 1 + 0.25 * np.expm1(-np.maximum(t_s - 0.5, 0) / 3.0), 1.0)
    levels = find_levels([(t_s, kpa * giving_way)])
    assert len(levels.stays) == 1
    assert levels.stays[0].seconds == pytest.approx(20.0, abs=0.5)


def test_tissue_that_yields_after_each_rise_makes_no_level_of_its_own() -> None:
    corners = changing([100, 200] * 4, held_s=8.0, way_s=0.4)
    t_s, kpa = course(corners)
    for arrives_s, level in corners[3::4]:
        since_s = t_s - arrives_s
        held = (since_s >= 0) & (since_s <= 8.0)
        assert level == 200
        kpa[held] += 30 * (0.6 * np.exp(-since_s[held] / 0.4) + 0.4 * np.exp(-since_s[held] / 3.0))
    levels = find_levels([(t_s, kpa)])
    assert len(levels.kpa) == 2
    assert levels.alternations == 7


@pytest.mark.parametrize("tau_s", [1.0, 2.0, 4.0])
def test_levels_of_tissue_that_gives_way_for_long_stay_two(tau_s: float) -> None:
    corners = changing([100, 200] * 4, held_s=8.0, way_s=0.6)
    t_s, kpa = course(corners)
    for arrives_s, level in corners[1:-1:2]:
        since_s = t_s - arrives_s
        held = (since_s >= 0) & (since_s <= 8.0)
        kpa[held] = level * (1 + 0.2 * np.expm1(-since_s[held] / tau_s))
    levels = find_levels([(t_s, kpa)])
    assert len(levels.kpa) == 2
    assert levels.alternations == 7


@pytest.mark.parametrize("way_s", [4.0, 5.0, 6.0])
def test_the_steps_of_a_slow_way_are_no_levels(way_s: float) -> None:
    levels = found(changing([60, 130, 60, 130], held_s=8.0, way_s=way_s))
    assert levels.kpa == pytest.approx([60, 130], rel=0.05)
    assert levels.alternations == 3


def test_a_hand_that_drifts_slowly_stays_at_its_level() -> None:
    levels = found([(0, 0), (1, 100), (40, 112), (40.5, 0)])
    assert len(levels.stays) == 1


def test_a_slow_even_rise_is_the_way_and_no_level() -> None:
    levels = found([(0, 0), (4, 60), (12, 60), (18, 240), (28, 240), (28.5, 0)])
    assert levels.kpa == pytest.approx([60, 240], rel=0.03)


def test_stays_begin_and_end_where_the_ways_meet_them() -> None:
    (first, second) = found(changing([100, 200], held_s=8.0, way_s=0.6)).stays
    assert first.start_s == pytest.approx(0.6, abs=0.1)
    assert first.end_s == pytest.approx(8.6, abs=0.1)
    assert second.start_s == pytest.approx(9.2, abs=0.1)
    assert second.seconds == pytest.approx(8.0, abs=0.15)


def test_a_rise_is_told_from_a_tenth_to_nine_tenths() -> None:
    (rise,) = found(changing([100], held_s=8.0, way_s=2.0)).rises
    assert rise.start_s == pytest.approx(0.2, abs=0.05)
    assert rise.end_s == pytest.approx(1.8, abs=0.05)
    assert rise.kpa == pytest.approx(100, rel=0.02)


def test_touches_share_levels_and_a_lift_is_no_alternation() -> None:
    t_s, kpa = course(changing([150.0], held_s=6.0, way_s=0.4))
    levels = find_levels([(t_s, kpa), (t_s + 10, kpa)])
    assert levels.kpa == pytest.approx([150], rel=0.01)
    assert len(levels.stays) == 2
    assert levels.alternations == 0


def test_a_touch_too_short_for_a_level_has_none() -> None:
    assert found([(0, 0), (0.2, 100), (0.4, 0)]).kpa == ()
    assert find_levels([(np.array([0.0]), np.array([1.0]))]).stays == ()
