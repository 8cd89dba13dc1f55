"""Listen to a gauge on the fake radio, both in one event loop, so that a test steers the world."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path

from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.listening import Heard

from tissuesense.core.errors import TransportError
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.device import Device, open_device
from tissuesense.transport.stream_quality import Notice

NEWTON_PER_KG = 9.80665

Hook = Callable[[Device, SampleBlock], None]
World = Callable[[], Coroutine[None, None, None]]


async def _nothing() -> None:
    """Let the world be."""


def listen_by_radio(
    bluez: FakeBluez,
    url: str,
    capture: Path,
    system_bus: str,
    *,
    seconds: float,
    give_up_s: float = 5.0,
    each: Hook = lambda _device, _block: None,
    meanwhile: World = _nothing,
) -> Heard:
    """Record for some seconds, and hold the capture to its promise."""

    async def play() -> Heard:
        await bluez.start(system_bus)
        try:
            return await _record(url, capture, seconds, give_up_s, each, meanwhile)
        finally:
            await bluez.stop()

    heard = asyncio.run(play())
    assert decode_capture(capture) == (heard.trace, heard.quality)
    return heard


async def _record(
    url: str, capture: Path, seconds: float, give_up_s: float, each: Hook, meanwhile: World
) -> Heard:
    events: list[Notice] = []
    error: TransportError | None = None
    device = open_device(url, capture=capture, give_up_s=give_up_s)
    async with device:
        world = asyncio.create_task(meanwhile())
        try:
            async for block in device.stream():
                each(device, block)
                events += block.events
                if block.elapsed_s >= seconds:
                    break
        except TransportError as err:
            error = err
        world.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await world
    return Heard(
        device=device,
        trace=device.trace(),
        quality=device.quality(),
        events=tuple(events),
        error=error,
    )


def grams(heard: Heard) -> list[int]:
    """Return what the counting gauge counted: its samples' own numbers."""
    assert heard.trace.force_n is not None
    return [round(1000 * float(f) / NEWTON_PER_KG) for f in heard.trace.force_n]
