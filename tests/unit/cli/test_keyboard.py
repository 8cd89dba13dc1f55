"""A key does what it stands for, and a terminal that has gone costs no time."""

import asyncio
import os
import sys
from collections.abc import Iterator

import pytest

from tissuesense.cli.keyboard import listening

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Yield the far end of the terminal on which the program reads its keys."""
    hand, terminal = os.openpty()
    with os.fdopen(terminal, encoding="utf-8") as keys:
        monkeypatch.setattr(sys, "stdin", keys)
        yield hand
    monkeypatch.undo()


def test_a_key_is_heard_and_a_terminal_that_goes_is_asked_no_more(hand: int) -> None:
    async def listen() -> bool:
        loop = asyncio.get_running_loop()
        heard = asyncio.Event()
        with listening({"x": heard.set}, asyncio.Event()) as listens:
            assert listens
            os.write(hand, b"x")
            await asyncio.wait_for(heard.wait(), timeout=10)
            os.close(hand)
            for _ in range(100):  # turns of the loop, each of which would read again
                await asyncio.sleep(0)
            return loop.remove_reader(sys.stdin.fileno())

    still_read = asyncio.run(listen())
    assert not still_read
