"""A press that was taken back stays in its place, says so, and counts for nothing."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import STEP_S, Columns, Gauge, Pressing, pressed
from tests.unit.analysis.pressed_tissue import tissue_force as force_of

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.estimators.pain_threshold import analyse
from tissuesense.analysis.pain.trials import PainThreshold
from tissuesense.analysis.press_hold.result import IndentationAnalysis
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome
from tissuesense.core.recording import Recording
from tissuesense.simulation.session import SessionSpec, simulated_recording

NONSENSE = ["2", [0], [-1], ["2"], [1.0], [True], {"2": "again"}, 2]


def value(outcome: Outcome | None) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


@cache
def ramps(presses: int = 3, **spec: Any) -> Recording:  # noqa: ANN401 - the fields of a session
    simulated = simulated_recording(SessionSpec(seed=4, **spec), presses)
    return Recording(trace=simulated.trace, context=simulated.context)


@cache
def holds() -> Recording:
    return pressed().recording()


def without(recording: Recording, taken_back: object) -> Recording:
    extra = {**recording.context.extra, "taken_back": taken_back}
    return replace(recording, context=replace(recording.context, extra=extra))


def thresholds(recording: Recording, taken_back: object = ()) -> PainThreshold:
    return analyse(without(recording, taken_back))


def stiffnesses(recording: Recording, taken_back: object = ()) -> IndentationAnalysis:
    return analyse_indentation(without(recording, taken_back))


def test_a_session_of_thresholds_is_the_mean_of_the_others() -> None:
    whole, found = thresholds(ramps()), thresholds(ramps(), [2])
    others = [value(whole.trials[i].threshold_kpa) for i in (0, 2)]
    assert value(found.session.ppt_kpa) == pytest.approx(np.mean(others), rel=1e-12)
    assert value(found.session.ppt_kpa) != value(whole.session.ppt_kpa)
    assert (whole.session.n_accepted, found.session.n_accepted) == (3, 2)


def test_a_trial_stays_in_its_place_with_its_numbers_and_its_flag() -> None:
    whole, found = thresholds(ramps()), thresholds(ramps(), [2])
    assert [trial.index for trial in found.trials] == [1, 2, 3]
    assert [trial.accepted for trial in found.trials] == [True, False, True]
    before, after = whole.trials[1], found.trials[1]
    assert after.flags == (*before.flags, QualityFlag.TAKEN_BACK)
    assert replace(after, accepted=True, flags=before.flags) == before
    assert (found.trials[0], found.trials[2]) == (whole.trials[0], whole.trials[2])


def test_the_document_says_it_of_the_trial() -> None:
    document = thresholds(ramps(), [2]).to_dict()
    assert [
        (t["index"], t["accepted"], "taken_back" in t["flags"]) for t in document["trials"]
    ] == [
        (1, True, False),
        (2, False, True),
        (3, True, False),
    ]
    assert document["session"]["n_accepted"] == 2


def test_a_limit_that_was_met_in_it_bounds_nothing() -> None:
    low = ramps(4, cutoff_kpa=value(thresholds(ramps(4)).trials[0].threshold_kpa) - 5.0)
    met = [trial.index for trial in thresholds(low).trials if trial.at_least_kpa is not None]
    assert met
    assert thresholds(low).session.n_censored == len(met)
    assert thresholds(low, met).session.n_censored == 0


def test_a_session_of_stiffness_is_the_median_of_the_others() -> None:
    whole, found = stiffnesses(holds()), stiffnesses(holds(), [2])
    others = [value(whole.presses[i].secant_stiffness_n_mm) for i in (0, 2)]
    assert value(found.secant_stiffness_n_mm) == pytest.approx(np.median(others), rel=1e-12)
    assert (whole.n_accepted, found.n_accepted) == (3, 2)


def test_a_press_stays_in_its_place_with_its_numbers_and_its_flag() -> None:
    whole, found = stiffnesses(holds()), stiffnesses(holds(), [2])
    assert [press.index for press in found.presses] == [1, 2, 3]
    assert [press.accepted for press in found.presses] == [True, False, True]
    before, after = whole.presses[1].to_dict(), found.presses[1].to_dict()
    assert set(after["flags"]) == {*before["flags"], "taken_back"}
    same = {"accepted", "flags"}
    assert {k: v for k, v in after.items() if k not in same} == {
        k: v for k, v in before.items() if k not in same
    }
    document = found.to_dict()
    assert ["taken_back" in press["flags"] for press in document["presses"]] == [False, True, False]


def test_the_first_press_is_not_held_against_one_that_was_taken_back() -> None:
    recording = firmer_at_first(others=2)
    conditioning = QualityFlag.CONDITIONING
    assert conditioning in stiffnesses(recording).presses[0].flags
    # With one other left nobody can say which of the two is right.
    found = stiffnesses(recording, [3])
    assert conditioning not in found.presses[0].flags
    assert [press.accepted for press in found.presses] == [True, True, False]


def firmer_at_first(*, others: int) -> Recording:
    pressing = Pressing(presses=1 + others)
    way = pressing.way()
    first = STEP_S * np.arange(way.size) < 1.5 + pressing.period_s
    force = np.where(first, 1.25, 1.0) * force_of(way, equilibrium=1.0, branches=())
    t, indicated, moved = Gauge().columns(way, force)
    return Columns(t_s=t, force_n=indicated, way_mm=moved).recording()


@pytest.mark.parametrize("estimate", [thresholds, stiffnesses])
def test_all_may_be_taken_back_and_nothing_is_left(
    estimate: Callable[[Recording, object], PainThreshold | IndentationAnalysis],
) -> None:
    found = estimate(holds() if estimate is stiffnesses else ramps(), [1, 2, 3])
    session = found.session if isinstance(found, PainThreshold) else found
    assert session.n_accepted == 0
    assert QualityFlag.TOO_FEW in found.flags


@pytest.mark.parametrize("stated", NONSENSE, ids=str)
def test_nonsense_in_the_side_car_is_refused_by_its_key(stated: object) -> None:
    for estimate, recording in ((thresholds, ramps()), (stiffnesses, holds())):
        with pytest.raises(UsageError, match="taken_back"):
            estimate(recording, stated)


def test_nonsense_is_refused_where_nobody_pressed() -> None:
    recording = ramps()
    idle = replace(recording, trace=recording.trace.between(0.0, 1.0))
    assert thresholds(idle).trials == ()
    with pytest.raises(UsageError, match="taken_back"):
        thresholds(idle, "2")


@pytest.mark.parametrize("stated", [[], [7], (2, 2)], ids=str)
def test_a_number_counts_once_and_one_of_no_press_not_at_all(stated: Any) -> None:  # noqa: ANN401 - lists and tuples
    found = thresholds(ramps(), stated)
    assert found.session.n_accepted == 3 - len({2} & set(stated))
