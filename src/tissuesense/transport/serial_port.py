"""A serial port, or anything that a pyserial URL can name."""

import asyncio
import errno
import logging
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import serial

from tissuesense.core.clock import Clock
from tissuesense.core.errors import DeviceNotFound, LinkLost, TransportError
from tissuesense.transport.base import Chunk, Pace, RealPace
from tissuesense.transport.discovery import scan_serial
from tissuesense.transport.inbox import Inbox
from tissuesense.transport.usb_plug import UsbPlug

# What a port raises when it fails; what termios raises is no OSError, and pyserial lets it through.
_PORT_FAILURES: tuple[type[Exception], ...] = (OSError,)
try:
    import termios
except ImportError:
    pass  # Windows has none
else:
    _PORT_FAILURES = (OSError, termios.error)
# pyserial trips over itself when a port vanishes in the middle of a read.
_READ_FAILURES: tuple[type[Exception], ...] = (*_PORT_FAILURES, TypeError)

logger = logging.getLogger(__name__)

_READ_TIMEOUT_S = 0.1
_WRITE_TIMEOUT_S = 1.0
_WITHOUT_WRITE_TIMEOUT = "rfc2217://"  # pyserial raises when it is asked for one
_NETWORK = frozenset({"socket", "rfc2217"})
_MOST_BYTES = 4096
# How pyserial and the system say it, in reading and in writing.
_PULLED_OUT = ("returned no data", f"[Errno {errno.EIO}]")
_ABSENT = frozenset({errno.ENOENT, errno.ENODEV, errno.ENXIO})
_REFUSED = frozenset({errno.EACCES, errno.EPERM})


class SerialTransport:
    """Read a port in a thread of its own, so that arrival times do not depend on the program.

    A USB gauge that was pulled out and comes back under another name is found by what its plug
    says of itself.

    Parameters
    ----------
    port
        Name of a port, or a pyserial URL such as ``socket://HOST:PORT``.
    """

    scripted = False
    # A port that is plugged in stays: its silence is the gauge's.
    stale_after_s: float | None = None

    def __init__(self, port: str, baud: int, *, clock: Clock) -> None:
        self.endpoint = port
        self.identity: str | None = None
        self.pace: Pace = RealPace(clock)
        self._baud = baud
        self._clock = clock
        self._port: serial.Serial | None = None
        self._inbox: Inbox | None = None
        self._thread: Thread | None = None
        self._stop = Event()
        self._plug: UsbPlug | None = None

    async def open(self, timeout_s: float) -> None:
        """Open the port."""
        del timeout_s  # a port is there or it is not
        self._inbox = Inbox()
        self._port = await asyncio.to_thread(self._open)
        self._stop = Event()
        self._thread = Thread(
            target=_read_on,
            args=(self._port, self._inbox, self._stop, self._clock, self.endpoint),
            name=f"serial {self.endpoint}",
            daemon=True,
        )
        self._thread.start()

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return what came."""
        if self._inbox is None:
            raise _lost(self.endpoint, "the port is closed")
        chunk = await self._inbox.get(timeout_s)
        return chunk or Chunk(data=b"", t_host_s=self.pace.now_s())

    async def write(self, data: bytes) -> None:
        """Send bytes."""
        port = self._port
        if port is None:
            raise _lost(self.endpoint, "the port is closed")
        try:
            await asyncio.to_thread(port.write, data)
        except _PORT_FAILURES as err:
            raise _lost(self.endpoint, err) from err

    async def close(self) -> None:
        """Stop reading and close the port."""
        port, thread = self._port, self._thread
        self._port = self._thread = self._inbox = None
        self._stop.set()
        if thread is not None:
            await asyncio.to_thread(thread.join)
        if port is not None:
            await asyncio.to_thread(_close, port)

    def _open(self) -> serial.Serial:
        if "://" in self.endpoint:
            return self._open_at(self.endpoint)
        if self._plug is None:
            plug = UsbPlug.at(self.endpoint)
            port = self._open_at(self.endpoint)
            self._plug = plug
            return port
        place = self._plug.find()
        if place is None:
            raise _absent(self.endpoint, f"The gauge of {self.endpoint} is not plugged in.")
        if place != self.endpoint:
            logger.info("The gauge of %s is back as %s.", self.endpoint, place)
        return self._open_at(place)

    def _open_at(self, place: str) -> serial.Serial:
        patient = place.startswith(_WITHOUT_WRITE_TIMEOUT)
        try:
            port = serial.serial_for_url(
                place,
                baudrate=self._baud,
                timeout=_READ_TIMEOUT_S,
                write_timeout=None if patient else _WRITE_TIMEOUT_S,
                do_not_open=True,
            )
            port.exclusive = True  # heeded where the port is one of this machine
            _check_place(place)
            port.open()
        except ValueError as err:  # pyserial: an unknown URL form, a baud rate out of range
            raise TransportError(
                f"{self.endpoint} cannot be opened: {err}.", endpoint=self.endpoint
            ) from err
        except _PORT_FAILURES as err:
            raise refusal(self.endpoint, err) from err
        return port


def _read_on(port: serial.Serial, inbox: Inbox, stop: Event, clock: Clock, endpoint: str) -> None:
    """Read until told to stop or the port is gone."""
    try:
        while not stop.is_set():
            data = bytearray(port.read(1))
            if not data:
                continue
            t_host_s = clock.monotonic_s()
            try:
                _add_rest(port, data)
            finally:  # what came before the port went, came
                inbox.put(Chunk(data=bytes(data), t_host_s=t_host_s))
    except _READ_FAILURES as err:
        if not stop.is_set():
            inbox.fail(_lost(endpoint, err))


def _add_rest(port: serial.Serial, data: bytearray) -> None:
    """Add what has come by now, without waiting."""
    while len(data) < _MOST_BYTES and (waiting := port.in_waiting):
        data += port.read(waiting)


def _check_place(place: str) -> None:
    """Refuse what cannot be a port, which pyserial would try, or refuse in words of its own."""
    url = urlsplit(place)
    if url.scheme in _NETWORK:
        with suppress(ValueError):  # of a port that is no number
            if url.hostname and url.port:
                return
        raise TransportError(
            f"{place} does not say which host and which port.",
            endpoint=place,
            hint=f"Write it as {url.scheme}://HOST:PORT, with a number for the port.",
        )
    for kind, is_so in (("a folder", Path.is_dir), ("a file", Path.is_file)):
        if is_so(Path(place)):
            raise _absent(place, f"{place} is {kind} and no serial port.")


def _close(port: serial.Serial) -> None:
    try:
        port.close()
    except _PORT_FAILURES:
        return  # a port that was pulled out cannot be closed in good order


def _lost(endpoint: str, why: object) -> LinkLost:
    if any(words in str(why) for words in _PULLED_OUT):
        why = "it was unplugged, or another program reads from it too"
    return LinkLost(f"The link to {endpoint} is lost: {why}.", endpoint=endpoint)


def _absent(endpoint: str, sentence: str) -> DeviceNotFound:
    seen = [found.port for found in scan_serial()]
    return DeviceNotFound(
        sentence,
        endpoint=endpoint,
        seen=seen,
        hint=f"Ports of this machine: {', '.join(seen) or 'none'}.",
    )


def refusal(endpoint: str, error: Exception) -> TransportError:
    """Return the error for a port that would not open; the system's own words stay in it."""
    text = str(error)
    number = getattr(error, "errno", None)
    if number in _ABSENT or "FileNotFoundError" in text:
        return _absent(endpoint, f"There is no port {endpoint}.")
    if number in _REFUSED or "PermissionError" in text:
        return TransportError(
            f"The system does not let this program use {endpoint}: {text}.",
            endpoint=endpoint,
            hint="On Linux, join the group of serial ports and log in again: "
            "sudo usermod -aG dialout $USER. On Windows, close whatever else uses the port.",
        )
    if number == errno.EBUSY or "exclusively lock" in text:
        return TransportError(
            f"{endpoint} is in use by another program: {text}.",
            endpoint=endpoint,
            hint="Close the other program, or unplug the gauge and plug it in again.",
        )
    if "://" in endpoint:
        return DeviceNotFound(
            f"{endpoint} does not answer: {text}.",
            endpoint=endpoint,
            hint="Check host, port and that the other end is running.",
        )
    return TransportError(f"{endpoint} cannot be opened: {text}.", endpoint=endpoint)
