"""Simulated stretches and joint movements are what their truth says, and an analysis finds it."""

import numpy as np
import pytest

from tissuesense.analysis.estimators.range_of_motion import analyse_range_of_motion
from tissuesense.analysis.estimators.stretch import analyse_stretch
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.site import Side
from tissuesense.core.trace import Trace
from tissuesense.simulation.act import Act
from tissuesense.simulation.joint_range import RANGE_CONTEXT, RangeTruth, joint_range
from tissuesense.simulation.limb_stretch import (
    LEVER_ARM_M,
    SPEEDS_DEG_S,
    STRETCH_CONTEXT,
    StretchTruth,
    limb_stretch,
)
from tissuesense.simulation.subjects import SiteTruth, site_truth


def place(subject: str) -> SiteTruth:
    return site_truth(subject, "trapezius_upper", Side.LEFT)


def session(acts: list[Act], rate_hz: float, seed: int) -> Trace:
    """Sample acts one after the other, with a little noise."""
    rng = np.random.default_rng(seed)
    start_s, times, columns = 0.0, [], []
    for act in acts:
        since_s = np.arange(0, act.seconds, 1 / rate_hz)
        times.append(start_s + since_s)
        columns.append(act.at(since_s))
        start_s = float(times[-1][-1]) + 1 / rate_hz
    whole = {name: np.concatenate([c[name] for c in columns]) for name in columns[0]}
    t_s = np.concatenate(times)
    noisy = {name: values + rng.normal(0, 0.05, t_s.size) for name, values in whole.items()}
    return Trace(t_s=t_s, angle_deg=noisy["angle_deg"], force_n=noisy.get("force_n"))


@pytest.mark.parametrize("index", range(4))
def test_a_stretch_has_the_speed_of_its_turn_and_the_truth_is_on_its_path(index: int) -> None:
    act = limb_stretch(place("relaxed"), index, np.random.default_rng(index))
    truth = act.truth(10.0)
    assert isinstance(truth, StretchTruth)
    assert truth.peak_speed_deg_s == pytest.approx(SPEEDS_DEG_S[index], rel=0.3)
    ends = act.at(np.array([truth.start_s, truth.end_s]) - 10.0)["angle_deg"]
    assert ends.tolist() == pytest.approx([truth.start_deg, truth.end_deg], abs=1e-6)
    assert truth.catch_angle_deg is None


def test_the_same_generator_gives_the_same_act() -> None:
    one, other = (limb_stretch(place("relaxed"), 3, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one.force_n, other.force_n)


def test_at_rest_the_hand_holds_spring_and_weight() -> None:
    act = limb_stretch(place("relaxed"), 0, np.random.default_rng(1))
    weight = STRETCH_CONTEXT["limb_mass_kg"] * 9.80665 * STRETCH_CONTEXT["limb_centre_m"]
    held = 3.0 * np.radians(15.0) + weight * np.sin(np.radians(25.0))
    resting = act.at(np.linspace(0, 1.4, 200))["force_n"].mean() * LEVER_ARM_M
    assert resting == pytest.approx(held, abs=0.04)


def test_only_a_firm_muscle_catches_and_only_in_a_fast_stretch() -> None:
    firm = place("firm_left")
    truths = [limb_stretch(firm, i, np.random.default_rng([2, i])).truth(0.0) for i in range(8)]
    fast = [truth.peak_speed_deg_s > 60 for truth in truths]
    assert [truth.catch_angle_deg is not None for truth in truths] == fast
    assert truths[0].stiffness_n_m_rad > 3.0


@pytest.mark.parametrize("subject", ["relaxed", "firm_left"])
def test_the_analysis_of_a_simulated_session_finds_its_truth(subject: str) -> None:
    rng = np.random.default_rng(8)
    acts = [limb_stretch(place(subject), index, rng) for index in range(8)]
    trace = session(list(acts), 80.0, 1)
    context = RecordingContext.from_dict({"kind": "stretch", **STRETCH_CONTEXT})
    analysis = analyse_stretch(Recording(trace=trace, context=context))
    truth = acts[0].truth(0.0)
    assert len(analysis.stretches) == len(acts)
    for outcome, true in (
        (analysis.session.stiffness_n_m_rad, truth.stiffness_n_m_rad),
        (analysis.session.damping_n_m_s_rad, truth.damping_n_m_s_rad),
    ):
        assert isinstance(outcome, Estimate)
        assert abs(outcome.value - true) < 3 * outcome.u
    for stretch, act in zip(analysis.stretches, acts, strict=True):
        true_catch = act.truth(0.0).catch_angle_deg
        if true_catch is None:
            assert stretch.catch_angle_deg is None
        else:
            assert isinstance(stretch.catch_angle_deg, Estimate)
            assert stretch.catch_angle_deg.value == pytest.approx(true_catch, abs=6.0)


def test_ranges_of_a_simulated_session_are_found_and_a_firm_muscle_goes_less_far() -> None:
    reached = []
    for subject in ("relaxed", "firm_left"):
        rng = np.random.default_rng(3)
        acts = [joint_range(place(subject), index, rng) for index in range(4)]
        context = RecordingContext.from_dict({"kind": "rom", **RANGE_CONTEXT})
        trace = session(list(acts), 50.0, 2)
        analysis = analyse_range_of_motion(Recording(trace=trace, context=context))
        assert len(analysis.movements) == len(acts)
        for movement, act in zip(analysis.movements, acts, strict=True):
            truth = act.truth(0.0)
            assert isinstance(truth, RangeTruth)
            assert movement.range_deg.value == pytest.approx(truth.range_deg, abs=0.6)
            assert movement.peak_speed_deg_s == pytest.approx(truth.peak_speed_deg_s, rel=0.08)
        assert isinstance(analysis.range_deg, Estimate)
        reached.append(analysis.range_deg.value)
    assert reached[1] < reached[0] - 5
