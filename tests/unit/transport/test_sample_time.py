"""Samples stand where they were taken: by the device's clock, else as evenly as they arrived."""

import numpy as np
import pytest

from tissuesense.core.trace import ClockSource
from tissuesense.transport.sample_time import HostOffset, SampleTimes


def _times(period_s: float | None = 4294.967296) -> SampleTimes:
    return SampleTimes(period_s=period_s, usual_step_s=0.0125)


def test_before_the_first_reading_no_moment_has_a_time() -> None:
    times = _times()
    assert times.source is None
    assert times.on_host_clock(5.0) is None
    assert times.moment(1.0, 5.0) is None


def test_device_times_count_from_the_first_reading_whatever_the_arrival() -> None:
    times = _times()
    placed = [*times.place([10.0, 10.0125], 100.0), *times.place([10.025], 100.3)]
    np.testing.assert_allclose(np.array(placed, dtype=float), [0.0, 0.0125, 0.025], atol=1e-9)
    assert times.source is ClockSource.DEVICE


def test_a_reading_without_the_time_that_the_first_one_had_is_not_placed() -> None:
    times = _times()
    times.place([10.0], 100.0)
    assert times.place([None], 100.1) == [None]


def test_a_button_of_the_device_is_placed_by_its_clock_even_over_a_wrap() -> None:
    times = _times(period_s=65.536)
    times.place([65.5], 100.0)
    assert times.moment(0.064, 100.3) == pytest.approx(0.1)


def test_a_button_pressed_before_the_last_reading_does_not_disturb_the_clock() -> None:
    times = _times()
    times.place([10.0], 100.0)
    times.place([11.0], 101.0)
    assert times.moment(10.5, 101.1) == pytest.approx(0.5)
    assert times.place([11.0125], 101.2) == [pytest.approx(1.0125)]


def test_a_key_on_the_host_is_placed_by_the_promptest_arrival() -> None:
    times = _times()
    times.place([0.0], 100.4)  # late
    times.place([1.0], 101.0)
    times.place([2.0], 102.3)  # late
    assert times.on_host_clock(102.5) == pytest.approx(2.5, abs=1e-3)


def test_host_offset_follows_two_clocks_that_drift_apart() -> None:
    host = HostOffset(0.0, 0.0)
    for second in range(1, 3601):
        host.observe(second * (1 + 1e-4), float(second))
    assert host.offset_s == pytest.approx(0.36, abs=1e-3)


def test_readings_without_a_device_clock_stand_where_they_arrived() -> None:
    times = _times(period_s=None)
    placed = [t for arrival_s in (50.0, 50.1, 50.25) for t in times.place([None], arrival_s)]
    np.testing.assert_allclose(np.array(placed, dtype=float), [0.0, 0.1, 0.25], atol=1e-9)
    assert times.source is ClockSource.HOST


def test_readings_that_arrive_together_are_spread_over_the_time_before() -> None:
    times = _times(period_s=None)
    times.place([None], 50.0)
    times.place([None], 50.01)
    placed = times.place([None] * 4, 50.05)
    np.testing.assert_allclose(np.array(placed, dtype=float), [0.02, 0.03, 0.04, 0.05], atol=1e-9)


def test_readings_after_a_pause_are_not_spread_into_it() -> None:
    times = _times(period_s=None)
    times.place([None], 50.0)
    times.place([None], 50.01)
    placed = times.place([None] * 2, 53.0)
    np.testing.assert_allclose(np.array(placed, dtype=float), [2.99, 3.0], atol=1e-9)


@pytest.mark.parametrize("arrivals_s", [[50.0, 50.1, 50.1, 50.1, 50.2], [50.0, 50.0, 50.0]])
def test_readings_that_arrive_at_one_moment_stand_one_after_the_other(
    arrivals_s: list[float],
) -> None:
    times = _times(period_s=None)
    placed = [t for arrival_s in arrivals_s for t in times.place([None], arrival_s)]
    found = np.array(placed, dtype=float)
    assert found[0] == 0.0
    assert (np.diff(found) > 0).all()
    np.testing.assert_allclose(found, np.array(arrivals_s) - 50.0, atol=1e-5)
