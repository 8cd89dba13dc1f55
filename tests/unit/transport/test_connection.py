"""A conversation is kept going, mended, recorded and given up exactly when it should be."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.errors import (
    CaptureError,
    DeviceNotFound,
    LinkLost,
    TransportError,
    TransportTimeout,
)
from tissuesense.core.quality import QualityFlag
from tissuesense.devices.codec import Command, Rejection
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.assembly import SampleBlock, StreamAssembler
from tissuesense.transport.base import Chunk, HostChannel, LinkState
from tissuesense.transport.connection import Connection
from tissuesense.transport.memory import Breaks, FallsSilent, MemoryTransport, Says, Step

MARK10 = DEVICES["mark10"]
PROGRESSOR = DEVICES["progressor"]
TEXT = DEVICES["text-line"]
CHANNEL = "7e4e1702-1ea6-40c9-9dcc-13d34ffead57"
READ = b"?\r"


@dataclass(kw_only=True)
class Talk:
    """A conversation that was held."""

    assembler: StreamAssembler
    blocks: list[SampleBlock]
    recorded: list[Chunk]
    error: TransportError | None

    @property
    def force_n(self) -> list[float]:
        force_n = self.assembler.trace().force_n
        assert force_n is not None
        return [round(float(f), 6) for f in force_n]

    @property
    def t_s(self) -> list[float]:
        return [round(float(t), 6) for t in self.assembler.trace().t_s]


def hold(
    transport: MemoryTransport,
    profile: DeviceProfile,
    *,
    give_up_s: float = 10.0,
    until_s: float = 60.0,
    mark_at_s: float | None = None,
) -> Talk:
    """Hold a conversation and check what every conversation owes its replay."""
    talk = asyncio.run(_hold(transport, profile, give_up_s, until_s, mark_at_s))
    again = StreamAssembler(profile, WireParameters())
    for chunk in talk.recorded:
        again.feed(chunk)
    assert again.trace() == talk.assembler.trace()
    assert again.quality() == talk.assembler.quality()
    blocks = [block.t_s for block in talk.blocks]
    np.testing.assert_array_equal(np.concatenate(blocks), talk.assembler.trace().t_s)
    return talk


async def _hold(
    transport: MemoryTransport,
    profile: DeviceProfile,
    give_up_s: float,
    until_s: float,
    mark_at_s: float | None,
) -> Talk:
    assembler = StreamAssembler(profile, WireParameters())
    recorded: list[Chunk] = []
    connection = Connection(
        transport, profile, assembler, record=recorded.append, give_up_s=give_up_s
    )
    await connection.open()
    blocks = [*await connection.greet()]
    error = None
    try:
        while transport.pace.now_s() < until_s:
            if mark_at_s is not None and transport.pace.now_s() >= mark_at_s:
                blocks.append(connection.mark())
                mark_at_s = None
            block = await connection.next_block()
            if block is None:
                break
            blocks.append(block)
    except TransportError as err:
        error = err
    await connection.close()
    return Talk(assembler=assembler, blocks=blocks, recorded=recorded, error=error)


def _samples(*grams_at_s: tuple[int, float]) -> bytes:
    body = b"".join(struct.pack("<fI", g / 1000, round(s * 1e6)) for g, s in grams_at_s)
    return struct.pack("<BB", 1, len(body)) + body


def _stream(first: int, count: int, *, zero_s: float = 0.0) -> list[Step]:
    """Return `count` notifications at 80 Hz of readings that count grams."""
    return [
        Says(data=_samples((n, (n - first) / 80 + zero_s)), after_s=1 / 80, channel=CHANNEL)
        for n in range(first, first + count)
    ]


def _progressor(*script: Step, stale_after_s: float | None = None) -> MemoryTransport:
    """Return a gauge that answers the greeting at once, so that the script's times are its own."""
    identity = Says(data=b"\x00\x01\x2a", channel=CHANNEL)
    battery = Says(data=b"\x00\x04\x93\x0f\x00\x00", channel=CHANNEL)
    return MemoryTransport(
        script,
        replies={b"\x70": [[identity]], b"\x6f": [[battery]]},
        stale_after_s=stale_after_s,
    )


def _grams(talk: Talk) -> list[int]:
    return [round(1000 * f / 9.80665) for f in talk.force_n]


def _answers(*lines: bytes) -> dict[bytes, Sequence[Sequence[Says]]]:
    return {READ: [[Says(data=line, after_s=0.004)] for line in lines]}


def test_a_polled_gauge_is_asked_in_a_steady_rhythm() -> None:
    talk = hold(MemoryTransport(replies=_answers(b"1.5 N\r\n")), MARK10, until_s=1.0)
    np.testing.assert_allclose(np.diff(talk.t_s), 0.02, atol=1e-6)


def test_an_answer_that_never_comes_is_asked_for_again_and_not_replaced() -> None:
    transport = MemoryTransport(
        replies={READ: [[Says(data=b"1 N\r\n")], [], [Says(data=b"3 N\r\n")]]}
    )
    talk = hold(transport, MARK10, until_s=0.53)
    assert talk.force_n[:2] == [1.0, 3.0]
    assert talk.t_s[1] == pytest.approx(0.52, abs=0.01)


def test_half_an_answer_is_never_completed_by_the_next_one() -> None:
    transport = MemoryTransport(
        replies={READ: [[Says(data=b"- ")], [Says(data=b"4.285 N\r\n")], [Says(data=b"5 N\r\n")]]}
    )
    talk = hold(transport, MARK10, until_s=1.2)
    assert -4.285 not in talk.force_n
    assert talk.assembler.quality().rejected_frames > 0


def test_a_device_that_never_says_anything_is_given_up_after_the_stated_time() -> None:
    transport = MemoryTransport([FallsSilent(for_s=100.0)])
    talk = hold(transport, MARK10, give_up_s=10.0)
    assert isinstance(talk.error, TransportTimeout)
    assert "has sent nothing for 10 s" in str(talk.error)
    assert transport.pace.now_s() == pytest.approx(10.0, abs=0.3)


def test_a_device_that_only_says_nonsense_is_given_up_with_a_word_about_the_settings() -> None:
    talk = hold(MemoryTransport(replies=_answers(b"\xf0\xf1\r\n")), MARK10, give_up_s=2.0)
    assert isinstance(talk.error, TransportTimeout)
    assert "baud" in talk.error.hint
    assert talk.assembler.trace().size == 0


def test_what_came_before_a_silence_is_kept() -> None:
    script = [*_stream(1, 40), FallsSilent(for_s=100.0)]
    talk = hold(_progressor(*script), PROGRESSOR, give_up_s=3.0)
    assert isinstance(talk.error, TransportTimeout)
    assert _grams(talk) == list(range(1, 41))
    ((from_s, to_s),) = talk.assembler.quality().gaps
    assert from_s == pytest.approx(talk.t_s[-1])
    assert to_s - from_s == pytest.approx(3.0, abs=0.3)


def test_a_silent_stream_is_started_again() -> None:
    transport = _progressor(*_stream(1, 8), FallsSilent(for_s=5.0), *_stream(9, 8))
    hold(transport, PROGRESSOR)
    assert transport.written.count(b"\x65") >= 3


def test_the_link_is_mended_and_the_outage_marked_without_a_sample_twice_or_made_up() -> None:
    script = [*_stream(1, 40), Breaks(absent_s=1.0), FallsSilent(for_s=1.2), *_stream(41, 40)]
    transport = _progressor(*script)
    talk = hold(transport, PROGRESSOR)
    assert talk.error is None
    assert _grams(talk) == list(range(1, 81))
    assert transport.opened == 2
    assert talk.assembler.quality().flags == (QualityFlag.RECONNECTED, QualityFlag.GAP)
    ((from_s, to_s),) = talk.assembler.quality().gaps
    assert to_s - from_s == pytest.approx(1.2 + 1 / 80, abs=0.02)
    assert [b.link for b in talk.blocks].count(LinkState.LOST) >= 1


def test_an_outage_is_a_gap_even_where_the_usual_steps_are_as_long() -> None:
    lines: list[Step] = [Says(data=b"%d N\n" % n, after_s=0.4) for n in range(5)]
    talk = hold(MemoryTransport([*lines, Breaks(), *lines]), TEXT)
    ((from_s, to_s),) = talk.assembler.quality().gaps
    assert to_s - from_s == pytest.approx(0.4)


def test_a_link_that_stays_lost_is_given_up_with_the_last_sample_named() -> None:
    script = [*_stream(1, 40), Breaks(absent_s=100.0), FallsSilent(for_s=100.0)]
    transport = _progressor(*script)
    talk = hold(transport, PROGRESSOR, give_up_s=4.0)
    assert isinstance(talk.error, LinkLost)
    assert talk.error.last_sample_t_s == pytest.approx(talk.t_s[-1])
    # Counted from the last sample.
    assert transport.pace.now_s() == pytest.approx(40 / 80 + 4.0, abs=0.3)


def test_half_a_frame_from_before_an_outage_is_not_completed_after_it() -> None:
    script: list[Step] = [
        Says(data=b"1.0 N\n", after_s=0.1),
        Says(data=b"2", after_s=0.1),
        Breaks(after_s=0.1),
        Says(data=b"3.0 N\n", after_s=0.5),
        FallsSilent(for_s=0.1),
    ]
    assert hold(MemoryTransport(script), TEXT).force_n == [1.0, 3.0]


def test_a_link_that_is_up_and_dead_is_made_anew_where_the_transport_asks_for_it() -> None:
    script = [*_stream(1, 20), FallsSilent(for_s=2.5), *_stream(21, 20)]
    transport = _progressor(*script, stale_after_s=2.0)
    talk = hold(transport, PROGRESSOR)
    assert transport.opened == 2
    assert _grams(talk) == list(range(1, 41))


def test_a_device_without_a_rate_may_be_silent_for_as_long_as_it_likes() -> None:
    script: list[Step] = [Says(data=b"1 N\n"), FallsSilent(for_s=5.0), Says(data=b"2 N\n")]
    transport = MemoryTransport(script, stale_after_s=2.0)
    assert hold(transport, TEXT).force_n == [1.0, 2.0]
    assert transport.opened == 1


def test_notifications_that_come_twice_count_once() -> None:
    script = [step for step in _stream(1, 20) for _ in range(2)]
    talk = hold(_progressor(*script), PROGRESSOR)
    assert _grams(talk) == list(range(1, 21))
    assert talk.assembler.quality().duplicates == 20


def test_a_wrapped_device_clock_goes_on() -> None:
    wrap_s = 2**32 / 1e6
    frames = [_samples((n, (wrap_s - 0.1 + n / 80) % wrap_s)) for n in range(1, 21)]
    script = [Says(data=frame, after_s=1 / 80, channel=CHANNEL) for frame in frames]
    talk = hold(_progressor(*script), PROGRESSOR)
    np.testing.assert_allclose(np.diff(talk.t_s), 1 / 80, atol=3e-6)


def test_a_marker_stands_at_the_first_sample_after_it() -> None:
    talk = hold(_progressor(*_stream(1, 80)), PROGRESSOR, mark_at_s=0.5)
    marker = talk.assembler.trace().marker
    assert marker is not None
    assert marker.sum() == 1
    assert talk.t_s[int(np.argmax(marker))] == pytest.approx(0.5, abs=1.1 / 80)
    assert HostChannel.MARKER in {chunk.channel for chunk in talk.recorded}


def test_a_marker_before_the_first_sample_belongs_to_nothing() -> None:
    script: list[Step] = [FallsSilent(for_s=1.0), Says(data=b"1 N\n", after_s=1.0)]
    talk = hold(MemoryTransport(script), TEXT, mark_at_s=0.0)
    assert talk.assembler.trace().marker is None


def test_a_line_that_lost_its_depth_is_refused_and_counted() -> None:
    script = [Says(data=line, after_s=0.1) for line in (b"1 N,2.0mm\n", b"2 N\n", b"3 N,2.1mm\n")]
    talk = hold(MemoryTransport(script), TEXT)
    assert talk.force_n == [1.0, 3.0]
    assert talk.assembler.quality().rejected_frames == 1


def test_a_slow_source_is_flagged() -> None:
    script = [Says(data=b"%d N\n" % n, after_s=0.4) for n in range(15)]
    assert QualityFlag.SLOW_SOURCE in hold(MemoryTransport(script), TEXT).assembler.quality().flags


def test_refused_pieces_are_handed_on_and_counted() -> None:
    script = [
        Says(data=b"1 N\n"),
        Says(data=b"nan\n", after_s=0.1),
        Says(data=b"2 N\n", after_s=0.1),
    ]
    talk = hold(MemoryTransport(script), TEXT)
    reasons = [getattr(event, "why", None) for block in talk.blocks for event in block.events]
    assert reasons == [Rejection.NOT_FINITE]
    assert talk.assembler.quality().flags == (QualityFlag.REJECTED_FRAMES,)


def test_lost_chunks_of_a_slow_reader_are_flagged() -> None:
    lost = Says(data=b"7", after_s=0.1, channel=HostChannel.DROPPED)
    talk = hold(MemoryTransport([Says(data=b"1 N\n"), lost]), TEXT)
    assert QualityFlag.DROP in talk.assembler.quality().flags


def test_a_device_that_is_absent_from_the_start_is_not_waited_for() -> None:
    with pytest.raises(DeviceNotFound):
        hold(MemoryTransport(absent_s=5.0), MARK10)


def test_numbers_that_mostly_lack_a_unit_are_given_up_with_the_word_to_state_it() -> None:
    talk = hold(MemoryTransport(replies=_answers(b"1.5\r\n", b"\xf0\r\n", b"1.5\r\n")), MARK10)
    assert talk.error is not None
    assert "unit=N, unit=kgf or unit=lbf" in talk.error.hint


def test_nonsense_with_a_bare_number_in_it_is_a_wrong_setting_and_no_missing_unit() -> None:
    nonsense = [b"\xf0\r\n\xf1\r\n1.5\r\n"] * 2
    talk = hold(MemoryTransport(replies=_answers(*nonsense)), MARK10, give_up_s=2.0)
    assert talk.error is not None
    assert "baud" in talk.error.hint


def test_a_gauge_that_refuses_every_question_is_given_up_with_that_word() -> None:
    talk = hold(MemoryTransport(replies=_answers(b"*10\r\n")), MARK10, give_up_s=2.0)
    assert isinstance(talk.error, TransportTimeout)
    assert "refused" in talk.error.message
    assert "model=" in talk.error.hint
    assert talk.assembler.health.refused_commands > 50


def test_a_battery_that_is_told_and_called_low_is_kept() -> None:
    low = Says(data=b"\x04\x00", after_s=0.1, channel=CHANNEL)
    talk = hold(_progressor(*_stream(1, 8), low), PROGRESSOR)
    health = talk.assembler.health
    assert health.battery_v == pytest.approx(3.987)
    assert health.low_battery
    assert len(health.sentences) == 1
    assert health.to_dict() == {"notices": ["low_battery"], "battery_v": health.battery_v}


def test_a_gauge_that_is_well_gives_no_cause_for_a_word() -> None:
    talk = hold(_progressor(*_stream(1, 8)), PROGRESSOR)
    assert talk.assembler.health.sentences == ()
    assert talk.assembler.health.to_dict()["notices"] == []


async def _listen_on(connection: Connection) -> None:
    while await connection.next_block() is not None:
        pass


def test_a_record_that_lacks_a_chunk_is_not_closed_as_if_it_were_whole() -> None:
    recorded: list[Chunk] = []

    def record(chunk: Chunk) -> None:
        """Take no more than ten chunks, once: then somebody makes room."""
        if len(recorded) == 10 and not refused:
            refused.append(chunk)
            raise CaptureError("The disk is full.", path=Path("a.capture"), offset=0)
        recorded.append(chunk)

    async def play() -> None:
        assembler = StreamAssembler(PROGRESSOR, WireParameters())
        connection = Connection(transport, PROGRESSOR, assembler, record=record, give_up_s=10.0)
        await connection.open()
        await connection.greet()
        with pytest.raises(CaptureError):
            await _listen_on(connection)
        await connection.close()

    refused: list[Chunk] = []
    transport = _progressor(*_stream(1, 80))
    asyncio.run(play())
    assert len(recorded) == 10
    assert HostChannel.END not in {chunk.channel for chunk in recorded}
    assert transport.written[-1] == b"\x66"  # the gauge is told to stop all the same


def test_a_rate_is_asked_for_before_the_stream() -> None:
    scale, parameters = DEVICES["cts500"], WireParameters(rate_hz=80)
    transport = MemoryTransport([FallsSilent(for_s=1.0)])

    async def greet() -> None:
        connection = Connection(
            transport,
            scale,
            StreamAssembler(scale, parameters),
            record=lambda _: None,
            give_up_s=1.0,
        )
        await connection.open()
        await connection.greet()

    asyncio.run(greet())
    codec = scale.codec(parameters)
    assert transport.written[-2:] == [codec.encode(Command.RATE), codec.encode(Command.START)]
