"""The device under test: what several checks ask of it, asked once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tissuesense.core.errors import LocalProtocolError, RemoteProtocolError
from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.messages import (
    Ask,
    Capability,
    Hello,
    Message,
    Range,
    Reply,
    Result,
    Sample,
    Text,
    Tip,
)
from tissuesense.services.link_conformance.peer import Heard, LinkPeer, samples_in

_Kind = TypeVar("_Kind", Hello, Range, Tip)

_STREAM_S = 3.0
_REST_S = 0.5
_PATIENCE_S = 30.0
_STILL = 0.002  # of the range
_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The answer to HELLO: its messages in their order, samples left out."""

    messages: tuple[Message, ...]
    hello: Hello
    range: Range
    tip: Tip

    @property
    def texts(self) -> dict[int, str]:
        """Every text, by what it is; empty where its bytes are no text."""
        found: dict[int, bytes] = {}
        for message in self.messages:
            if isinstance(message, Text):
                found[message.what] = found.get(message.what, b"") + message.data
        return {what: data.decode(errors="replace") for what, data in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A command that was done: what came up to its reply, and the reply."""

    heard: tuple[Heard, ...]
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What came from a START on up to the reply to a STOP."""

    start: Reply
    heard: tuple[Heard, ...]

    @property
    def samples(self) -> list[Sample]:
        """The samples, in their order."""
        return samples_in(self.heard)

    def rate_hz(self) -> float:
        """Return how many samples were taken in a second of the device's clock."""
        first, last = self.samples[0], self.samples[-1]
        span_us = (last.time_us - first.time_us) % 2**32
        if not span_us:
            raise RemoteProtocolError("All samples have one time.")
        return (last.seq - first.seq) % 2**16 / span_us * 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The force of a device that nobody touches, and how well it is known."""

    force_un: float
    tolerance_un: float


class Bench:
    """One device on the bench.

    Parameters
    ----------
    ask_for_press
        Tells a person to press the button; None where there is nobody.
    link_can_be_lost
        The carrier notices when it is closed: every one but a UART.
    """

    def __init__(
        self,
        peer: LinkPeer,
        *,
        ask_for_press: Callable[[], None] | None = None,
        link_can_be_lost: bool = True,
    ) -> None:
        self.peer = peer
        self.ask_for_press = ask_for_press
        self.link_can_be_lost = link_can_be_lost
        self.before_any_command: tuple[Heard, ...] = ()
        self._identity: Identity | None = None
        self._stream: Stream | None = None

    @property
    def known_identity(self) -> Identity | None:
        """The answer to HELLO, where there was one."""
        return self._identity

    async def identity(self) -> Identity:
        """Return the answer to HELLO."""
        if self._identity is None:
            self._identity = identity_in((await self.done(Ask.HELLO)).heard)
        return self._identity

    async def can(self, capability: Capability) -> bool:
        """Return whether the device says that it can."""
        return bool((await self.identity()).hello.capabilities & capability)

    async def must_have(self, capability: Capability) -> None:
        """Leave the check where the device does not say that it can.

        Raises
        ------
        LocalProtocolError
            When it does not.
        """
        if not await self.can(capability):
            word = (capability.name or "").lower()
            raise LocalProtocolError(f"The device does not say that it has this ({word}).")

    async def done(self, command: Ask, *, rate_mhz: int | None = None) -> Done:
        """Ask for something that must be done.

        Raises
        ------
        RemoteProtocolError
            When it was not.
        """
        answer = await self.peer.ask(command, rate_mhz=rate_mhz)
        if answer.reply is None:
            raise RemoteProtocolError(f"No REPLY to {command.name} came.")
        if answer.reply.result != Result.DONE:
            raise RemoteProtocolError(
                f"{command.name} was answered with result {answer.reply.result}, not 0."
            )
        return Done(heard=answer.heard, reply=answer.reply)

    async def stream(self) -> Stream:
        """Return three seconds of samples, recorded once."""
        if self._stream is None:
            self._stream = await self.record(_STREAM_S)
        return self._stream

    async def record(self, seconds: float) -> Stream:
        """Return so many seconds of samples."""
        start = await self.done(Ask.START)
        heard = [*start.heard, *await self.peer.listen(seconds)]
        heard += (await self.done(Ask.STOP)).heard
        stream = Stream(start=start.reply, heard=tuple(heard))
        self.must_be_enough(stream.samples)
        return stream

    @staticmethod
    def must_be_enough(samples: Sequence[Sample]) -> None:
        """Fail where there are not two samples to compare.

        Raises
        ------
        RemoteProtocolError
            When there are fewer.
        """
        if len(samples) <= 1:
            raise RemoteProtocolError("Fewer than two samples came where a stream was expected.")

    async def rest(self) -> Rest:
        """Return the force of a streaming device, once it has rested for half a second.

        Raises
        ------
        LocalProtocolError
            When it never rests.
        """
        span = (await self.identity()).range
        still_un = _STILL * (span.most_un - span.least_un)
        until_s = self.peer.now_s() + _PATIENCE_S
        while self.peer.now_s() < until_s:
            forces = [s.force_un for s in samples_in(await self.peer.listen(_REST_S))]
            if not forces:
                raise RemoteProtocolError("No samples came where a stream was expected.")
            spread_un = max(forces) - min(forces)
            if spread_un <= still_un:
                return Rest(
                    force_un=sum(forces) / len(forces),
                    tolerance_un=max(spread_un, _STEPS * span.resolution_un),
                )
        raise LocalProtocolError(
            "The force did not rest for half a second: lay the device down and try again."
        )


def identity_in(heard: Sequence[Heard]) -> Identity:
    """Return the answer to HELLO among what was heard.

    Raises
    ------
    RemoteProtocolError
        When HELLO, RANGE or TIP is not there.
    """
    messages = tuple(
        one.said
        for one in heard
        if one.said is not None and not isinstance(one.said, FrameRejected | Sample)
    )
    return Identity(
        messages=messages,
        hello=_first(messages, Hello),
        range=_first(messages, Range),
        tip=_first(messages, Tip),
    )


def _first(messages: Sequence[Message], kind: type[_Kind]) -> _Kind:
    found = next((message for message in messages if isinstance(message, kind)), None)
    if found is None:
        raise RemoteProtocolError(f"The answer to HELLO has no {kind.__name__.upper()}.")
    return found
