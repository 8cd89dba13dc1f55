"""Conversions are exact, whatever way a gauge spells its unit."""

import numpy as np
import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.units import NEWTON_PER_KGF, NEWTON_PER_LBF, newton_per_unit, pressure_kpa


@pytest.mark.parametrize(
    ("force_n", "area_cm2", "kpa"),
    [
        (1.0, 1.0, 10.0),
        (1.0, 0.5, 20.0),
        (4 * NEWTON_PER_KGF, 1.77, 221.619),
        (4 * NEWTON_PER_KGF, 1.0, 392.27),
        (NEWTON_PER_KGF, 1.0, 98.0665),
        (NEWTON_PER_LBF, 1.0, 44.482216),
    ],
)
def test_a_force_on_an_area_is_the_pressure_of_the_textbook(
    force_n: float, area_cm2: float, kpa: float
) -> None:
    assert pressure_kpa(force_n, area_cm2) == pytest.approx(kpa, abs=5e-3)


def test_a_whole_column_of_forces_becomes_pressure_at_once() -> None:
    assert np.array_equal(pressure_kpa(np.array([0.0, 1.5, -2.0]), 2.0), [0.0, 7.5, -10.0])


def test_twelve_pounds_are_54_newton() -> None:
    assert 12.14 * newton_per_unit("lbf") == pytest.approx(54.00, abs=0.005)


def test_five_newton_a_second_are_half_a_kilogram_force_a_second() -> None:
    assert 5 / newton_per_unit("kgf") == pytest.approx(0.50986, abs=5e-6)


@pytest.mark.parametrize(
    ("spelling", "newton"),
    [
        ("N", 1.0),
        (" n\r", 1.0),
        ("mN", 1e-3),
        ("kN", 1e3),
        ("kgF", 9.80665),
        ("KG", 9.80665),
        ("gf", 9.80665e-3),
        ("g", 9.80665e-3),
        ("tf", 9806.65),
        ("LBF", 4.4482216152605),
        ("lb", 4.4482216152605),
        ("klbf", 4448.2216152605),
        ("ozF", 4.4482216152605 / 16),
        ("oz", 4.4482216152605 / 16),
    ],
)
def test_a_unit_is_known_in_every_spelling(spelling: str, newton: float) -> None:
    assert newton_per_unit(spelling) == pytest.approx(newton, rel=1e-15)


@pytest.mark.parametrize("unit", ["", "kPa", "mm", "newtons"])
def test_what_is_not_a_unit_of_force_is_refused_with_those_that_are(unit: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        newton_per_unit(unit)
    assert {"n", "kgf", "lbf"} <= set(caught.value.known)
