"""A modulus is given only with the thickness of the tissue, by the published factor of a layer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.press_hold.effective_modulus import effective_modulus_kpa
from tissuesense.analysis.press_hold.layered_punch import layer_factor
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

TIP = ContactTip(area_cm2=1.0)
# Hayes, Keer, Herrmann and Mockros (1972), tissue that keeps its volume.
HAYES = {0.2: 1.281, 0.4: 1.683, 0.6: 2.211, 0.8: 2.855, 1.0: 3.609}


def mm(value: float, u: float = 0.0) -> Estimate:
    return Estimate(value=value, standard_uncertainty=u, unit="mm")


def n_mm(value: float, u: float = 0.0) -> Estimate:
    return Estimate(value=value, standard_uncertainty=u, unit="N/mm")


def modulus(stiffness: Estimate, thickness: Estimate, tip: ContactTip = TIP) -> Estimate:
    found = effective_modulus_kpa(stiffness, tip, thickness)
    assert isinstance(found, Estimate)
    return found


@pytest.mark.parametrize("ratio", HAYES)
def test_the_factor_is_the_published_one(ratio: float) -> None:
    assert layer_factor(ratio, 0.5) == pytest.approx(HAYES[ratio], rel=5e-3)


@pytest.mark.parametrize("poisson_ratio", [0.3, 0.4, 0.5])
def test_thick_tissue_is_tissue_without_end(poisson_ratio: float) -> None:
    assert layer_factor(0.0, poisson_ratio) == pytest.approx(1.0, abs=1e-12)
    assert layer_factor(0.001, poisson_ratio) == pytest.approx(1.0, abs=2e-3)


@given(st.floats(0.0, 1.9), st.floats(0.0, 0.5))
def test_the_nearer_the_bone_the_stiffer(ratio: float, poisson_ratio: float) -> None:
    assert layer_factor(ratio + 0.1, poisson_ratio) > layer_factor(ratio, poisson_ratio)


def test_a_thick_tissue_has_the_modulus_of_a_half_space() -> None:
    # Sneddon: F = 2 a E d / (1 - nu^2), a = 5.642 mm for 1 cm2.
    without_end = 1000 * 0.75 / (2 * math.sqrt(100 / math.pi))
    assert modulus(n_mm(1.0), mm(100_000.0)).value == pytest.approx(without_end, rel=1e-3)


@pytest.mark.parametrize(("h_mm", "e_kpa"), [(10, 31.5), (20, 46.5), (30, 52.7), (50, 58.1)])
def test_one_newton_a_millimetre_means_another_modulus_for_each_thickness(
    h_mm: float, e_kpa: float
) -> None:
    assert modulus(n_mm(1.0), mm(h_mm)).value == pytest.approx(e_kpa, abs=0.05)


def test_each_uncertainty_moves_the_modulus_as_a_repetition_would() -> None:
    found = modulus(n_mm(1.2, 0.06), mm(20.0, 0.2), ContactTip(area_cm2=1.0)).budget
    thicker = modulus(n_mm(1.2), mm(20.2)).value - modulus(n_mm(1.2), mm(20.0)).value
    wider = (
        modulus(n_mm(1.2), mm(20.0), ContactTip(area_cm2=1.01)).value
        - modulus(n_mm(1.2), mm(20.0)).value
    )
    of_tip = modulus(n_mm(1.2), mm(20.0), ContactTip(area_cm2=1.0, area_uncertainty_cm2=0.01))

    assert found["stiffness"] == pytest.approx(0.05 * modulus(n_mm(1.2), mm(20.0)).value)
    assert found["thickness"] == pytest.approx(thicker, rel=0.02)
    assert of_tip.budget["tip"] == pytest.approx(-wider, rel=0.02)
    assert found["volume"] > 0


def test_a_few_presses_and_their_freedom_are_carried_on() -> None:
    few = Estimate(value=1.0, standard_uncertainty=0.3, unit="N/mm", dof=2)
    assert modulus(few, mm(20.0)).dof < 3


def test_bone_just_under_the_skin_gives_no_modulus() -> None:
    found = effective_modulus_kpa(n_mm(5.0), TIP, mm(2.5))
    assert isinstance(found, NotEstimable)
    assert found.reason is QualityFlag.POOR_FIT


@pytest.mark.parametrize("thickness", [0.0, -10.0])
def test_a_thickness_that_is_none_is_refused(thickness: float) -> None:
    with pytest.raises(UsageError, match="thickness"):
        effective_modulus_kpa(n_mm(1.0), TIP, mm(thickness))


@pytest.mark.parametrize(
    ("ratio", "poisson_ratio", "named"),
    [(-0.1, 0.5, "radius"), (2.1, 0.5, "radius"), (1.0, 0.51, "poisson")],
)
def test_what_the_factor_is_not_known_for_is_refused(
    ratio: float, poisson_ratio: float, named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        layer_factor(ratio, poisson_ratio)
