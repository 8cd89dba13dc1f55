"""Time passes as fast as it was asked to."""

import asyncio

import pytest

from tissuesense.core.clock import ManualClock, SystemClock
from tissuesense.transport.base import VirtualPace


def test_a_world_without_real_time_is_where_it_was_put() -> None:
    async def play() -> float:
        pace = VirtualPace(ManualClock(), start_s=5.0)
        await pace.sleep(3600.0)
        await pace.sleep(-1.0)
        return pace.now_s()

    assert asyncio.run(play()) == 3605.0


def test_a_world_in_step_with_real_time_is_read_while_it_sleeps() -> None:
    async def play() -> tuple[float, float, float]:
        clock = SystemClock()
        pace = VirtualPace(clock, speed=10.0)
        began_s = clock.monotonic_s()
        sleeper = asyncio.get_running_loop().create_task(pace.sleep(2.0))
        await asyncio.sleep(0.05)
        half_way_s = pace.now_s()
        await sleeper
        return half_way_s, pace.now_s(), clock.monotonic_s() - began_s

    half_way_s, end_s, real_s = asyncio.run(play())
    assert 0.4 < half_way_s < 2.0
    assert end_s == pytest.approx(2.0)
    assert real_s >= 0.2
