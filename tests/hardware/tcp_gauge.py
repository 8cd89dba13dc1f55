"""A gauge behind a network port, as a serial device server makes one; it may hang up."""

import socket
import threading
from collections.abc import Callable
from typing import Self

from tests.hardware.pty_gauge import Pieces

_LOOK_S = 0.02


class TcpGauge:
    """Talk to whoever connects, and hang up at the end of what there is to say.

    Parameters
    ----------
    calls
        What is said in one connection after the other. Then nobody listens any more.
    away_s
        For how long nobody listens between two of them.
    """

    def __init__(self, *calls: Callable[[], Pieces], away_s: float = 0.0) -> None:
        self._calls = calls
        self._away_s = away_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address: tuple[str, int] = self._listener.getsockname()

    @property
    def url(self) -> str:
        host, port = self._address
        return f"serial:socket://{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        for index, call in enumerate(self._calls):
            if index:
                if self._stop.wait(self._away_s):
                    return
                self._listener = socket.create_server(self._address)
            connection = self._accepted()
            if connection is None:
                return
            self._listener.close()
            with connection:
                self._say(connection, call())

    def _accepted(self) -> socket.socket | None:
        self._listener.settimeout(_LOOK_S)
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5.0)
            return connection
        return None

    def _say(self, connection: socket.socket, pieces: Pieces) -> None:
        for wait_s, data in pieces:
            if self._stop.wait(wait_s):
                return
            try:
                connection.sendall(data)
            except ConnectionError:
                return
