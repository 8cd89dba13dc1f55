"""Claim: the gate lets through what is called by its own name from its own pages, and no more."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from tissuesense.core.errors import Refusal
from tissuesense.web.door.gate import MOST_BODY_BYTES, Gate

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
LAN = "192.0.2.7:8443"
Headers = Iterable[tuple[str, str]]


class Asked:
    """What a gate over a small app did with one request."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.refusals: list[Refusal] = []
        self.reached = False
        self.open_lan = True

    @property
    def status(self) -> int:
        (start,) = (m for m in self.sent if m["type"] == "http.response.start")
        return int(start["status"])

    @property
    def said(self) -> dict[str, str]:
        start = next(m for m in self.sent if m["type"] == "http.response.start")
        return {name.decode(): value.decode() for name, value in start["headers"]}

    def ask(
        self,
        headers: Headers = (("host", HOST),),
        *,
        method: str = "GET",
        kind: str = "http",
        scheme: str = "http",
        path: str = "/",
        body: Iterable[bytes] = (b"",),
        stalls: bool = False,
    ) -> "Asked":
        pieces = list(body)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            self.reached = True
            if scope["type"] == "websocket":
                await send({"type": "websocket.accept"})
                return
            await Request(scope, receive).body()
            await PlainTextResponse("here")(scope, receive, send)

        async def receive() -> Message:
            if kind == "websocket":
                return {"type": "websocket.connect"}
            if not pieces and stalls:
                await asyncio.sleep(3600)
            piece = pieces.pop(0)
            more = bool(pieces) or stalls
            return {"type": "http.request", "body": piece, "more_body": more}

        async def send(message: Message) -> None:
            self.sent.append(message)

        gate = Gate(
            app,
            hosts=[HOST, "localhost:8000"],
            lan_hosts=lambda: frozenset({LAN} if self.open_lan else ()),
            refused=self.refusals.append,
            body_s=0.05,
        )
        scope = {
            "type": kind,
            "scheme": scheme,
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
        asyncio.run(gate(scope, receive, send))
        return self


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1",
        "127.0.0.1:8001",
        "127.0.0.1.:8000",
        "127.0.0.1:8000.",
        "localhost.:8000",
        "127.0.0.1:8000@evil.example",
        "[::1]:8000",
        "[::ffff:127.0.0.1]:8000",
        "0.0.0.0:8000",
        "2130706433:8000",
        "127.1:8000",
        "LOCALHOST:8000",
        " 127.0.0.1:8000",
        "",
        LAN,
    ],
)
def test_another_name_is_refused(asked: Asked, host: str) -> None:
    asked.ask([("host", host)])
    assert asked.status == 400
    assert not asked.reached
    assert asked.refusals == [Refusal.HOST]


def test_no_name_and_two_names_are_refused(asked: Asked) -> None:
    assert asked.ask([]).status == 400
    assert Asked().ask([("host", HOST), ("host", "evil.example")]).status == 400
    assert Asked().ask([("host", HOST), ("host", HOST)]).status == 400


def test_a_whole_address_as_target_is_refused(asked: Asked) -> None:
    assert asked.ask(path="http://evil.example/").status == 400


@pytest.mark.parametrize("host", [HOST, "localhost:8000"])
def test_its_own_names_are_let_through(asked: Asked, host: str) -> None:
    assert asked.ask([("host", host)]).status == 200


def test_the_name_in_the_network_holds_only_there_and_only_while_it_is_open() -> None:
    network = [("host", LAN)]
    assert Asked().ask(network, scheme="https").status == 200
    assert Asked().ask(network, scheme="http").status == 400
    assert Asked().ask([("host", HOST)], scheme="https").status == 400
    shut = Asked()
    shut.open_lan = False
    assert shut.ask(network, scheme="https").status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET"])
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        f"https://{HOST}",
        "http://127.0.0.1:8001",
        "http://localhost:8000",
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}/",
    ],
)
def test_another_pages_request_is_refused(asked: Asked, method: str, origin: str) -> None:
    asked.ask([("host", HOST), ("origin", origin)], method=method)
    assert asked.status == 403
    assert asked.refusals == [Refusal.ORIGIN]


def test_two_origins_are_refused(asked: Asked) -> None:
    doubled = [("host", HOST), ("origin", ORIGIN), ("origin", ORIGIN)]
    assert asked.ask(doubled, method="POST").status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
@pytest.mark.parametrize("origin", [[], [("origin", ORIGIN)]])
def test_what_the_browser_says_comes_from_another_site_is_refused(
    asked: Asked, site: str, origin: list[tuple[str, str]]
) -> None:
    headers = [("host", HOST), ("sec-fetch-site", site), *origin]
    assert asked.ask(headers, method="POST").status == 403
    assert Asked().ask(headers).status == 403


def test_a_link_on_another_page_leads_here_but_no_frame_and_no_form(asked: Asked) -> None:
    link = [("host", HOST), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert asked.ask([*link, ("sec-fetch-dest", "document")]).status == 200
    assert Asked().ask([*link, ("sec-fetch-dest", "iframe")]).status == 403
    assert Asked().ask([*link, ("sec-fetch-dest", "document")], method="POST").status == 403


@pytest.mark.parametrize("site", [[], [("sec-fetch-site", "same-origin")]])
def test_a_page_of_ours_is_let_through(asked: Asked, site: list[tuple[str, str]]) -> None:
    assert asked.ask([("host", HOST), ("origin", ORIGIN), *site], method="POST").status == 200


@pytest.mark.parametrize("origin", [[], [("origin", "http://evil.example")], [("origin", "null")]])
def test_a_websocket_of_another_page_or_of_none_is_closed(
    asked: Asked, origin: list[tuple[str, str]]
) -> None:
    asked.ask([("host", HOST), *origin], kind="websocket", scheme="ws")
    assert [message["type"] for message in asked.sent] == ["websocket.close"]
    assert not asked.reached


def test_a_websocket_of_ours_is_let_through(asked: Asked) -> None:
    asked.ask([("host", HOST), ("origin", ORIGIN)], kind="websocket", scheme="ws")
    assert [message["type"] for message in asked.sent] == ["websocket.accept"]


@pytest.mark.parametrize("length", [str(MOST_BODY_BYTES + 1), "-1", "1e9", "many", "²", ""])
def test_a_length_that_is_too_large_or_none_is_refused_unread(asked: Asked, length: str) -> None:
    asked.ask([("host", HOST), ("content-length", length)], method="POST")
    assert asked.status == 413
    assert not asked.reached


def test_a_body_that_grows_too_large_is_refused(asked: Asked) -> None:
    asked.ask(method="POST", body=[b"x" * 1_000_000] * 6)
    assert asked.status == 413
    assert asked.refusals == [Refusal.LARGE]
    assert asked.said["connection"] == "close"


def test_a_body_of_just_that_size_is_taken(asked: Asked) -> None:
    assert asked.ask(method="POST", body=[b"x" * MOST_BODY_BYTES]).status == 200


def test_a_body_that_stalls_is_refused(asked: Asked) -> None:
    asked.ask(method="POST", body=[b"x"], stalls=True)
    assert asked.status == 408
    assert asked.refusals == [Refusal.SLOW]


@pytest.mark.parametrize("host", [HOST, "evil.example"])
def test_every_answer_says_what_a_browser_may_do_with_it(asked: Asked, host: str) -> None:
    said = asked.ask([("host", host)]).said
    assert "default-src 'none'" in said["content-security-policy"]
    assert "unsafe" not in said["content-security-policy"]
    assert said["x-content-type-options"] == "nosniff"
    assert said["cache-control"] == "no-store"
    assert said["cross-origin-resource-policy"] == "same-origin"


def test_what_a_stranger_sent_is_not_in_the_log(
    asked: Asked, caplog: pytest.LogCaptureFixture
) -> None:
    asked.ask([("host", "evil.example"), ("cookie", "secret")], path="/clients/TS-SECRET")
    assert "evil" not in caplog.text
    assert "SECRET" not in caplog.text.upper()
