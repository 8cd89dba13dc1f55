"""Creep under a constant force is read as compliances, times and how much deeper the tip gets."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.signal import lfilter

from tissuesense.analysis.viscoelastic.creep import fit_creep
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

FORCE_N = 8.0
RAMP_S = 1.0
STEP_S = np.arange(0.05, 30.0, 0.1)
HOLD_S = np.arange(1.0, 31.0, 0.1)


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def one_element(t: FloatArray) -> FloatArray:
    return np.asarray(0.5 + 0.3 * (1 - np.exp(-t / 4.0)))


def two_elements(t: FloatArray) -> FloatArray:
    return np.asarray(0.5 + 0.2 * (1 - np.exp(-t / 0.8)) + 0.3 * (1 - np.exp(-t / 9.0)))


def power(t: FloatArray) -> FloatArray:
    return np.asarray(0.4 + 0.15 * t**0.35)


def noise(rng: np.random.Generator, correlation: float) -> FloatArray:
    white = rng.standard_normal(STEP_S.size + 100)
    share = math.sqrt(1 - correlation**2)
    return 0.01 * np.asarray(lfilter([share], [1, -correlation], white))[100:]


def after_ramp(compliance: Any, time_s: float) -> float:  # noqa: ANN401 - any of the above
    """Superposition, by quadrature."""
    moved, _ = quad(lambda s: float(compliance(np.float64(time_s - s))), 0, RAMP_S, epsabs=1e-12)
    return float(moved) / RAMP_S


def test_one_element() -> None:
    found = fit_creep(
        STEP_S, FORCE_N * one_element(STEP_S), force_n=FORCE_N, model="kelvin_voigt_1"
    )

    assert known(found.instantaneous_mm_n).value == pytest.approx(0.5, rel=1e-6)
    assert known(found.total_mm_n).value == pytest.approx(0.8, rel=1e-6)
    assert known(found.retardation_s[0]).value == pytest.approx(4.0, rel=1e-6)
    for after in (5.0, 10.0, 20.0):
        exact = float(one_element(np.array([after]))[0]) / 0.5 - 1
        assert known(found.creep_fraction[after]).value == pytest.approx(exact, rel=1e-6)
    assert found.flags == ()


def test_two_elements_and_a_ramp_of_force() -> None:
    depth = [FORCE_N * after_ramp(two_elements, t) for t in HOLD_S]
    found = fit_creep(HOLD_S, depth, force_n=FORCE_N, model="kelvin_voigt_2", ramp_s=RAMP_S)

    assert [known(one).value for one in found.retardation_s] == pytest.approx([0.8, 9.0], rel=1e-4)
    assert known(found.instantaneous_mm_n).value == pytest.approx(0.5, rel=1e-4)
    assert known(found.total_mm_n).value == pytest.approx(1.0, rel=1e-4)
    exact = depth[100] / depth[0] - 1
    assert known(found.creep_fraction[10.0]).value == pytest.approx(exact, rel=1e-4)


def test_a_power_law_has_an_order_and_no_end() -> None:
    depth = [FORCE_N * after_ramp(power, t) for t in HOLD_S]
    found = fit_creep(HOLD_S, depth, force_n=FORCE_N, ramp_s=RAMP_S)

    assert found.model == "power_law"
    assert known(found.parameters["order"]).value == pytest.approx(0.35, rel=1e-3)
    assert known(found.instantaneous_mm_n).value == pytest.approx(0.4, rel=1e-3)
    assert known(found.parameters["power"]).value == pytest.approx(0.15, rel=1e-3)
    assert isinstance(found.total_mm_n, NotEstimable)
    assert found.retardation_s == ()


@pytest.mark.parametrize(
    ("compliance", "model"),
    [(one_element, "kelvin_voigt_1"), (two_elements, "kelvin_voigt_2"), (power, "power_law")],
)
def test_the_form_is_chosen(compliance: Any, model: str) -> None:  # noqa: ANN401 - likewise
    depth = FORCE_N * compliance(STEP_S) + noise(np.random.default_rng(1), 0.3)
    found = fit_creep(STEP_S, depth, force_n=FORCE_N)

    assert found.model == model
    assert {one.model for one in found.candidates} == {
        "kelvin_voigt_1",
        "kelvin_voigt_2",
        "power_law",
    }


@pytest.mark.parametrize(
    ("compliance", "model"), [(one_element, "kelvin_voigt_1"), (power, "power_law")]
)
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_intervals_hold_the_truth_as_often_as_they_say(
    compliance: Any,  # noqa: ANN401 - likewise
    model: str,
    correlation: float,
) -> None:
    rng = np.random.default_rng(2)
    held = dict.fromkeys(("instantaneous", "total", "tau", "order", "fraction"), 0)
    is_power = model == "power_law"
    start = float(compliance(np.float64(0.0)))
    fraction = float(compliance(np.float64(10.0))) / start - 1
    for _ in range(500):
        depth = FORCE_N * compliance(STEP_S) + noise(rng, correlation)
        found = fit_creep(STEP_S, depth, force_n=FORCE_N, model=model)
        told = {
            "instantaneous": (found.instantaneous_mm_n, start),
            "fraction": (found.creep_fraction[10.0], fraction),
        }
        if is_power:
            told["order"] = (found.parameters["order"], 0.35)
        else:
            told |= {"tau": (found.retardation_s[0], 4.0), "total": (found.total_mm_n, 0.8)}
        for name, (outcome, truth) in told.items():
            low, high = known(outcome).ci95
            held[name] += low <= truth <= high

    for name in told:
        assert 0.92 <= held[name] / 500 <= 0.98, name


@settings(max_examples=20)
@given(gain=st.floats(min_value=1e-2, max_value=1e2))
def test_a_fraction_has_no_scale(gain: float) -> None:
    depth = FORCE_N * one_element(STEP_S) + noise(np.random.default_rng(3), 0.0)
    one = fit_creep(STEP_S, depth, force_n=FORCE_N, model="kelvin_voigt_1")
    other = fit_creep(STEP_S, gain * depth, force_n=FORCE_N, model="kelvin_voigt_1")

    assert known(other.creep_fraction[5.0]).value == pytest.approx(
        known(one.creep_fraction[5.0]).value, rel=1e-5
    )
    assert known(other.total_mm_n).value == pytest.approx(
        gain * known(one.total_mm_n).value, rel=1e-5
    )


@pytest.mark.parametrize("depth", [0.0, -1.0, 3.0])
@pytest.mark.parametrize("ramp_s", [None, RAMP_S])
def test_a_tip_that_does_not_move_is_no_error(depth: float, ramp_s: float | None) -> None:
    found = fit_creep(HOLD_S, np.full_like(HOLD_S, depth), force_n=FORCE_N, ramp_s=ramp_s)

    for outcome in (found.instantaneous_mm_n, *found.creep_fraction.values()):
        assert isinstance(outcome, NotEstimable) or abs(outcome.value) <= depth
    assert (depth > 0) or found.flags


def test_fractions_are_told_within_the_hold_alone() -> None:
    short = STEP_S[STEP_S < 12]
    found = fit_creep(short, FORCE_N * one_element(short), force_n=FORCE_N)

    assert set(found.creep_fraction) == {5.0, 10.0}


def test_creep_that_has_not_bent_by_the_end_has_no_total() -> None:
    depth = FORCE_N * (0.5 + 0.01 * STEP_S) + noise(np.random.default_rng(4), 0.0)
    found = fit_creep(STEP_S, depth, force_n=FORCE_N, model="kelvin_voigt_1")

    assert isinstance(found.total_mm_n, NotEstimable)
    assert QualityFlag.OUTSIDE_WINDOW in found.flags


def test_a_step_without_an_instant_part_has_nothing_to_compare_with() -> None:
    found = fit_creep(STEP_S, FORCE_N * 0.2 * STEP_S**0.4, force_n=FORCE_N, model="power_law")

    assert isinstance(found.instantaneous_mm_n, NotEstimable)
    assert all(isinstance(one, NotEstimable) for one in found.creep_fraction.values())


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"force_n": 0.0}, "force_n"),
        ({"force_n": float("inf")}, "force_n"),
        ({"displacement_mm": [1.0]}, "displacement_mm"),
        ({"displacement_mm": np.full_like(STEP_S, np.nan)}, "displacement_mm"),
        ({"time_s": STEP_S[::-1]}, "time_s"),
        ({"ramp_s": -1.0}, "ramp_s"),
        ({"model": "putty"}, "There is no model 'putty'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_by_name(
    change: dict[str, object], name: str
) -> None:
    arguments: dict[str, Any] = {
        "time_s": STEP_S,
        "displacement_mm": one_element(STEP_S),
        "force_n": FORCE_N,
        **change,
    }
    with pytest.raises(UsageError, match=name):
        fit_creep(**arguments)
