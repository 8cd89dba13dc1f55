"""The ramp's slope is the median of pairwise slopes, with an interval that covers."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from tissuesense.analysis.numerics.slope import MOST_POINTS, theil_sen
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

SEN_X = np.array([1.0, 2, 3, 4, 10, 12, 18])
SEN_Y = np.array([9.0, 15, 19, 20, 45, 55, 78])


def pairwise(x: FloatArray, y: FloatArray) -> list[float]:
    return sorted((y[j] - y[i]) / (x[j] - x[i]) for i, j in combinations(range(x.size), 2))


def rank(slopes: list[float], value: float) -> int:
    return int(np.argmin(np.abs(np.array(slopes) - value)))


def slope(t_s: FloatArray, values: FloatArray) -> Estimate:
    outcome = theil_sen(t_s, values, unit="kPa/s")
    assert isinstance(outcome, Estimate)
    return outcome


def test_the_example_of_sen_1968() -> None:
    assert slope(SEN_X, SEN_Y).value == 4.0


def test_the_interval_of_the_example_holds_the_published_one_and_little_more() -> None:
    """Ours rounds ranks outward: one rank wider on each side than Sen's 26/7 to 35/8."""
    low, high = slope(SEN_X, SEN_Y).coverage_interval()
    slopes = pairwise(SEN_X, SEN_Y)
    assert low == slopes[slopes.index(26 / 7) - 1]
    assert high == slopes[slopes.index(35 / 8) + 1]


def test_one_wild_point_in_ten_changes_nothing() -> None:
    x = np.arange(10.0)
    y = 2 * x + 1
    y[-1] = 100
    assert slope(x, y).value == pytest.approx(2.0)


def test_a_tenth_of_wild_points_moves_a_ramp_by_less_than_a_third() -> None:
    t_s = np.linspace(0, 5, 100)
    for seed in range(300):
        rng = np.random.default_rng(seed)
        y = 50 * t_s + rng.normal(0, 0.5, 100)
        y[rng.choice(100, 10, replace=False)] += 100
        assert slope(t_s, y).value == pytest.approx(50, abs=0.3)


@pytest.mark.parametrize("count", [5, 12, 60, MOST_POINTS])
def test_slope_and_interval_agree_with_scipy(count: int) -> None:
    rng = np.random.default_rng(count)
    t_s = np.sort(rng.uniform(0, 5, count))
    y = 50 * t_s + rng.normal(0, 2, count)
    theirs, ours = stats.theilslopes(y, t_s, 0.95), slope(t_s, y)
    low, high = ours.coverage_interval()
    slopes = pairwise(t_s, y)
    assert ours.value == pytest.approx(theirs.slope)
    assert 0 <= rank(slopes, theirs.low_slope) - rank(slopes, low) <= 1
    assert 0 <= rank(slopes, high) - rank(slopes, theirs.high_slope) <= 1


@pytest.mark.parametrize("count", [8, 30, 100, 800])
def test_the_interval_covers_the_true_slope(count: int) -> None:
    hits = 0
    t_s = np.linspace(0, 5, count)
    for seed in range(500):
        low, high = slope(
            t_s, 50 * t_s + np.random.default_rng(seed).normal(0, 0.5, count)
        ).coverage_interval()
        hits += low <= 50 <= high
    assert 0.92 <= hits / 500 <= 0.98


def test_the_uncertainty_is_that_of_the_interval() -> None:
    found = slope(SEN_X, SEN_Y)
    low, high = found.coverage_interval()
    assert found.standard_uncertainty == pytest.approx((high - low) / (2 * 1.959964), rel=1e-6)


@pytest.mark.parametrize("count", [3, MOST_POINTS + 1, 5 * MOST_POINTS])
def test_a_straight_line_has_its_slope_and_no_uncertainty(count: int) -> None:
    t_s = np.linspace(2, 7, count)
    found = slope(t_s, -3 * t_s + 9)
    assert found.value == pytest.approx(-3, rel=1e-9)
    assert found.standard_uncertainty == pytest.approx(0, abs=1e-9)
    assert found.unit == "kPa/s"


@pytest.mark.parametrize("count", [60, 800])
def test_time_of_day_does_not_matter(count: int) -> None:
    t_s = np.linspace(0, 5, count)
    y = 50 * t_s + np.random.default_rng(3).normal(0, 2, count)
    early, late = slope(t_s, y), slope(t_s + 1e4, y)
    assert late.value == pytest.approx(early.value, rel=1e-6)
    assert late.coverage_interval() == pytest.approx(early.coverage_interval(), rel=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_points_tell_no_slope(count: int) -> None:
    outcome = theil_sen(np.linspace(0, 1, count), np.zeros(count), unit="kPa/s")
    assert isinstance(outcome, NotEstimable)
    assert outcome.reason is QualityFlag.TOO_FEW
