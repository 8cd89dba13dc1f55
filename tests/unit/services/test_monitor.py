"""Claim: the monitor tells how a gauge is, whatever it is, and says in words why it is not."""

import asyncio

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.services.monitor import Monitor, MonitorView
from tissuesense.services.table.audience import Audience


def watched(url: str, *, until_hz: bool = True) -> tuple[MonitorView, float]:
    """Watch until the rate is known; return the view, and the lowest force that was played."""

    async def run() -> tuple[MonitorView, float]:
        audience = Audience()
        monitor = Monitor(url, audience=audience, clock=ManualClock())
        lowest = float("inf")
        with audience.seat() as outbox:
            task = asyncio.create_task(monitor.run())
            while not task.done() and not (until_hz and told(monitor.view)):
                _, samples = await outbox.take()
                lowest = min([lowest, *(float(np.min(one.force_n)) for one in samples)])
            task.cancel()
            await asyncio.wait([task])
        return monitor.view, lowest

    return asyncio.run(run())


def told(view: MonitorView) -> bool:
    return view.zero_n is not None and view.rate_hz is not None


@pytest.mark.parametrize(("model", "rate_hz"), [("progressor", 80.0), ("wh-c06", 2.0)])
def test_it_tells_rate_and_zero(model: str, rate_hz: float) -> None:
    view, lowest = watched(f"sim:?model={model}&speed=0&subject=relaxed")
    assert view.model == model
    assert view.rate_hz == pytest.approx(rate_hz, rel=0.1)
    assert view.zero_n == pytest.approx(lowest, abs=0.6)


def test_a_gauge_that_has_gone_is_said_in_words() -> None:
    view, _ = watched("serial:///dev/there-is-no-such-port?model=mark10", until_hz=False)
    assert view.state == "over"
    assert "there-is-no-such-port" in view.why


def test_it_ends_quietly_when_nobody_watches() -> None:
    view, _ = watched("sim:?speed=0")
    assert (view.state, view.why) == ("over", "")
