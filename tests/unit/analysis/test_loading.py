"""What superposition makes of a step's answer is the exact answer to ramps and motions."""

import numpy as np
import pytest

from tissuesense.analysis.viscoelastic.loading import (
    Delayed,
    Loading,
    Ramp,
    Step,
    measured_motion,
    power_ramp,
)
from tissuesense.analysis.viscoelastic.motion_response import fading_response
from tissuesense.analysis.viscoelastic.ramp_hold import branch_response, springpot_response
from tissuesense.core.arrays import FloatArray

RAMP_S = 1.3
HOLD_S = RAMP_S + np.concatenate(([0.0], np.geomspace(1e-3, 30.0, 100)))


def of_springpot(loading: Loading, order: float) -> FloatArray:
    power = loading.integrals - order
    return loading.force(loading.lags_s**power / (power if loading.integrals else 1.0))


def of_branch(loading: Loading, tau_s: float) -> FloatArray:
    fading = np.exp(-loading.lags_s / tau_s)
    return loading.force(tau_s * (1 - fading) if loading.integrals else fading)


@pytest.mark.parametrize("exponent", [1.0, 1.05, 1.5, 2.0, 2.7])
@pytest.mark.parametrize("order", [0.05, 0.3, 0.6, 0.85])
def test_a_springpot_answers_a_power_of_time_with_incomplete_beta_functions(
    exponent: float, order: float
) -> None:
    force = of_springpot(power_ramp(HOLD_S, RAMP_S, exponent), order)

    assert force == pytest.approx(springpot_response(HOLD_S, RAMP_S, order, exponent), rel=1e-6)


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0, 2.7])
@pytest.mark.parametrize("tau_s", [0.1, 3.0, 50.0])
def test_a_branch_answers_with_kummers_function(exponent: float, tau_s: float) -> None:
    force = of_branch(power_ramp(HOLD_S, RAMP_S, exponent), tau_s)

    assert force == pytest.approx(branch_response(HOLD_S, RAMP_S, tau_s, exponent), abs=1e-6)


def test_a_straight_ramp_is_answered_to_the_digit() -> None:
    loading = power_ramp(HOLD_S, RAMP_S, 1.0)

    assert isinstance(loading, Ramp)
    assert of_springpot(loading, 0.4) == pytest.approx(
        springpot_response(HOLD_S, RAMP_S, 0.4), rel=1e-13
    )


def test_a_step_is_answered_with_the_answer() -> None:
    loading = Step(np.array([1.0, 2.0]))

    assert of_springpot(loading, 0.5) == pytest.approx([1.0, 2**-0.5])


def test_an_irregular_hand_is_answered_as_its_recursion_answers_it() -> None:
    rng = np.random.default_rng(1)
    time_s = np.concatenate(([0.0], np.cumsum(rng.uniform(0.004, 0.03, 900))))
    g = np.minimum(time_s / 0.8, 1.0) ** 2 + 0.01 * np.sin(3 * time_s) * (time_s > 0)
    loading = measured_motion(time_s, g, time_s[60:])

    assert isinstance(loading, Delayed)
    for tau_s in (0.2, 4.0):
        exact = fading_response(time_s, g, tau_s)[60:]
        assert of_branch(loading, tau_s) == pytest.approx(exact, abs=2e-6)


def test_a_motion_that_is_a_ramp_is_one() -> None:
    time_s = np.concatenate((np.linspace(0.0, RAMP_S, 40), HOLD_S[1:]))
    motion = measured_motion(time_s, np.minimum(time_s / RAMP_S, 1.0), HOLD_S)

    assert of_springpot(motion, 0.2) == pytest.approx(
        springpot_response(HOLD_S, RAMP_S, 0.2), rel=1e-6
    )
