"""A gauge on a pseudo-terminal: another thread that speaks a wire, with the faults of real ones."""

import os
import select
import threading
import tty
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

# What the gauge sends, piece by piece: seconds to wait, then bytes.
Pieces = Iterable[tuple[float, bytes]]


class PtyGauge:
    """Answer requests, or talk unasked, on a port whose name stays when it is plugged in again.

    Parameters
    ----------
    port
        The name under which the program finds it.
    answer
        Called with each request; what it returns is sent.
    request_end
        Ends each request; empty for a gauge that takes every byte for one.
    talk
        Sent from the moment that the gauge is plugged in.
    """

    def __init__(
        self,
        port: Path,
        *,
        answer: Callable[[bytes], Pieces] | None = None,
        request_end: bytes = b"\r",
        talk: Callable[[], Pieces] | None = None,
    ) -> None:
        self.port = port
        self._answer = answer
        self._request_end = request_end
        self._talk = talk
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()
        self._fds: tuple[int, int] | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        self._fds = (master, slave)
        self._stop = threading.Event()
        fresh = self.port.with_suffix(".fresh")
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self.port)
        loops = ((self._answering, self._answer), (self._talking, self._talk))
        self._threads = [
            threading.Thread(target=loop, args=(master, self._stop), daemon=True)
            for loop, wanted in loops
            if wanted is not None
        ]
        for thread in self._threads:
            thread.start()

    def say(self, data: bytes) -> None:
        """Send bytes now."""
        assert self._fds is not None
        os.write(self._fds[0], data)

    def unplug(self) -> None:
        if self._fds is None:
            return
        self._stop.set()
        for thread in self._threads:
            thread.join()
        master, slave = self._fds
        self._fds = None
        self.port.unlink(missing_ok=True)
        os.close(master)
        os.close(slave)

    def _answering(self, master: int, stop: threading.Event) -> None:
        assert self._answer is not None
        pending = b""
        while not stop.is_set():
            ready, _, _ = select.select([master], [], [], 0.02)
            if not ready:
                continue
            requests, pending = self._cut(pending + os.read(master, 1024))
            for request in requests:
                _send(master, self._answer(request.strip()), stop)

    def _cut(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Return the requests that are whole, and the beginning of another."""
        if not self._request_end:
            return [data[i : i + 1] for i in range(len(data))], b""
        *requests, rest = data.split(self._request_end)
        return requests, rest

    def _talking(self, master: int, stop: threading.Event) -> None:
        assert self._talk is not None
        _send(master, self._talk(), stop)


def _send(master: int, pieces: Pieces, stop: threading.Event) -> None:
    for wait_s, data in pieces:
        if stop.wait(wait_s):
            return
        if data:
            os.write(master, data)


class Counting:
    """Readings that never repeat, so that one kept twice or made up is seen at once.

    Attributes
    ----------
    sent_n
        What has been sent so far, in newtons.
    """

    def __init__(self, step_n: float = 0.01) -> None:
        self._step_n = step_n
        self.sent_n: list[float] = []

    def next_n(self) -> float:
        self.sent_n.append(round(self._step_n * (len(self.sent_n) + 1), 4))
        return self.sent_n[-1]
