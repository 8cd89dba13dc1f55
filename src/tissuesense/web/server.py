"""Serve the app: on this computer until it is told to end, and beside that in its network."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from tissuesense.core.errors import ConfigurationError, UsageError

LOOPBACK = "127.0.0.1"
_GOODBYE_S = 2
# For documentation alone (RFC 5737): nobody is there, and nothing is sent.
_NOBODY = ("192.0.2.1", 9)


class _Server(uvicorn.Server):
    """Says when it is ready, and ends quietly; uvicorn would raise the signal once more."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End on SIGTERM and Ctrl-C."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # Windows has no handlers in the loop; there Ctrl-C raises on its own.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, self._end)
        yield

    def _end(self) -> None:
        self.should_exit = True


class _ServerBeside(_Server):
    """Serves the app that another server began, and leaves the signals to that one."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield


class Beside:
    """A second listener of a running app, with TLS."""

    def __init__(self, app: ASGIApp, listening: socket.socket, certificate: Path) -> None:
        self._ready = asyncio.Event()
        config = _config(app, certificate=certificate, lifespan="off")
        self._server = _ServerBeside(config, self._ready.set)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))

    async def begun(self) -> None:
        """Wait until it accepts connections."""
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._task.done():
            await self._task

    async def end(self) -> None:
        """Accept nothing any more, and let go of what is connected."""
        self._server.should_exit = True
        await self._task


def listen(port: int, *, host: str = LOOPBACK) -> socket.socket:
    """Return a socket on this computer; port 0 takes any that is free.

    Raises
    ------
    ConfigurationError
        When the port is taken or may not be used.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as err:
        listening.close()
        reason = err.strerror if isinstance(err, OSError) else "there is no such port"
        raise ConfigurationError(
            f"Port {port} cannot be used: {reason}.",
            hint="Choose another with --port, or --port 0 for any that is free.",
        ) from err
    listening.listen(128)
    return listening


def own_names(port: int) -> tuple[str, ...]:
    """Return every HOST:PORT by which a browser on this computer may rightly call the server."""
    return f"{LOOPBACK}:{port}", f"localhost:{port}"


def checked_address(host: str, *, lan: bool) -> str:
    """Return an address that the app may listen on.

    Parameters
    ----------
    lan
        Whether other devices are to be let in.

    Raises
    ------
    UsageError
        When it is none, is that of every network at once, or would be seen from a network without
        anybody having asked for that.
    """
    try:
        address = IPv4Address(host)
    except ValueError:
        raise UsageError(f"'{host}' is not an IPv4 address.", hint=f"Such as {LOOPBACK}.") from None
    if address.is_unspecified or address.is_multicast:
        raise UsageError(
            f"The app does not listen on {host}, which is every network at once.",
            hint="Name one address of this computer, together with --lan.",
        )
    if not lan and host != LOOPBACK:
        raise UsageError(
            f"Without --lan the app listens on {LOOPBACK} alone, not on {host}.",
            hint="Add --lan to let other devices in, each with a code.",
        )
    return host


def network_address() -> str:
    """Return the address of this computer in its network; nothing is sent to find out.

    Raises
    ------
    ConfigurationError
        When it is in none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(_NOBODY)
            host = str(asking.getsockname()[0])
        except OSError:
            host = LOOPBACK
    if IPv4Address(host).is_loopback:
        raise ConfigurationError(
            "This computer is in no network.",
            hint="Connect it to the practice's own network and try again.",
        )
    return host


def serve(app: ASGIApp, listening: socket.socket, *, ready: Callable[[], None]) -> None:
    """Serve on this computer until SIGTERM or Ctrl-C.

    Parameters
    ----------
    ready
        Called once connections are accepted.
    """
    asyncio.run(_Server(_config(app), ready).serve(sockets=[listening]))


def _config(
    app: ASGIApp, *, certificate: Path | None = None, lifespan: str = "on"
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan=lifespan,  # type: ignore[arg-type]  # "on" or "off", as it says
        log_config=None,
        access_log=False,  # addresses hold pseudonyms
        server_header=False,
        date_header=False,
        proxy_headers=False,  # nobody stands between; whoever says so would choose the scheme
        ws="websockets-sansio",
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_GOODBYE_S,
        h11_max_incomplete_event_size=16_384,
        ssl_certfile=certificate,
    )
