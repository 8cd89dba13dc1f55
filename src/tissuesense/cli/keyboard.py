"""Single keys at a terminal, while an event loop runs; the terminal is always given back."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping


@contextlib.contextmanager
def listening(keys: Mapping[str, Callable[[], None]], stop: asyncio.Event) -> Iterator[bool]:
    """Call what a key stands for when it is pressed, and set `stop` on Ctrl-C.

    Gives False where standard input is not a terminal and only Ctrl-C is heard.
    """
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as undo:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                loop.add_signal_handler(number, stop.set)
                undo.callback(loop.remove_signal_handler, number)
        yield _read_keys(loop, keys, undo)


def _read_keys(
    loop: asyncio.AbstractEventLoop,
    keys: Mapping[str, Callable[[], None]],
    undo: contextlib.ExitStack,
) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        import termios
        import tty
    except ImportError:  # Windows
        return False
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def give_back() -> None:
        with contextlib.suppress(termios.error):  # a terminal that has gone needs nothing back
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    undo.callback(give_back)
    tty.setcbreak(terminal)

    def read() -> None:
        try:
            typed = os.read(terminal, 64)
        except OSError:  # how Linux says that a terminal has gone
            typed = b""
        if not typed:  # nobody will type any more, and the loop would ask for ever
            loop.remove_reader(terminal)
        for key in typed.decode(errors="ignore"):
            keys.get(key, _nothing)()

    loop.add_reader(terminal, read)
    undo.callback(loop.remove_reader, terminal)
    return True


def _nothing() -> None:
    """Be what every other key does."""
