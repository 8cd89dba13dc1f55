"""Ratings over pressure give a line with bounds where there are bounds, and say so where not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.sensory.stimulus_response import stimulus_response
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

KPA = [100.0, 200, 300, 400, 500]
RATED = [8.0, 17, 43, 55, 80]


def value(outcome: object) -> float:
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def test_ratings_that_rise_with_pressure_bound_the_pressure_rated_40() -> None:
    found = stimulus_response(KPA, RATED)

    assert isinstance(found.pressure_kpa, Estimate)
    low, high = found.pressure_kpa.ci95
    assert 200 < low < found.pressure_kpa.value < high < 400
    assert not found.extrapolated
    assert found.flags == ()
    assert "reach 40 at" in found.verdict


def test_ratings_without_a_clear_rise_bound_nothing() -> None:
    found = stimulus_response(KPA, [30, 35, 28, 42, 33])

    assert isinstance(found.slope, Estimate)
    assert isinstance(found.pressure_kpa, NotEstimable)
    assert found.flags == (QualityFlag.UNBOUNDED,)
    assert "no interval" in found.verdict


def test_level_ratings_bound_nothing() -> None:
    found = stimulus_response(KPA, [30] * 5)

    assert isinstance(found.pressure_kpa, NotEstimable)
    assert value(found.slope) == 0


def test_a_pressure_outside_those_given_is_said_to_be() -> None:
    found = stimulus_response(KPA, [4, 9, 14, 18, 24])

    assert found.extrapolated
    assert "outside the pressures given" in found.verdict


def test_a_line_that_would_reach_40_only_without_pressing_is_refused() -> None:
    found = stimulus_response(KPA, [60, 65, 70, 76, 80])

    assert isinstance(found.pressure_kpa, NotEstimable)
    assert found.flags == (QualityFlag.UNBOUNDED,)


def test_pressures_below_pain_are_the_foot_and_do_not_flatten_the_line() -> None:
    above = stimulus_response(KPA, RATED)
    with_foot = stimulus_response([20, 40, 60, *KPA], [0, 0, 0, *RATED])

    assert with_foot.slope == above.slope
    assert with_foot.n_zero == 3
    assert with_foot.n_used == 5
    assert QualityFlag.ZERO_RATING in with_foot.flags


def test_a_0_above_a_painful_pressure_stays_on_the_line_and_has_no_logarithm() -> None:
    found = stimulus_response(KPA, [8, 0, 43, 55, 80])

    assert found.n_used == 5
    assert value(found.slope) != value(stimulus_response(KPA, RATED).slope)
    assert value(found.power_exponent) == pytest.approx(
        value(stimulus_response([100, 300, 400, 500], [8, 43, 55, 80]).power_exponent)
    )


@pytest.mark.parametrize(
    ("kpa", "rated"),
    [
        ([], []),
        ([100, 200], [10, 20]),
        (KPA, [0] * 5),
        (KPA, [0, 0, 0, 10, 20]),
        ([300] * 5, [20, 22, 24, 26, 28]),
    ],
)
def test_too_few_painful_stimuli_draw_no_line(kpa: list[float], rated: list[float]) -> None:
    found = stimulus_response(kpa, rated)

    for outcome in (found.slope, found.slope_theil_sen, found.power_exponent, found.pressure_kpa):
        assert isinstance(outcome, NotEstimable)
    assert QualityFlag.TOO_FEW in found.flags


def test_one_wild_rating_hardly_moves_the_robust_slope() -> None:
    kpa = [100.0, 150, 200, 250, 300, 350, 400]
    wild = stimulus_response(kpa, [10, 20, 30, 40, 50, 60, 5])

    assert value(wild.slope_theil_sen) == pytest.approx(0.2)
    assert value(wild.slope) < 0.12


def test_pressures_given_twice_have_a_robust_slope() -> None:
    found = stimulus_response([100, 100, 200, 200, 300, 300], [10, 12, 20, 22, 30, 32])

    assert value(found.slope_theil_sen) == pytest.approx(0.1)


@given(
    factor=st.floats(0.3, 3),
    rated=st.lists(st.floats(5, 95), min_size=5, max_size=5).filter(
        lambda ratings: max(ratings) - min(ratings) > 1
    ),
)
def test_another_unit_of_pressure_scales_the_slope_and_not_the_exponent(
    factor: float, rated: list[float]
) -> None:
    there = stimulus_response(KPA, rated)
    other = stimulus_response([factor * kpa for kpa in KPA], rated)

    assert value(other.slope) * factor == pytest.approx(value(there.slope), abs=1e-9)
    assert value(other.power_exponent) == pytest.approx(value(there.power_exponent), abs=1e-9)
    if isinstance(there.pressure_kpa, Estimate):
        assert value(other.pressure_kpa) == pytest.approx(factor * there.pressure_kpa.value)


@given(order=st.permutations(range(5)))
def test_the_order_of_the_stimuli_does_not_matter(order: list[int]) -> None:
    there = stimulus_response(KPA, RATED)
    other = stimulus_response([KPA[i] for i in order], [RATED[i] for i in order])

    assert value(other.slope) == pytest.approx(value(there.slope))
    assert value(other.slope_theil_sen) == pytest.approx(value(there.slope_theil_sen))


@pytest.mark.parametrize(
    ("kpa", "rated", "asked", "word"),
    [
        (KPA, RATED[:4], 40, "4 ratings for 5 pressures"),
        ([0, 200, 300], [1, 2, 3], 40, "above 0"),
        ([100, 200, 300], [1, 2, 101], 40, "0 to 100"),
        ([100, 200, 300], [1, -2, 3], 40, "0 to 100"),
        (KPA, RATED, 0, "lies in 0 to 100"),
        ([[100, 200]], [[1, 2]], 40, "one-dimensional"),
    ],
)
def test_a_wrong_call_is_named(
    kpa: list[float], rated: list[float], asked: float, word: str
) -> None:
    with pytest.raises(UsageError, match=word):
        stimulus_response(kpa, rated, asked_rating=asked)
