"""The queue behind a reader keeps order, bounds memory and counts what it had to lose."""

import asyncio
from threading import Thread

import pytest

from tissuesense.core.errors import LinkLost, TransportTimeout
from tissuesense.transport.base import Chunk, HostChannel
from tissuesense.transport.inbox import Inbox


def _chunk(number: int) -> Chunk:
    return Chunk(data=b"%d" % number, t_host_s=float(number))


async def _drain(inbox: Inbox) -> list[Chunk]:
    chunks = []
    while (chunk := await inbox.get(0.0)) is not None:
        chunks.append(chunk)
    return chunks


def test_what_another_thread_puts_in_comes_out_in_order() -> None:
    async def play() -> list[bytes]:
        inbox = Inbox()

        def fill() -> None:
            for number in range(500):
                inbox.put(_chunk(number))

        thread = Thread(target=fill)
        thread.start()
        chunks = [await inbox.get(5.0) for _ in range(500)]
        thread.join()
        return [chunk.data for chunk in chunks if chunk is not None]

    assert asyncio.run(play()) == [b"%d" % n for n in range(500)]


def test_nothing_comes_out_when_nothing_came() -> None:
    async def play() -> Chunk | None:
        return await Inbox().get(0.01)

    assert asyncio.run(play()) is None


def test_a_slow_reader_loses_the_newest_and_is_told_how_many() -> None:
    async def play() -> list[Chunk]:
        inbox = Inbox(capacity=3)
        for number in range(5):
            inbox.put(_chunk(number))
        chunks = await _drain(inbox)
        inbox.put(_chunk(5))
        return chunks + await _drain(inbox)

    kept = asyncio.run(play())
    assert [chunk.data for chunk in kept] == [b"0", b"1", b"2", b"2", b"5"]
    assert kept[3].channel == HostChannel.DROPPED


def test_what_is_lost_last_is_told_although_nothing_follows() -> None:
    async def play() -> list[Chunk]:
        inbox = Inbox(capacity=1)
        for number in range(3):
            inbox.put(_chunk(number))
        inbox.fail(LinkLost("gone", endpoint="x"))
        return [chunk for _ in range(2) if (chunk := await inbox.get(0.0)) is not None]

    first, told = asyncio.run(play())
    assert first == _chunk(0)
    assert (told.channel, told.data, told.t_host_s) == (HostChannel.DROPPED, b"2", 2.0)


@pytest.mark.parametrize("error_type", [LinkLost, TransportTimeout])
def test_a_failure_is_raised_after_everything_before_it(
    error_type: type[LinkLost] | type[TransportTimeout],
) -> None:
    async def play() -> Chunk | None:
        inbox = Inbox()
        inbox.put(_chunk(1))
        inbox.fail(error_type("gone", endpoint="x"))
        inbox.fail(LinkLost("again", endpoint="x"))
        first = await inbox.get(1.0)
        with pytest.raises(error_type, match="gone"):
            await inbox.get(1.0)
        return first

    assert asyncio.run(play()) == _chunk(1)


def test_a_failure_in_the_moment_the_time_is_up_waits_for_the_next_call() -> None:
    async def play() -> Chunk | None:
        inbox = Inbox()
        waiting = asyncio.create_task(inbox.get(0.0))
        await asyncio.sleep(0)  # it waits now, and its time is up already
        inbox.fail(LinkLost("gone", endpoint="x"))
        nothing = await waiting
        with pytest.raises(LinkLost, match="gone"):
            await inbox.get(0.0)
        return nothing

    assert asyncio.run(play()) is None
