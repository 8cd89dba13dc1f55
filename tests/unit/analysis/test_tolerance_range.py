"""A tolerance that was not reached is a bound and never a number."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.analyse import analyze
from tissuesense.analysis.sensory.at_least import AtLeast
from tissuesense.analysis.sensory.tolerance_range import tolerance_of, tolerance_range
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.core.site import Side
from tissuesense.simulation.session import simulated_recording
from tissuesense.simulation.spec import SessionSpec

kilopascals = st.floats(50, 900)


def of(kpa: float, u: float = 10.0) -> Estimate:
    return Estimate(value=kpa, standard_uncertainty=u, unit="kPa")


def pressed(
    *, kind: RecordingKind = RecordingKind.TOLERANCE, presses: int = 2, cutoff_kpa: float = 1000.0
) -> Recording:
    spec = SessionSpec(subject="relaxed", site="trapezius_upper", side=Side.LEFT, kind=kind, seed=3)
    simulated = simulated_recording(spec, presses)
    return Recording(
        trace=simulated.trace, context=replace(simulated.context, cutoff_kpa=cutoff_kpa)
    )


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def test_a_recording_of_tolerance_is_analysed_as_one_of_the_threshold() -> None:
    found = analyze(pressed()).to_dict()

    assert found["kind"] == "tolerance"
    assert found["session"]["n_accepted"] == 2
    assert found["session"]["ppt_kpa"]["value"] == known(tolerance_of(pressed())).value


def test_one_press_is_enough() -> None:
    only = known(tolerance_of(pressed(presses=1)))

    assert only.value == pytest.approx(499, abs=2)


def test_a_press_that_met_the_cut_off_makes_the_tolerance_a_bound() -> None:
    """The presses of this person end at about 499, 566 and 582 kPa."""
    found = tolerance_of(pressed(presses=3, cutoff_kpa=540))

    assert isinstance(found, AtLeast)
    assert found.bound == pytest.approx((499 + 540 + 540) / 3, abs=1)


def test_the_bound_is_never_above_the_truth() -> None:
    true_kpa = known(tolerance_of(pressed(presses=3))).value
    for cutoff_kpa in (200, 400, 520, 570):
        found = tolerance_of(pressed(presses=3, cutoff_kpa=cutoff_kpa))
        assert isinstance(found, AtLeast)
        assert cutoff_kpa * 0.8 <= found.bound < true_kpa


def test_a_threshold_is_no_tolerance() -> None:
    with pytest.raises(UsageError, match="kind 'ppt'"):
        tolerance_of(pressed(kind=RecordingKind.PPT))


@given(low=kilopascals, high=kilopascals)
def test_difference_and_ratio_are_those_of_the_values(low: float, high: float) -> None:
    found = tolerance_range(of(low), of(high))

    assert known(found.difference_kpa).value == pytest.approx(high - low)
    assert known(found.ratio).value == pytest.approx(high / low)
    assert known(found.difference_kpa).u == pytest.approx(10 * 2**0.5)
    assert known(found.ratio).ci95[0] > 0


@pytest.mark.parametrize(
    ("tolerance", "words"), [(400.0, "150 kPa above"), (200.0, "50 kPa below")]
)
def test_the_verdict_says_how_far_and_which_way(tolerance: float, words: str) -> None:
    assert words in tolerance_range(of(250), of(tolerance)).verdict


def test_a_tolerance_that_was_not_reached_bounds_difference_and_ratio() -> None:
    found = tolerance_range(of(250), AtLeast(bound=1000, unit="kPa"))

    assert found.difference_kpa == AtLeast(bound=750, unit="kPa")
    assert found.ratio == AtLeast(bound=4, unit="")
    assert found.flags == (QualityFlag.CENSORED,)
    assert "at least 1000 kPa" in found.verdict


def test_a_threshold_that_is_unknown_leaves_nothing_to_compare() -> None:
    lost = NotEstimable(reason=QualityFlag.TOO_FEW, detail="Too few presses.")

    assert tolerance_range(lost, of(500)).verdict == lost.detail
    assert tolerance_range(lost, AtLeast(bound=1000, unit="kPa")).difference_kpa == lost


def test_what_both_share_mostly_cancels_in_the_ratio() -> None:
    low = Estimate.from_budget(250, {"repeatability": 5, "probe area": 25}, unit="kPa")
    high = Estimate.from_budget(500, {"repeatability": 5, "probe area": 50}, unit="kPa")

    assert known(tolerance_range(low, high).ratio).u < 0.05


@pytest.mark.parametrize("wrong", [AtLeast(bound=50, unit="N"), of(-1.0), [0.0, 0.0]])
def test_a_wrong_call_is_named(wrong: AtLeast | Estimate | list[float]) -> None:
    with pytest.raises(UsageError):
        tolerance_range(of(250), wrong)


def test_a_bound_is_finite() -> None:
    with pytest.raises(UsageError):
        AtLeast(bound=float("inf"), unit="kPa")
