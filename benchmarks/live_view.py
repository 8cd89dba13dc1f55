"""From the port to the painted pixel at 80 readings a second, while reports are printed.

The real program with a gauge on a pseudo-terminal, and a real browser without a screen. Every force
is another one, so that each painted one tells when it was written to the port. The peer does the
least that such a page can: a bare WebSocket, and one line drawn to the newest reading.
"""

import asyncio
import bisect
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tty
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from benchmarks.timing import NotHereError, Pair
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

_RATE_HZ = 80
_STEP_N = 0.005
_TOUCH_N = 3.0  # at once: a slow rise would be taken for a zero that drifts
_UNLOADED = 3 * _RATE_HZ
_SECONDS = 30.0
_GOAL_MS = 60.0
_BARE_PAGE = """<!doctype html><canvas id=c width=800 height=300></canvas><script>
const painted=[]; window.tissuesense={painted}; const pen=c.getContext("2d");
let newest=null, offset=null, best=1e9; const ws=new WebSocket("ws://"+location.host+"/bare");
ws.onopen=()=>{let n=0; const i=setInterval(()=>{ws.send(JSON.stringify({ping:performance.now()}));
  if(++n>10)clearInterval(i)},40)};
ws.onmessage=(e)=>{const m=JSON.parse(e.data);
  if("ping" in m){const now=performance.now(),trip=now-m.ping;
    if(trip<best){best=trip;offset=m.t_s*1000-(now+m.ping)/2}} else newest=m.n};
function paint(){if(newest!==null){const n=newest;newest=null;
  pen.lineTo(n*20%800,300-n*20%300);pen.stroke();
  const h=new MessageChannel();h.port1.onmessage=()=>painted.push([n,performance.now()+offset]);
  h.port2.postMessage(0)} requestAnimationFrame(paint)} requestAnimationFrame(paint);
</script>"""


def measure() -> Pair:
    """Time both, one after the other."""
    ours_ms, printed = _ours()
    bare_ms = _bare()
    p50, p99 = np.quantile(ours_ms, [0.5, 0.99])
    return Pair(
        work=f"live view at {_RATE_HZ} Hz: port to pixel, 99 of 100 of {ours_ms.size}",
        ours_s=float(p99),
        peer="a bare WebSocket and one line",
        peer_s=float(np.quantile(bare_ms, 0.99)),
        remark=f"ours: half within {p50:.0f} ms, {printed} reports printed meanwhile; peer: none",
        goal_s=_GOAL_MS,
        unit="ms",
    )


class _Gauge:
    """Writes newtons to a port, each other than all before, and notes when."""

    def __init__(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        self._slave = slave
        self.written: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self.master)
        os.close(self._slave)

    def _write(self) -> None:
        due_s = time.monotonic()
        for number in range(10**9):
            due_s += 1 / _RATE_HZ
            if self._stop.wait(max(0.0, due_s - time.monotonic())):
                return
            force_n = _TOUCH_N + _STEP_N * (number - _UNLOADED) if number > _UNLOADED else 0.0
            self.written.append((force_n, time.monotonic()))
            os.write(self.master, f"{force_n:.3f}\n".encode())

    def lags_ms(self, painted: list[list[float]]) -> "np.ndarray[Any, np.dtype[np.float64]]":
        """Return how long each painted force was on its way."""
        forces = [force_n for force_n, _ in self.written[_UNLOADED:]]
        lags = []
        for force_n, painted_ms in painted:
            if force_n > _TOUCH_N / 2:
                place = bisect.bisect_left(forces, force_n - _STEP_N / 2)
                lags.append(painted_ms - 1e3 * self.written[_UNLOADED + place][1])
        return np.array(lags)


@contextmanager
def _page(url: str) -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may not be there
    except ImportError as err:
        raise NotHereError("playwright is not installed") from err
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise NotHereError("there is no chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        page = browser.new_page(viewport={"width": 1180, "height": 820})
        page.goto(url)
        yield page
        browser.close()


def _ours() -> tuple["np.ndarray[Any, np.dtype[np.float64]]", int]:
    gauge = _Gauge()
    program = subprocess.Popen(
        [sys.executable, "-m", "tissuesense", "app", "--demo", "--no-browser"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert program.stdout is not None  # noqa: S101 - a pipe was asked for
        start = program.stdout.readline().split()[1]
        base = start.partition("/start")[0]
        with _page(start) as page:
            client = _begin(page, base, gauge)
            stop, count = threading.Event(), [0]
            cookie = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
            printing = threading.Thread(
                target=_print, args=(base, client, cookie, stop, count), daemon=True
            )
            printing.start()
            page.wait_for_timeout(1e3 * _SECONDS)
            painted = page.evaluate("window.tissuesense.painted")
            stop.set()
            printing.join()
        return gauge.lags_ms(painted), count[0]
    finally:
        program.terminate()
        program.wait()
        gauge.close()


def _begin(page: Any, base: str, gauge: _Gauge) -> str:  # noqa: ANN401 - Playwright's page
    """Begin to measure with the gauge; return the client."""
    page.goto(f"{base}/clients")
    client: str = page.locator("tbody a").first.inner_text()
    post = """async ([url, fields]) => (await fetch(url, {method: "POST",
        headers: {"x-csrf": document.body.dataset.csrf}, body: new URLSearchParams(fields)})).url"""
    reached = page.evaluate(post, [f"/clients/{client}/visits", []])
    visit = re.search(r"V-[0-9A-Z]{8}", reached)
    assert visit is not None  # noqa: S101 - a visit was begun
    stated = [
        ["site", "trapezius_upper.left"],
        ["gauge", f"serial://{gauge.port}?model=text-line&unit=N"],
        ["preset", "somedic30"],
        ["kind", "ppt"],
    ]
    gauge.start()
    page.evaluate(post, [f"/visits/{visit[0]}/measure", stated])
    page.goto(f"{base}/measure")
    return client


def _print(base: str, client: str, cookie: str, stop: threading.Event, count: list[int]) -> None:
    """Print the course of care again and again."""
    asked = urllib.request.Request(  # noqa: S310 - this machine
        f"{base}/clients/{client}/reports/course.pdf", headers={"Cookie": cookie}
    )
    while not stop.is_set():
        with suppress(OSError), urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
            answer.read()
            count[0] += 1


def _bare() -> "np.ndarray[Any, np.dtype[np.float64]]":
    gauge = _Gauge()
    with _served(_bare_app(gauge.port)) as url, _page(url) as page:
        gauge.start()
        page.wait_for_timeout(1e3 * _SECONDS / 2)
        painted = page.evaluate("window.tissuesense.painted")
    gauge.close()
    return gauge.lags_ms(painted)


def _bare_app(port: str) -> Starlette:
    async def bare(socket: WebSocket) -> None:
        await socket.accept()
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        file = Path(port).open("rb", buffering=0)  # noqa: ASYNC230, SIM115 - a terminal
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)

        async def send() -> None:
            while True:
                line = await reader.readline()
                await socket.send_text(json.dumps({"n": float(line)}))

        sending = asyncio.create_task(send())
        with suppress(WebSocketDisconnect):
            while True:
                said = json.loads(await socket.receive_text())
                await socket.send_text(json.dumps(said | {"t_s": time.monotonic()}))
        sending.cancel()

    async def page(_request: object) -> HTMLResponse:
        return HTMLResponse(_BARE_PAGE)

    return Starlette(routes=[Route("/", page), WebSocketRoute("/bare", bare)])


@contextmanager
def _served(app: Starlette) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
