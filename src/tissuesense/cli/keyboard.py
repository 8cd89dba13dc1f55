"""Single keys at a terminal, while an event loop runs; the terminal is always given back."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Mapping

# What a terminal sends for the keys of a presenter: page up and down (xterm, ECMA-48).
PAGE_UP, PAGE_DOWN = "\x1b[5~", "\x1b[6~"
# Space and Enter of a keyboard; a presenter types page keys, b, Enter or space.
STOP_KEYS = (" ", "\r", "\n", "b", PAGE_UP, PAGE_DOWN)

Keys = Mapping[str, Callable[[], None]]

# A key that has no character of its own comes as a sequence; its letters are not keys.
_KEY = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[ -~]|.", flags=re.DOTALL)
_UNFINISHED = re.compile(r"\x1b(\[[0-?]*[ -/]*|O)?\Z")


def split_keys(typed: str) -> tuple[list[str], str]:
    """Return the keys that were typed, and the beginning of one that is not finished."""
    unfinished = _UNFINISHED.search(typed)
    end = unfinished.start() if unfinished else len(typed)
    return _KEY.findall(typed[:end]), typed[end:]


@contextlib.contextmanager
def ending_on_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on Ctrl-C and on a request to terminate, in place of what they usually do."""
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as undo:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(number, stop)
                undo.callback(loop.remove_signal_handler, number)
        yield


@contextlib.contextmanager
def listening(keys: Keys) -> Iterator[bool]:
    """Call what a key stands for when it is pressed.

    Gives False where standard input is not a terminal, and nothing is heard.
    """
    with contextlib.ExitStack() as undo:
        yield _read_keys(asyncio.get_running_loop(), keys, undo)


def _read_keys(loop: asyncio.AbstractEventLoop, keys: Keys, undo: contextlib.ExitStack) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return False
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    unfinished = ""

    def give_back() -> None:
        with contextlib.suppress(termios.error):  # a terminal that has gone needs nothing back
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    undo.callback(give_back)
    tty.setcbreak(terminal)

    def read() -> None:
        nonlocal unfinished
        try:
            typed = os.read(terminal, 64)
        except OSError:  # how Linux says that a terminal has gone
            typed = b""
        if not typed:  # nobody will type any more, and the loop would ask for ever
            loop.remove_reader(terminal)
        pressed, unfinished = split_keys(unfinished + typed.decode(errors="ignore"))
        for key in pressed:
            keys.get(key, _nothing)()

    loop.add_reader(terminal, read)
    undo.callback(loop.remove_reader, terminal)
    return True


def _nothing() -> None:
    """Be what every other key does."""
