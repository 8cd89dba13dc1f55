"""Claim: a branch's answer to any motion is exact, on any times, without a loop over samples."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.viscoelastic.motion_response import (
    Fading,
    fading_response,
    fading_response_and_slope,
)
from tissuesense.analysis.viscoelastic.ramp_hold import branch_response
from tissuesense.core.arrays import FloatArray

TAUS_S = (1e-4, 0.0125, 0.3, 4.0, 1e5)


def wandering(seed: int, count: int = 2000) -> tuple[FloatArray, FloatArray]:
    """Return times of uneven steps, one of them a long gap, and a hand that wanders."""
    rng = np.random.default_rng(seed)
    steps = rng.uniform(0.001, 0.03, count)
    steps[count // 2] = 30.0
    return np.cumsum(steps), 5.0 + np.cumsum(rng.normal(0.0, 0.1, count))


def by_loop(time_s: FloatArray, g: FloatArray, tau_s: float) -> FloatArray:
    h = [float(g[0])]
    for n in range(time_s.size - 1):
        dt = time_s[n + 1] - time_s[n]
        left = math.exp(-dt / tau_s)
        gain = -math.expm1(-dt / tau_s) * tau_s / dt
        h.append(left * h[-1] + gain * (g[n + 1] - g[n]))
    return np.array(h)


@pytest.mark.parametrize("tau_s", TAUS_S)
def test_it_is_the_recursion(tau_s: float) -> None:
    time_s, g = wandering(1)
    expected = by_loop(time_s, g, tau_s)

    assert fading_response(time_s, g, tau_s) == pytest.approx(
        expected, abs=1e-9 * np.abs(expected).max(), rel=0
    )


@pytest.mark.parametrize("tau_s", TAUS_S)
def test_its_slope_is_that_of_the_logarithm_of_the_time_constant(tau_s: float) -> None:
    time_s, g = wandering(2)
    up, down = (by_loop(time_s, g, tau_s * math.exp(step)) for step in (1e-4, -1e-4))
    h, slope = fading_response_and_slope(time_s, np.stack([g, 2 * g]), tau_s)

    numeric = (up - down) / 2e-4
    assert slope == pytest.approx(numeric, abs=1e-7 * np.abs(g).max(), rel=0)
    assert h[1] == pytest.approx(2 * h[0], rel=1e-12)


def test_a_ramp_that_is_held_is_the_closed_form() -> None:
    time_s = np.array([0.0, 0.3, 1.0, 1.1, 4.0])

    assert fading_response(time_s, np.minimum(time_s, 1.0), 0.7) == pytest.approx(
        branch_response(time_s, 1.0, 0.7), abs=1e-12
    )


def test_a_first_value_is_a_step() -> None:
    time_s = np.linspace(0.0, 3.0, 40)

    assert fading_response(time_s, np.ones(40), 0.5) == pytest.approx(np.exp(-time_s / 0.5))


@given(
    tau_s=st.floats(1e-3, 1e3),
    keep=st.lists(st.booleans(), min_size=60, max_size=60),
    scale=st.floats(1e-3, 1e3),
)
def test_samples_on_a_straight_line_may_be_left_out_and_forces_scale(
    tau_s: float, keep: list[bool], scale: float
) -> None:
    time_s = np.linspace(0.0, 6.0, 61)
    g = np.interp(time_s, [0.0, 1.0, 4.0, 6.0], [0.0, 1.0, 0.7, 1.2])
    kept = np.array([True, *keep]) | np.isin(np.arange(61), [0, 10, 40, 60])
    whole = fading_response(time_s, g, tau_s)
    thinned = fading_response(time_s[kept], scale * g[kept], tau_s)

    assert thinned == pytest.approx(scale * whole[kept], rel=1e-9, abs=1e-12 * scale)


def test_a_long_record_neither_overflows_nor_forgets() -> None:
    fading = Fading(np.full(100_000, 0.5))
    y = fading.sums(np.ones((2, 100_000)), 0.0)

    assert y[:, -1] == pytest.approx(1 / -math.expm1(-0.5))
    assert np.isfinite(y).all()
