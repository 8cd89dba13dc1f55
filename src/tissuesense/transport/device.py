"""A device as a program uses it: open it by its URL, iterate over what it measures."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tissuesense.core.clock import Clock, SystemClock
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.core.version import __version__
from tissuesense.devices.codec import DeviceFacts, DeviceText
from tissuesense.devices.health import GaugeHealth
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.transport.assembly import SampleBlock, StreamAssembler
from tissuesense.transport.base import Chunk, Transport
from tissuesense.transport.capture_file import CaptureHeader, CaptureWriter
from tissuesense.transport.connection import Connection
from tissuesense.transport.opening import Opening, opening_for
from tissuesense.transport.url import parse_device_url

GIVE_UP_S = 10.0


class Device:
    """One gauge during one recording; an async context manager.

    Opened by `open_device`. The link is up inside ``async with``; the trace and its quality stay
    available after it.
    """

    def __init__(
        self,
        opening: Opening,
        *,
        clock: Clock,
        capture: Path | None,
        overwrite: bool = False,
        give_up_s: float = GIVE_UP_S,
    ) -> None:
        self._opening = opening
        self._clock = clock
        self._capture = capture
        self._overwrite = overwrite
        self._writer: CaptureWriter | None = None
        self._assembler = StreamAssembler(opening.profile, opening.parameters)
        self._connection = Connection(
            opening.transport,
            opening.profile,
            self._assembler,
            record=self._record,
            give_up_s=give_up_s,
        )
        self._serial: str | None = None
        self._facts: dict[str, float | str] = {}
        self._unread: list[SampleBlock] = []

    @property
    def profile(self) -> DeviceProfile:
        """The device's model."""
        return self._opening.profile

    @property
    def instrument(self) -> str:
        """The serial number, else the name the link knows, else the model."""
        return self._serial or self._transport.identity or self._opening.profile.model

    @property
    def context(self) -> RecordingContext:
        """What is known of the recording by the device itself, the instrument included."""
        known = replace(self._opening.context, instrument=self.instrument)
        return known.outweighing(RecordingContext.from_dict(self._facts))

    @property
    def parameters(self) -> WireParameters:
        """What the URL states about the wire; a unit in it is assumed and not measured."""
        return self._opening.parameters

    @property
    def clock_source(self) -> ClockSource:
        """Whose clock the trace is on; the host's before anything has come."""
        return self._assembler.clock_source or ClockSource.HOST

    async def stream(self) -> AsyncIterator[SampleBlock]:
        """Yield what becomes known, at least a few times a second while nothing does.

        The stream of a replay ends; that of a device goes on until the loop is left.

        Raises
        ------
        LinkLost
            When the link broke and could not be mended in time.
        TransportTimeout
            When no reading came in time.
        """
        while True:
            while self._unread:
                yield self._unread.pop(0)
            block = await self._connection.next_block()
            if block is None:
                return
            self._notice(block)
            yield block

    def mark(self) -> None:
        """Note that the client signalled now, by a key or a pedal; the capture keeps it."""
        self._unread.append(self._connection.mark())

    def trace(self) -> Trace:
        """Return everything so far."""
        return self._assembler.trace()

    def quality(self) -> QualitySummary:
        """Return what happened so far on the way from the wire to the trace."""
        return self._assembler.quality()

    def health(self) -> GaugeHealth:
        """Return what the gauge said of itself so far: its battery, what it refused."""
        return self._assembler.health

    async def __aenter__(self) -> Self:
        await self._connection.open()
        try:
            if self._capture is not None:
                self._writer = CaptureWriter(
                    self._capture, self._header(), clock=self._clock, overwrite=self._overwrite
                )
            for block in await self._connection.greet():
                self._notice(block)
                self._unread.append(block)
        except BaseException:
            await self._leave()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        try:
            await self._connection.close()
        finally:
            if self._writer is not None:
                self._writer.close()

    @property
    def _transport(self) -> Transport:
        return self._opening.transport

    def _record(self, chunk: Chunk) -> None:
        if self._writer is not None:
            self._writer.append(chunk)

    def _notice(self, block: SampleBlock) -> None:
        """Remember the first thing that the device calls itself, and what it states."""
        for event in block.events:
            if isinstance(event, DeviceFacts):
                self._facts |= event.facts
        if self._serial is None:
            texts = [event.text for event in block.events if isinstance(event, DeviceText)]
            self._serial = next((text for text in texts if text), None)

    def _header(self) -> CaptureHeader:
        return CaptureHeader(
            model=self._opening.profile.model,
            url=self._opening.url,
            parameters=self._opening.parameters,
            instrument=self._transport.identity,
            started_at=self._clock.now(),
            started_host_s=self._transport.pace.now_s(),
            software_version=__version__,
        )


def open_device(
    url: str,
    *,
    clock: Clock | None = None,
    capture: Path | None = None,
    overwrite: bool = False,
    give_up_s: float = GIVE_UP_S,
) -> Device:
    """Return the device at `url`, to be entered with ``async with``.

    Parameters
    ----------
    url
        Such as ``serial:///dev/ttyUSB0?model=mark10`` or ``sim:?subject=relaxed``.
    clock
        The machine's own unless stated.
    capture
        Where to keep the raw bytes; refused when it exists, unless `overwrite`.
    give_up_s
        After how long without a reading the device counts as gone.

    Raises
    ------
    ConfigurationError
        When the URL names something unknown.

    Examples
    --------
    >>> import asyncio
    >>> async def first_force_n() -> float:
    ...     async with open_device("sim:?speed=0") as device:
    ...         async for block in device.stream():
    ...             if block.force_n.size:
    ...                 return float(block.force_n[0])
    ...     return 0.0
    >>> round(asyncio.run(first_force_n()))
    0
    """
    if not give_up_s > 0:
        raise UsageError(f"A device is given up after a positive time, not after {give_up_s} s.")
    clock = clock or SystemClock()
    return Device(
        opening_for(parse_device_url(url), clock=clock),
        clock=clock,
        capture=capture,
        overwrite=overwrite,
        give_up_s=give_up_s,
    )
