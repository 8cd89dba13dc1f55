"""Claim: a day of twelve clients in one window costs no memory that grows from client to client."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.web.conftest import App
from tests.e2e.web.test_measuring import POST

pytestmark = pytest.mark.timeout(300)
CLIENTS = 12
_MIB = 1 << 20
_FLAT_MIB = 24  # what caches may take in ten clients; a leak of each press takes more


def one_client(page: Page) -> None:
    """Take a client in, measure two sites, look at what came of it, and at the summary."""
    page.goto("/clients/new")
    page.get_by_role("button", name="Take in").click()
    page.wait_for_url(re.compile(r"/clients/TS-"))
    reached = page.evaluate(POST, [f"{page.url}/visits", []])
    visit = re.search(r"V-[0-9A-Z]{8}", reached)
    assert visit is not None
    fields = [
        ["site", "trapezius_upper.left"],
        ["site", "infraspinatus.left"],
        ["gauge", "sim:?subject=desk_worker&speed=0"],
        ["preset", "somedic30"],
        ["kind", "ppt"],
        ["pause_s", "0"],
    ]
    page.evaluate(POST, [f"/visits/{visit[0]}/measure", fields])
    page.goto("/measure")
    expect(page.get_by_role("heading", name="Measured")).to_be_visible(timeout=60_000)
    page.goto(f"/visits/{visit[0]}/summary")
    page.goto("/")


def resident(process: int) -> float:
    """Return the memory of a process, in MiB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / _MIB


def test_memory_is_flat(app: App, signed_in: Callable[..., BrowserContext]) -> None:
    context = signed_in()
    page = context.new_page()
    served, heaps = [], []
    for _ in range(CLIENTS):
        one_client(page)
        served.append(resident(app.process.pid))
        session = context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        heaps.append(session.send("Runtime.getHeapUsage")["usedSize"] / _MIB)
        session.detach()
    context.close()
    # The first ones load what is loaded once.
    assert served[-1] - served[1] < _FLAT_MIB, served
    assert heaps[-1] - heaps[1] < 2, heaps
