"""A device as a program uses it: open it by its URL, iterate over what it measures."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from tissuesense.analysis.pain.latency import with_usual_latency
from tissuesense.core.clock import Clock, SystemClock
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.core.version import __version__
from tissuesense.devices.health import GaugeHealth
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.transport.assembly import SampleBlock, StreamAssembler
from tissuesense.transport.base import Chunk, MarkSource, Transport
from tissuesense.transport.button import StopButton, button_for
from tissuesense.transport.capture_header import CaptureHeader
from tissuesense.transport.capture_writer import CapturePlace, CaptureWriter
from tissuesense.transport.connection import Connection
from tissuesense.transport.opening import Opening, opening_for
from tissuesense.transport.told import Told
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
        capture: Path | CapturePlace | None,
        overwrite: bool = False,
        give_up_s: float = GIVE_UP_S,
        button: StopButton | None = None,
    ) -> None:
        self._opening = opening
        self._button = button
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
        self._told = Told(opening.context)
        self._unread: list[SampleBlock] = []

    @property
    def profile(self) -> DeviceProfile:
        """The device's model."""
        return self._opening.profile

    @property
    def instrument(self) -> str:
        """The serial number, else the name the link knows, else the model."""
        return self._told.serial or self._transport.identity or self._opening.profile.model

    @property
    def context(self) -> RecordingContext:
        """What is known of the recording so far: what was stated, and what the device told."""
        return self._told.context(instrument=self.instrument, marked_by=self._assembler.marked_by)

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
            self._told.notice(block)
            self._listen_to_button()
            yield block

    def mark(self) -> None:
        """Note that the client signalled now, by a key; the capture keeps it.

        A replay has had its signals, and takes no others.
        """
        self._unread.append(self._connection.mark(MarkSource.KEY))

    def trace(self) -> Trace:
        """Return everything so far."""
        return self._assembler.trace()

    def quality(self) -> QualitySummary:
        """Return what happened so far on the way from the wire to the trace."""
        return self._assembler.quality()

    def health(self) -> GaugeHealth:
        """Return what the gauge said of itself so far, and how its button fared."""
        losses = self._button.losses if self._button else 0
        return replace(self._assembler.health, button_losses=losses)

    async def __aenter__(self) -> Self:
        await self._connection.open()
        try:
            if self._button is not None:
                await self._button.open(self._transport.pace)
            if self._capture is not None:
                self._writer = CaptureWriter(
                    self._capture, self._header(), clock=self._clock, overwrite=self._overwrite
                )
            for block in await self._connection.greet():
                self._told.notice(block)
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
        async with AsyncExitStack() as then:
            if self._button is not None:
                then.push_async_callback(self._button.close)
            if self._writer is not None:
                then.callback(self._writer.close)
            await self._connection.close()

    @property
    def _transport(self) -> Transport:
        return self._opening.transport

    def _record(self, chunk: Chunk) -> None:
        if self._writer is not None:
            self._writer.append(chunk)

    def _listen_to_button(self) -> None:
        if self._button is None:
            return
        for pressed_s in self._button.presses():
            told_by = f"{MarkSource.BUTTON} {self._button.model}"
            self._unread.append(self._connection.mark(told_by, pressed_s))

    def _header(self) -> CaptureHeader:
        return CaptureHeader(
            model=self._opening.profile.model,
            url=self._opening.url,
            parameters=self._opening.parameters,
            instrument=self._transport.identity,
            started_at=self._clock.now(),
            started_host_s=self._transport.pace.now_s(),
            software_version=__version__,
            context=self._opening.context,
        )


def open_device(
    url: str,
    *,
    clock: Clock | None = None,
    capture: Path | CapturePlace | None = None,
    overwrite: bool = False,
    give_up_s: float = GIVE_UP_S,
    stated: RecordingContext | None = None,
    button: str | None = None,
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
    stated
        What the caller knows of the recording; it outweighs what the device says, and the capture
        keeps it.
    button
        Device URL of the button that the client holds; see `button_for`.

    Raises
    ------
    ConfigurationError
        When a URL names something unknown.
    UsageError
        When a number cannot be, or a replay is to get a button.

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
    opening = opening_for(parse_device_url(url), clock=clock)
    if button is not None and opening.transport.scripted:
        raise UsageError("A recording that is played again has had its stop signals.")
    known = (stated or RecordingContext()).outweighing(opening.context)
    if not opening.transport.scripted:  # what was recorded is left as it was
        known = with_usual_latency(known)
    return Device(
        replace(opening, context=known),
        clock=clock,
        capture=capture,
        overwrite=overwrite,
        give_up_s=give_up_s,
        button=None if button is None else button_for(button, clock=clock),
    )
