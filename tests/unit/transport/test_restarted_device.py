"""A device that was switched on again while recording is started again, and its pause told."""

import asyncio

import numpy as np

from tissuesense.core.quality import QualityFlag
from tissuesense.devices.catalog.tissuesense_link import PROFILE
from tissuesense.devices.codec import Command
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import Ask, Hello, Request, Sample, decode, encode
from tissuesense.devices.profile import WireParameters
from tissuesense.transport.assembly import StreamAssembler
from tissuesense.transport.base import Chunk
from tissuesense.transport.connection import Connection
from tissuesense.transport.memory import FallsSilent, MemoryTransport, Says

STEP_S = 0.1
HELLO = frame(encode(Hello(major=1, minor=0, capabilities=0, rate_mhz=10_000, fastest_mhz=10_000)))


def _samples(count: int, start_us: int) -> list[bytes]:
    return [
        frame(encode(Sample(seq=i, time_us=start_us + round(i * STEP_S * 1e6), force_un=i)))
        for i in range(count)
    ]


def _streamed(pieces: list[tuple[float, bytes]]) -> StreamAssembler:
    assembler = StreamAssembler(PROFILE, WireParameters())
    assembler.encode(Command.IDENTIFY)
    for t_host_s, data in pieces:
        assembler.feed(Chunk(data=data, t_host_s=t_host_s))
    return assembler


def test_its_pause_takes_as_long_as_it_took_although_its_clock_stands_later_than_before() -> None:
    before = [(i * STEP_S, piece) for i, piece in enumerate(_samples(10, 0))]
    after = [(3.0 + i * STEP_S, piece) for i, piece in enumerate(_samples(10, 1_200_000))]
    stream = _streamed([(0.0, HELLO), *before, (2.9, HELLO), *after])
    np.testing.assert_allclose(stream.trace().t_s[10:], 3.0 + np.arange(10) * STEP_S, atol=0.01)
    quality = stream.quality()
    assert QualityFlag.RECONNECTED in quality.flags
    (gap,) = quality.gaps
    np.testing.assert_allclose(gap, (0.9, 3.0), atol=0.01)


def test_an_answer_to_who_are_you_is_no_restart() -> None:
    samples = [(i * STEP_S, piece) for i, piece in enumerate(_samples(10, 0))]
    stream = _streamed([(0.0, HELLO), *samples])
    stream.encode(Command.IDENTIFY)
    stream.feed(Chunk(data=HELLO, t_host_s=1.0))
    assert stream.quality().flags == ()


def test_it_is_started_again_at_once() -> None:
    stream = [Says(data=piece, after_s=STEP_S) for piece in _samples(20, 0)]
    script = [Says(data=HELLO, after_s=0.1), *stream, Says(data=HELLO, after_s=0.5)]
    transport = MemoryTransport(script)
    assembler = StreamAssembler(PROFILE, WireParameters())
    connection = Connection(
        transport, PROFILE, assembler, record=lambda _chunk: None, give_up_s=10.0
    )

    async def listen() -> int:
        await connection.open()
        await connection.greet()
        greeted = len(transport.written)
        while await connection.next_block() is not None:
            pass
        return len(transport.written) - greeted

    assert asyncio.run(listen()) == 1
    assert transport.pace.now_s() < 4.0  # no two seconds of silence were waited for


def test_a_board_that_missed_the_first_question_is_asked_again_who_it_is() -> None:
    """It restarts when its port is opened: nothing is heard for two seconds, then it answers."""
    stream = [Says(data=piece, after_s=STEP_S) for piece in _samples(3, 0)]
    transport = MemoryTransport([FallsSilent(for_s=4.0), Says(data=HELLO), *stream])
    connection = Connection(
        transport,
        PROFILE,
        StreamAssembler(PROFILE, WireParameters()),
        record=lambda _chunk: None,
        give_up_s=10.0,
    )

    async def listen() -> None:
        await connection.open()
        await connection.greet()
        while await connection.next_block() is not None:
            pass

    asyncio.run(listen())
    sent = LinkFramer().receive(b"".join(transport.written))
    asked = [decode(piece) for piece in sent if isinstance(piece, bytes)]
    assert sum(isinstance(one, Request) and one.command == Ask.HELLO for one in asked) == 2
