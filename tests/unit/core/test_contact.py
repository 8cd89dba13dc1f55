"""A tip knows its area, how well, and how many kilopascals a newton makes under it."""

import math

import pytest

from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError


@pytest.mark.parametrize(("diameter_mm", "area_cm2"), [(11.284, 1.0000), (10.0, 0.7854)])
def test_a_round_tip_has_the_area_of_its_circle(diameter_mm: float, area_cm2: float) -> None:
    assert ContactTip.round(diameter_mm).area_cm2 == pytest.approx(area_cm2, abs=5e-5)


def test_the_relative_uncertainty_of_an_area_is_twice_that_of_its_diameter() -> None:
    tip = ContactTip.round(11.284, diameter_uncertainty_mm=0.05 / math.sqrt(3))
    assert 300 * tip.relative_uncertainty == pytest.approx(1.53, abs=0.005)
    assert ContactTip.round(8.0, 0.08).relative_uncertainty == pytest.approx(0.02)


def test_a_smaller_tip_makes_more_pressure_of_a_newton() -> None:
    assert ContactTip(area_cm2=1.0).kpa_per_n == 10.0
    assert ContactTip(area_cm2=0.5).kpa_per_n == 20.0


def test_an_area_without_a_stated_uncertainty_adds_none() -> None:
    assert ContactTip(area_cm2=1.0).relative_uncertainty == 0.0


@pytest.mark.parametrize("area_cm2", [0.0, -1.0, math.nan, math.inf])
def test_an_area_is_a_positive_number(area_cm2: float) -> None:
    with pytest.raises(UsageError, match="probe area"):
        ContactTip(area_cm2=area_cm2)


@pytest.mark.parametrize("uncertainty_cm2", [-0.01, math.nan, math.inf])
def test_an_uncertainty_is_finite_and_not_negative(uncertainty_cm2: float) -> None:
    with pytest.raises(UsageError, match="uncertainty"):
        ContactTip(area_cm2=1.0, area_uncertainty_cm2=uncertainty_cm2)


@pytest.mark.parametrize("diameter_mm", [0.0, -10.0, math.nan])
def test_a_diameter_is_positive(diameter_mm: float) -> None:
    with pytest.raises(UsageError, match="diameter"):
        ContactTip.round(diameter_mm)
