"""The exponent of a hold comes from force alone, whatever its scale and however long the ramp."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from tissuesense.analysis.viscoelastic.power_law_relaxation import (
    PowerLawRelaxation,
    power_law_relaxation,
)
from tissuesense.analysis.viscoelastic.ramp_hold import branch_response, springpot_response
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

RAMP_S = 1.0
TIME_S = np.arange(0.0, 22.0, 1 / 40)
ORDER = 0.12
STRAIGHT_N = 10 * springpot_response(TIME_S, RAMP_S, ORDER, 1.5)


def noise(rng: np.random.Generator, correlation: float, sd_n: float) -> FloatArray:
    white = rng.standard_normal(TIME_S.size + 100)
    share = math.sqrt(1 - correlation**2)
    return sd_n * np.asarray(lfilter([share], [1, -correlation], white))[100:]


def read(force_n: FloatArray) -> PowerLawRelaxation:
    return power_law_relaxation(TIME_S, force_n, ramp_s=RAMP_S, exponent=1.5)


def exponent(found: PowerLawRelaxation) -> Estimate:
    assert isinstance(found.exponent, Estimate), found
    return found.exponent


def bent(early: float, late: float, break_s: float) -> FloatArray:
    """Two straight lines on the clock of a springpot's answer, which is that of the hold."""
    clock = np.maximum(springpot_response(TIME_S, RAMP_S, early, 1.5), 1e-9) ** (-1 / early)
    at = float(np.interp(RAMP_S + break_s, TIME_S, clock))
    return np.asarray(10 * clock**-early * np.maximum(clock / at, 1.0) ** (early - late))


@pytest.mark.parametrize("ramp_s", [0.05, 0.5, 2.0, 6.0])
@pytest.mark.parametrize("order", [0.03, 0.2, 0.45])
@pytest.mark.parametrize("p", [1.0, 2.0])
def test_the_ramp_does_not_bias_the_exponent(ramp_s: float, order: float, p: float) -> None:
    time_s = np.arange(0.0, 28.0, 0.05)
    force = springpot_response(time_s, ramp_s, order, p)
    found = power_law_relaxation(time_s, force, ramp_s=ramp_s, exponent=p)

    assert exponent(found).value == pytest.approx(order, rel=1e-4)
    assert found.broken is None
    assert found.r_squared == pytest.approx(1.0, abs=1e-6)


def test_a_step_read_of_the_same_hold_would_be_wrong() -> None:
    held = TIME_S >= RAMP_S + 1
    since_end = np.log(TIME_S[held] - RAMP_S)
    slope = -np.polyfit(since_end, np.log(STRAIGHT_N[held]), 1)[0]

    assert slope < 0.95 * ORDER
    assert exponent(read(STRAIGHT_N)).value == pytest.approx(ORDER, rel=1e-4)


@settings(max_examples=30)
@given(gain=st.floats(min_value=1e-3, max_value=1e3))
def test_a_gain_changes_nothing(gain: float) -> None:
    force = STRAIGHT_N + noise(np.random.default_rng(1), 0.4, 0.05)

    assert exponent(read(gain * force)).value == pytest.approx(
        exponent(read(force)).value, rel=1e-9
    )
    assert exponent(read(gain * force)).u == pytest.approx(exponent(read(force)).u, rel=1e-6)


def test_twice_the_gain_is_the_same_to_the_digit() -> None:
    force = bent(0.1, 0.2, 5.0) + noise(np.random.default_rng(1), 0.4, 0.02)

    assert read(2 * force) == read(force)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_the_interval_holds_the_exponent_as_often_as_it_says(correlation: float) -> None:
    rng = np.random.default_rng(5)
    held = broken = 0
    for _ in range(500):
        found = read(STRAIGHT_N + noise(rng, correlation, 0.05))
        low, high = exponent(found).ci95
        held += low <= ORDER <= high
        broken += found.broken is not None

    assert 0.92 <= held / 500 <= 0.98
    # A line is seldom broken for nothing.
    assert broken <= 0.02 * 500


def test_two_lines_are_told_with_both_exponents_and_the_time_between() -> None:
    rng = np.random.default_rng(6)
    force = bent(0.1, 0.2, 5.0)
    held = np.zeros(2)
    for _ in range(200):
        broken = read(force + noise(rng, 0.3, 0.02)).broken
        assert broken is not None
        assert broken.break_s == pytest.approx(5.0, abs=0.3)
        for i, (side, truth) in enumerate(((broken.early, 0.1), (broken.late, 0.2))):
            low, high = side.ci95
            held[i] += low <= truth <= high

    # The clock hardly depends on the exponent, but it does.
    assert (held >= 0.88 * 200).all()


def test_one_exponential_is_no_straight_line() -> None:
    force = 4 + 4 * branch_response(TIME_S, RAMP_S, 3.0)
    found = read(force + noise(np.random.default_rng(7), 0.0, 0.01))

    assert found.broken is not None


def test_a_force_that_rises_has_an_exponent_below_zero() -> None:
    force = 5 * np.maximum(TIME_S, 0.01) ** 0.05

    assert exponent(read(force)).value < -0.03


def test_a_hold_that_is_too_short_is_not_read() -> None:
    found = power_law_relaxation(TIME_S[:90], STRAIGHT_N[:90], ramp_s=RAMP_S)

    assert isinstance(found.exponent, NotEstimable)
    assert found.flags == (QualityFlag.NO_HOLD,)
    assert found.r_squared is None


def test_a_hold_that_lets_go_is_not_read() -> None:
    found = read(STRAIGHT_N - 9.0)

    assert isinstance(found.exponent, NotEstimable)
    assert found.exponent.reason is QualityFlag.NO_HOLD


def test_a_hold_without_noise_or_slope_is_not_exact() -> None:
    found = read(np.full_like(TIME_S, 5.0))

    assert exponent(found).value == pytest.approx(0.0, abs=1e-9)
    assert exponent(found).u > 0
    assert found.broken is None


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"force_n": TIME_S[:-1]}, "force_n"),
        ({"time_s": TIME_S[::-1]}, "time_s"),
        ({"ramp_s": 0.0}, "ramp_s"),
        ({"exponent": -1.0}, "exponent"),
        ({"window_s": (5.0, 2.0)}, "window_s"),
        ({"force_n": np.full_like(TIME_S, np.nan)}, "force_n"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_by_name(
    change: dict[str, object], name: str
) -> None:
    arguments: dict[str, Any] = {
        "time_s": TIME_S,
        "force_n": STRAIGHT_N,
        "ramp_s": RAMP_S,
        **change,
    }
    with pytest.raises(UsageError, match=f"^{name} "):
        power_law_relaxation(**arguments)
