"""A conversation in messages with whoever sits at the other end of a transport."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tissuesense.core.errors import LinkLost
from tissuesense.devices.codec import FrameRejected, Rejection
from tissuesense.devices.framing import rejected
from tissuesense.devices.link.frames import LONGEST_SENT, LinkFramer, frame
from tissuesense.devices.link.messages import Ask, Message, Reply, Request, Sample, decode, encode
from tissuesense.transport.base import HostChannel, Transport

# Longer than a device may take, to tell one that is late from one that is silent.
_PATIENCE_S = 1.5
_OPEN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One frame of the device.

    Attributes
    ----------
    data
        The message, or the beginning of what was refused.
    said
        None for a type that is not known.
    """

    t_host_s: float
    data: bytes
    said: Message | FrameRejected | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came from a command on up to its reply, which is None where none came."""

    heard: tuple[Heard, ...]
    reply: Reply | None
    took_s: float


class LinkPeer:
    """Send commands, hear frames, remember all of them.

    All times are those of the transport's pace, so that a simulated device needs no real time.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.heard: list[Heard] = []
        self._frames = LinkFramer()
        self._tag = 0

    async def open(self) -> None:
        """Open the carrier: a new conversation."""
        self._frames = LinkFramer(joined_midway=True)
        await self.transport.open(_OPEN_S)

    async def send(self, data: bytes) -> None:
        """Send bytes, in pieces that fit the smallest packet of a radio."""
        for start in range(0, len(data), LONGEST_SENT):
            await self.transport.write(data[start : start + LONGEST_SENT])

    async def listen(self, seconds: float) -> list[Heard]:
        """Return what comes within so many seconds."""
        return await self._listen_until(self.now_s() + seconds, lambda _: False)

    async def wait_for(self, seconds: float, enough: Callable[[Heard], bool]) -> list[Heard]:
        """Return what comes up to the first that is enough, for at most so many seconds."""
        return await self._listen_until(self.now_s() + seconds, enough)

    async def ask(
        self, command: int, *, rate_mhz: int | None = None, tag: int | None = None
    ) -> Answer:
        """Send a command and wait for its reply."""
        self._tag = (self._tag + 1) % 2**8 if tag is None else tag
        request = Request(command=command, tag=self._tag, rate_mhz=rate_mhz)
        return await self.say(b"\0" + frame(encode(request)), self._tag)

    async def say(self, data: bytes, tag: int) -> Answer:
        """Send bytes and wait for a reply with this tag."""

        def answers(heard: Heard) -> bool:
            return isinstance(heard.said, Reply) and heard.said.tag == tag

        asked_s = self.now_s()
        await self.send(data)
        heard = await self.wait_for(_PATIENCE_S, answers)
        replies = [one for one in heard if answers(one)]
        reply = replies[0].said if replies else None
        return Answer(
            heard=tuple(heard),
            reply=reply if isinstance(reply, Reply) else None,
            took_s=replies[0].t_host_s - asked_s if replies else _PATIENCE_S,
        )

    async def settle(self) -> None:
        """Bring the device to Idle, whatever it was doing."""
        await self.ask(Ask.STOP)

    def now_s(self) -> float:
        """Return the transport's time."""
        return self.transport.pace.now_s()

    async def _listen_until(self, until_s: float, enough: Callable[[Heard], bool]) -> list[Heard]:
        heard: list[Heard] = []
        while (left_s := until_s - self.now_s()) > 0:
            fresh = await self._receive(left_s)
            heard += fresh
            if any(map(enough, fresh)):
                break
        return heard

    async def _receive(self, timeout_s: float) -> list[Heard]:
        chunk = await self.transport.receive(timeout_s)
        if chunk is None:
            endpoint = self.transport.endpoint
            raise LinkLost(f"{endpoint} hung up.", endpoint=endpoint)
        if chunk.channel in set(HostChannel):
            return []
        heard = [_heard(piece, chunk.t_host_s) for piece in self._frames.receive(chunk.data)]
        self.heard += heard
        return heard


def samples_in(heard: Iterable[Heard]) -> list[Sample]:
    """Return the samples among what was heard."""
    return [one.said for one in heard if isinstance(one.said, Sample)]


def _heard(piece: bytes | FrameRejected, t_host_s: float) -> Heard:
    if isinstance(piece, FrameRejected):
        return Heard(t_host_s=t_host_s, data=piece.data, said=piece)
    said = decode(piece)
    if isinstance(said, Rejection):
        return Heard(t_host_s=t_host_s, data=piece, said=rejected(said, piece))
    return Heard(t_host_s=t_host_s, data=piece, said=said)
