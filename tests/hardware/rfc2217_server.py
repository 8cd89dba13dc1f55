"""A machine that lends its serial port over the network (RFC 2217), by pyserial's server side."""

import socket
import threading
from pathlib import Path
from typing import Self

import serial
from serial import rfc2217


class _Writer:
    """What pyserial's port manager answers through."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.sendall(data)


class _WithoutModemLines(serial.Serial):
    """A pseudo-terminal has none, and says so by failing."""

    cts = dsr = ri = cd = rts = dtr = False


class Rfc2217Server:
    """Lend one port to the first who connects."""

    def __init__(self, port: Path) -> None:
        self._port = _WithoutModemLines(str(port), timeout=0.01)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        return f"rfc2217://{host}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()
        self._port.close()

    def _serve(self) -> None:
        self._listener.settimeout(10.0)
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(0.01)
            manager = rfc2217.PortManager(
                self._port,  # type: ignore[arg-type] # any port does
                _Writer(connection),  # type: ignore[arg-type] # anything with write() does
            )
            while not self._stop.is_set() and self._pass_on(connection, manager):
                pass

    def _pass_on(self, connection: socket.socket, manager: rfc2217.PortManager) -> bool:
        """Carry what came in both directions; say whether anybody is still there."""
        try:
            asked = connection.recv(1024)
        except TimeoutError:
            pass
        except ConnectionError:
            return False
        else:
            if not asked:
                return False
            self._port.write(b"".join(manager.filter(asked)))
        answered = self._port.read(self._port.in_waiting)
        if answered:
            connection.sendall(b"".join(manager.escape(answered)))
        return True
