"""Claim: every route lets in its own roles with forms of ours and nobody else, and says so safely.

The routes are those that the app really has: a screen that is added is tested from its first day.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import numpy as np
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from tests.unit.web.browsing import Browser, Socket, gate_of

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import Refusal
from tissuesense.services.table.view import Samples, TableState, TableView
from tissuesense.store.opened import Store
from tissuesense.web.door.admission import DUTIES, Duty, May
from tissuesense.web.sessions import ScreenRole

# What anybody may ask for, and what asks for a session alone.
OPEN = {"/static/{name}", "/favicon.ico", "/start", "/pair", "/about"}
ANY_ROLE = {"/language", "/paired"}
FILLED = {
    "client": "TS-3ET9E",
    "visit": "V-00000000",
    "measurement": "M-00000000",
    "entry": "E-00000000",
    "command": "pause",
    "form": "svg",
    "kind": "client",
}


@dataclass(frozen=True)
class Route:
    """One address of the app, and what it asks for."""

    method: str
    path: str
    duties: frozenset[Duty]

    @property
    def url(self) -> str:
        url = self.path
        for part in self.path.split("{")[1:]:
            name = part.partition("}")[0]
            url = url.replace(f"{{{name}}}", FILLED.get(name, "nothing"))
        return url


def routes_of(browser: Browser) -> Iterator[Route]:
    for route in iter_route_contexts(gate_of(browser.app).routes):
        for method in route.methods or ():
            assert route.path is not None
            yield Route(method, route.path, frozenset(_duties(route.dependant)))


def _duties(dependant: Dependant) -> Iterator[Duty]:
    if isinstance(dependant.call, May):
        yield dependant.call.duty
    for deeper in dependant.dependencies:
        yield from _duties(deeper)


def written(browser: Browser) -> list[str]:
    """Return what the record holds, but for the refusals themselves."""

    def look(store: Store) -> list[str]:
        with store.reading():
            return [row.id for row in store.ledger.rows() if row.kind != "refused"]

    return browser.at(look)


def ask(browser: Browser, route: Route, *, mark: bool = True) -> httpx.Response:
    fields = {"csrf": browser.session.csrf} if mark else {}
    return browser.ask(route.method, route.url, data=fields if route.method == "POST" else None)


def test_every_route_asks_for_a_duty(browser: Browser) -> None:
    free = {route.path for route in routes_of(browser) if not route.duties}
    assert free == OPEN | ANY_ROLE


def test_nothing_is_changed_by_asking_to_see_it(browser: Browser) -> None:
    assert {route.method for route in routes_of(browser)} <= {"GET", "POST"}


@pytest.mark.parametrize("role", [role for role in ScreenRole if role != ScreenRole.THERAPIST])
def test_no_role_goes_beyond_its_duties(sample_browser: Browser, role: ScreenRole) -> None:
    before = written(sample_browser)
    other = sample_browser.beside(role)
    beyond = [route for route in routes_of(other) if route.duties - DUTIES[role]]
    assert len(beyond) > 40
    let_in = {route: ask(other, route).status_code for route in beyond}
    assert {route: status for route, status in let_in.items() if status != 403} == {}
    assert written(sample_browser) == before
    assert sample_browser.house.refusals.counts[Refusal.ROLE] == len(beyond)


@pytest.mark.parametrize("role", [role for role in ScreenRole if role != ScreenRole.THERAPIST])
def test_each_role_does_what_its_duties_are(sample_browser: Browser, role: ScreenRole) -> None:
    other = sample_browser.beside(role)
    own = [route for route in routes_of(other) if route.duties and route.duties <= DUTIES[role]]
    refused = {route: ask(other, route).status_code for route in own if route.method == "GET"}
    assert {route: code for route, code in refused.items() if code in {401, 403, 500}} == {}


def test_nobody_comes_in_without_a_session(sample_browser: Browser) -> None:
    before = written(sample_browser)
    stranger = sample_browser.beside(None)
    stranger.client.cookies.set(sample_browser.house.cookie, "chosen by the stranger")
    asked = {
        route: stranger.ask(route.method, route.url)
        for route in routes_of(sample_browser)
        if route.path not in OPEN
    }
    assert {r: a.status_code for r, a in asked.items() if a.status_code != 401} == {}
    assert all("set-cookie" not in answer.headers for answer in asked.values())
    assert written(sample_browser) == before


def test_no_form_counts_without_the_mark_of_its_session(sample_browser: Browser) -> None:
    before = written(sample_browser)
    forms = [r for r in routes_of(sample_browser) if r.method == "POST" and r.path not in OPEN]
    assert len(forms) > 30
    taken = {route: ask(sample_browser, route, mark=False).status_code for route in forms}
    assert {route: status for route, status in taken.items() if status != 403} == {}
    other = sample_browser.beside(ScreenRole.THERAPIST)
    anothers = {"csrf": other.session.csrf}
    for route in forms:
        assert sample_browser.ask("POST", route.url, data=anothers).status_code == 403
    assert written(sample_browser) == before


def test_every_answer_is_safe_to_show(sample_browser: Browser) -> None:
    for route in routes_of(sample_browser):
        if route.method != "GET":
            continue
        answer = sample_browser.get(route.url)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, route
        assert "unsafe" not in policy, route
        assert answer.headers["x-content-type-options"] == "nosniff", route
        assert answer.headers["referrer-policy"] == "same-origin", route
        assert answer.headers["cache-control"] in {"no-store", "no-cache"}, route
        assert (answer.headers["cache-control"] == "no-cache") == (
            route.path in {"/static/{name}", "/favicon.ico"} and answer.status_code == 200
        ), route
        assert answer.status_code < 500, route


def test_no_page_has_a_script_or_a_style_of_its_own(sample_browser: Browser) -> None:
    for route in routes_of(sample_browser):
        if route.method == "GET":
            text = sample_browser.get(route.url).text
            assert "<style" not in text, route
            assert " style=" not in text, route
            assert "<script>" not in text, route
            assert "javascript:" not in text, route
            assert " onclick=" not in text, route
            assert "http://" not in text.replace("http://www.w3.org/", ""), route


def test_a_session_of_this_computer_is_none_at_the_other_door(browser: Browser) -> None:
    tablet = browser.house.sessions.begin(ScreenRole.THERAPIST, remote=True)
    browser.client.cookies.set(browser.house.cookie, tablet)
    assert browser.get("/").status_code == 401


def sockets_of(browser: Browser) -> list[str]:
    found = [
        route.path
        for route in iter_route_contexts(gate_of(browser.app).routes)
        if isinstance(route.original_route, APIWebSocketRoute) and route.path is not None
    ]
    assert "/live" in found
    return found


@pytest.mark.parametrize("role", [None, ScreenRole.FRONT_DESK])
def test_no_websocket_opens_for_whoever_may_not_watch(
    browser: Browser, role: ScreenRole | None
) -> None:
    for path in sockets_of(browser):
        socket = Socket(browser.beside(role), path).open()
        assert not socket.is_accepted, path
        assert socket.is_closed, path
        socket.leave()


def test_no_websocket_opens_for_another_page(browser: Browser) -> None:
    for path in sockets_of(browser):
        socket = Socket(browser, path, origin="http://evil.example").open()
        assert not socket.is_accepted, path
        socket.leave()


def test_a_websocket_is_closed_when_its_session_is_over(
    browser: Browser, clock: ManualClock
) -> None:
    opened = [Socket(browser, path).open() for path in sockets_of(browser)]
    assert all(socket.is_accepted and not socket.is_closed for socket in opened)
    clock.advance(3601)
    browser.wait(1.2)
    assert all(socket.is_closed for socket in opened)
    for socket in opened:
        socket.leave()


def test_a_ping_is_nobodys_touch(browser: Browser, clock: ManualClock) -> None:
    socket = Socket(browser, "/live").open()
    clock.advance(3000)
    socket.say('{"ping": 1}')
    assert any("pong" in message.get("text", "") for message in socket.heard)
    assert browser.house.sessions.quiet_s == 3000
    socket.leave()


def test_whoever_watches_says_nothing(browser: Browser) -> None:
    socket = Socket(browser.beside(ScreenRole.MONITOR), "/live").open()
    assert socket.is_accepted
    socket.say('{"do": "end"}')
    assert socket.is_closed
    assert browser.house.refusals.counts[Refusal.ROLE] == 1
    socket.leave()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (ScreenRole.MONITOR, False),
        (ScreenRole.RATER, False),
        (ScreenRole.THERAPIST, True),
    ],
)
def test_only_who_cares_for_the_client_is_shown_a_value(
    browser: Browser, role: ScreenRole, *, sees: bool
) -> None:
    socket = Socket(browser.beside(role), "/live").open()
    audience = browser.house.table.audience
    audience.show(
        TableView(
            state=TableState.MEASURING, sites=(), now=0, wanted=1, told=("312 kPa",), limit_n=99.0
        )
    )
    moments = np.array([0.0, 0.1])
    audience.play(Samples(t_s=moments, force_n=np.array([7.0, 8.0]), arrived_s=0.0))
    browser.wait(0.1)
    frames = [message["bytes"] for message in socket.heard if message.get("bytes")]
    texts = [message["text"] for message in socket.heard if message.get("text")]
    (force_n,) = struct.unpack("<f", frames[-1][-4:])
    assert (force_n == 8.0) is sees
    assert ("312" in texts[-1]) is sees
    assert ('"limit_n": 99.0' in texts[-1]) is sees
    socket.leave()
