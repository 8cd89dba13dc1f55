"""Whatever a gauge's clock does, times come out strictly increasing or the trace is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag as Flag
from tissuesense.core.timebase import regularise

PERIODS_S = (2**32 / 1e6, 2**32 / 1e3, 2**16 / 1e3)
anything = arrays(np.float64, st.integers(0, 60), elements=st.floats(width=64))
steps_s = st.lists(st.floats(0.001, 0.5), min_size=3, max_size=80).map(np.array)


def regular(t_s: FloatArray) -> FloatArray:
    return regularise(t_s, np.zeros((t_s.size, 1))).t_s


@given(t_s=anything)
def test_any_times_at_all_come_out_strictly_increasing_or_are_refused(t_s: FloatArray) -> None:
    try:
        found = regularise(t_s, np.zeros((t_s.size, 1)))
    except UsageError:
        return
    assert (np.diff(found.t_s) > 0).all()
    assert np.isfinite(found.t_s).all()
    assert found.keep.sum() == found.t_s.size
    assert found.keep.all() == (
        not {Flag.DUPLICATES, Flag.MISSING_VALUES} & set(found.quality.flags)
    )


@pytest.mark.parametrize("period_s", PERIODS_S)
@given(steps=steps_s, place=st.data())
def test_a_wrap_at_any_place_changes_no_step(
    period_s: float, steps: FloatArray, place: st.DataObject
) -> None:
    at = place.draw(st.integers(1, steps.size))
    since_start = np.concatenate(([0.0], np.cumsum(steps)))
    before_wrap = (since_start[at - 1] + since_start[at]) / 2
    true_s = period_s - before_wrap + since_start
    found = regularise(true_s % period_s, np.zeros((true_s.size, 1)))
    np.testing.assert_allclose(np.diff(found.t_s), steps, atol=1e-8)
    assert Flag.CLOCK_WRAPPED in found.quality.flags


@given(steps=steps_s, doubled=st.data())
def test_doubled_rows_change_nothing(steps: FloatArray, doubled: st.DataObject) -> None:
    t_s = np.cumsum(steps)
    twice = doubled.draw(st.lists(st.integers(0, t_s.size - 1), min_size=1, max_size=20))
    rows = np.sort(np.concatenate((np.arange(t_s.size), twice)))
    found = regularise(t_s[rows], np.zeros((rows.size, 1)))
    assert np.array_equal(found.t_s, t_s)
    assert found.quality.duplicates == len(twice)


@given(
    off_s=st.floats(-1e7, 1e7).filter(lambda off: abs(off) > 2),
    row=st.integers(1, 98),
)
def test_a_lone_wrong_time_anywhere_costs_one_row(off_s: float, row: int) -> None:
    t_s = 1e3 + np.arange(100, dtype=np.float64) * 0.02
    wrong = t_s.copy()
    wrong[row] += off_s
    assert np.array_equal(regular(wrong), np.delete(t_s, row))


@given(steps=steps_s)
def test_what_is_in_order_stays_as_it_is(steps: FloatArray) -> None:
    t_s = np.cumsum(steps)
    assert np.array_equal(regular(t_s), t_s)
    assert np.array_equal(regular(regular(t_s)), t_s)
