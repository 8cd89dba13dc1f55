"""Claim: the running program refuses what does not come from its own pages, and goes on.

Every attack goes over real sockets to the real program, with the session of somebody who is signed
in: what a hostile page in the same browser would have.
"""

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.e2e.web.conftest import running
from tests.e2e.web.visitor import Visitor
from websockets.exceptions import ConnectionClosed, InvalidStatus

pytestmark = pytest.mark.timeout(180)
_PART = b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
_PAGE = """<!doctype html><title>elsewhere</title>
<form id="f" method="post" action="{app}/clients/new" enctype="{kind}" target="there">
<input name="birth_year" value="1980"><input name="csrf" value="guessed"></form>
<iframe name="there"></iframe><img src="{app}/"><script src="{app}/static/app.js"></script>
<script>
window.told = [];
document.getElementById("f").submit();
fetch("{app}/clients", {{ credentials: "include" }})
  .then((a) => a.text()).then((t) => told.push("read " + t.length), () => told.push("unread"));
fetch("{app}/clients/new", {{ method: "POST", mode: "no-cors", credentials: "include",
  body: new URLSearchParams({{ birth_year: "1980" }}) }})
  .then(() => told.push("sent"), () => told.push("unsent"));
const live = new WebSocket("{ws}/live");
live.onopen = () => told.push("open");
live.onclose = () => told.push("closed");
</script>"""


@pytest.fixture(scope="module")
def visitor(cache: Path) -> Iterator[Visitor]:
    with running("--demo", XDG_CACHE_HOME=str(cache)) as app, Visitor(app) as visitor:
        yield visitor.come_in()
        assert visitor.client.get("/").status_code == 200, "it still works in the end"


def clients(visitor: Visitor) -> int:
    return visitor.client.get("/clients").text.count("/clients/TS-")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def request(visitor: Visitor, line: str, *headers: str, host: str | None = None) -> bytes:
    called = visitor.name if host is None else host
    lines = [line, f"Host: {called}", f"Cookie: {visitor.cookie}", "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.:{port}",
        "localhost.:{port}",
        "[::1]:{port}",
        "[::ffff:7f00:1]:{port}",
        "0.0.0.0:{port}",
        "127.0.0.1:{port}, evil.example",
        "evil.example:{port}",
        "",
    ],
)
def test_a_name_that_was_bent_to_this_computer_is_refused(visitor: Visitor, host: str) -> None:
    called = host.format(port=visitor.place[1])
    answer = visitor.raw(request(visitor, "GET /clients HTTP/1.1", host=called))
    assert status(answer) == 400
    assert b"TS-" not in answer


def test_a_whole_address_of_elsewhere_as_target_is_refused(visitor: Visitor) -> None:
    answer = visitor.raw(request(visitor, "GET http://evil.example/clients HTTP/1.1"))
    assert status(answer) == 400
    assert b"TS-" not in answer


def test_no_name_and_two_names_are_refused(visitor: Visitor) -> None:
    host, port = visitor.place
    cookie = f"Cookie: {visitor.cookie}\r\n\r\n"
    assert status(visitor.raw(f"GET / HTTP/1.0\r\n{cookie}".encode())) == 400
    both = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nHost: evil.example\r\n{cookie}"
    assert status(visitor.raw(both.encode())) == 400


def test_nobody_pretends_to_come_by_tls(visitor: Visitor) -> None:
    host = visitor.name
    forged = ("X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example", "X-Forwarded-For: ::1")
    answer = visitor.raw(request(visitor, "GET /pair HTTP/1.1", *forged))
    assert status(answer) == 403, "as it is for whoever is at this computer"
    assert status(visitor.raw(request(visitor, "GET / HTTP/1.1", *forged, host=host))) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_page_is_refused(visitor: Visitor, headers: dict[str, str]) -> None:
    before = clients(visitor)
    stated = {"csrf": visitor.mark, "birth_year": "1980"}
    assert visitor.client.post("/clients/new", data=stated, headers=headers).status_code == 403
    assert clients(visitor) == before


def test_a_used_start_link_lets_nobody_in(visitor: Visitor) -> None:
    assert visitor.client.get(visitor.app.start).status_code == 401
    with Visitor(visitor.app) as stranger:
        assert stranger.client.get(visitor.app.start).status_code == 401
        assert stranger.client.get("/clients").status_code == 401
        assert not stranger.client.cookies


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://127.0.0.1:1"])
def test_a_websocket_of_another_page_is_refused(visitor: Visitor, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused, visitor.live(origin=origin):
        pytest.fail("it was let in")
    assert refused.value.response.status_code == 403


def test_a_websocket_without_a_session_is_refused(visitor: Visitor) -> None:
    with pytest.raises(InvalidStatus), visitor.live(known=False):
        pytest.fail("it was let in")


@pytest.mark.parametrize("said", ["x" * 1_000_000, b"\x00" * 1_000_000])
def test_a_huge_message_closes_the_websocket_and_nothing_else(
    visitor: Visitor, said: str | bytes
) -> None:
    with visitor.live() as live:
        with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012 - it may close while it sends
            live.send(said)
            while True:
                live.recv(timeout=10)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize(
    "said",
    ["", "null", "[]", '{"do": []}', '{"do": "nonsense"}', '{"ping": {}}', "[" * 450, "\x00"],
)
def test_nonsense_on_the_websocket_says_nothing(visitor: Visitor, said: str) -> None:
    with visitor.live() as live:
        live.send(said)
        live.send('{"ping": 7}')
        heard = ""
        while "pong" not in heard:
            heard = str(live.recv(timeout=10))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pages.py",
        "/static/..%2fpages.py",
        "/static/%2e%2e/pages.py",
        "/static/%2e%2e%2fpages.py",
        "/static/..\\pages.py",
        "/static/..%5cpages.py",
        "/static/app.js%00.css",
        "/static/%00",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/....//pages.py",
        "/static/%252e%252e%252fpages.py",
        "/static/app.js/../../pages.py",
        "//evil.example/static/app.js",
        "/static/\xff",
    ],
)
def test_no_path_leads_out_of_the_static_folder(visitor: Visitor, path: str) -> None:
    answer = visitor.raw(request(visitor, f"GET {path} HTTP/1.1"))
    assert status(answer) in {400, 404}
    assert b"import" not in answer
    assert b"root:" not in answer


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(visitor: Visitor) -> None:
    answer = visitor.raw(request(visitor, "POST /clients/new HTTP/1.1", "Content-Length: 5000001"))
    assert status(answer) == 413


def test_a_body_in_pieces_that_grows_too_large_is_refused(visitor: Visitor) -> None:
    head = request(
        visitor,
        "POST /clients/new HTTP/1.1",
        f"Origin: {visitor.app.base}",
        "Content-Type: application/x-www-form-urlencoded",
        "Transfer-Encoding: chunked",
    )
    piece = b"10000\r\n" + b"a=" + b"x" * 65533 + b"&" + b"\r\n"
    answer = visitor.raw(head + piece * 100 + b"0\r\n\r\n")
    assert status(answer) in {400, 413}


@pytest.mark.parametrize("kind", ["fields", "parts", "one field", "nested"])
def test_a_form_of_countless_parts_is_refused_soon(visitor: Visitor, kind: str) -> None:
    content = "application/x-www-form-urlencoded"
    body = {
        "fields": b"a&" * 2_400_000,
        "one field": b"a=" + b"x" * 4_900_000,
        "parts": b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 80_000
        + b"--B--",
        "nested": b"--" * 2_400_000,
    }[kind]
    if kind in {"parts", "nested"}:
        content = "multipart/form-data; boundary=B"
    headers = {"content-type": content, "x-csrf": visitor.mark}
    answer = visitor.client.post("/clients/new", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.elapsed.total_seconds() < 10


def test_a_huge_header_is_refused(visitor: Visitor) -> None:
    answer = visitor.raw(request(visitor, "GET / HTTP/1.1", "X-Much: " + "x" * 200_000))
    assert answer == b"" or status(answer) in {400, 431}
    many = [f"X-{number}: x" for number in range(20_000)]
    answer = visitor.raw(request(visitor, "GET / HTTP/1.1", *many))
    assert answer == b"" or status(answer) in {400, 431}


@pytest.mark.parametrize(
    "lines",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    ],
)
def test_what_is_no_request_is_no_trouble(visitor: Visitor, lines: bytes) -> None:
    with contextlib.suppress(TimeoutError):
        answer = visitor.raw(lines)
        assert answer == b"" or 400 <= status(answer) < 500
    assert visitor.client.get("/").status_code == 200


@pytest.fixture
def elsewhere(visitor: Visitor) -> Iterator[Callable[[str], int]]:
    """Serve a hostile page beside the app; give its port for a kind of form."""
    served: list[http.server.ThreadingHTTPServer] = []

    def serve(kind: str) -> int:
        app = visitor.app.base
        page = _PAGE.format(app=app, ws=app.replace("http", "ws"), kind=kind).encode()

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served.append(server)
        return int(server.server_address[1])

    yield serve
    for server in served:
        server.shutdown()
        server.server_close()


@pytest.fixture
def window(visitor: Visitor, chromium: Browser) -> Iterator[BrowserContext]:
    """Give a browser in which somebody is signed in."""
    context = chromium.new_context()
    host, _ = visitor.place
    context.add_cookies(
        [
            {
                "name": name, "value": value, "domain": host, "path": "/",
                "httpOnly": True, "sameSite": "Strict",
            }
            for name, value in visitor.client.cookies.items()
        ]
    )  # fmt: skip
    yield context
    context.close()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_hostile_page_in_the_same_browser_gets_nowhere(
    visitor: Visitor,
    window: BrowserContext,
    elsewhere: Callable[[str], int],
    name: str,
    kind: str,
) -> None:
    before = clients(visitor)
    page = window.new_page()
    page.goto(f"http://{name}:{elsewhere(kind)}/")
    page.wait_for_function("told.length >= 3")
    told = page.evaluate("told")
    assert "open" not in told
    assert not [words for words in told if words.startswith("read")]
    assert clients(visitor) == before
    page.goto(visitor.app.base + "/clients")
    assert page.get_by_role("heading", name="Clients").is_visible(), "its own pages still work"
