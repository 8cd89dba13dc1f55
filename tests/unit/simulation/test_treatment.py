"""Claim: a simulated application is what its truth says it is."""

from itertools import pairwise

import numpy as np
import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.site import Side
from tissuesense.simulation.grid import STEP_S
from tissuesense.simulation.subjects import site_truth
from tissuesense.simulation.treatment import TECHNIQUES, TreatmentStroke, treatment_stroke

PLACE = site_truth("relaxed", "trapezius_upper", Side.LEFT)


def stroke(
    seed: int = 1, *, index: int = 0, technique: str = "neuromuscular", area_cm2: float = 1.0
) -> TreatmentStroke:
    rng = np.random.default_rng(seed)
    return treatment_stroke(PLACE, index, rng, technique=technique, probe_area_cm2=area_cm2)


@pytest.mark.parametrize("technique", TECHNIQUES)
@pytest.mark.parametrize("seed", range(5))
def test_the_truth_is_that_of_the_force(technique: str, seed: int) -> None:
    one = stroke(seed, technique=technique)
    truth = one.truth(0.0)
    t_s = np.arange(0.0, one.seconds, STEP_S)
    kpa = one.at(t_s)["force_n"] * 10
    touching = (t_s >= truth.start_s) & (t_s <= truth.end_s)

    assert np.trapezoid(kpa[touching], t_s[touching]) == pytest.approx(
        truth.impulse_kpa_s, rel=0.002
    )
    for hold in truth.holds:
        held = (t_s >= hold.start_s) & (t_s <= hold.start_s + hold.seconds)
        assert kpa[held].mean() == pytest.approx(hold.mean_kpa, rel=0.002)
    assert not kpa[t_s > truth.end_s + STEP_S].any()


@pytest.mark.parametrize("seed", range(10))
def test_neuromuscular_work_changes_between_two_levels_below_the_threshold(seed: int) -> None:
    truth = stroke(seed).truth(0.0)
    low, high = (kpa / PLACE.threshold_kpa for kpa in truth.levels_kpa)
    assert 0.3 < low < 0.5
    assert 0.65 < high < 0.85
    assert 4 <= truth.alternations <= 8
    assert len(truth.holds) == truth.alternations + 1
    assert all(6 <= hold.seconds <= 12 for hold in truth.holds)
    assert all(a.start_s + a.seconds < b.start_s for a, b in pairwise(truth.holds))
    assert truth.travel_mm is None
    assert "displacement_mm" not in stroke(seed).at(np.zeros(1))


@pytest.mark.parametrize("seed", range(10))
def test_myofascial_work_stays_low_and_glides_slowly(seed: int) -> None:
    one = stroke(seed, technique="myofascial")
    truth = one.truth(0.0)
    (level_kpa,) = truth.levels_kpa
    assert 0.2 < level_kpa / PLACE.threshold_kpa < 0.4
    assert truth.alternations == 0
    assert truth.travel_mm is not None
    assert 35 <= truth.travel_mm <= 80
    t_s = np.arange(truth.start_s, truth.end_s, 1.0)
    assert np.diff(one.at(t_s)["displacement_mm"]).max() < 4.5


def test_the_hand_is_back_where_it_began_when_the_act_ends() -> None:
    one = stroke(technique="myofascial")
    way_mm = one.at(np.array([0.0, one.seconds]))["displacement_mm"]
    assert way_mm == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_wider_tip_needs_more_force_for_the_same_pressure() -> None:
    t_s = np.array([30.0])
    narrow, wide = (stroke(area_cm2=area).at(t_s)["force_n"] for area in (1.0, 3.0))
    assert wide == pytest.approx(3 * narrow)
    assert stroke(area_cm2=3.0).truth(0.0) == stroke().truth(0.0)


def test_the_same_generator_gives_the_same_act_and_another_another() -> None:
    assert stroke(4).truth(0.0) == stroke(4).truth(0.0)
    assert stroke(4).truth(0.0) != stroke(5).truth(0.0)


def test_the_truth_moves_with_the_session() -> None:
    early, late = stroke().truth(0.0), stroke().truth(100.0)
    assert late.start_s == pytest.approx(early.start_s + 100)
    assert late.holds[0].start_s == pytest.approx(early.holds[0].start_s + 100)
    assert late.impulse_kpa_s == early.impulse_kpa_s


def test_later_applications_go_a_little_deeper() -> None:
    first, third = stroke(index=0).truth(0.0), stroke(index=2).truth(0.0)
    assert third.levels_kpa[0] == pytest.approx(1.04 * first.levels_kpa[0])


def test_a_technique_that_is_not_simulated_is_named_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="magic") as caught:
        stroke(technique="magic")
    assert set(caught.value.known) == set(TECHNIQUES)
