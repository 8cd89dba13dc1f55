"""The matrix pencil returns the very exponents of a sum of damped swings."""

import numpy as np
import pytest

from tissuesense.analysis.taps.matrix_pencil import exponents
from tissuesense.core.errors import UsageError

STEP_S = 0.005


@pytest.mark.parametrize("count", [8, 20, 49, 80])
def test_one_swing_without_noise_is_exact(count: int) -> None:
    t_s = np.arange(count) * STEP_S
    found = exponents(np.exp(-18.0 * t_s) * np.cos(94.0 * t_s + 0.4), STEP_S, 2)
    assert found[np.argsort(found.imag)] == pytest.approx([-18 - 94j, -18 + 94j], rel=1e-6)


def test_two_swings_and_a_level_are_five_exponents() -> None:
    t_s = np.arange(80) * STEP_S
    first, second = np.exp(-18 * t_s) * np.cos(94 * t_s), np.exp(-30 * t_s) * np.sin(250 * t_s)
    found = exponents(first + 0.5 * second + 0.3, STEP_S, 5)
    expected = [-30 - 250j, -18 - 94j, 0, -18 + 94j, -30 + 250j]
    assert found[np.argsort(found.imag)] == pytest.approx(expected, rel=1e-3, abs=1e-2)


def test_what_does_not_swing_has_no_frequency() -> None:
    t_s = np.arange(40) * STEP_S
    assert np.abs(exponents(np.exp(-20 * t_s), STEP_S, 1).imag).max() == 0


def test_a_single_spike_is_gone_within_a_sample_and_no_error() -> None:
    spike = np.zeros(40)
    spike[0] = 1.0
    assert np.isfinite(exponents(spike, STEP_S, 2)).all()


def test_too_few_values_are_named() -> None:
    with pytest.raises(UsageError, match="values must hold at least 6 samples, not 5"):
        exponents(np.ones(5), STEP_S, 2)
