"""Claim: a modulus is given only with a thickness and a flat tip, and says what it rests on."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.unit.analysis.pressed_tissue import Columns, Gauge, Pressing, pressed, tissue_force

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.effective_modulus import effective_modulus_kpa
from tissuesense.analysis.press_hold.result import IndentationAnalysis
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import RecordingContext

TIP = {"probe_area_cm2": 1.0}
THICK = {**TIP, "tissue_thickness_mm": 25.0, "tissue_thickness_uncertainty_mm": 1.0}


def analysed(side_car: Mapping[str, Any], *, stiffness: float = 1.5) -> IndentationAnalysis:
    way = Pressing().way()
    t, force, moved = Gauge().columns(way, tissue_force(way, stiffness=stiffness))
    context = RecordingContext.from_dict({"kind": "indentation", **side_car})
    return analyse_indentation(
        Columns(t_s=t, force_n=force, way_mm=moved).recording(context=context)
    )


def test_it_is_that_of_the_tangent_at_ten_newton() -> None:
    found = analysed(THICK)
    session = found.modulus
    (tangent,) = (one.stiffness_n_mm for one in found.tangents if one.at_n == 10.0)
    thickness = Estimate(value=25.0, standard_uncertainty=1.0, unit="mm")

    assert session is not None
    assert session.of == "tangent_stiffness_10n_n_mm"
    assert isinstance(tangent, Estimate)
    assert session.modulus_kpa == effective_modulus_kpa(
        tangent, ContactTip(area_cm2=1.0), thickness
    )
    assert isinstance(session.modulus_kpa, Estimate)
    assert session.modulus_kpa.budget["thickness"] > 0
    assert found.presses[0].to_dict()["effective_modulus_kpa"]["of"] == session.of


def test_a_light_press_gives_that_of_its_secant() -> None:
    found = analysed(THICK, stiffness=0.8)

    assert found.modulus is not None
    assert found.modulus.of == "secant_stiffness_n_mm"
    assert all(press.modulus is not None for press in found.presses)


@pytest.mark.parametrize("side_car", [TIP, {**THICK, "tip_shape": "ball"}])
def test_without_a_thickness_or_a_flat_tip_there_is_none(side_car: Mapping[str, Any]) -> None:
    document = analysed(side_car).to_dict()

    assert document["session"]["effective_modulus_kpa"] is None
    assert all(press["effective_modulus_kpa"] is None for press in document["presses"])


@pytest.mark.parametrize("shape", ["flat", "round flat"])
def test_a_flat_tip_may_say_so(shape: str) -> None:
    assert analysed({**THICK, "tip_shape": shape}).modulus == analysed(THICK).modulus


def test_a_thickness_of_unknown_uncertainty_is_taken_for_ten_percent_and_flagged() -> None:
    unstated = {**TIP, "tissue_thickness_mm": 25.0}
    found, stated = (
        analysed(side_car)
        for side_car in (unstated, {**unstated, "tissue_thickness_uncertainty_mm": 2.5})
    )

    assert all(QualityFlag.THICKNESS_ASSUMED in press.flags for press in found.presses)
    assert all(QualityFlag.THICKNESS_ASSUMED not in press.flags for press in stated.presses)
    assert found.modulus is not None
    assert stated.modulus is not None
    assert found.modulus.modulus_kpa == stated.modulus.modulus_kpa


def test_a_thickness_without_the_tips_area_is_an_error_that_says_so() -> None:
    with pytest.raises(UsageError, match="probe area"):
        analysed({"tissue_thickness_mm": 25.0})


@pytest.mark.parametrize("stated", [0, -3, "thick", True])
def test_a_thickness_is_a_positive_number(stated: object) -> None:
    with pytest.raises(UsageError, match="tissue_thickness_mm"):
        analysed({**TIP, "tissue_thickness_mm": stated})


def test_without_displacement_there_is_none() -> None:
    context = RecordingContext.from_dict({"kind": "indentation", **THICK})
    found = analyse_indentation(pressed().recording(displacement=False, context=context))

    assert found.modulus is None
    assert all(QualityFlag.THICKNESS_ASSUMED not in press.flags for press in found.presses)
