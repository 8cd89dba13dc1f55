"""Listen to a device until enough has come, or it has failed."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tissuesense.core.errors import TransportError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.trace import Trace
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.device import Device, open_device
from tissuesense.transport.stream_quality import Notice


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Everything a listener ends up with."""

    device: Device
    trace: Trace
    quality: QualitySummary
    events: tuple[Notice, ...]
    error: TransportError | None

    @property
    def force_n(self) -> list[float]:
        assert self.trace.force_n is not None
        return [round(float(force_n), 4) for force_n in self.trace.force_n]


def listen(
    url: str,
    capture: Path,
    *,
    samples: int = 1_000_000,
    seconds: float = 20.0,
    give_up_s: float = 5.0,
    each: Callable[[Device, SampleBlock], None] = lambda _device, _block: None,
) -> Heard:
    """Listen, and hold the capture to its promise: it decodes to the same trace."""
    heard = asyncio.run(_listen(url, capture, samples, seconds, give_up_s, each))
    assert decode_capture(capture) == (heard.trace, heard.quality)
    return heard


async def _listen(
    url: str,
    capture: Path,
    samples: int,
    seconds: float,
    give_up_s: float,
    each: Callable[[Device, SampleBlock], None],
) -> Heard:
    events: list[Notice] = []
    error = None
    device = open_device(url, capture=capture, give_up_s=give_up_s)
    async with device:
        try:
            async with asyncio.timeout(seconds):
                async for block in device.stream():
                    each(device, block)
                    events += block.events
                    if device.trace().size >= samples:
                        break
        except TransportError as err:
            error = err
    return Heard(
        device=device,
        trace=device.trace(),
        quality=device.quality(),
        events=tuple(events),
        error=error,
    )
