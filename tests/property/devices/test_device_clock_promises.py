"""However late readings come and wherever the counter wraps, the gauge's own intervals are kept."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.device_clock import DeviceClock

PERIOD_S = 2**32 / 1e6
STEPS_S = st.lists(st.floats(min_value=0.001, max_value=0.5), min_size=1, max_size=60)
DELAYS_S = st.lists(st.floats(min_value=0, max_value=20), min_size=61, max_size=61)
STARTS_S = st.one_of(
    st.floats(min_value=0, max_value=PERIOD_S, exclude_max=True),
    st.floats(min_value=PERIOD_S - 20, max_value=PERIOD_S, exclude_max=True),
)


def true_times(steps_s: list[float]) -> list[float]:
    times = [0.0]
    for step_s in steps_s:
        times.append(times[-1] + step_s)
    return times


def arrivals(times_s: list[float], delays_s: list[float]) -> list[float]:
    """Arrive late, each by its own delay, but in order."""
    latest, found = 0.0, []
    for time_s, delay_s in zip(times_s, delays_s, strict=False):
        latest = max(latest, time_s + delay_s)
        found.append(latest)
    return found


@given(start_s=STARTS_S, steps_s=STEPS_S, delays_s=DELAYS_S)
def test_intervals_are_the_gauges_own(
    start_s: float, steps_s: list[float], delays_s: list[float]
) -> None:
    times_s = true_times(steps_s)
    clock = DeviceClock(PERIOD_S)
    found = [
        clock.trace_time_s((start_s + time_s) % PERIOD_S, host_s)
        for time_s, host_s in zip(times_s, arrivals(times_s, delays_s), strict=True)
    ]
    assert found == pytest.approx(times_s, abs=1e-6)
    assert clock.wraps == int((start_s + times_s[-1]) // PERIOD_S)
    assert clock.restarts == 0


@given(steps_s=STEPS_S, delays_s=DELAYS_S, copies=st.integers(min_value=2, max_value=3))
def test_a_repetition_has_the_time_of_the_first_and_moves_nothing(
    steps_s: list[float], delays_s: list[float], copies: int
) -> None:
    times_s = true_times(steps_s)
    clock = DeviceClock(PERIOD_S)
    for time_s, host_s in zip(times_s, arrivals(times_s, delays_s), strict=True):
        first, *again = (clock.trace_time_s(time_s, host_s) for _ in range(copies))
        assert first == pytest.approx(time_s, abs=1e-9)
        assert set(again) == {first}


@given(
    before_s=st.floats(min_value=0, max_value=PERIOD_S - 10),
    steps_s=STEPS_S,
    outage_s=st.floats(min_value=0.05, max_value=3000),
    after_s=st.floats(min_value=0, max_value=PERIOD_S / 2),
    steps_after_s=STEPS_S,
)
def test_after_a_reopened_link_time_goes_on_where_host_time_is(
    before_s: float,
    steps_s: list[float],
    outage_s: float,
    after_s: float,
    steps_after_s: list[float],
) -> None:
    clock = DeviceClock(PERIOD_S)
    times_s = true_times(steps_s)
    first = [clock.trace_time_s((before_s + t) % PERIOD_S, t) for t in times_s]
    clock.link_reopened()
    resumed_s = times_s[-1] + outage_s
    second = [clock.trace_time_s(after_s + t, resumed_s + t) for t in true_times(steps_after_s)]
    # Within a second it may pass for the same counter still running, which then tells the time.
    assert second[0] == pytest.approx(resumed_s, abs=1.01 + 0.01 * outage_s)
    assert all(later > earlier for earlier, later in pairwise(first + second))
    intervals = [later - earlier for earlier, later in pairwise(second)]
    assert intervals == pytest.approx(steps_after_s, abs=1e-6)


@given(
    counter_s=st.lists(st.floats(min_value=0, max_value=PERIOD_S), max_size=30, unique=True),
    host_steps_s=st.lists(st.floats(min_value=0, max_value=100), min_size=30, max_size=30),
)
def test_whatever_the_counter_says_time_goes_forward(
    counter_s: list[float], host_steps_s: list[float]
) -> None:
    clock, host_s = DeviceClock(PERIOD_S), 0.0
    found = []
    for reading_s, step_s in zip(counter_s, host_steps_s, strict=False):
        host_s += step_s
        found.append(clock.trace_time_s(reading_s, host_s))
    assert all(later > earlier for earlier, later in pairwise(found))
