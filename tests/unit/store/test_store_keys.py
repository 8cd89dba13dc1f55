"""A person is asked for the passphrase where there is a person, and twice for a new one."""

import getpass
import io
from collections.abc import Callable, Iterator

import pytest

from tissuesense.store.keys import ask_at_terminal

Type = Callable[..., Iterator[str]]


class Terminal(io.StringIO):
    """A standard input with a person behind it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Return how to have words typed; what is returned still waits to be typed."""

    def type_in(*words: str) -> Iterator[str]:
        waiting = iter(words)

        def answer(_prompt: str) -> str:
            try:
                return next(waiting)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr(getpass, "getpass", answer)
        return waiting

    return type_in


def test_known_passphrase_is_asked_for_once(type_in: Type) -> None:
    waiting = type_in("sesame", "unasked")
    assert ask_at_terminal(False) == "sesame"
    assert list(waiting) == ["unasked"]


def test_new_passphrase_is_asked_for_until_it_was_the_same_twice(type_in: Type) -> None:
    waiting = type_in("sesame", "sesane", "sesame", "sesame", "unasked")
    assert ask_at_terminal(True) == "sesame"
    assert list(waiting) == ["unasked"]


def test_end_of_input_is_no_passphrase(type_in: Type) -> None:
    type_in("sesame")
    assert ask_at_terminal(True) is None


def test_nobody_is_asked_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("sesame\n"))
    assert ask_at_terminal(False) is None
