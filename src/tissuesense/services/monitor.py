"""Watch what a gauge sends, without measuring anything: its rate, its zero, its battery."""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from tissuesense.core.arrays import FloatArray
from tissuesense.core.clock import Clock
from tissuesense.core.errors import CaptureError, ConfigurationError, TransportError, UsageError
from tissuesense.guidance.zero import ZeroTracker
from tissuesense.services.table.audience import Audience
from tissuesense.services.table.view import Samples
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import LinkState
from tissuesense.transport.device import Device, open_device

_RATE_OVER_S = 3.0
_LEAST_FOR_RATE_S = 0.5
_AT_REST_N = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorView:
    """How the gauge is now.

    Attributes
    ----------
    state
        "opening", "running", "lost" (the link is being mended) or "over".
    rate_hz
        Readings a second over the last seconds; None before there are enough.
    zero_n
        What it reads with nothing on it; None before it stood still.
    marks
        How often its own button was heard.
    why
        Why it ended, in words.
    """

    state: str = "opening"
    gauge: str = ""
    model: str = ""
    rate_hz: float | None = None
    battery_percent: float | None = None
    battery_v: float | None = None
    low_battery: bool = False
    zero_n: float | None = None
    marks: int = 0
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for a screen."""
        return {
            "state": self.state,
            "gauge": self.gauge,
            "model": self.model,
            "rate_hz": self.rate_hz,
            "battery_percent": self.battery_percent,
            "battery_v": self.battery_v,
            "low_battery": self.low_battery,
            "zero_n": self.zero_n,
            "marks": self.marks,
            "why": self.why,
        }


class Monitor:
    """Follows one gauge for the screens that watch it."""

    def __init__(self, url: str, *, audience: Audience, clock: Clock) -> None:
        self._url, self._audience, self._clock = url, audience, clock
        self._zero = ZeroTracker()
        self._arrived: deque[tuple[float, int]] = deque()
        self.view = MonitorView()

    def refuse(self, why: str) -> None:
        """Say why nothing is to be watched."""
        self._show(state="over", why=why)

    async def run(self) -> None:
        """Watch until it is cancelled, or the gauge has gone."""
        self._show(state="opening")
        try:
            async with open_device(self._url, clock=self._clock) as device:
                self._show(gauge=device.instrument, model=device.profile.model)
                async for block in device.stream():
                    self._follow(block, device)
            self._show(state="over", why="The recording has ended.")
        except (TransportError, CaptureError, ConfigurationError, UsageError) as error:
            self._show(state="over", why=f"{error} {error.hint}".rstrip())
        except asyncio.CancelledError:
            self._show(state="over", why="")
            raise

    def _follow(self, block: SampleBlock, device: Device) -> None:
        health = device.health()
        self._note(block.t_s)
        if block.force_n.size:
            self._watch_zero(block)
            self._audience.play(
                Samples(t_s=block.t_s, force_n=block.force_n, arrived_s=self._clock.monotonic_s())
            )
        self._show(
            state="running" if block.link is LinkState.UP else "lost",
            gauge=device.instrument,
            rate_hz=self._rate_hz(),
            battery_percent=health.battery_percent,
            battery_v=health.battery_v,
            low_battery=health.low_battery,
            zero_n=None if self._zero.level_n is None else round(self._zero.level_n, 2),
            marks=self.view.marks + len(block.marks_s),
        )

    def _watch_zero(self, block: SampleBlock) -> None:
        level_n = self._zero.level_n
        for t_s, force_n in zip(block.t_s.tolist(), block.force_n.tolist(), strict=True):
            if level_n is None or abs(force_n - level_n) < _AT_REST_N:
                self._zero.add(t_s, force_n)

    def _note(self, t_s: FloatArray) -> None:
        if not t_s.size:
            return
        self._arrived.append((float(t_s[-1]), t_s.size))
        while self._arrived[-1][0] - self._arrived[0][0] > _RATE_OVER_S:
            self._arrived.popleft()

    def _rate_hz(self) -> float | None:
        if not self._arrived:
            return None
        span_s = self._arrived[-1][0] - self._arrived[0][0]
        if span_s < _LEAST_FOR_RATE_S:
            return None
        return round((sum(count for _, count in self._arrived) - self._arrived[0][1]) / span_s, 1)

    def _show(self, **changed: Any) -> None:  # noqa: ANN401 - fields of MonitorView
        self.view = replace(self.view, **changed)
        self._audience.show(self.view)
