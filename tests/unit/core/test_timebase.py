"""Sample times come out strictly increasing, with a word for everything that was mended."""

import numpy as np
import pytest

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag as Flag
from tissuesense.core.timebase import Timebase, find_gaps, regularise, usual_rate_hz

STEP_S = 1 / 80
US_32 = 2**32 / 1e6
MS_32 = 2**32 / 1e3
MS_16 = 2**16 / 1e3


def even(size: int = 400, start_s: float = 100.0) -> FloatArray:
    return start_s + STEP_S * np.arange(size, dtype=np.float64)


def mended(t_s: FloatArray) -> Timebase:
    return regularise(t_s, np.zeros((t_s.size, 1)))


def test_times_in_order_are_left_as_they_are() -> None:
    found = mended(even())
    assert np.array_equal(found.t_s, even())
    assert found.keep.all()
    assert found.quality.flags == ()


def test_an_empty_trace_is_in_order() -> None:
    found = regularise(np.empty(0), np.empty((0, 2)))
    assert found.t_s.size == found.keep.size == 0
    assert found.quality.flags == ()


def test_a_row_that_came_twice_is_kept_once_and_counted() -> None:
    rows = np.sort(np.append(np.arange(400), [10, 10, 300]))
    found = mended(even()[rows])
    assert np.array_equal(found.t_s, even())
    assert found.quality.duplicates == 3
    assert found.quality.flags == (Flag.DUPLICATES,)


def test_of_rows_with_one_time_the_first_is_kept() -> None:
    t_s = np.array([0.0, 1.0, 1.0, 2.0])
    assert mended(t_s).keep.tolist() == [True, True, False, True]


def test_a_row_repeated_late_is_a_duplicate_too() -> None:
    t_s = np.insert(even(), 300, even()[290])
    found = mended(t_s)
    assert np.array_equal(found.t_s, even())
    assert not found.keep[300]
    assert (found.quality.duplicates, found.quality.flags) == (1, (Flag.DUPLICATES,))


@pytest.mark.parametrize("column", ["time", "value"])
def test_a_row_with_something_missing_is_left_out_and_said(column: str) -> None:
    t_s, values = even(), np.zeros((400, 2))
    if column == "time":
        t_s[7] = np.nan
    else:
        values[7, 1] = np.inf
    found = regularise(t_s, values)
    assert np.flatnonzero(~found.keep).tolist() == [7]
    assert found.quality.flags == (Flag.MISSING_VALUES,)


@pytest.mark.parametrize("off_s", [5000.0, 60.0, 0.5, -0.5, -60.0, -70.0, -5000.0])
@pytest.mark.parametrize("row", [1, 200, 398])
def test_one_time_far_off_costs_only_its_own_row(off_s: float, row: int) -> None:
    """60 s: about one turn of a 16 bit counter, and yet no wrap."""
    t_s = even()
    t_s[row] += off_s
    found = mended(t_s)
    assert np.array_equal(found.t_s, np.delete(even(), row))
    assert Flag.CLOCK_WRAPPED not in found.quality.flags
    assert found.quality.flags in {(Flag.MISSING_VALUES,), (Flag.DUPLICATES,)}


def test_one_time_far_ahead_and_another_far_behind_cost_two_rows() -> None:
    t_s = even()
    t_s[100] += 1e6
    t_s[300] -= 1e3
    assert np.array_equal(mended(t_s).t_s, np.delete(even(), [100, 300]))


def test_of_two_rows_that_changed_places_one_is_left_out() -> None:
    t_s = even()
    t_s[[100, 101]] = t_s[[101, 100]]
    assert mended(t_s).t_s.size == 399


def test_a_first_time_far_ahead_costs_only_its_own_row() -> None:
    t_s = even()
    t_s[0] += 1e6
    assert np.array_equal(mended(t_s).t_s, even()[1:])


def test_a_last_time_far_behind_costs_only_its_own_row() -> None:
    t_s = even()
    t_s[-1] -= 1e3
    assert np.array_equal(mended(t_s).t_s, even()[:-1])


@pytest.mark.parametrize(("bad_rows", "mends"), [(8, True), (9, False)])
def test_two_rows_in_a_hundred_may_be_misplaced_and_no_more(bad_rows: int, mends: bool) -> None:
    t_s = even(400)
    t_s[20 : 20 + 30 * bad_rows : 30] -= 1000.003
    if mends:
        assert mended(t_s).t_s.size == 400 - bad_rows
    else:
        with pytest.raises(UsageError, match=r"backwards at sample 21 of 400"):
            mended(t_s)


def test_two_recordings_one_after_the_other_in_a_file_are_refused() -> None:
    with pytest.raises(UsageError, match=f"backwards at sample {even().size + 1} of"):
        mended(np.concatenate((even(start_s=0.0), even(start_s=0.003))))


def test_the_sample_where_time_goes_backwards_is_named_also_where_fewer_came_after_it() -> None:
    t_s = even(100)
    with pytest.raises(UsageError, match="backwards at sample 71 of 100"):
        mended(np.concatenate((t_s[30:], t_s[:30])))


@pytest.mark.parametrize("period_s", [US_32, MS_32, MS_16])
def test_a_counter_that_wrapped_is_unwrapped(period_s: float) -> None:
    true_s = even(start_s=period_s - 200 * STEP_S)
    found = mended(true_s % period_s)
    np.testing.assert_allclose(found.t_s, true_s, rtol=1e-9)
    assert found.keep.all()
    assert found.quality.flags == (Flag.CLOCK_WRAPPED,)


def test_a_counter_that_wrapped_three_times_is_unwrapped_three_times() -> None:
    true_s = np.arange(0.0, 3.5 * MS_16, 0.1)
    np.testing.assert_allclose(mended(true_s % MS_16).t_s, true_s, atol=1e-6)


def test_nine_seconds_may_be_lost_over_a_wrap() -> None:
    true_s = even(start_s=MS_16 - 200 * STEP_S)
    true_s[200:] += 9.0
    found = mended(true_s % MS_16)
    np.testing.assert_allclose(found.t_s, true_s, atol=1e-6)
    assert set(found.quality.flags) == {Flag.CLOCK_WRAPPED, Flag.GAP}


def test_a_gap_is_found_where_samples_are_lost() -> None:
    t_s = np.delete(even(), slice(100, 140))
    found = mended(t_s)
    assert found.quality.gaps == ((even()[99], even()[140]),)
    assert found.quality.flags == (Flag.GAP,)


@pytest.mark.parametrize(("steps", "gaps"), [(2.9, 0), (3.1, 1)])
def test_more_than_three_usual_steps_are_a_gap(steps: float, gaps: int) -> None:
    t_s = even()
    t_s[200:] += (steps - 1) * STEP_S
    assert len(find_gaps(t_s)) == gaps


def test_batches_of_a_radio_link_are_not_gaps() -> None:
    """Eight samples in a burst, then a pause: an eighth of the steps is long."""
    batch = np.arange(8) * 0.001
    t_s = np.concatenate([0.1 * k + batch for k in range(100)])
    assert find_gaps(t_s) == ()


def test_a_lost_batch_is_a_gap() -> None:
    batch = np.arange(8) * 0.001
    t_s = np.concatenate([0.1 * k + batch for k in range(100) if k not in {40, 41, 42}])
    ((start_s, end_s),) = find_gaps(t_s)
    assert start_s == pytest.approx(3.907)
    assert end_s == pytest.approx(4.3)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_two_samples_know_no_usual_step(size: int) -> None:
    assert find_gaps(np.linspace(0.0, 100.0, size)) == ()


def test_the_rate_is_that_of_the_usual_step() -> None:
    assert usual_rate_hz(np.delete(even(), slice(100, 140))) == pytest.approx(80)


def test_times_written_with_few_digits_do_not_shift_the_rate() -> None:
    assert usual_rate_hz(np.round(even(4000), 3)) == pytest.approx(80, rel=1e-4)


@pytest.mark.parametrize("size", [0, 1])
def test_one_sample_has_no_rate(size: int) -> None:
    assert usual_rate_hz(np.zeros(size)) is None
