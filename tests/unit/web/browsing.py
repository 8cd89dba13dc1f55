"""A browser without a screen: it asks the real app in this process, over a real store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Scope

from tissuesense.store.opened import Store
from tissuesense.web.app import create_app
from tissuesense.web.door.gate import Gate
from tissuesense.web.house import House
from tissuesense.web.sessions import ScreenRole, ScreenSession

_T = TypeVar("_T")
HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
Fields = Mapping[str, str | list[str]]
Headers = Mapping[str, str]


class Browser:
    """One screen that was let in.

    Every call runs the app's event loop until the answer is there; `wait` lets it run on, for
    what goes on behind the pages. Redirects are answers: `follow` goes after them.

    Attributes
    ----------
    cookie
        What lets it in; None for a browser that nobody let in.
    """

    def __init__(
        self, runner: asyncio.Runner, house: House, app: ASGIApp, cookie: str | None
    ) -> None:
        self.house, self.app, self.cookie = house, app, cookie
        self._runner = runner
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=ORIGIN, headers={"origin": ORIGIN}
        )
        if cookie is not None:
            self.client.cookies.set(house.cookie, cookie)

    @property
    def session(self) -> ScreenSession:
        """What the house knows of this screen."""
        found = self.house.sessions.find(self.cookie)
        assert found is not None
        return found

    def get(self, url: str, *, headers: Headers | None = None) -> httpx.Response:
        """Ask for a page."""
        return self.ask("GET", url, headers=headers)

    def form(
        self, url: str, data: Fields | None = None, *, headers: Headers | None = None
    ) -> httpx.Response:
        """Send a form as a page without script does; the session's mark is added."""
        return self.ask(
            "POST", url, data={"csrf": self.session.csrf, **(data or {})}, headers=headers
        )

    def script(self, url: str, data: Fields | None = None) -> httpx.Response:
        """Send fields as our own script does, and take JSON."""
        headers = {"x-csrf": self.session.csrf, "accept": "application/json"}
        return self.ask("POST", url, data=dict(data or {}), headers=headers)

    def ask(
        self,
        method: str,
        url: str,
        *,
        data: Fields | None = None,
        content: bytes | None = None,
        headers: Headers | None = None,
    ) -> httpx.Response:
        """Ask for whatever is said here."""
        return self.run(
            self.client.request(method, url, data=data, content=content, headers=headers)
        )

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Go where an answer sends, until a page stands."""
        while answer.next_request is not None:
            answer = self.run(self.client.send(answer.next_request))
        return answer

    def at(self, work: Callable[[Store], _T]) -> _T:
        """Do something with the store itself, beside the pages."""
        return self.run(self.house.desk.at(work))

    def wait(self, seconds: float = 0.0) -> None:
        """Let the app run on."""
        self.run(asyncio.sleep(seconds))

    def run(self, work: Awaitable[_T]) -> _T:
        """Run something in the app's own loop."""

        async def running() -> _T:
            return await work

        return self._runner.run(running())

    def beside(self, role: ScreenRole | None = ScreenRole.THERAPIST) -> "Browser":
        """Return another browser at the same app; None: one that nobody let in."""
        cookie = None if role is None else self.house.sessions.begin(role)
        return Browser(self._runner, self.house, self.app, cookie)


@contextmanager
def browsing(house: House) -> Iterator[Browser]:
    """Give a therapist's browser at a house whose app lives as long."""
    app = create_app(house, hosts=[HOST])
    with asyncio.Runner() as runner, _alive(app, runner):
        yield Browser(runner, house, app, house.sessions.begin(ScreenRole.THERAPIST))


@contextmanager
def _alive(app: ASGIApp, runner: asyncio.Runner) -> Iterator[None]:
    """Let an app start, and end, as a server does."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    heard: asyncio.Queue[Message] = asyncio.Queue()

    async def begin() -> asyncio.Task[None]:
        async def living() -> None:
            await app({"type": "lifespan", "state": {}}, told.get, heard.put)

        task = asyncio.create_task(living())
        await told.put({"type": "lifespan.startup"})
        started = await heard.get()
        assert started["type"] == "lifespan.startup.complete", started
        return task

    async def end(task: asyncio.Task[None]) -> None:
        await told.put({"type": "lifespan.shutdown"})
        ended = await heard.get()
        assert ended["type"] == "lifespan.shutdown.complete", ended
        await task

    task = runner.run(begin())
    try:
        yield
    finally:
        runner.run(end(task))


def gate_of(app: ASGIApp) -> FastAPI:
    """Return the app behind its gate."""
    assert isinstance(app, Gate)
    assert isinstance(app.app, FastAPI)
    return app.app


@dataclass(slots=True)
class Socket:
    """A WebSocket of a browser; `heard` is what the app said."""

    browser: Browser
    path: str
    origin: str = ORIGIN
    heard: list[Message] = field(default_factory=list)
    _said: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    _task: asyncio.Task[None] | None = None

    def open(self) -> "Socket":
        """Ask to be let in, and wait for what the app makes of it."""
        self._said.put_nowait({"type": "websocket.connect"})
        headers = [(b"host", HOST.encode()), (b"origin", self.origin.encode())]
        if self.browser.cookie is not None:
            cookie = f"{self.browser.house.cookie}={self.browser.cookie}"
            headers.append((b"cookie", cookie.encode()))
        scope: Scope = {
            "type": "websocket",
            "scheme": "ws",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "headers": headers,
            "subprotocols": [],
        }

        async def hear(message: Message) -> None:
            self.heard.append(message)

        async def begin() -> asyncio.Task[None]:
            living = self.browser.app(scope, self._said.get, hear)
            return asyncio.ensure_future(living)

        self._task = self.browser.run(begin())
        self.browser.wait(0.05)
        return self

    def say(self, text: str) -> None:
        """Send a text."""
        self._said.put_nowait({"type": "websocket.receive", "text": text})
        self.browser.wait(0.05)

    @property
    def is_accepted(self) -> bool:
        """Whether it was let in."""
        return any(message["type"] == "websocket.accept" for message in self.heard)

    @property
    def is_closed(self) -> bool:
        """Whether the app closed it."""
        return any(message["type"] == "websocket.close" for message in self.heard)

    def leave(self) -> None:
        """Go away."""
        assert self._task is not None
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1001})
        self.browser.run(asyncio.wait([self._task], timeout=5))
        assert self._task.done()
        self._task.result()
