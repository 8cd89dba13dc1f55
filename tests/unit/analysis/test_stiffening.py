"""Claim: the elastic law, its contact and its numbers are found, whatever the tissue relaxes by."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import STEP_S, Columns, Gauge, Pressing, tissue_force

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.elastic_law import FUNG, POWER, ElasticLaw
from tissuesense.analysis.press_hold.result import IndentationPress
from tissuesense.analysis.press_hold.stiffening import Path, PressedSamples, fit_again, fit_rested
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

DEPTH_MM = 10.0
BEND = 1.8
RELAXING = ((0.2, 0.4), (0.2, 3.0))


def value(outcome: Outcome) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


def fung_force(way_mm: FloatArray, branches: tuple[tuple[float, float], ...]) -> FloatArray:
    """Return the force of a tissue after Fung's law: A = 2 N, B = 0.18 per mm."""
    elastic_mm = np.expm1(BEND * np.maximum(way_mm, 0) / DEPTH_MM) * DEPTH_MM
    share = 1 - sum(weight for weight, _ in branches)
    return tissue_force(
        elastic_mm, stiffness=0.2, exponent=1.0, equilibrium=share, branches=branches
    )


def analysed(
    way_mm: FloatArray, force_n: FloatArray, gauge: Gauge | None = None
) -> tuple[IndentationPress, ...]:
    t, force, way = (gauge or Gauge()).columns(way_mm, force_n)
    return analyse_indentation(Columns(t_s=t, force_n=force, way_mm=way).recording()).presses


@pytest.mark.parametrize("law", [POWER, FUNG], ids=["power", "Fung"])
@pytest.mark.parametrize("parameter", [0.0005, 0.7, 1.5, 2.3])
def test_slopes_of_a_law_are_those_of_its_response(law: ElasticLaw, parameter: float) -> None:
    parameter = max(parameter, law.least + 0.01)
    share, step = np.linspace(0.05, 1.2, 24), 1e-6
    _, by_depth, by_parameter = law.response(share, parameter)

    def slope(deeper: float, more: float) -> FloatArray:
        up = law.response(share + deeper, parameter + more)[0]
        return np.asarray((up - law.response(share - deeper, parameter - more)[0]) / (2 * step))

    np.testing.assert_allclose(by_depth, slope(step, 0.0), rtol=1e-6)
    np.testing.assert_allclose(by_parameter, slope(0.0, step), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("law", [POWER, FUNG], ids=["power", "Fung"])
def test_off_the_skin_there_is_no_force(law: ElasticLaw) -> None:
    assert not law.response(np.array([-0.5, 0.0]), law.start).any()


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("load_s", [0.5, 3.0])
@pytest.mark.parametrize("hold_s", [0.0, 6.0])
def test_the_power_is_that_of_the_tissue_however_fast_it_is_pressed(
    exponent: float, load_s: float, hold_s: float
) -> None:
    """A slow hand bends the loading curve less; the law does not change with the hand."""
    pressing = Pressing(presses=1, load_s=load_s, hold_s=hold_s, unload_s=load_s)
    way = pressing.way()
    (press,) = analysed(way, tissue_force(way, exponent=exponent, branches=RELAXING))

    assert value(press.power_exponent) == pytest.approx(exponent, rel=0.03)
    assert press.contact_mm == pytest.approx(-4.0, abs=0.15)


@pytest.mark.parametrize("branches", [(), RELAXING], ids=["elastic", "relaxing"])
def test_fungs_numbers_are_those_of_the_tissue(branches: tuple[tuple[float, float], ...]) -> None:
    way = Pressing(presses=1).way()
    (press,) = analysed(way, fung_force(way, branches))

    assert value(press.fung_b_per_mm) == pytest.approx(BEND / DEPTH_MM, rel=0.03)
    assert value(press.fung_a_n) == pytest.approx(2.0, rel=0.06)
    assert isinstance(press.power_exponent, NotEstimable)
    assert press.power_exponent.reason is QualityFlag.OTHER_LAW


def test_the_law_that_does_not_hold_is_null_and_said() -> None:
    way = Pressing().way()
    for press in analysed(way, tissue_force(way, exponent=2.0)):
        assert isinstance(press.power_exponent, Estimate)
        assert isinstance(press.fung_b_per_mm, NotEstimable)
        assert QualityFlag.OTHER_LAW in press.flags
        assert press.to_dict()["fung"] is None


def test_a_straight_line_has_no_fung_numbers() -> None:
    """B is as good as zero, and A anything."""
    way = Pressing(presses=1).way()
    (press,) = analysed(way, tissue_force(way, exponent=1.0))

    assert isinstance(press.fung_b_per_mm, NotEstimable)
    assert value(press.power_exponent) == pytest.approx(1.0, abs=0.03)


def test_a_press_that_follows_no_law_has_none() -> None:
    """The tip breaks through a layer half way down."""
    way = Pressing(presses=1).way()
    force = tissue_force(way) * np.where(way > DEPTH_MM / 2, 0.55, 1.0)
    (press,) = analysed(way, force)

    assert isinstance(press.power_exponent, NotEstimable)
    assert press.power_exponent.reason is QualityFlag.POOR_FIT
    assert isinstance(press.fung_b_per_mm, NotEstimable)


def test_later_presses_of_unrested_tissue_tell_the_same_law() -> None:
    """After three seconds of rest the tissue still yields; that is not another law."""
    way = Pressing(presses=4, pause_s=3.0, hold_s=6.0).way()
    found = analysed(way, tissue_force(way, exponent=1.8))

    exponents = [value(press.power_exponent) for press in found]
    assert exponents == pytest.approx([1.8] * 4, rel=0.05)
    stiffness = [value(press.secant_stiffness_n_mm) for press in found]
    assert stiffness[0] != pytest.approx(stiffness[1], rel=0.01)


def approaching(
    tilt_n_mm: float, drift_n_s: float, exponent: float
) -> tuple[FloatArray, FloatArray]:
    """Come from 4 mm above the skin; the gauge's level tilts with depth or drifts with time."""
    lift = 4.0
    way = np.concatenate(
        [
            np.full(2000, -lift),
            np.linspace(-lift, DEPTH_MM, 1400, endpoint=False),
            np.full(4000, DEPTH_MM),
            np.linspace(DEPTH_MM, -lift, 900),
            np.full(3000, -lift),
        ]
    )
    tilted = tilt_n_mm * (way + lift) + drift_n_s * STEP_S * np.arange(way.size)
    return way, tissue_force(way, exponent=exponent) + tilted


@pytest.mark.parametrize("exponent", [1.0, 1.5, 2.2])
@pytest.mark.parametrize(
    ("tilt_n_mm", "drift_n_s"),
    [(0.0, 0.0), (0.05, 0.0), (0.2, 0.0), (-0.1, 0.0), (-0.2, 0.0), (0.0, 0.1), (0.1, 0.05)],
)
def test_the_contact_is_found_on_a_tilted_level(
    tilt_n_mm: float, drift_n_s: float, exponent: float
) -> None:
    way, force = approaching(tilt_n_mm, drift_n_s, exponent)
    hits = []
    for seed in range(8):
        (press,) = analysed(way, force, Gauge(seed=seed))
        assert press.contact_mm is not None
        assert press.contact_u_mm is not None
        assert press.contact_mm == pytest.approx(-4.0, abs=0.4)
        hits.append(abs(press.contact_mm + 4.0) <= 1.96 * press.contact_u_mm)
    assert np.mean(hits) >= 0.75


@pytest.mark.parametrize("noise_n", [0.02, 0.1])
def test_the_contacts_uncertainty_grows_with_the_noise(noise_n: float) -> None:
    way = Pressing(presses=1).way()
    calm, noisy = (
        analysed(way, tissue_force(way), Gauge(noise_n=noise))[0].contact_u_mm
        for noise in (noise_n, 3 * noise_n)
    )
    assert calm is not None
    assert noisy is not None
    assert noisy > 1.5 * calm


def samples(exponent: float = 1.5) -> tuple[PressedSamples, Path]:
    pressing = Pressing(presses=2)
    way = pressing.way()
    force = tissue_force(way, exponent=exponent)
    t = STEP_S * np.arange(way.size, dtype=np.float64)
    part = slice(2000, 7000, 40)
    path = Path(t_s=t[part], way_mm=way[part])
    pressed = PressedSamples(
        path=path,
        force_n=force[part],
        sd_n=np.full(path.t_s.size, 0.01),
        contact_mm=0.1,
        depth_mm=DEPTH_MM,
        rest_mm=0.0,
        rest_n=0.0,
        loading_s=1.0,
    )
    return pressed, Path(t_s=t[:2000:40], way_mm=way[:2000:40])


def test_the_law_predicts_the_force_that_it_was_fitted_to() -> None:
    pressed, _ = samples()
    fit = fit_rested(pressed, POWER)
    assert fit is not None

    assert np.sqrt(np.mean((fit.force_n(pressed.path) - pressed.force_n) ** 2)) < 0.05
    assert math.isclose(float(fit.weights.sum()), 1.0)


def test_a_later_press_on_rested_tissue_is_as_the_first() -> None:
    pressed, before = samples()
    first = fit_rested(pressed, POWER)
    assert first is not None
    again = fit_again(pressed, before, first)
    assert again is not None

    assert again.parameter == pytest.approx(first.parameter, rel=1e-3)
    assert again.size_n == pytest.approx(first.size_n, rel=1e-3)


def test_a_search_that_leaves_all_sense_is_no_fit() -> None:
    pressed, _ = samples()
    upside_down = replace(pressed, force_n=-pressed.force_n)

    assert fit_rested(upside_down, POWER) is None
