"""The second door: for tablets in the same network, with TLS; shut until somebody opens it."""

import asyncio
import logging
import socket
from pathlib import Path

from starlette.types import ASGIApp

from tissuesense.core.clock import Clock
from tissuesense.core.errors import ConfigurationError
from tissuesense.services.app_settings import settings_path
from tissuesense.services.lan_certificate import lan_certificate
from tissuesense.web.pairing import Pairings
from tissuesense.web.server import Beside, listen, network_address
from tissuesense.web.sessions import SessionBook

logger = logging.getLogger(__name__)

_USUAL_PORT = 8443


class Lan:
    """Whether other devices may come, where, and by which certificate they know us.

    Attributes
    ----------
    clock
        By which its codes grow old.
    app
        What is served; set once it is put together.
    address
        Of this computer in its network; empty: found when the door is opened.
    folder
        Where the certificate is kept; None: beside the settings.
    names
        Every HOST:PORT by which it is rightly called; none while it is shut.
    url, fingerprint
        What both screens show.
    pairings
        The code that lets a device in.
    """

    def __init__(self, sessions: SessionBook, *, clock: Clock) -> None:
        self._sessions, self.clock = sessions, clock
        self._beside: Beside | None = None
        self._turn = asyncio.Lock()
        self.app: ASGIApp | None = None
        self.address = ""
        self.folder: Path | None = None
        self.pairings = Pairings(clock)
        self.names: frozenset[str] = frozenset()
        self.url = self.fingerprint = ""

    @property
    def is_open(self) -> bool:
        """Whether this computer can be seen in its network."""
        return self._beside is not None

    async def open(self) -> None:
        """Open it; harmless where it is open.

        Raises
        ------
        ConfigurationError
            When this computer is in no network, or cannot be reached at that address.
        FileWriteError
            When the certificate cannot be kept.
        """
        async with self._turn:
            if self._beside is None:
                await self._open()

    async def close(self) -> None:
        """Shut it: nothing listens any more, and every other device has to be let in again."""
        async with self._turn:
            self.pairings.withdraw()
            for handle in self._sessions.remote():
                self._sessions.revoke(handle)
            beside, self._beside = self._beside, None
            self.names, self.url, self.fingerprint = frozenset(), "", ""
            if beside is not None:
                await beside.end()
                logger.info("The app is not visible to the network any more.")

    async def _open(self) -> None:
        if self.app is None:
            raise ConfigurationError("There is nothing to serve yet.")
        address = self.address or network_address()
        hosts = (address, *_host_names())
        certificate = await asyncio.to_thread(
            lan_certificate, self.folder or settings_path().parent, hosts, clock=self.clock
        )
        listening = _listen(address)
        port = listening.getsockname()[1]
        # Known before the first request can come.
        self.names = frozenset(f"{host}:{port}" for host in hosts)
        self._beside = Beside(self.app, listening, certificate.path)
        await self._beside.begun()
        self.url, self.fingerprint = f"https://{address}:{port}", certificate.fingerprint
        logger.info("The app is visible to the network.")


def _host_names() -> tuple[str, ...]:
    """Return what this computer calls itself, and what its neighbours may call it."""
    name = socket.gethostname().lower()
    plain = name and name.isascii() and all(c.isalnum() or c in "-." for c in name)
    if not plain or name == "localhost":
        return ()
    return (name,) if "." in name else (name, f"{name}.local")


def _listen(address: str) -> socket.socket:
    """Listen on the usual port, so that a tablet finds its way back; else on any that is free."""
    try:
        return listen(_USUAL_PORT, host=address)
    except ConfigurationError:
        return listen(0, host=address)
