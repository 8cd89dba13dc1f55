"""Claim: simulated tissue follows the closed forms of linear viscoelasticity to the last digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp1f1

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.simulation.tissue import (
    FungLaw,
    PowerLaw,
    Tissue,
    pushing_n,
    secant_stiffness_n_mm,
    work_n_mm,
)

LINEAR = PowerLaw(k_n=1.0, exponent=1.0)
STANDARD_SOLID = Tissue(elastic=LINEAR, equilibrium=1.0, branches=((0.8, 2.0),))
SPRING = Tissue(elastic=LINEAR, equilibrium=1.0, branches=())


def ramp_hold_mm(speed_mm_s: float, ramp_s: float, total_s: float, dt_s: float) -> FloatArray:
    t_s = np.arange(round(total_s / dt_s) + 1) * dt_s
    return np.asarray(speed_mm_s * np.minimum(t_s, ramp_s), dtype=np.float64)


def triangle_mm(dt_s: float) -> FloatArray:
    t_s = np.arange(round(2.0 / dt_s) + 1) * dt_s
    return np.asarray(5.0 * np.minimum(t_s, 2.0 - t_s), dtype=np.float64)


def branch_closed_form(t_s: float, ramp_s: float, tau_s: float, exponent: float) -> float:
    """Relative force of one Maxwell branch after a ramp of depth, by Kummer's function."""
    if t_s <= ramp_s:
        kummer = hyp1f1(1.0, exponent + 1.0, -t_s / tau_s)
        return float((t_s / ramp_s) ** exponent * kummer)
    kummer = hyp1f1(1.0, exponent + 1.0, -ramp_s / tau_s)
    return float(np.exp(-(t_s - ramp_s) / tau_s) * kummer)


@pytest.mark.parametrize("dt_s", [0.25, 0.01, 0.001])
def test_a_standard_solid_under_ramp_and_hold_is_exact_at_any_step(dt_s: float) -> None:
    force = STANDARD_SOLID.force_n(ramp_hold_mm(5.0, 1.0, 21.0, dt_s), dt_s)
    for t_s in (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 21.0):
        expected = 5.0 * (min(t_s, 1.0) + 0.8 * branch_closed_form(t_s, 1.0, 2.0, 1.0))
        assert force[round(t_s / dt_s)] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("t_s", [0.5, 1.0, 3.0])
def test_a_stiffening_branch_follows_its_closed_form(exponent: float, t_s: float) -> None:
    branch = Tissue(
        elastic=PowerLaw(k_n=1.0, exponent=exponent), equilibrium=0.0, branches=((1.0, 2.0),)
    )
    force = branch.force_n(ramp_hold_mm(1.0, 1.0, 3.0, 1e-3), 1e-3)
    expected = branch_closed_form(t_s, 1.0, 2.0, exponent)
    assert force[round(t_s / 1e-3)] == pytest.approx(expected, abs=2e-6)


def test_a_spring_gives_back_all_its_work() -> None:
    depth = triangle_mm(0.01)
    assert work_n_mm(depth, SPRING.force_n(depth, 0.01)) == pytest.approx(0.0, abs=1e-12)


def test_a_held_tissue_relaxes_to_its_equilibrium_share() -> None:
    force = STANDARD_SOLID.force_n(ramp_hold_mm(5.0, 1.0, 60.0, 0.01), 0.01)
    assert force[-1] == pytest.approx(5.0, rel=1e-9)


@given(
    factor=st.floats(0.1, 10.0),
    exponent=st.floats(1.0, 2.5),
    seed=st.integers(0, 1000),
)
def test_firmer_tissue_scales_every_force(factor: float, exponent: float, seed: int) -> None:
    tissue = Tissue(
        elastic=PowerLaw(k_n=0.7, exponent=exponent),
        equilibrium=0.6,
        branches=((0.3, 0.4), (0.1, 3.0)),
    )
    depth = np.cumsum(np.random.default_rng(seed).normal(0.02, 0.05, 200))
    expected = factor * tissue.force_n(depth, 0.01)
    assert np.allclose(tissue.stiffened(factor).force_n(depth, 0.01), expected, rtol=1e-12)


@given(cut=st.integers(1, 199))
def test_the_future_of_a_motion_does_not_change_its_past(cut: int) -> None:
    depth = np.cumsum(np.random.default_rng(3).normal(0.02, 0.05, 200))
    whole = STANDARD_SOLID.force_n(depth, 0.01)
    assert np.array_equal(STANDARD_SOLID.force_n(depth[:cut], 0.01), whole[:cut])


@pytest.mark.parametrize(
    "law", [LINEAR, PowerLaw(k_n=2.0, exponent=1.7), FungLaw(a_n=2, b_per_mm=0.3)]
)
def test_no_law_gives_a_force_off_the_skin(law: PowerLaw | FungLaw) -> None:
    assert np.array_equal(law.force_n(np.array([-3.0, -1e-9, 0.0])), np.zeros(3))


def test_fung_tissue_stiffens_in_proportion_to_its_force() -> None:
    law = FungLaw(a_n=2.0, b_per_mm=0.3)
    depth = np.linspace(0.0, 8.0, 80_001)
    force = law.force_n(depth)
    tangent = np.gradient(force, depth)[1:-1]
    assert np.allclose(tangent, 0.3 * (force[1:-1] + 2.0), rtol=1e-6)


def test_tissue_never_pulls() -> None:
    depth = triangle_mm(0.001)
    force = STANDARD_SOLID.force_n(depth, 0.001)
    assert force.min() < 0.0
    assert pushing_n(force).min() == 0.0


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0])
def test_the_secant_of_a_power_law_is_its_closed_form(exponent: float) -> None:
    law = PowerLaw(k_n=0.5, exponent=exponent)
    depth = np.linspace(0.0, 10.0, 20_001)
    steepness = 0.8 ** (1 / exponent) - 0.2 ** (1 / exponent)
    expected = 0.6 * 0.5 * 10.0**exponent / (10.0 * steepness)
    assert secant_stiffness_n_mm(depth, law.force_n(depth)) == pytest.approx(expected, rel=1e-6)


def test_a_curve_that_does_not_load_has_no_secant() -> None:
    with pytest.raises(UsageError, match="below"):
        secant_stiffness_n_mm(np.linspace(0, 1, 10), np.ones(10))
    with pytest.raises(UsageError, match="deeper"):
        secant_stiffness_n_mm(np.ones(10), np.linspace(0, 1, 10))
