"""Springs and springpots are told from a hold, however it was pressed, with honest intervals."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.special import logit

from tissuesense.analysis.viscoelastic.fractional_models import MODELS, PRONY
from tissuesense.analysis.viscoelastic.loading import Loading, Step, measured_motion, power_ramp
from tissuesense.analysis.viscoelastic.ramp_hold import branch_response, springpot_response
from tissuesense.analysis.viscoelastic.relaxation_fractional import compare_models, fit_fractional
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

RAMP_S = 1.0
HOLD_S = np.arange(1.0, 31.0, 0.15)
NOISE_N = 0.01

# Theta and sizes in N of each model, and what they are read as.
TRUTHS: Mapping[str, tuple[list[float], list[float], dict[str, float]]] = {
    "springpot": ([logit(0.12)], [10.0], {"order": 0.12, "springpot": 10.0}),
    "fractional_kelvin_voigt": (
        [logit(0.3)],
        [5.0, 6.0],
        {"order": 0.3, "spring": 5.0, "springpot": 6.0},
    ),
    "spring_springpot": (
        [logit(0.6), math.log(5.0)],
        [10.0],
        {"order": 0.6, "tau_s": 5.0, "branch": 10.0},
    ),
    "fractional_zener": (
        [logit(0.7), math.log(3.0)],
        [5.0, 6.0],
        {"order": 0.7, "tau_s": 3.0, "spring": 5.0, "branch": 6.0},
    ),
    "fractional_maxwell": (
        [logit(0.1), logit(4 / 9), math.log(6.0)],
        [9.0],
        {"early_order": 0.1, "order": 0.5, "tau_s": 6.0, "branch": 9.0},
    ),
}


def force_of(name: str, loading: Loading) -> FloatArray:
    theta, sizes, _ = TRUTHS[name]
    columns, _ = MODELS[name].columns(loading, np.array(theta))
    return np.asarray(columns @ np.array(sizes))


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def noise(rng: np.random.Generator, correlation: float) -> FloatArray:
    white = rng.standard_normal(HOLD_S.size + 100)
    share = math.sqrt(1 - correlation**2)
    return NOISE_N * np.asarray(lfilter([share], [1, -correlation], white))[100:]


@pytest.mark.parametrize("name", [*MODELS, *PRONY])
@pytest.mark.parametrize("exponent", [None, 1.0, 2.0])
def test_the_slopes_of_the_columns_are_theirs(name: str, exponent: float | None) -> None:
    model = {**MODELS, **PRONY}[name]
    loading = Step(HOLD_S) if exponent is None else power_ramp(HOLD_S, RAMP_S, exponent)
    theta, step = np.linspace(-0.7, 1.1, len(model.parameters)), 1e-5
    phi, slopes = model.columns(loading, theta)

    for i in range(theta.size):
        shift = step * np.eye(theta.size)[i]
        ends = [model.columns(loading, theta + sign * shift)[0] for sign in (1, -1)]
        assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(
            slopes[i], abs=1e-7 * np.abs(phi).max()
        )


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("pressed", ["step", "ramp", "power"])
def test_without_noise_every_number_comes_back(name: str, pressed: str) -> None:
    exponent = 2.0 if pressed == "power" else 1.0
    ramp_s = None if pressed == "step" else RAMP_S
    loading = Step(HOLD_S) if ramp_s is None else power_ramp(HOLD_S, ramp_s, exponent)
    found = fit_fractional(
        HOLD_S, force_of(name, loading), model=name, ramp_s=ramp_s, exponent=exponent
    )

    for parameter, value in TRUTHS[name][2].items():
        assert known(found.parameters[parameter]).value == pytest.approx(value, rel=1e-4)
    assert found.relative_rms < 1e-6
    assert found.flags == ()


@pytest.mark.parametrize("name", TRUTHS)
def test_the_model_that_pressed_is_the_one_that_is_chosen(name: str) -> None:
    rng = np.random.default_rng(4)
    force = force_of(name, power_ramp(HOLD_S, RAMP_S, 1.0)) + noise(rng, 0.0)
    found = fit_fractional(HOLD_S, force, ramp_s=RAMP_S)
    excess = {one.model: one.excess for one in found.candidates}

    assert len(found.candidates) == len(MODELS)
    # One of its kind with a number more may win by chance, and never clearly.
    assert excess[name] < 4
    assert [one.excess for one in found.candidates] == sorted(excess.values())


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_intervals_hold_the_truth_as_often_as_they_say(name: str, correlation: float) -> None:
    rng = np.random.default_rng(11)
    force = force_of(name, power_ramp(HOLD_S, RAMP_S, 1.0))
    truth = TRUTHS[name][2]
    held = dict.fromkeys(truth, 0)
    for _ in range(500):
        found = fit_fractional(HOLD_S, force + noise(rng, correlation), model=name, ramp_s=RAMP_S)
        for parameter, value in truth.items():
            low, high = known(found.parameters[parameter]).ci95
            held[parameter] += low <= value <= high

    for parameter, count in held.items():
        assert 0.92 <= count / 500 <= 0.98, parameter


def test_an_irregular_hand_that_drifts_is_followed_by_its_measured_depth() -> None:
    rng = np.random.default_rng(2)
    time_s = np.concatenate(([0.0], np.cumsum(rng.uniform(0.01, 0.02, 800))))
    depth_mm = 8 * np.minimum(time_s / 0.8, 1.0) + 0.3 * np.sin(time_s) * (time_s > 0.8)
    g = (np.maximum(depth_mm, 0.0) / depth_mm.max()) ** 1.5
    force = np.zeros_like(time_s)
    force[1:] = force_of("fractional_zener", measured_motion(time_s, g, time_s[1:]))
    force += 0.01 * rng.standard_normal(time_s.size)

    moved = fit_fractional(time_s, force, model="fractional_zener", depth_mm=depth_mm, exponent=1.5)
    still = fit_fractional(time_s, force, model="fractional_zener", ramp_s=0.8, exponent=1.5)

    assert known(moved.parameters["order"]).value == pytest.approx(0.7, rel=0.02)
    assert known(moved.parameters["tau_s"]).value == pytest.approx(3.0, rel=0.03)
    assert moved.relative_rms < 0.1 * still.relative_rms


def test_a_ramp_that_is_taken_for_a_step_is_read_wrongly() -> None:
    force = 10 * springpot_response(HOLD_S, RAMP_S, 0.12)
    ramp = fit_fractional(HOLD_S, force, model="springpot", ramp_s=RAMP_S)
    step = fit_fractional(HOLD_S, force, model="springpot")

    assert known(ramp.parameters["order"]).value == pytest.approx(0.12, rel=1e-6)
    assert known(step.parameters["order"]).value > 1.1 * 0.12


@settings(max_examples=20)
@given(gain=st.floats(min_value=1e-3, max_value=1e3))
def test_a_gain_changes_sizes_alone(gain: float) -> None:
    force = force_of("fractional_maxwell", Step(HOLD_S)) + noise(np.random.default_rng(3), 0.0)
    one = fit_fractional(HOLD_S, force, model="fractional_maxwell")
    other = fit_fractional(HOLD_S, gain * force, model="fractional_maxwell")

    for name, size in (("early_order", 1), ("order", 1), ("tau_s", 1), ("branch", gain)):
        value, u = known(one.parameters[name]).value, known(one.parameters[name]).u
        assert known(other.parameters[name]).value == pytest.approx(size * value, rel=1e-4)
        assert known(other.parameters[name]).u == pytest.approx(size * u, rel=1e-2)
    assert other.relative_rms == pytest.approx(one.relative_rms, rel=1e-6)


@settings(max_examples=20)
@given(tempo=st.floats(min_value=1e-3, max_value=1e3))
def test_a_slower_clock_stretches_the_time_alone(tempo: float) -> None:
    force = force_of("fractional_zener", Step(HOLD_S)) + noise(np.random.default_rng(3), 0.0)
    one = fit_fractional(HOLD_S, force, model="fractional_zener")
    other = fit_fractional(tempo * HOLD_S, force, model="fractional_zener")

    for name, size in (("order", 1), ("tau_s", tempo), ("spring", 1), ("branch", 1)):
        assert known(other.parameters[name]).value == pytest.approx(
            size * known(one.parameters[name]).value, rel=1e-4
        )


def test_noise_that_is_a_share_of_the_force_is_weighed_as_such() -> None:
    time_s = np.geomspace(0.01, 1e4, 300)
    force = force_of("fractional_maxwell", Step(time_s))
    errors = []
    for seed in range(10):
        share = 1 + 0.01 * np.random.default_rng(seed).standard_normal(time_s.size)
        found = [
            fit_fractional(time_s, force * share, model="fractional_maxwell", relative=relative)
            for relative in (True, False)
        ]
        errors.append([abs(known(one.parameters["order"]).value - 0.5) for one in found])
        assert found[0].relative_rms == pytest.approx(0.01, rel=0.2)
    weighed, unweighed = np.median(errors, axis=0)

    assert weighed < 0.5 * unweighed


def test_the_curve_is_predicted_between_samples() -> None:
    loading = power_ramp(HOLD_S, RAMP_S, 2.0)
    found = fit_fractional(
        HOLD_S[::3],
        force_of("fractional_zener", loading)[::3],
        model="fractional_zener",
        ramp_s=RAMP_S,
        exponent=2.0,
    )

    assert found.predict(HOLD_S) == pytest.approx(force_of("fractional_zener", loading), rel=1e-5)
    assert found.residuals_n.size == HOLD_S[::3].size
    with pytest.raises(UsageError, match="time_s"):
        found.predict([0.2])


def test_two_exponentials_are_told_from_springpots() -> None:
    rng = np.random.default_rng(5)
    branches = [branch_response(HOLD_S, RAMP_S, tau_s) for tau_s in (0.7, 9.0)]
    force = 4.0 + 3.0 * branches[0] + 3.0 * branches[1] + noise(rng, 0.0)
    ranked = compare_models(HOLD_S, force, ramp_s=RAMP_S)

    assert {one.model for one in ranked} == {*MODELS, *PRONY}
    assert ranked[0].model == "prony2"
    assert ranked[0].excess == 0.0
    assert {one.model: one.free for one in ranked}["prony2"] == 5


def test_a_springpot_is_told_from_exponentials() -> None:
    force = force_of("springpot", power_ramp(HOLD_S, RAMP_S, 1.0))
    force = force + noise(np.random.default_rng(6), 0.0)

    assert compare_models(HOLD_S, force, ramp_s=RAMP_S)[0].model == "springpot"


def test_a_time_far_beyond_the_hold_is_not_told() -> None:
    theta = np.array([logit(0.6), math.log(5000.0)])
    columns, _ = MODELS["spring_springpot"].columns(Step(HOLD_S), theta)
    force = 10 * columns[:, 0] + noise(np.random.default_rng(7), 0.0)
    found = fit_fractional(HOLD_S, force, model="spring_springpot")

    assert isinstance(found.parameters["tau_s"], NotEstimable)
    assert QualityFlag.OUTSIDE_WINDOW in found.flags


def test_a_spring_that_is_not_there_is_not_told() -> None:
    found = fit_fractional(HOLD_S, 3 / np.sqrt(HOLD_S), model="fractional_kelvin_voigt")

    assert isinstance(found.parameters["spring"], NotEstimable)
    assert known(found.parameters["order"]).value == pytest.approx(0.5, rel=1e-3)


def test_an_elastic_hold_has_no_order() -> None:
    force = 5.0 + noise(np.random.default_rng(8), 0.0)
    found = fit_fractional(HOLD_S, force)

    assert not any(
        isinstance(value, Estimate) and name == "order" and value.value > 0.01
        for name, value in found.parameters.items()
    )


def test_a_hold_over_thirty_decades_does_not_overflow() -> None:
    time_s = np.geomspace(1e-3, 1e28, 300)
    force = 2 + 3 * time_s**-0.03
    found = fit_fractional(time_s, force)

    assert np.isfinite(found.predict(time_s)).all()


@pytest.mark.parametrize(
    "force",
    [
        np.zeros_like(HOLD_S),
        np.full_like(HOLD_S, 5.0),
        -1 / HOLD_S,
        HOLD_S,
        np.round(5 * HOLD_S**-0.1, 1),
        np.where(HOLD_S > 10, 1e6, 1.0),
        np.random.default_rng(9).standard_normal(HOLD_S.size),
        1e12 / HOLD_S,
        1e-12 / HOLD_S,
    ],
    ids=["none", "level", "below zero", "rising", "rounded", "jump", "noise", "large", "small"],
)
@pytest.mark.parametrize("ramp_s", [None, RAMP_S])
def test_whatever_the_force_does_the_answer_is_finite(
    force: FloatArray, ramp_s: float | None
) -> None:
    found = fit_fractional(HOLD_S, force, ramp_s=ramp_s)

    assert np.isfinite(found.predict(HOLD_S)).all()
    assert all(math.isfinite(one.excess) for one in found.candidates)
    for outcome in found.parameters.values():
        assert isinstance(outcome, NotEstimable) or all(map(math.isfinite, outcome.ci95))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"force_n": HOLD_S[:-1]}, "force_n"),
        ({"time_s": HOLD_S[::-1]}, "time_s"),
        ({"time_s": HOLD_S - 1.0}, "time_s"),
        ({"time_s": HOLD_S[:5], "force_n": HOLD_S[:5]}, "time_s"),
        ({"ramp_s": 0.0}, "ramp_s"),
        ({"ramp_s": float("nan")}, "ramp_s"),
        ({"ramp_s": 100.0}, "time_s"),
        ({"exponent": 0.5}, "exponent"),
        ({"depth_mm": HOLD_S}, "depth_mm"),
        ({"depth_mm": [0.0, 1.0]}, "depth_mm"),
        ({"force_n": -HOLD_S, "relative": True}, "force_n"),
        ({"model": "jelly"}, "There is no model 'jelly'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_by_name(
    change: dict[str, object], name: str
) -> None:
    arguments: dict[str, Any] = {"time_s": HOLD_S, "force_n": np.ones_like(HOLD_S), **change}
    with pytest.raises(UsageError, match=name):
        fit_fractional(**arguments)


def test_too_long_a_measured_motion_is_refused() -> None:
    time_s = np.linspace(0.0, 30.0, 2001)
    with pytest.raises(UsageError, match="depth_mm") as refused:
        fit_fractional(time_s, np.ones(2001), depth_mm=time_s)

    assert "Average" in refused.value.hint
