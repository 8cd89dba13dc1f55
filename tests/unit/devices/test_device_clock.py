"""Trace time follows the gauge's clock, through wraps, late arrivals, repetitions and restarts."""

from itertools import pairwise

import pytest

from tissuesense.devices.device_clock import DeviceClock

PERIOD_S = 2**32 / 1e6


def times(clock: DeviceClock, readings: list[tuple[float, float]]) -> list[float]:
    return [clock.trace_time_s(device, host) for device, host in readings]


def test_time_counts_from_the_first_reading() -> None:
    clock = DeviceClock(PERIOD_S)
    assert times(clock, [(29.5, 100.0), (29.75, 100.25)]) == [0.0, 0.25]


def test_a_burst_is_spread_as_the_gauge_measured_it() -> None:
    clock = DeviceClock(PERIOD_S)
    burst = [(i / 8, 50.0) for i in range(80)]
    assert times(clock, burst) == [i / 8 for i in range(80)]


def test_a_late_delivery_is_no_restart() -> None:
    clock = DeviceClock(PERIOD_S)
    assert times(clock, [(0.0, 0.0), (0.125, 30.0), (0.25, 30.0), (30.0, 30.1)]) == [
        0.0,
        0.125,
        0.25,
        30.0,
    ]
    assert clock.restarts == 0


def test_a_wrap_is_passed_over() -> None:
    clock = DeviceClock(PERIOD_S)
    before, after = times(clock, [(PERIOD_S - 0.5, 0.0), (0.25, 0.75)])
    assert after - before == pytest.approx(0.75, abs=1e-9)
    assert (clock.wraps, clock.restarts) == (1, 0)


def test_an_outage_of_several_periods_is_counted_by_host_time() -> None:
    clock = DeviceClock(10.0)
    assert times(clock, [(1.0, 0.0), (4.0, 33.1)])[1] == pytest.approx(33.0)
    assert clock.wraps == 3


def test_a_repeated_reading_gets_its_own_time_again() -> None:
    clock = DeviceClock(PERIOD_S)
    readings = [(0.0, 0.0), (0.25, 0.25), (0.0, 0.25), (0.25, 0.25), (0.5, 0.5)]
    assert times(clock, readings) == [0.0, 0.25, 0.0, 0.25, 0.5]
    assert clock.restarts == 0


def test_a_restart_goes_on_from_where_host_time_has_got_to() -> None:
    clock = DeviceClock(PERIOD_S)
    readings = [(100.0, 0.05), (101.0, 1.05), (0.0, 4.05), (0.5, 4.55)]
    assert times(clock, readings) == pytest.approx([0.0, 1.0, 4.0, 4.5], abs=1e-9)
    assert (clock.wraps, clock.restarts) == (0, 1)


def test_a_counter_that_starts_again_on_the_same_numbers_repeats_nothing() -> None:
    clock = DeviceClock(PERIOD_S)
    run = [(i / 80, i / 80) for i in range(100)]
    again = [(i / 80, (100 + i) / 80) for i in range(100)]
    assert times(clock, run + again) == pytest.approx([i / 80 for i in range(200)], abs=1e-9)
    assert clock.restarts == 1


def test_a_restart_late_in_the_period_is_no_wrap() -> None:
    clock = DeviceClock(PERIOD_S)
    start = 0.9 * PERIOD_S
    assert times(clock, [(start, 0.0), (start + 1, 1.0), (0.0, 3.0)]) == [0.0, 1.0, 3.0]
    assert (clock.wraps, clock.restarts) == (0, 1)


def test_a_restart_that_arrives_at_once_still_goes_forward() -> None:
    clock = DeviceClock(PERIOD_S)
    burst = [(5.0, 1.0), (5.1, 1.0), (0.0, 1.0), (0.1, 1.0)]
    found = times(clock, burst)
    assert all(later > earlier for earlier, later in pairwise(found))


def test_a_counter_that_ran_through_a_reopened_link_is_believed() -> None:
    clock = DeviceClock(PERIOD_S)
    clock.trace_time_s(10.0, 0.0)
    clock.link_reopened()
    assert clock.trace_time_s(15.0, 5.2) == 5.0
    assert clock.restarts == 0


def test_a_counter_that_stands_later_by_chance_after_a_reopened_link_is_not() -> None:
    clock = DeviceClock(PERIOD_S)
    clock.trace_time_s(0.2, 0.0)
    clock.link_reopened()
    assert clock.trace_time_s(0.4, 5.0) == 5.0
    assert clock.trace_time_s(0.5, 5.1) == pytest.approx(5.1)
    assert clock.restarts == 1


def test_the_same_counter_after_a_reopened_link_is_no_repetition() -> None:
    clock = DeviceClock(PERIOD_S)
    clock.trace_time_s(0.0, 0.0)
    clock.trace_time_s(0.1, 0.1)
    clock.link_reopened()
    assert clock.trace_time_s(0.0, 5.0) == 5.0


def test_once_the_link_is_back_readings_may_be_late_again() -> None:
    clock = DeviceClock(PERIOD_S)
    clock.trace_time_s(10.0, 0.0)
    clock.link_reopened()
    assert times(clock, [(15.0, 5.0), (15.1, 12.0), (15.2, 12.0)]) == pytest.approx([5.0, 5.1, 5.2])
    assert clock.restarts == 0


def test_a_restart_after_a_wrap_leaves_the_wrap_counted() -> None:
    clock = DeviceClock(PERIOD_S)
    times(clock, [(PERIOD_S - 0.5, 0.0), (100.0, 100.5), (0.0, 103.0), (0.1, 103.1)])
    assert (clock.wraps, clock.restarts) == (1, 1)


def test_a_slow_crystal_is_followed_over_a_long_outage() -> None:
    clock = DeviceClock(PERIOD_S)
    clock.trace_time_s(0.0, 0.0)
    assert clock.trace_time_s(603.0, 600.0) == 603.0
    assert clock.restarts == 0


def test_a_damaged_time_costs_no_later_reading_its_place() -> None:
    clock = DeviceClock(2**32 / 1e3)
    readings = [(1.0, 0.0), (1.1, 0.1), (91.2, 0.2), (1.3, 0.3), (1.4, 0.4)]
    assert times(clock, readings) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_only_a_bounded_number_of_readings_is_remembered() -> None:
    clock = DeviceClock(PERIOD_S)
    times(clock, [(i / 80, i / 80) for i in range(2000)])
    assert len(clock._recent) <= 256


def test_the_lateness_of_first_readings_does_not_add_up_over_many_restarts() -> None:
    clock = DeviceClock(PERIOD_S)
    for begin_s in range(0, 600, 3):
        clock.link_reopened()
        *_, last_s = times(
            clock, [(i / 10, begin_s + i / 10 + (0.02 if i == 0 else 0.0)) for i in range(10)]
        )
    assert clock.restarts == 199
    assert last_s == pytest.approx(597.9, abs=0.021)
