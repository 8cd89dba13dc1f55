"""What a transport is: a way to move bytes, with the time at which they came.

A transport knows nothing of frames or forces. It is pulled, never pushed: `receive` waits for at
most a stated time and returns an empty chunk when nothing came, so that everything above it is a
plain function of the chunks it was given and of their times.
"""

import asyncio
import enum
from dataclasses import dataclass
from typing import Protocol

from tissuesense.core.clock import Clock


class LinkState(enum.StrEnum):
    """Whether bytes can come."""

    UP = "up"
    LOST = "lost"


class HostChannel(enum.StrEnum):
    """Channels of what did not come from the device but belongs into its recording.

    Radio channels are UUIDs, so that none of these words can be taken for one.
    """

    MARKER = "marker"
    """The client's stop signal came by another way than the gauge; the data are a `MarkSource`,
    and after a blank what it was, or nothing."""
    LINK = "link"
    """The link's state changed; the data are the new `LinkState`."""
    SENT = "sent"
    """A command was sent; the data are its name. Some replies mean nothing without it."""
    DROPPED = "dropped"
    """The reader was too slow; the data are the number of chunks that were lost."""
    END = "end"
    """The recording was closed in an orderly way."""


ADVERTISEMENT = "advertisement"
"""Channel of readings that a device broadcasts; those of a connection have its characteristic's."""


class MarkSource(enum.StrEnum):
    """What the client's stop signal came from."""

    DEVICE = "device"
    """The gauge's own stream, which has no chunk for it."""
    KEY = "key"
    """A key of this computer, or of a presenter that types one."""
    BUTTON = "button"
    """A second device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Bytes as they came.

    Attributes
    ----------
    data
        Empty when nothing came while waiting.
    t_host_s
        Monotonic host time of arrival.
    channel
        BLE characteristic, `ADVERTISEMENT`, a `HostChannel`, or None for a wire that has but one.
    """

    data: bytes
    t_host_s: float
    channel: str | None = None


class Pace(Protocol):
    """How time passes for a transport: really, or in a world of its own."""

    def now_s(self) -> float:
        """Seconds that never go back, on the axis of the chunks' times."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...


class Transport(Protocol):
    """A way to a device."""

    @property
    def endpoint(self) -> str:
        """The port, address or file, as a person knows it."""
        ...

    @property
    def pace(self) -> Pace:
        """The transport's time."""
        ...

    @property
    def identity(self) -> str | None:
        """Name of the device as the transport learnt it when it was opened."""
        ...

    @property
    def scripted(self) -> bool:
        """True where the conversation has been held already: nothing is asked, nothing mended."""
        ...

    @property
    def stale_after_s(self) -> float | None:
        """Silence after which a streaming link is dead whatever the system says; None: never."""
        ...

    async def open(self, timeout_s: float) -> None:
        """Open the link, or open it again, in at most `timeout_s` all told.

        Raises
        ------
        TransportError
            When there is nothing to open, or it may not be opened.
        """
        ...

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return the next chunk, an empty one when `timeout_s` passed; None at a stream's end.

        Raises
        ------
        LinkLost
            When the link is gone.
        """
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes to the device.

        Raises
        ------
        LinkLost
            When the link is gone.
        LocalProtocolError
            When the device takes no such bytes.
        """
        ...

    async def close(self) -> None:
        """Close the link; harmless when it is closed."""
        ...


class RealPace:
    """Time as the machine's clock has it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now_s(self) -> float:
        """Seconds of the monotonic clock."""
        return self._clock.monotonic_s()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class VirtualPace:
    """Time of a simulated or replayed world.

    The time that chunks carry is the world's own and never measured, so that a world played at
    any speed gives the same recording.

    Parameters
    ----------
    clock
        Keeps the world in step with real time.
    speed
        World seconds for each real one; 0 means as fast as possible.
    start_s
        World time at the beginning.
    """

    def __init__(self, clock: Clock, *, speed: float = 0.0, start_s: float = 0.0) -> None:
        self._clock = clock
        self._speed = speed
        self._now_s = start_s
        self._zero_s: float | None = None

    def now_s(self) -> float:
        """World time reached by sleeping; while asleep, as far as the clock has come."""
        if self._zero_s is None:
            return self._now_s
        return min(self._now_s, (self._clock.monotonic_s() - self._zero_s) * self._speed)

    async def sleep(self, seconds: float) -> None:
        """Let world time pass, and real time as far as the speed asks for it."""
        if self._zero_s is None and self._speed > 0:
            self._zero_s = self._clock.monotonic_s() - self._now_s / self._speed
        self._now_s += max(seconds, 0.0)
        ahead_s = 0.0
        if self._zero_s is not None:
            ahead_s = self._zero_s + self._now_s / self._speed - self._clock.monotonic_s()
        await asyncio.sleep(max(ahead_s, 0.0))
