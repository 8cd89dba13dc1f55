"""A key does what it stands for, a presenter's too, and a terminal that has gone costs no time."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.cli.keyboard import (
    PAGE_DOWN,
    PAGE_UP,
    STOP_KEYS,
    ending_on_signal,
    listening,
    split_keys,
)

needs_terminal = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Yield the far end of the terminal on which the program reads its keys."""
    hand, terminal = os.openpty()
    with os.fdopen(terminal, encoding="utf-8") as keys:
        monkeypatch.setattr(sys, "stdin", keys)
        yield hand
    monkeypatch.undo()


@needs_terminal
def test_a_key_is_heard_and_a_terminal_that_goes_is_asked_no_more(hand: int) -> None:
    async def listen() -> bool:
        loop = asyncio.get_running_loop()
        heard = asyncio.Event()
        with listening({"x": heard.set}) as listens:
            assert listens
            os.write(hand, b"x")
            await asyncio.wait_for(heard.wait(), timeout=10)
            os.close(hand)
            for _ in range(100):  # turns of the loop, each of which would read again
                await asyncio.sleep(0)
            return loop.remove_reader(sys.stdin.fileno())

    still_read = asyncio.run(listen())
    assert not still_read


@needs_terminal
def test_a_page_key_is_one_press_even_when_it_comes_in_pieces(hand: int) -> None:
    async def listen() -> list[str]:
        heard: list[str] = []
        done = asyncio.Event()
        keys = dict.fromkeys(STOP_KEYS, lambda: heard.append("stop"))
        with listening({**keys, "s": lambda: heard.append("end"), "q": done.set}):
            for piece in (PAGE_DOWN[:1], PAGE_DOWN[1:3], f"{PAGE_DOWN[3:]}s{PAGE_UP}bq"):
                os.write(hand, piece.encode())
                await asyncio.sleep(0.02)  # so that each piece is read by itself
            await asyncio.wait_for(done.wait(), timeout=10)
        return heard

    assert asyncio.run(listen()) == ["stop", "end", "stop", "stop"]
    os.close(hand)


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that a terminal sends")
def test_ctrl_c_is_heard_only_while_it_is_asked_for() -> None:
    async def listen() -> None:
        stopped = asyncio.Event()
        with ending_on_signal(stopped.set):
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.wait_for(stopped.wait(), timeout=10)
        assert not asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)

    asyncio.run(listen())


def test_the_letters_of_an_arrow_or_a_function_key_are_no_keys() -> None:
    assert split_keys("\x1b[1;2bx\x1bOSb") == (["\x1b[1;2b", "x", "\x1bOS", "b"], "")


@given(st.lists(st.sampled_from([*STOP_KEYS, "s", "\x1b[A", "\x1bOP"])), st.data())
def test_keys_are_the_same_however_their_bytes_are_cut(
    keys: list[str], data: st.DataObject
) -> None:
    text, found, rest = "".join(keys), [], ""
    while text:
        size = data.draw(st.integers(1, len(text)))
        pressed, rest = split_keys(rest + text[:size])
        found += pressed
        text = text[size:]
    assert (found, rest) == (keys, "")
