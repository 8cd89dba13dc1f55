"""The first look at every request: from here, to here, not too large; and what every answer says.

Written for bare ASGI: it stands before anything reads a byte of a body.
"""

import asyncio
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tissuesense.core.errors import AccessRefused, BodyTooLarge, BodyTooSlow, Refusal

MOST_BODY_BYTES = 5_000_000
_BODY_S = 30.0
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
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all, forms of ours would have no Origin
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_STATUS = {
    Refusal.HOST: 400,
    Refusal.ORIGIN: 403,
    Refusal.LARGE: 413,
    Refusal.SLOW: 408,
}


class Gate:
    """Refuse what comes by another name, from another page, is too large or takes too long.

    Parameters
    ----------
    app
        What is behind it.
    hosts
        Every HOST:PORT by which this computer's own browser rightly calls.
    lan_hosts
        Tells by which other devices do now; they speak TLS, and only they.
    refused
        Told of every refusal.
    body_s
        How long a body may take to arrive.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        lan_hosts: Callable[[], frozenset[str]] = frozenset,
        refused: Callable[[Refusal], None] = lambda _refusal: None,
        body_s: float = _BODY_S,
    ) -> None:
        self.app = app
        self._hosts = frozenset(hosts)
        self._lan_hosts = lan_hosts
        self._refused = refused
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await self._refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def saying(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                _say(message)
            await send(message)

        try:
            await self.app(scope, _limited(receive, self._body_s), saying)
        except AccessRefused as error:
            if began:
                raise
            await self._refuse(error.refusal, scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        secure = scope["scheme"] in {"https", "wss"}
        hosts = self._lan_hosts() if secure else self._hosts
        if headers.getlist("host") not in [[host] for host in hosts]:
            return Refusal.HOST
        if not scope["path"].startswith("/"):
            return Refusal.HOST  # "GET http://elsewhere/ HTTP/1.1"
        if not _is_from_here(scope, headers, "https" if secure else "http"):
            return Refusal.ORIGIN
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()) or int(length) > MOST_BODY_BYTES:
            return Refusal.LARGE
        return None

    async def _refuse(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
        self._refused(refusal)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return

        async def saying(message: Message) -> None:
            if message["type"] == "http.response.start":
                _say(message)
            await send(message)

        answer = PlainTextResponse(f"Refused: {refusal}.\n", status_code=_STATUS[refusal])
        answer.headers["connection"] = "close"  # the rest of a body is not waited for
        await answer(scope, receive, saying)


def _is_from_here(scope: Scope, headers: Headers, scheme: str) -> bool:
    """Return whether one of our own pages asks, or a person who typed or opened an address.

    A browser sends an Origin with every WebSocket and every form, and other programs may leave it
    out; those have no session unless a person gave them one.
    """
    origins = headers.getlist("origin")
    if origins and origins != [f"{scheme}://{headers['host']}"]:
        return False
    if scope["type"] == "websocket":
        return bool(origins)
    site = headers.get("sec-fetch-site", "none")
    if site in _OWN_SITE:
        return True
    # A link on another page may lead here; no picture, script or form of that page may.
    return (
        scope["method"] in _SAFE
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def _limited(receive: Receive, body_s: float) -> Receive:
    """Return what gives a body while it is neither too large nor too slow."""
    taken, whole = 0, False
    until_s = asyncio.get_running_loop().time() + body_s

    async def limited() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()  # that the browser went away
        try:
            async with asyncio.timeout_at(until_s):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow from None
        taken += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        if taken > MOST_BODY_BYTES:
            raise BodyTooLarge
        return message

    return limited


def _say(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _SAID.items():
        headers.setdefault(name, value)
