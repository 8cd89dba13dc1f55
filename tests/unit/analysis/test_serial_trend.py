"""Visits that resemble their neighbours are not taken for a trend as often as they would be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tissuesense as ts
from tissuesense.core.arrays import FloatArray

RUNS = 500


def wandering(rng: np.random.Generator, n: int, correlation: float) -> FloatArray:
    """Draw a first-order series without a trend, in its steady state."""
    y = rng.normal(size=n + 40)
    for t in range(1, y.size):
        y[t] += correlation * y[t - 1]
    return y[40:]


def false_alarms(n: int, correlation: float) -> tuple[float, float]:
    """Return how often no trend is taken for one at 5 %: as if independent, and allowing for it."""
    rng = np.random.default_rng(n)
    found = [
        ts.trend.monotone_trend(np.arange(n), wandering(rng, n, correlation)) for _ in range(RUNS)
    ]
    plain = np.mean([trend.p_value is not None and trend.p_value < 0.05 for trend in found])
    serial = np.mean([(trend.p_value_serial or 1.0) < 0.05 for trend in found])
    return float(plain), float(serial)


@pytest.mark.parametrize(("n", "most"), [(15, 0.13), (30, 0.10), (60, 0.09)])
def test_false_alarms_of_correlated_visits_come_down_to_near_what_was_promised(
    n: int, most: float
) -> None:
    plain, serial = false_alarms(n, 0.5)
    assert plain > 0.15
    assert serial < most


def test_independent_visits_keep_their_level() -> None:
    _, serial = false_alarms(30, 0.0)
    assert 0.02 <= serial <= 0.07


def test_a_real_trend_is_still_seen() -> None:
    rng = np.random.default_rng(7)
    found = ts.trend.monotone_trend(np.arange(30), 0.3 * np.arange(30) + wandering(rng, 30, 0.5))
    assert found.p_value_serial is not None
    assert found.p_value is not None
    assert found.p_value < found.p_value_serial < 0.01


@given(y=st.lists(st.floats(-100, 100), min_size=10, max_size=30))
def test_allowing_for_neighbours_never_makes_a_trend_surer(y: list[float]) -> None:
    found = ts.trend.monotone_trend(np.arange(len(y)), y)
    if found.variance_serial is not None:
        assert found.variance_serial >= found.variance


def test_fewer_than_ten_visits_cannot_tell() -> None:
    found = ts.trend.monotone_trend(np.arange(9), np.arange(9) ** 2)
    assert (found.lag1, found.p_value_serial, found.serially_correlated) == (None, None, False)
