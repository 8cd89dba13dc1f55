"""Claim: the force of a ramp that is held is exact, for any power law, a branch or a springpot."""

import numpy as np
import pytest
from scipy.integrate import quad

from tissuesense.analysis.viscoelastic.ramp_hold import (
    branch_response,
    elastic_response,
    kept_share,
    springpot_response,
)

EXPONENTS = (1.0, 1.5, 2.0, 2.5)
TIMES_S = np.array([0.5, 1.0, 2.0, 3.0, 10.0])


def as_printed(decimals: int) -> float:
    return 0.5000001 * 10.0**-decimals


def superposed(t_s: float, ramp_s: float, exponent: float, kernel: str, number: float) -> float:
    """Integrate what each piece of the ramp leaves; the power is taken out of the integrand."""

    def left(v: float) -> float:
        since = t_s - ramp_s * v ** (1 / exponent)
        return float(np.exp(-since / number)) if kernel == "branch" else float(since**-number)

    reached = min(t_s / ramp_s, 1.0) ** exponent
    return float(quad(left, 0, reached, epsabs=1e-12, epsrel=1e-12, limit=500)[0])


def test_a_linear_solid_under_a_steady_ramp() -> None:
    t_s = np.array([0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 21])
    force = 5 * (elastic_response(t_s, 1.0) + 0.8 * branch_response(t_s, 1.0, 2.0))

    printed = "2.190025 4.269594 8.147755 7.451474 6.909210 6.157994 5.426002 5.034968 5.000143"
    assert force == pytest.approx([float(n) for n in printed.split()], abs=as_printed(6))


def test_two_branches_add() -> None:
    t_s = np.array([0.5, 1, 2, 5, 11, 31])
    branches = 0.5 * branch_response(t_s, 0.5, 0.3) + 0.4 * branch_response(t_s, 0.5, 4.0)
    force = 5 * (0.6 * elastic_response(t_s, 0.5) + branches)

    printed = [6.096736, 4.888940, 4.300336, 3.610363, 3.136190, 3.000918]
    assert force == pytest.approx(printed, abs=as_printed(6))


@pytest.mark.parametrize(
    ("exponent", "printed"),
    [
        (1.0, [0.44239843, 0.78693868, 0.28949856]),
        (1.5, [0.32058927, 0.82566462, 0.30374504]),
        (2.0, [0.23040626, 0.85224528, 0.31352352]),
        (2.5, [0.16482058, 0.87167689, 0.32067201]),
    ],
)
def test_a_branch_on_the_ramp_at_its_end_and_after(exponent: float, printed: list[float]) -> None:
    force = branch_response(np.array([0.5, 1.0, 3.0]), 1.0, 2.0, exponent)

    assert force == pytest.approx(printed, abs=as_printed(8))


@pytest.mark.parametrize(
    ("exponent", "printed"),
    [
        (1.0, [0.5954297, 1.1111111, 0.9622955, 0.7984537]),
        (1.5, [0.4333514, 1.1436213, 0.9687578, 0.7992923]),
        (2.0, [0.3133841, 1.1695906, 0.9732538, 0.7998553]),
    ],
)
def test_a_springpot_on_the_ramp_at_its_end_and_after(
    exponent: float, printed: list[float]
) -> None:
    force = springpot_response(np.array([0.5, 1.0, 2.0, 10.0]), 1.0, 0.1, exponent)

    assert force == pytest.approx(printed, abs=as_printed(7))


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("tau_s", [0.01, 0.3, 5.0])
def test_a_branch_is_what_superposition_says(exponent: float, tau_s: float) -> None:
    expected = [superposed(t, 1.3, exponent, "branch", tau_s) for t in TIMES_S]

    assert branch_response(TIMES_S, 1.3, tau_s, exponent) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("order", [0.05, 0.3])
def test_a_springpot_is_what_superposition_says(exponent: float, order: float) -> None:
    times_s = np.array([2.0, 3.0, 10.0])  # on the ramp the integrand has a pole
    expected = [superposed(t, 1.3, exponent, "springpot", order) for t in times_s]

    assert springpot_response(times_s, 1.3, order, exponent) == pytest.approx(expected, abs=1e-9)


def test_a_springpot_of_order_zero_is_a_spring() -> None:
    t_s = np.linspace(-0.5, 4.0, 50)

    assert springpot_response(t_s, 1.0, 0.0, 1.7) == pytest.approx(elastic_response(t_s, 1.0, 1.7))


def test_nothing_happens_before_the_contact() -> None:
    t_s = np.array([-2.0, -1e-9, 0.0])

    assert (branch_response(t_s, 1.0, 2.0, 1.5) == 0).all()
    assert (springpot_response(t_s, 1.0, 0.2, 1.5) == 0).all()


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_what_is_kept_of_a_ramp_never_overflows(exponent: float) -> None:
    kept = kept_share(np.array([0.0, 1e-12, 1.0, 1e3, 1e6]), exponent)

    assert kept[:2] == pytest.approx([1.0, 1.0])
    assert (np.diff(kept) <= 0).all()
    # A ramp that lasts for ever keeps only what it pressed in during the last time constant.
    assert kept[3:] == pytest.approx(exponent / np.array([1e3, 1e6]), rel=0.01)
