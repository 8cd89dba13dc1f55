"""Claim: a tablet comes in over TLS with a code, does what its role may, and is sent away at once.

The other address of this computer stands for its network: 127.0.0.2 is loopback too.
"""

import re
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.web.conftest import TABLET, App, running
from tests.e2e.web.test_every_page import complaints
from tests.e2e.web.visitor import Visitor
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

pytestmark = pytest.mark.timeout(180)
NETWORK = "127.0.0.2"
_WIDER_THAN_THE_SCREEN = """[...document.querySelectorAll("body *")]
    .filter((e) => document.documentElement.scrollWidth > innerWidth
        && e.getBoundingClientRect().right > innerWidth)
    .map((e) => e.outerHTML.slice(0, 60))"""
ROLES = ("therapist", "rater", "monitor", "front_desk")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("config")


@pytest.fixture(scope="module")
def therapist(cache: Path, config: Path) -> Iterator[Visitor]:
    own = {"XDG_CACHE_HOME": str(cache), "XDG_CONFIG_HOME": str(config)}
    with running("--demo", "--lan", "--host", NETWORK, **own) as app, Visitor(app) as visitor:
        yield visitor.come_in()


@pytest.fixture
def door(therapist: Visitor) -> str:
    """Return the address of the open door."""
    return opened_door(therapist)


def opened_door(therapist: Visitor) -> str:
    assert therapist.form("/lan/open").status_code == 303
    offered(therapist, "rater")
    found = re.search(rf"https://{NETWORK}:\d+", therapist.client.get("/lan").text)
    assert found is not None
    return found[0]


def offered(therapist: Visitor, role: str, name: str = "Tablet") -> str:
    """Make a code and return it."""
    answer = therapist.form("/lan/pair", {"role": role, "name": name})
    assert answer.status_code == 303, answer.text
    found = re.search(r'class="code"[^>]*>([0-9A-Z-]{9})<', therapist.client.get("/lan").text)
    assert found is not None
    return found[1]


def tablet(door: str) -> httpx.Client:
    """Return a browser that takes the certificate, as a person does who compared it."""
    return httpx.Client(base_url=door, verify=False, headers={"origin": door}, timeout=20)  # noqa: S501 - compared in a test of its own


@contextmanager
def paired(
    therapist: Visitor, door: str, role: str, name: str = "Tablet"
) -> Iterator[httpx.Client]:
    """Give a tablet that was let in."""
    with tablet(door) as client:
        code = offered(therapist, role, name)
        while (answer := client.post("/pair", data={"code": code})).status_code == 429:
            time.sleep(int(answer.headers["retry-after"]))  # what a test before earned
        assert answer.headers.get("location") == "/paired", answer.text
        yield client


def test_both_screens_show_the_fingerprint_of_the_certificate_that_is_used(
    therapist: Visitor, door: str, config: Path
) -> None:
    host, port = door.removeprefix("https://").split(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, int(port)), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as talking,
    ):
        used = talking.getpeercert(binary_form=True)
        assert talking.version() in {"TLSv1.2", "TLSv1.3"}
    assert used is not None
    fingerprint = sha256(used).digest().hex(":").upper()
    assert fingerprint in therapist.client.get("/lan").text
    with tablet(door) as client:
        assert fingerprint in client.get("/pair").text
    (kept,) = config.rglob("*.pem")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_browser_that_trusts_the_certificate_finds_it_right(door: str, config: Path) -> None:
    (kept,) = config.rglob("*.pem")
    trusting = ssl.create_default_context(cafile=kept)
    with httpx.Client(base_url=door, verify=trusting) as client:
        assert client.get("/pair").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_a_tablet_comes_in_as_what_was_chosen(therapist: Visitor, door: str, role: str) -> None:
    with paired(therapist, door, role) as client:
        allowed = {
            "/": role in {"therapist", "front_desk"},
            "/clients": role == "therapist",
            "/measure": role in {"therapist", "rater", "monitor"},
            "/settings": role == "therapist",
            "/lan": False,
            "/paired": True,
        }
        assert {path: client.get(path).status_code == 200 for path in allowed} == allowed
        mark = re.search(r'data-csrf="([^"]+)"', client.get("/paired").text)
        assert mark is not None
        for path in ("/lan/open", "/lan/close", "/lan/pair"):
            refused = client.post(path, data={"csrf": mark[1], "role": "therapist", "name": "x"})
            assert refused.status_code == 403


def test_its_session_is_for_tls_and_this_host_alone(therapist: Visitor, door: str) -> None:
    with paired(therapist, door, "monitor"), tablet(door) as client:
        answer = client.post("/pair", data={"code": offered(therapist, "therapist")})
        given = answer.headers["set-cookie"]
        assert given.startswith("__Host-")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=strict"):
            assert part in given
        assert "Domain" not in given
        value = client.cookies["__Host-tissuesense"]
    for name in ("tissuesense", "__Host-tissuesense"):
        stolen = {"Cookie": f"{name}={value}"}
        assert httpx.get(therapist.app.base + "/", headers=stolen).status_code == 401


def test_a_code_is_good_once(therapist: Visitor, door: str) -> None:
    with paired(therapist, door, "monitor"), tablet(door) as first, tablet(door) as second:
        code = offered(therapist, "rater")
        assert first.post("/pair", data={"code": code}).status_code == 303
        assert second.post("/pair", data={"code": code}).status_code == 403
        assert second.get("/measure").status_code == 401


def test_a_guessed_code_is_slowed_down_and_withdrawn(cache: Path, config: Path) -> None:
    own = {"XDG_CACHE_HOME": str(cache), "XDG_CONFIG_HOME": str(config)}
    with (
        running("--demo", "--lan", "--host", NETWORK, **own) as app,
        Visitor(app) as therapist,
    ):
        door = opened_door(therapist.come_in())
        code = offered(therapist, "therapist")
        with tablet(door) as client:
            guesses = [f"{number:08d}" for number in range(40)]
            answers = [client.post("/pair", data={"code": guess}) for guess in guesses]
            outcomes = [answer.status_code for answer in answers]
            assert set(outcomes) == {403, 429}
            assert outcomes.count(403) <= 3, "they were looked at one after the other"
            looked_at = outcomes.count(403)
            while looked_at < 5:
                answer = client.post("/pair", data={"code": "00000000"})
                looked_at += answer.status_code == 403
                time.sleep(int(answer.headers.get("retry-after", 0)))
            assert "taken back" in therapist.client.get("/lan").text
            assert client.post("/pair", data={"code": code}).status_code == 429
            assert not client.cookies


def test_a_tablet_that_is_revoked_is_out_at_once(therapist: Visitor, door: str) -> None:
    name = "<b data-probe>Revoked"
    with paired(therapist, door, "rater", name) as client:
        shown = therapist.client.get("/lan").text
        assert "<b data-probe>" not in shown
        row = shown[shown.index("data-probe&gt;Revoked", shown.index("<tbody>")) :]
        handle = re.search(r"/lan/devices/([0-9a-f]+)/revoke", row)
        assert handle is not None
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        cookie = f"__Host-tissuesense={client.cookies['__Host-tissuesense']}"
        with connect(
            door.replace("https", "wss") + "/live",
            ssl=trusting,
            origin=Origin(door),
            additional_headers={"Cookie": cookie},
        ) as live:
            assert therapist.form(handle[0]).status_code == 303
            assert client.get("/measure").status_code == 401
            with pytest.raises(ConnectionClosed):  # noqa: PT012 - what was on its way comes first
                while True:
                    live.recv(timeout=5)


def test_the_network_sees_it_by_its_own_name_only(therapist: Visitor, door: str) -> None:
    with paired(therapist, door, "rater") as client:
        for host in ("evil.example", "127.0.0.1:1", therapist.name, "localhost"):
            assert client.get("/measure", headers={"host": host}).status_code == 400
        for origin in ("https://evil.example", "null", therapist.app.base):
            said = client.post("/measure/pause", headers={"origin": origin})
            assert said.status_code == 403
    port = door.rpartition(":")[2]
    own = httpx.get(therapist.app.base + "/", headers={"host": f"{NETWORK}:{port}"})
    assert own.status_code == 400


def test_a_start_link_is_no_use_in_the_network(door: str) -> None:
    with tablet(door) as client:
        assert client.get("/start?token=x").status_code == 401


@pytest.fixture
def other_screen(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": TABLET["width"], "height": TABLET["height"]},
        has_touch=True,
        ignore_https_errors=True,
    )
    yield context.new_page()
    context.close()


def test_a_tablet_reads_the_code_and_is_in(
    therapist: Visitor, door: str, other_screen: Page
) -> None:
    code = offered(therapist, "rater").replace("-", "")
    other_screen.goto(f"{door}/pair?code={code}")
    other_screen.get_by_role("button", name="Let this device in").click()
    expect(other_screen.get_by_role("heading", name="This device is let in")).to_be_visible()
    expect(other_screen.get_by_text("Visible to this network")).to_be_visible()
    other_screen.get_by_role("link", name="Measure").first.click()
    expect(other_screen).to_have_url(f"{door}/measure")


@pytest.mark.parametrize("width", [1180, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_door_are_for_everybody(
    therapist: Visitor,
    door: str,
    chromium: Browser,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 820}, ignore_https_errors=True
    )
    here = therapist.app.base
    with paired(therapist, door, "rater") as client:
        code = offered(therapist, "monitor")
        known = ((here, therapist.client), (door, client))
        for url, browser in known:
            context.add_cookies(
                [{"name": n, "value": v, "url": url} for n, v in browser.cookies.items()]
            )
        page = context.new_page()
        for address in (f"{here}/lan", f"{door}/pair?code={code}", f"{door}/paired"):
            page.goto(address)
            assert complaints(page) == [], address
            over = page.evaluate(_WIDER_THAN_THE_SCREEN)
            assert over == [], address
    context.close()


def test_shutting_the_door_sends_everybody_away(therapist: Visitor, door: str) -> None:
    with paired(therapist, door, "therapist") as client:
        assert "Visible to this network" in therapist.client.get("/").text
        assert therapist.form("/lan/close").status_code == 303
        assert "Visible to this network" not in therapist.client.get("/").text
        with pytest.raises(httpx.HTTPError):
            client.get("/")
        assert client.get(opened_door(therapist) + "/").status_code == 401


def refused(*words: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "tissuesense", "app", "--demo", "--no-browser", *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return " ".join(ended.stderr.split())


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "127.0.0.2", "::", "example"])  # noqa: S104 - what is refused
def test_without_lan_it_listens_on_this_computer_alone(host: str) -> None:
    assert host in refused("--host", host)


def test_every_network_at_once_is_refused_also_with_lan() -> None:
    assert "every network at once" in refused("--lan", "--host", "0.0.0.0")  # noqa: S104 - as above


def test_it_ends_with_the_program(cache: Path, config: Path) -> None:
    own = {"XDG_CACHE_HOME": str(cache), "XDG_CONFIG_HOME": str(config)}
    with running("--demo", "--lan", "--host", NETWORK, **own) as app:
        door = _opened(app)
        with tablet(door) as client:
            assert client.get("/pair").status_code == 200
    with tablet(door) as client, pytest.raises(httpx.ConnectError):
        client.get("/pair")


def _opened(app: App) -> str:
    assert app.process.stderr is not None
    for line in app.process.stderr:
        found = re.search(r"https://\S+(?=;)", line)
        if found is not None:
            return found[0]
    pytest.fail("the door did not open")
