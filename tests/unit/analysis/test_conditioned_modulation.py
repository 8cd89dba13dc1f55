"""Conditioning is judged with its sign convention, against an error with an owner."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.sensory.conditioned_modulation import ReferenceSem, conditioned_modulation
from tissuesense.analysis.sensory.paired import Reading
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

OWN = ReferenceSem(sem=12.0, unit="kPa", source="own repeats, 8 clients")
POINTS = ReferenceSem(sem=4.0, unit="points", source="own repeats, 8 clients")
CENSORED = NotEstimable(reason=QualityFlag.CENSORED, detail="The press reached the limit.")

kilopascals = st.floats(50, 900)


def of(value: float, u: float = 5.0, unit: str = "kPa", **budget: float) -> Estimate:
    return Estimate(value=value, standard_uncertainty=u, unit=unit, budget=budget)


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def test_a_threshold_that_rises_is_inhibition() -> None:
    found = conditioned_modulation(of(250), of(300), timing="parallel", reference=OWN)

    assert (found.inhibition_sign, found.real, found.direction) == (1, True, "inhibition")
    assert found.timing == "parallel"
    assert "an inhibition, beyond the 24 kPa" in found.verdict


def test_a_rating_that_rises_is_facilitation() -> None:
    before, after = of(40, 2, "points"), of(55, 2, "points")
    found = conditioned_modulation(
        before, after, timing="sequential", measure="rating", reference=POINTS
    )

    assert (found.inhibition_sign, found.real, found.direction) == (-1, True, "facilitation")
    assert "a facilitation, beyond" in found.verdict


def test_a_rating_that_falls_is_inhibition() -> None:
    found = conditioned_modulation(
        of(55, 2, "points"),
        of(40, 2, "points"),
        timing="parallel",
        measure="rating",
        reference=POINTS,
    )

    assert found.direction == "inhibition"
    assert known(found.absolute).value == -15


@pytest.mark.parametrize(("after", "real"), [(274.0, False), (274.1, True), (225.9, True)])
def test_only_what_lies_beyond_two_standard_errors_is_real(after: float, real: bool) -> None:
    found = conditioned_modulation(of(250), of(after), timing="parallel", reference=OWN)

    assert found.real is real
    assert (found.direction is None) is not real


def test_the_verdict_says_whose_standard_error_it_was() -> None:
    own = conditioned_modulation(of(250), of(260), timing="parallel", reference=OWN)
    usual = conditioned_modulation(of(250), of(260), timing="parallel")

    assert OWN.source in own.verdict
    assert "Kennedy et al. 2020" in usual.verdict
    assert "not beyond" in usual.verdict


def test_ratings_have_no_published_standard_error_here() -> None:
    found = conditioned_modulation(
        of(40, 2, "points"), of(20, 2, "points"), timing="parallel", measure="rating"
    )

    assert (found.real, found.limit, found.direction) == (None, None, None)
    assert "no standard error" in found.verdict


def test_the_change_of_a_run_without_conditioning_is_taken_off() -> None:
    found = conditioned_modulation(
        of(250), of(310), timing="sequential", reference=OWN, control=(of(250), of(275))
    )

    assert found.control_subtracted
    assert known(found.absolute).value == pytest.approx(35)
    assert known(found.absolute).u == pytest.approx(10)
    assert known(found.log_ratio).value == pytest.approx(math.log(310 / 275))
    assert found.limit == pytest.approx(24 * math.sqrt(2))


def test_a_censored_threshold_is_not_entered_as_its_limit() -> None:
    found = conditioned_modulation(of(800), CENSORED, timing="parallel")

    assert found.absolute == found.percent == found.log_ratio == CENSORED
    assert found.flags == (QualityFlag.CENSORED,)
    assert found.real is None
    assert found.verdict == CENSORED.detail


def test_a_single_reading_has_no_scatter() -> None:
    found = conditioned_modulation([250], [300, 310], timing="parallel")

    assert found.flags == (QualityFlag.TOO_FEW,)


def test_a_rating_of_0_has_a_difference_and_no_percentage() -> None:
    found = conditioned_modulation(
        of(0, 1, "points"), of(10, 1, "points"), timing="parallel", measure="rating"
    )

    assert known(found.absolute).value == 10
    assert isinstance(found.percent, NotEstimable)
    assert found.flags == (QualityFlag.ZERO_RATING,)


def test_an_error_of_the_area_that_both_share_does_not_make_the_change_unsure() -> None:
    before = Estimate.from_budget(250, {"repeatability": 5, "probe area": 12.5}, unit="kPa")
    after = Estimate.from_budget(300, {"repeatability": 5, "probe area": 15}, unit="kPa")
    found = conditioned_modulation(before, after, timing="parallel")

    assert known(found.log_ratio).u == pytest.approx(math.hypot(5 / 250, 5 / 300))
    assert known(found.absolute).u == pytest.approx(math.hypot(5, 5, 2.5))


@given(before=kilopascals, after=kilopascals)
def test_swapping_the_runs_turns_the_signs(before: float, after: float) -> None:
    there = conditioned_modulation(of(before), of(after), timing="parallel")
    back = conditioned_modulation(of(after), of(before), timing="parallel")

    assert known(there.absolute).value == pytest.approx(-known(back.absolute).value)
    assert known(there.log_ratio).value == pytest.approx(-known(back.log_ratio).value)
    assert there.real is back.real


@given(before=kilopascals, after=kilopascals, factor=st.floats(0.2, 5))
def test_logarithm_and_percentage_know_no_unit(before: float, after: float, factor: float) -> None:
    there = conditioned_modulation(of(before, 5), of(after, 7), timing="parallel")
    scaled = conditioned_modulation(
        of(factor * before, factor * 5), of(factor * after, factor * 7), timing="parallel"
    )

    for name in ("log_ratio", "percent"):
        one, other = known(getattr(there, name)), known(getattr(scaled, name))
        assert other.value == pytest.approx(one.value, abs=1e-9)
        assert other.u == pytest.approx(one.u)


@given(before=kilopascals, after=kilopascals)
def test_the_three_measures_agree_in_sign(before: float, after: float) -> None:
    found = conditioned_modulation(of(before), of(after), timing="parallel")
    changes = [known(c).value for c in (found.absolute, found.percent, found.log_ratio)]

    assert all(change >= 0 for change in changes) or all(change <= 0 for change in changes)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ([0, 0], [1, 2], "before holds 0 kPa"),
        ([-5, 6], [1, 2], "before holds -5 kPa"),
        ([[1, 2]], [1, 2], "one-dimensional"),
        (of(5, 1, "N"), of(6, 1, "N"), "must be in kPa"),
    ],
)
def test_a_wrong_call_is_named(before: Reading, after: Reading, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        conditioned_modulation(before, after, timing="parallel")


def test_a_standard_error_in_another_unit_is_refused() -> None:
    with pytest.raises(UsageError, match="must be in kPa, not points"):
        conditioned_modulation(of(1), of(2), timing="parallel", reference=POINTS)


@pytest.mark.parametrize(("sem", "source"), [(0.0, "x"), (-1.0, "x"), (math.nan, "x"), (1.0, " ")])
def test_a_standard_error_is_positive_and_somebody_s(sem: float, source: str) -> None:
    with pytest.raises(UsageError):
        ReferenceSem(sem=sem, unit="kPa", source=source)


def test_timing_is_one_of_two() -> None:
    with pytest.raises(UsageError, match="parallel or sequential"):
        conditioned_modulation(of(1), of(2), timing="later")  # type: ignore[arg-type] # the wrong call
