"""The first look at every request: from here, to here, not too large; and what every answer says.

Written for bare ASGI: it stands before anything reads a byte of a body.
"""

import logging
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

MOST_BODY_BYTES = 5_000_000
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE = frozenset({"same-origin", "none"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)
_SAID = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with none at all, forms of ours would have no Origin
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class TooLargeError(Exception):
    """A body grew beyond what is taken, while it was read."""


class Gate:
    """Refuse what comes by another name, from another page, or is too large.

    Parameters
    ----------
    hosts
        Every HOST:PORT by which this server is rightly called.
    secure
        Whether it speaks TLS.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], secure: bool = False) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        scheme = "https" if secure else "http"
        self._origins = frozenset(f"{scheme}://{host}" for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, _limited(receive), _saying(send))
        except TooLargeError:
            await _refuse(scope, receive, send, 413, "too large")

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._hosts:
            return 400, "unknown host"
        origin = headers.get("origin")
        asks = scope["type"] == "websocket" or scope["method"] not in _SAFE
        if asks and not (origin in self._origins if origin else _is_own(headers, scope)):
            return 403, "foreign origin"
        if origin and origin not in self._origins:
            return 403, "foreign origin"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST_BODY_BYTES:
            return 413, "too large"
        return None


def _is_own(headers: Headers, scope: Scope) -> bool:
    """Return whether a request without an Origin may be one of ours: no browser sends such a one.

    A WebSocket of a browser always has an Origin.
    """
    return scope["type"] == "http" and headers.get("sec-fetch-site", "none") in _OWN_SITE


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BODY_BYTES:
            raise TooLargeError
        return message

    return limited


def _saying(send: Send) -> Send:
    async def saying(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SAID.items():
                headers.setdefault(name, value)
        await send(message)

    return saying


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    # No header and no path: what a stranger sends does not belong into a log.
    logger.warning("A request was refused: %s.", why)
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    answer = PlainTextResponse(f"Refused: {why}.\n", status_code=status)
    await answer(scope, receive, _saying(send))
