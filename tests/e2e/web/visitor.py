"""A visitor without a browser: real requests to the running program, whole or as raw bytes."""

import re
import socket
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import httpx
from tests.e2e.web.conftest import App
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

_MARK = re.compile(r'data-csrf="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """Somebody with a session at a running app, let in by its start link."""

    app: App
    client: httpx.Client = field(init=False)
    mark: str = ""

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.app.base, headers={"origin": self.app.base}, timeout=30
        )

    def come_in(self) -> Self:
        """Open the start link and learn the mark of the forms."""
        assert self.client.get(self.app.start).status_code == 303
        found = _MARK.search(self.client.get("/about").text)
        assert found is not None
        self.mark = found[1]
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    @property
    def cookie(self) -> str:
        """The session as a Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())

    @property
    def place(self) -> tuple[str, int]:
        """Where the app listens."""
        parts = urlsplit(self.app.base)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    @property
    def name(self) -> str:
        """The app as a Host header has it."""
        host, port = self.place
        return f"{host}:{port}"

    def form(self, url: str, fields: dict[str, str | list[str]] | None = None) -> httpx.Response:
        """Send a form as a page of ours does."""
        return self.client.post(url, data={"csrf": self.mark, **(fields or {})})

    def live(self, *, origin: str | None = "", known: bool = True) -> ClientConnection:
        """Open the WebSocket; as a page of another origin, or of none, or without the session."""
        stated = self.app.base if origin == "" else origin
        return connect(
            self.app.base.replace("http", "ws") + "/live",
            origin=None if stated is None else Origin(stated),
            additional_headers={"Cookie": self.cookie} if known else {},
        )

    def raw(self, request: bytes) -> bytes:
        """Send bytes as they are, and take all that comes back."""
        with socket.create_connection(self.place, timeout=20) as talking:
            answer = b""
            try:
                talking.sendall(request)
                while piece := talking.recv(65536):
                    answer += piece
            except ConnectionError:
                pass  # it hung up on us, which is an answer
            return answer
