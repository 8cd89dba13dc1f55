"""A rated series is scored where its presses were even, and refused with its reason elsewhere."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from tests.unit.analysis.pressed_train import pressed_train, without

from tissuesense.analysis.sensory.rating_series import (
    ZeroRule,
    rating_scores,
    trend_at_equal_pressure,
)
from tissuesense.analysis.sensory.temporal_summation import TemporalSummation, temporal_summation
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

RISING = [10, 14, 18, 22, 25, 28, 30, 31, 32, 33]
EVEN = [300, 306, 296, 301, 310, 295, 303, 298, 305, 299]

series = st.lists(st.integers(1, 100), min_size=6, max_size=15)


def scored(
    levels_kpa: Sequence[float],
    ratings: ArrayLike | None = RISING,
    *,
    rating_sd: float | None = None,
    zero_first: ZeroRule = "refuse",
) -> TemporalSummation:
    recording = pressed_train([float(kpa) for kpa in levels_kpa])
    return temporal_summation(recording, ratings, rating_sd=rating_sd, zero_first=zero_first)


def value(outcome: object) -> float:
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def test_an_even_series_is_scored() -> None:
    found = scored(EVEN)

    assert found.refused is None
    assert found.flags == ()
    assert value(found.scores.difference) == 23
    assert found.evenness is not None
    assert found.evenness.cv < 0.02
    assert found.evenness.period_s == pytest.approx(2.0, abs=0.02)
    assert "rose" in found.verdict


def test_the_ratings_may_stand_in_the_side_car() -> None:
    recording = pressed_train(EVEN, extra={"ratings": RISING})

    assert value(temporal_summation(recording).scores.difference) == 23


def test_what_is_stated_outweighs_the_side_car() -> None:
    recording = pressed_train(EVEN, extra={"ratings": RISING})

    assert value(temporal_summation(recording, [5] * 9 + [6]).scores.difference) == 1


def test_ratings_that_go_nowhere_are_said_to_go_nowhere() -> None:
    assert "neither rose nor fell" in scored(EVEN, [20, 22, 19, 21, 20, 18, 22, 21, 19, 20]).verdict


def test_ratings_that_fall_are_said_to_fall() -> None:
    assert "fell" in scored(EVEN, RISING[::-1]).verdict


@pytest.mark.parametrize(
    ("levels", "flag", "word"),
    [
        pytest.param([300, 200, 380, 250, 340, 220, 390, 260, 330, 280], "trial_spread", "varied"),
        pytest.param([270 + 6 * i for i in range(10)], "press_drift", "stronger"),
        pytest.param([330 - 6 * i for i in range(10)], "press_drift", "lighter"),
        pytest.param(EVEN[:9], "press_count", "9 presses"),
        pytest.param([*EVEN, 300], "press_count", "11 presses"),
        pytest.param([], "press_count", "0 presses"),
    ],
)
def test_an_uneven_series_is_refused_in_words(levels: list[float], flag: str, word: str) -> None:
    found = scored(levels)

    assert found.flags == (flag,)
    assert word in found.verdict
    for score in (found.scores.difference, found.scores.trend, found.trend_at_equal_pressure):
        assert score == found.refused


def test_a_refused_series_keeps_what_was_rated_and_delivered() -> None:
    found = scored([270 + 6 * i for i in range(10)])

    assert found.ratings.tolist() == RISING
    assert len(found.presses) == 10


def test_a_gauge_at_its_end_refuses_the_series() -> None:
    recording = pressed_train(EVEN, full_scale_n=31.2)

    assert temporal_summation(recording, RISING).flags == (QualityFlag.CLIP,)


def test_lost_samples_refuse_the_series() -> None:
    recording = without(pressed_train(EVEN), 5.2, 5.8)

    assert temporal_summation(recording, RISING).flags == (QualityFlag.GAP,)


def test_a_light_hand_is_not_taken_for_a_growing_one_within_the_limit() -> None:
    assert scored([290 + 3 * i for i in range(10)]).refused is None


def test_the_first_and_the_last_rating_are_scored_without_an_uncertainty() -> None:
    found = scored(EVEN, [10, 33])

    assert found.scores.difference == 23.0
    assert found.scores.ratio == pytest.approx(3.3)
    assert isinstance(found.scores.trend, NotEstimable)
    assert isinstance(found.trend_at_equal_pressure, NotEstimable)
    assert "from 10 to 33" in found.verdict


def test_a_known_scatter_gives_two_ratings_their_uncertainty() -> None:
    difference = scored(EVEN, [10, 33], rating_sd=3.0).scores.difference

    assert isinstance(difference, Estimate)
    assert difference.u == pytest.approx(3 * 2**0.5)


def test_a_first_rating_of_0_has_no_multiple() -> None:
    found = scored(EVEN, [0, *RISING[1:]])

    assert isinstance(found.scores.ratio, NotEstimable)
    assert found.flags == (QualityFlag.ZERO_RATING,)
    assert value(found.scores.difference) == 33


def test_half_a_point_may_be_added_to_a_first_rating_of_0() -> None:
    assert scored(EVEN, [0, 33], zero_first="add_half").scores.ratio == pytest.approx(67)


def test_a_first_rating_lost_in_its_scatter_has_no_bounded_multiple() -> None:
    ratio = rating_scores([1, 9, 2, 14, 5, 20, 8, 25, 12, 30]).ratio

    assert isinstance(ratio, NotEstimable)
    assert ratio.reason is QualityFlag.UNBOUNDED


def test_four_presses_have_no_early_and_late_thirds() -> None:
    found = rating_scores([10, 12, 15, 17])

    assert isinstance(found.late_minus_early, NotEstimable)
    assert value(found.difference) == 7


def test_ratings_that_follow_the_hand_show_no_trend_at_equal_pressure() -> None:
    """What a rating score alone would call summation is the hand pressing harder."""
    rng = np.random.default_rng(3)
    levels = 285 + 3.5 * np.arange(10) + rng.normal(0, 8, 10)
    found = scored(list(levels), 20 + 0.4 * (levels - levels.mean()) + rng.normal(0, 0.5, 10))

    assert found.refused is None
    assert value(found.scores.trend) > 0.8
    equal = found.trend_at_equal_pressure
    assert isinstance(equal, Estimate)
    assert equal.ci95[0] < 0 < equal.ci95[1]


def test_pressure_that_grows_with_the_number_cannot_be_held_equal() -> None:
    found = trend_at_equal_pressure(np.array(RISING, float), 300 + np.arange(10.0))

    assert isinstance(found, NotEstimable)


@pytest.mark.parametrize(
    ("ratings", "word"),
    [
        (None, "there are none"),
        ([10, 20, 30], "3 ratings for 10 presses"),
        ([10] * 9 + [101], "from 0 to 100"),
        ([-1] + [10] * 9, "from 0 to 100"),
        ([10] * 9 + [float("nan")], "finite"),
    ],
)
def test_a_wrong_call_is_named(ratings: list[float] | None, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        scored(EVEN, ratings)


@pytest.mark.parametrize("ratings", [[10], [10, 20, 30], [-1, 2, 3, 4]])
def test_ratings_alone_are_checked_too(ratings: list[float]) -> None:
    with pytest.raises(UsageError):
        rating_scores(ratings)


def test_a_scale_of_10_is_not_a_scale_of_100() -> None:
    with pytest.raises(UsageError, match="from 0 to 10"):
        temporal_summation(pressed_train(EVEN), RISING, highest_rating=10)


def test_a_series_of_one_press_is_no_series() -> None:
    with pytest.raises(UsageError, match="4 presses or more"):
        temporal_summation(pressed_train(EVEN), [1], presses=1)


@given(ratings=series)
def test_the_order_of_the_presses_turns_the_signs(ratings: list[int]) -> None:
    there, back = rating_scores(ratings), rating_scores(ratings[::-1])

    for name in ("difference", "trend", "trend_ols", "late_minus_early"):
        assert value(getattr(there, name)) == pytest.approx(-value(getattr(back, name)), abs=1e-9)


@given(ratings=series, shift=st.integers(0, 50))
def test_a_shift_of_all_ratings_moves_no_difference(ratings: list[int], shift: int) -> None:
    there, shifted = rating_scores(ratings), rating_scores([rating + shift for rating in ratings])

    for name in ("difference", "trend", "late_minus_early"):
        assert value(getattr(there, name)) == pytest.approx(value(getattr(shifted, name)))
    assert there.rating_sd == pytest.approx(shifted.rating_sd)


@given(ratings=series)
def test_a_finer_scale_scales_the_scores(ratings: list[int]) -> None:
    ten = [rating / 10 + 1e-4 * place**2 for place, rating in enumerate(ratings)]
    there, finer = rating_scores(ten), rating_scores([10 * rating for rating in ten])

    for name in ("difference", "trend", "trend_ols"):
        small, large = getattr(there, name), getattr(finer, name)
        assert value(large) == pytest.approx(10 * value(small), abs=1e-6)


def test_scatter_is_that_of_the_ratings_about_their_course() -> None:
    rng = np.random.default_rng(1)
    found = [
        rating_scores(50 * (1 - np.exp(-np.arange(10) / 5)) + 30 + rng.normal(0, 3, 10)).rating_sd
        for _ in range(400)
    ]

    assert np.sqrt(np.mean(np.square(np.array(found, float)))) == pytest.approx(3, rel=0.06)


def test_whole_numbers_are_not_better_than_their_rounding() -> None:
    assert rating_scores([10, 12, 14, 16, 18, 20]).rating_sd == pytest.approx(12**-0.5)


def test_a_rule_or_scatter_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="zero_first"):
        rating_scores([0, 1, 2, 3], zero_first="ignore")  # type: ignore[arg-type] # that is it
    with pytest.raises(UsageError, match="known_sd"):
        rating_scores([1, 2, 3, 4], known_sd=float("nan"))
