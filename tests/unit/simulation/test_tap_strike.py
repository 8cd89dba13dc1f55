"""A simulated tap obeys Newton's law, and its truth is that of the published closed form."""

import math

import numpy as np
import pytest

from tissuesense.core.arrays import FloatArray
from tissuesense.core.site import Side
from tissuesense.simulation.subjects import site_truth
from tissuesense.simulation.tap_strike import PUSH_S, TAP_MASS_KG, TapStrike, tap_strike

STEP_S = 1e-6
PLACE = site_truth("relaxed", "trapezius_upper", Side.LEFT)

# Frequency, decrement -> spring N/m, deformation mm, stiffness N/m, recovery ms, recovery ratio,
# for 0.40 N over 15 ms on 34 g: worked out apart from the simulation, every 0.01 ms.
CLOSED_FORM = (
    (12.0, 1.0, 198.2, 1.747, 208.4, 22.93, 0.866),
    (15.0, 1.2, 313.0, 1.294, 336.4, 18.67, 0.829),
    (18.0, 1.6, 463.1, 0.948, 525.8, 16.10, 0.815),
    (15.0, 0.8, 306.9, 1.418, 317.0, 18.02, 0.781),
)


def strike(frequency_hz: float = 15.0, decrement: float = 1.2, tilt_rad: float = 0.0) -> TapStrike:
    whole = (2 * math.pi * frequency_hz) ** 2 * (1 + (decrement / (2 * math.pi)) ** 2)
    return TapStrike(
        index=0,
        onset_s=0.3,
        mass_kg=TAP_MASS_KG,
        spring_n_m=TAP_MASS_KG * whole,
        log_decrement=decrement,
        tilt_rad=tilt_rad,
    )


def moved(acceleration: FloatArray) -> tuple[FloatArray, FloatArray]:
    speed = np.cumsum(acceleration) * STEP_S
    return speed, np.cumsum(speed) * STEP_S


def test_mass_spring_and_dashpot_are_in_balance_with_the_push_at_every_instant() -> None:
    tap = strike()
    t_s = np.arange(0.0, 0.6, STEP_S)
    columns = tap.at(t_s)
    rest = columns["acceleration_m_s2"][0]
    acceleration = columns["acceleration_m_s2"] - rest
    speed, way = moved(acceleration)
    # Decrement d and frequency f mean a decay rate f d, of which the dashpot is 2 m.
    dashpot = 2 * tap.mass_kg * 15.0 * 1.2
    needed = tap.mass_kg * acceleration + dashpot * speed + tap.spring_n_m * way
    assert needed == pytest.approx(columns["force_n"] - columns["force_n"][0], abs=2e-4)


@pytest.mark.parametrize("row", CLOSED_FORM, ids=lambda row: f"{row[0]:g} Hz, {row[1]:g}")
def test_the_truth_is_that_of_the_closed_form(row: tuple[float, ...]) -> None:
    frequency_hz, decrement, spring, deformation, stiffness, recovery_ms, ratio = row
    truth = strike(frequency_hz, decrement).truth(2.0)
    assert (truth.onset_s, truth.release_s) == pytest.approx((2.3, 2.3 + PUSH_S))
    assert truth.frequency_hz == pytest.approx(frequency_hz)
    assert truth.log_decrement == pytest.approx(decrement)
    assert truth.spring_n_m == pytest.approx(spring, abs=0.06)
    assert truth.deformation_mm == pytest.approx(deformation, abs=0.0006)
    assert truth.stiffness_n_m == pytest.approx(stiffness, abs=0.06)
    assert 1e3 * truth.recovery_time_s == pytest.approx(recovery_ms, abs=0.0101)
    assert truth.recovery_ratio == pytest.approx(ratio, abs=0.0006)


def test_at_rest_the_probe_feels_gravity_along_its_axis_and_the_preload() -> None:
    columns = strike(tilt_rad=0.2).at(np.array([0.0, 0.1]))
    assert columns["acceleration_m_s2"] == pytest.approx(-9.80665 * math.cos(0.2))
    assert columns["force_n"] == pytest.approx(0.18)


def test_a_firmer_muscle_swings_faster_by_the_root_of_its_firmness() -> None:
    firm = site_truth("firm_left", "trapezius_upper", Side.LEFT)
    seeds = range(20)
    ordinary = [tap_strike(PLACE, 0, np.random.default_rng(s)).truth(0.0) for s in seeds]
    firmer = [tap_strike(firm, 0, np.random.default_rng(s)).truth(0.0) for s in seeds]
    for one, other in zip(ordinary, firmer, strict=True):
        assert other.frequency_hz / one.frequency_hz == pytest.approx(math.sqrt(1.45))
        assert other.log_decrement == pytest.approx(one.log_decrement)


def test_taps_of_one_session_differ_by_a_percent_or_two_and_each_can_be_had_again() -> None:
    rng = np.random.default_rng(3)
    taps = [tap_strike(PLACE, index, rng) for index in range(200)]
    frequency = np.array([tap.truth(0.0).frequency_hz for tap in taps[:20]])
    assert [tap.truth(0.0).index for tap in taps[:3]] == [1, 2, 3]
    assert 0.002 < frequency.std() / frequency.mean() < 0.02
    assert taps[0] == tap_strike(PLACE, 0, np.random.default_rng(3))
    assert all(0 < tap.onset_s < tap.seconds - 0.8 for tap in taps)
