"""A device that speaks Link as the protocol has it, for a fault to be made in one place of it."""

import heapq
from collections.abc import Iterator
from itertools import count

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import LinkLost
from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    Ask,
    Battery,
    Capability,
    Hello,
    Marker,
    Message,
    Range,
    Reply,
    Request,
    Sample,
    TextKind,
    Tip,
    decode,
    encode,
    text_parts,
)
from tissuesense.transport.base import Chunk, Pace, VirtualPace

REPLY_S = 0.004
REST_UN = 10_000_000


class LinkDevice:
    """Everything right. A fault is a subclass that does one thing otherwise.

    Times are seconds since it was switched on. What it sends goes to `outbox`, as the time at
    which it leaves and its bytes.
    """

    capabilities = Capability.TARE | Capability.BUTTON | Capability.BATTERY | Capability.RATE
    fastest_mhz = 100_000
    major = 1

    def __init__(self) -> None:
        self.outbox: list[tuple[float, int, bytes]] = []
        self._order = count()
        self.commands = LinkFramer()
        self.streaming = False
        self.streams_from_s = 0.0  # no sample overtakes the reply to START
        self.rate_mhz = self.fastest_mhz
        self.seq = 0
        self.tare_un = 0
        self.press: Marker | None = None
        self.repeats = 0
        self.deaf = False

    # What comes

    def receive(self, data: bytes, now_s: float) -> None:
        for piece in self.pieces(data):
            if self.deaf:
                return
            if isinstance(piece, FrameRejected):
                self.refuse(piece, now_s)
                continue
            self.read(piece, now_s)

    def pieces(self, data: bytes) -> list[bytes | FrameRejected]:
        return list(self.commands.receive(data))

    def refuse(self, piece: FrameRejected, now_s: float) -> None:
        """Ignore it."""

    def read(self, data: bytes, now_s: float) -> None:
        message = decode(data)
        if isinstance(message, Request):
            for answer in self.answers(message, now_s):
                self.send(answer, now_s + self.delay_s(message))

    def delay_s(self, request: Request) -> float:
        del request
        return REPLY_S

    def answers(self, request: Request, now_s: float) -> Iterator[Message]:
        if request.command == Ask.HELLO:
            yield from self.hello()
        if request.command == Ask.BATTERY and self.has(Capability.BATTERY):
            yield self.battery()
        result, value = self.obey(request, now_s)
        yield Reply(tag=request.tag, command=request.command, result=result, value=value)

    def obey(self, request: Request, now_s: float) -> tuple[int, int]:
        lacking = {
            Ask.BATTERY: Capability.BATTERY,
            Ask.RATE: Capability.RATE,
            Ask.TARE: Capability.TARE,
            Ask.UNTARE: Capability.TARE,
        }
        if request.command not in set(Ask):
            return 1, 0
        ask = Ask(request.command)
        if ask is Ask.START and not self.streaming:
            self.streams_from_s = now_s + REPLY_S
        if ask in lacking and not self.has(lacking[ask]):
            return 1, 0
        does = {
            Ask.START: self.start,
            Ask.STOP: self.stop,
            Ask.TARE: self.tare,
            Ask.UNTARE: self.untare,
            Ask.RATE: self.rate,
        }
        return does[ask](request) if ask in does else (0, 0)

    def start(self, request: Request) -> tuple[int, int]:
        del request
        self.streaming, self.repeats = True, 0
        return 0, self.rate_mhz

    def stop(self, request: Request) -> tuple[int, int]:
        del request
        self.streaming = False
        return 0, 0

    def tare(self, request: Request) -> tuple[int, int]:
        del request
        self.tare_un = self.force_un()
        return 0, self.tare_un

    def untare(self, request: Request) -> tuple[int, int]:
        del request
        self.tare_un = 0
        return 0, 0

    def rate(self, request: Request) -> tuple[int, int]:
        if not request.rate_mhz:
            return 2, 0
        self.rate_mhz = min(request.rate_mhz, self.fastest_mhz)
        return 0, self.rate_mhz

    def has(self, capability: Capability) -> bool:
        return bool(self.capabilities & capability)

    # What it states

    def hello(self) -> Iterator[Message]:
        yield Hello(
            major=self.major,
            minor=0,
            capabilities=self.capabilities,
            rate_mhz=self.rate_mhz,
            fastest_mhz=self.fastest_mhz,
        )
        yield self.range()
        yield self.tip()
        yield from text_parts(TextKind.MAKER, "Muster Medizintechnik")
        if self.has(Capability.BATTERY):
            yield self.battery()
        yield from text_parts(TextKind.SERIAL, "M-1")

    def range(self) -> Range:
        return Range(least_un=-50_000_000, most_un=250_000_000, resolution_un=1_000)

    def tip(self) -> Tip:
        return Tip(shape=1, area=100_000, area_u=300)

    def battery(self) -> Battery:
        return Battery(percent=80, millivolt=3_900)

    # What it measures

    def period_s(self) -> float:
        return 1e3 / self.rate_mhz

    def time_us(self, now_s: float) -> int:
        return round(now_s * 1e6) % 2**32

    def force_un(self) -> int:
        return REST_UN

    def sample(self, now_s: float) -> Sample:
        return Sample(
            seq=self.seq, time_us=self.time_us(now_s), force_un=self.force_un() - self.tare_un
        )

    def measure(self, now_s: float) -> None:
        """Do what is due at the end of a sampling interval."""
        if not self.streaming or now_s < self.streams_from_s:
            return
        self.send(self.sample(now_s), now_s)
        self.seq = (self.seq + 1) % 2**16
        if self.press is not None and self.repeats:
            self.repeats -= 1
            self.send(self.press, now_s)

    def press_button(self, now_s: float) -> None:
        self.press = Marker(count=1, time_us=self.time_us(now_s))
        self.repeats = 2
        self.send(self.press, now_s)

    def link_lost(self) -> None:
        self.streaming = False
        self.commands = LinkFramer()
        self.outbox.clear()

    # What goes

    def send(self, message: Message, at_s: float) -> None:
        self.put(self.wire(message), at_s)

    def put(self, data: bytes, at_s: float) -> None:
        heapq.heappush(self.outbox, (at_s, next(self._order), data))

    def wire(self, message: Message) -> bytes:
        return frame(encode(message))


class LinkTransport:
    """A carrier in virtual time with a `LinkDevice` at its other end."""

    scripted = False
    stale_after_s: float | None = None
    identity: str | None = None
    endpoint = "scripted Link device"

    def __init__(self, device: LinkDevice) -> None:
        self.device = device
        self.pace: Pace = VirtualPace(ManualClock())
        self.opened = 0
        self._open = False
        self._next_s = 0.0

    async def open(self, timeout_s: float) -> None:
        del timeout_s
        assert not self._open
        self._open = True
        self.opened += 1

    async def close(self) -> None:
        if self._open:
            self.device.link_lost()
        self._open = False

    async def write(self, data: bytes) -> None:
        self._must_be_open()
        self.device.receive(data, self.pace.now_s())

    async def receive(self, timeout_s: float) -> Chunk | None:
        until_s = self.pace.now_s() + timeout_s
        while True:
            self._must_be_open()
            due_s = self.device.outbox[0][0] if self.device.outbox else until_s + 1
            self._next_s = max(self._next_s, self.pace.now_s())
            if min(due_s, self._next_s) > until_s:
                await self.pace.sleep(until_s - self.pace.now_s())
                return Chunk(data=b"", t_host_s=self.pace.now_s())
            if due_s <= self._next_s:
                await self.pace.sleep(due_s - self.pace.now_s())
                data = heapq.heappop(self.device.outbox)[2]
                return Chunk(data=data, t_host_s=self.pace.now_s())
            await self.pace.sleep(self._next_s - self.pace.now_s())
            self.device.measure(self._next_s)
            self._next_s += self.device.period_s()

    def _must_be_open(self) -> None:
        if not self._open:
            raise LinkLost("The scripted device hung up.", endpoint=self.endpoint)

    def hang_up(self) -> None:
        self.device.link_lost()
        self._open = False
