"""A manual clock moves only when told; the system clock never goes back and knows its zone."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tissuesense.core.clock import Clock, ManualClock, SystemClock


def test_a_manual_clock_stands_until_it_is_moved(clock: ManualClock) -> None:
    before = (clock.monotonic_s(), clock.now())
    assert (clock.monotonic_s(), clock.now()) == before


def test_advancing_moves_both_times_by_as_much(clock: ManualClock) -> None:
    started = clock.now()
    clock.advance(1.5)
    clock.advance(2.25)
    assert clock.monotonic_s() == 3.75
    assert clock.now() - started == timedelta(seconds=3.75)


def test_a_manual_clock_starts_where_it_is_set() -> None:
    start = datetime(2030, 2, 3, 4, 5, tzinfo=UTC)
    assert ManualClock(start=start).now() == start


def test_the_system_clock_does_not_go_back() -> None:
    times = [SystemClock().monotonic_s() for _ in range(100)]
    assert times == sorted(times)


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock()])
def test_the_wall_clock_is_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_manual_clock_hangs_in_the_zone_that_it_is_given() -> None:
    clock = ManualClock(zone=timezone(timedelta(hours=-3, minutes=-30)))
    assert clock.local_now() == clock.now()
    assert clock.local_now().isoformat() == "2026-01-05T05:30:00-03:30"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a zone that can be set")
def test_the_system_clock_hangs_in_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "NPT-05:45")
    time.tzset()
    try:
        assert SystemClock().local_now().utcoffset() == timedelta(hours=5, minutes=45)
    finally:
        monkeypatch.undo()
        time.tzset()
