"""Claim: stiffness is given at the stated forces that a press covers, and only there."""

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import Gauge, Pressing, pressed, tissue_force

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.loading_curve import crossing
from tissuesense.core.quantity import Estimate


def test_a_parabola_has_the_slope_of_a_parabola() -> None:
    way = np.linspace(0, 10, 41)
    for at_n in (5.0, 20.0, 60.0):
        found = crossing(way, 0.8 * way**2, at_n, least_sd=1e-6)

        assert found is not None
        assert found.slope == pytest.approx(2 * np.sqrt(0.8 * at_n), rel=1e-6)
        # Stiffness is 2 sqrt(0.8 F): with each newton it grows by sqrt(0.8 / F).
        assert found.bend == pytest.approx(np.sqrt(0.8 / at_n), rel=1e-6)


@pytest.mark.parametrize(
    ("depth_mm", "reached"),
    [(4.0, []), (6.0, [5.0]), (10.0, [5.0, 10.0]), (15.0, [5.0, 10.0, 20.0])],
)
def test_only_forces_that_the_press_went_beyond_are_given(
    depth_mm: float, reached: list[float]
) -> None:
    found = analyse_indentation(pressed(Pressing(depth_mm=depth_mm)).recording())

    for press in found.presses:
        assert [tangent.at_n for tangent in press.tangents] == reached
        assert [entry["at_n"] for entry in press.to_dict()["tangent_stiffness_n_mm"]] == reached


@pytest.mark.parametrize("rate_hz", [10.0, 20.0, 80.0, 1000.0])
def test_the_slope_is_that_of_the_loading_curve(rate_hz: float) -> None:
    way = Pressing(presses=1).way()
    loading = slice(2000, 3000)
    force = tissue_force(way)[loading]
    slopes = np.gradient(force, way[loading])
    hits = []
    for seed in range(40):
        columns = pressed(Pressing(presses=1), Gauge(rate_hz=rate_hz, seed=seed))
        (press,) = analyse_indentation(columns.recording()).presses
        for tangent in press.tangents:
            true, found = float(np.interp(tangent.at_n, force, slopes)), tangent.stiffness_n_mm
            assert isinstance(found, Estimate)
            low, high = found.coverage_interval()
            hits.append(low <= true <= high)
    assert len(hits) == 80
    assert np.mean(hits) >= 0.88


def test_without_displacement_there_is_none() -> None:
    found = analyse_indentation(pressed().recording(displacement=False))

    assert all(press.tangents == () for press in found.presses)
