"""Claim: where the hand held the force, the tip's sinking gives the creep of the tissue."""

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import Columns, pressed

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.result import IndentationPress
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome

FORCE_N, RAMP_S, TAU_S, SPRING_MM_N = 12.0, 1.0, 3.0, 0.5


def sinking(retarded_mm_n: float, t_s: FloatArray) -> FloatArray:
    """Return the depth of a spring and a Kelvin-Voigt element under a ramp of force and a hold."""
    rate = FORCE_N / RAMP_S

    def answer(since_s: FloatArray) -> FloatArray:
        after = np.maximum(since_s, 0)
        spring = SPRING_MM_N * after
        return np.asarray(
            rate * (spring + retarded_mm_n * (after - TAU_S * (1 - np.exp(-after / TAU_S))))
        )

    return answer(t_s) - answer(t_s - RAMP_S)


def held(retarded_mm_n: float, *, hold_s: float = 15.0, seed: int = 0) -> IndentationPress:
    rng = np.random.default_rng(seed)
    t = np.arange(-2, RAMP_S + hold_s + 3, 1 / 80)
    end_s = RAMP_S + hold_s
    letting_go = np.clip(1 - (t - end_s) / 0.6, 0, 1)
    force = np.interp(t, [0, RAMP_S], [0, FORCE_N]) * letting_go
    way = sinking(retarded_mm_n, np.minimum(t, end_s)) * letting_go
    columns = Columns(
        t_s=t,
        force_n=force + rng.normal(3, 0.02, t.size),
        way_mm=way + rng.normal(-4, 0.01, t.size),
    )
    (press,) = analyse_indentation(columns.recording()).presses
    return press


def value(outcome: Outcome) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


@pytest.mark.parametrize("retarded_mm_n", [0.03, 0.15, 0.3])
def test_compliances_and_retardation_are_those_of_the_tissue(retarded_mm_n: float) -> None:
    press = held(retarded_mm_n)

    assert QualityFlag.CREEP in press.flags
    assert press.hold_s == pytest.approx(15.0, abs=0.05)
    assert press.creep is not None
    assert value(press.creep.instantaneous_mm_n) == pytest.approx(SPRING_MM_N, rel=0.01)
    assert value(press.creep.total_mm_n) == pytest.approx(SPRING_MM_N + retarded_mm_n, rel=0.01)
    (tau,) = press.creep.retardation_s
    assert value(tau) == pytest.approx(TAU_S, rel=0.03)


@pytest.mark.parametrize("retarded_mm_n", [0.08, 0.3])
def test_the_share_by_which_it_sank_on_is_within_its_interval(retarded_mm_n: float) -> None:
    begin, *later = sinking(retarded_mm_n, RAMP_S + np.array([0.0, 5.0, 10.0]))
    hits = []
    for seed in range(40):
        creep = held(retarded_mm_n, seed=seed).creep
        assert creep is not None
        assert list(creep.creep_fraction) == [5.0, 10.0]
        for depth, found in zip(later, creep.creep_fraction.values(), strict=True):
            assert isinstance(found, Estimate)
            low, high = found.ci95
            hits.append(low <= depth / begin - 1 <= high)
    assert np.mean(hits) >= 0.88


def test_a_held_depth_has_no_creep() -> None:
    for press in analyse_indentation(pressed().recording()).presses:
        assert press.creep is None
        assert press.to_dict()["creep"] is None


def test_without_displacement_nothing_is_said_of_creep() -> None:
    columns = pressed()
    (press, *_) = analyse_indentation(columns.recording(displacement=False)).presses
    assert press.creep is None


def test_its_numbers_are_in_the_document_and_among_the_findings() -> None:
    press = held(0.15)
    document = press.to_dict()["creep"]

    assert document["model"] == "kelvin_voigt_1"
    assert [one["after_s"] for one in document["creep_fraction"]] == [5.0, 10.0]
    assert set(document["instantaneous_mm_n"]) == {"value", "u", "ci95"}
    assert {row.quantity for row in press.findings()} >= {
        "creep_instantaneous_mm_n",
        "creep_total_mm_n",
        "creep_tau_1_s",
        "creep_fraction_10s",
    }
