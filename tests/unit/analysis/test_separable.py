"""A model that is linear in most parameters is fitted as a search over all of them would fit it."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from tissuesense.analysis.numerics.separable import fit_separable
from tissuesense.core.arrays import FloatArray

T_S = np.linspace(0.0, 10.0, 400)
TRUTH = (1.0, 0.8, 2.0)


class Decay:
    """A constant and one exponential; the parameter is the logarithm of its time."""

    def __call__(self, theta: FloatArray, /) -> tuple[FloatArray, FloatArray]:
        rate = np.exp(-theta[0])
        fading = np.exp(-T_S * rate)
        phi = np.stack([np.ones_like(T_S), fading], axis=1)
        d_phi = np.zeros((1, *phi.shape))
        d_phi[0, :, 1] = fading * T_S * rate
        return phi, d_phi


def curve(t_s: FloatArray, a: float, b: float, log_tau: float) -> FloatArray:
    return np.asarray(a + b * np.exp(-t_s / np.exp(log_tau)))


def noisy(seed: int, sd: float = 0.02) -> FloatArray:
    a, b, tau = TRUTH
    return curve(T_S, a, b, np.log(tau)) + sd * np.random.default_rng(seed).standard_normal(400)


def test_without_noise_the_parameters_come_back() -> None:
    fit = fit_separable(Decay(), noisy(1, sd=0.0), np.array([0.0]))

    assert np.exp(fit.theta[0]) == pytest.approx(2.0, rel=1e-8)
    assert fit.amplitudes == pytest.approx([1.0, 0.8], rel=1e-8)
    assert fit.settled


@pytest.mark.parametrize("seed", range(5))
def test_parameters_and_covariance_are_those_of_an_ordinary_fit(seed: int) -> None:
    y = noisy(seed)
    fit = fit_separable(Decay(), y, np.array([0.0]))
    best, covariance = curve_fit(curve, T_S, y, p0=(0.5, 0.5, 0.0))
    inflation = fit.covariance[0, 0] / covariance[2, 2]

    assert [*fit.amplitudes, fit.theta[0]] == pytest.approx(best, rel=1e-5)
    assert 1 - 1e-4 < inflation < 1.4
    turned = np.roll(fit.covariance, -1, axis=(0, 1))
    assert turned == pytest.approx(inflation * covariance, rel=1e-3)


def test_an_amplitude_that_would_be_negative_is_held_at_zero_and_has_no_uncertainty() -> None:
    falling = 1.0 - 0.8 * np.exp(-T_S / 2.0)
    free = fit_separable(Decay(), falling, np.array([0.5]))
    held = fit_separable(Decay(), falling, np.array([0.5]), nonnegative=True)

    assert free.amplitudes[1] == pytest.approx(-0.8)
    assert held.amplitudes[1] == 0.0
    assert held.amplitudes[0] == pytest.approx(falling.mean())
    assert (held.covariance[2] == 0.0).all()
    assert np.isinf(held.covariance[0, 0])
    assert held.free == 2


def test_residuals_that_follow_one_another_widen_the_covariance() -> None:
    rng = np.random.default_rng(3)
    white = 0.02 * rng.standard_normal(T_S.size)
    slow = np.convolve(white, np.full(20, 1 / np.sqrt(20)), mode="same")
    truth = noisy(1, sd=0.0)
    u = [fit_separable(Decay(), truth + e, np.array([0.5])).covariance[0, 0] for e in (white, slow)]

    assert u[1] > 4 * u[0]


def test_a_curve_through_rounded_samples_is_not_taken_for_exact() -> None:
    fit = fit_separable(Decay(), noisy(1, sd=0.0), np.array([0.5]), least_sd=0.02)
    honest = fit_separable(Decay(), noisy(1), np.array([0.5]))

    assert fit.covariance[0, 0] == pytest.approx(honest.covariance[0, 0], rel=0.3)
