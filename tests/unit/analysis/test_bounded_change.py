"""A cut-off that was reached bounds a change, and never becomes one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.course.bounded_change import change_with_limits
from tissuesense.analysis.course.change import change_over_visits
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

DAYS = [0.0, 7.0, 14.0]


def test_without_a_limit_it_is_the_change() -> None:
    values = [300.0, 480.0, 500.0]
    assert change_with_limits(DAYS, values, [False] * 3) == change_over_visits(DAYS, values)


def test_a_limit_after_the_baseline_makes_the_change_at_least_that() -> None:
    found = change_with_limits(DAYS, [300.0, 1000.0, 1000.0], [False, True, True])
    assert (found.log_change, found.percent, found.probability_higher) == (None, None, None)
    assert found.bound_percent is not None
    assert 200 < found.bound_percent < 240
    assert found.verdict == "very likely"
    assert "at least +2" in found.sentence
    assert "cut-off" in found.sentence
    assert QualityFlag.CENSORED in found.flags


def test_a_limit_in_the_baseline_makes_a_fall_at_most_that() -> None:
    found = change_with_limits(DAYS, [1000.0, 400.0, 390.0], [True, False, False])
    assert found.verdict == "very likely"
    assert "lower" in found.sentence
    assert "at most -6" in found.sentence


def test_a_rise_from_a_limit_is_not_claimed() -> None:
    found = change_with_limits(DAYS, [500.0, 900.0, 950.0], [True, False, False])
    assert found.verdict == "cannot tell"
    assert found.sentence.startswith("No change can be claimed: it is at most +")


def test_limits_on_both_sides_say_nothing() -> None:
    found = change_with_limits(DAYS, [1000.0, 1000.0, 1000.0], [True, True, True])
    assert (found.bound_percent, found.verdict) == (None, "cannot tell")
    assert "before and after" in found.sentence


@given(truth=st.lists(st.floats(100, 3000), min_size=3, max_size=6))
def test_the_bound_is_never_above_the_change_of_the_true_values(truth: list[float]) -> None:
    values = np.minimum(truth, 1000.0)
    reached = np.array(truth) > 1000.0
    if reached[0] or not reached.any():
        return
    days = np.arange(float(len(truth))) * 7
    change = change_over_visits(days, truth)
    bound = change_with_limits(days, values, reached).bound_percent
    assert change.percent is not None
    assert bound is not None
    assert bound <= change.percent.value + 1e-9


def test_a_missing_visit_reached_no_limit_and_shapes_must_agree() -> None:
    found = change_with_limits(DAYS, [300.0, np.nan, 310.0], [False, True, False])
    assert found.percent is not None
    with pytest.raises(UsageError, match="at_limit"):
        change_with_limits(DAYS, [300.0, 310.0, 320.0], [True])
