"""The real program behind a real browser: an app for each module, a page for each test."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

# The browser comes with the system; a test waits for it, and for the sample practice, once.
pytestmark = pytest.mark.timeout(300)
_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
LAPTOP = {"width": 1366, "height": 768}
TABLET = {"width": 1180, "height": 820}


@dataclass(frozen=True, slots=True)
class App:
    """A running app; `start` is its link, which works once."""

    start: str
    process: subprocess.Popen[str]

    @property
    def base(self) -> str:
        return self.start.partition("/start")[0]


@contextmanager
def running(*words: str, **environment: str) -> Iterator[App]:
    """Run `tissuesense app` until the end, which must be clean."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tissuesense", "app", "--no-browser", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | environment,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("ready "):
        process.kill()
        pytest.fail(process.communicate()[1])
    try:
        yield App(line.split()[1], process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode in {0, -signal.SIGKILL}, said
    assert "Traceback" not in said, said


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sample practice is built once, whichever worker comes first."""
    return tmp_path_factory.getbasetemp().parent / "tissuesense-cache"


@pytest.fixture(scope="module")
def app(cache: Path) -> Iterator[App]:
    """Give an app over a copy of the sample practice."""
    with running("--demo", XDG_CACHE_HOME=str(cache)) as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give the system's own browser.

    For one module at a time: while it is there, no other test of the same process could run an
    event loop of its own.
    """
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("These tests need chromium: make test installs it as root on Debian.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(_SWITCHES))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(app: App, chromium: Browser) -> Callable[..., BrowserContext]:
    """Give what makes a browser window that was let in; the link itself is used up by the first."""
    first = chromium.new_context()
    first.new_page().goto(app.start)
    cookies = first.cookies()
    first.close()

    def window(**options: object) -> BrowserContext:
        context = chromium.new_context(base_url=app.base, **{"viewport": LAPTOP, **options})  # type: ignore[arg-type]  # Playwright's own options
        context.add_cookies(cookies)  # type: ignore[arg-type]  # as Playwright gave them
        return context

    return window


@pytest.fixture
def page(signed_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Give a page at laptop size that complains of nothing and asks nobody else."""
    context = signed_in()
    yield from watched(context)
    context.close()


@pytest.fixture
def tablet(signed_in: Callable[..., BrowserContext]) -> Iterator[Page]:
    """Give a page on a tablet, used by touch."""
    context = signed_in(viewport=TABLET, has_touch=True)
    yield from watched(context)
    context.close()


def watched(context: BrowserContext) -> Iterator[Page]:
    """Give a page; whatever its console complains of, or whoever else it asks, fails the test."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A refused form is answered with 4xx, which the browser notes; the page says why.
        refused = re.search(r"status of 4(09|22)", message.text)
        if message.type in {"error", "warning"} and not refused:
            complaints.append(message.text)

    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("http://127.0.0.1:", "https://127.0.0.1:", "data:", "blob:"))
            else complaints.append(f"asks {asked.url}")
        ),
    )
    yield page
    assert complaints == []
