"""Run the app on this computer alone, until it is told to end."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from tissuesense.core.errors import ConfigurationError

LOOPBACK = "127.0.0.1"
_GOODBYE_S = 2


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


def serve(
    app: ASGIApp,
    listening: socket.socket,
    *,
    ready: Callable[[], None],
    certificate: tuple[str, str] | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C.

    Parameters
    ----------
    ready
        Called once connections are accepted.
    certificate
        Files of the certificate and of its key; None: no TLS.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # addresses hold pseudonyms
        server_header=False,
        date_header=False,
        ws="websockets-sansio",
        ws_max_size=65_536,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_GOODBYE_S,
        h11_max_incomplete_event_size=16_384,
        ssl_certfile=certificate and certificate[0],
        ssl_keyfile=certificate and certificate[1],
    )
    asyncio.run(_Server(config, ready).serve(sockets=[listening]))
