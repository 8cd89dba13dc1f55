"""A Link device is checked, and its stream read, over real carriers: a socket and a terminal."""

import asyncio
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tissuesense.core.clock import SystemClock
from tissuesense.devices.codec import WireSample
from tissuesense.devices.link.device import SimulatedLink
from tissuesense.devices.profile import WireParameters
from tissuesense.services.link_conformance.bench import Bench
from tissuesense.services.link_conformance.check import Outcome
from tissuesense.services.link_conformance.peer import LinkPeer
from tissuesense.services.link_conformance.run import CHECKS, check_bench
from tissuesense.transport.device import open_device
from tissuesense.transport.opening import opening_for
from tissuesense.transport.url import parse_device_url

RATE_HZ = 100.0
QUICK = (
    "hello-order",
    "commands-together",
    "command-in-bytes",
    "garbage",
    "overlong",
    "zero-flood",
)
STREAMED = ("numbers", "stated-rate", "true-clock", "stop")


class Talk:
    """A device that keeps time, whatever it is reached by."""

    def __init__(self) -> None:
        self._device = SimulatedLink(WireParameters(rate_hz=RATE_HZ))
        self._sampled = 0

    def go_on(self, request: bytes) -> bytes:
        """Return what the device says to `request`, and what it has measured since."""
        answer = self._device.reply(request)
        due = int(time.monotonic() * RATE_HZ)
        first = max(self._sampled + 1, due - 50)
        self._sampled = due
        return answer + self._device.samples(
            [WireSample(t_s=i / RATE_HZ, force_n=2.0) for i in range(first, due + 1)]
        )


@contextmanager
def in_a_thread(run: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def on_a_socket() -> Iterator[str]:
    """Serve a device, a fresh one for each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)

        def serve(stop: threading.Event) -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    _converse(connection, stop)

        with in_a_thread(serve):
            yield f"serial:socket://127.0.0.1:{server.getsockname()[1]}?model=tissuesense-link"


def _converse(connection: socket.socket, stop: threading.Event) -> None:
    talk = Talk()
    connection.settimeout(0.005)
    while not stop.is_set():
        request = b""
        try:
            request = connection.recv(1024)
            if not request:
                return
        except TimeoutError:
            pass
        except OSError:
            return
        try:
            connection.sendall(talk.go_on(request))
        except OSError:
            return


@contextmanager
def on_a_terminal(folder: Path) -> Iterator[str]:
    import tty

    master, slave = os.openpty()
    tty.setraw(slave)
    port = folder / "ttyLINK0"
    port.symlink_to(os.ttyname(slave))
    talk = Talk()

    def serve(stop: threading.Event) -> None:
        while not stop.is_set():
            ready, _, _ = select.select([master], [], [], 0.005)
            os.write(master, talk.go_on(os.read(master, 1024) if ready else b""))

    try:
        with in_a_thread(serve):
            yield f"serial://{port}?model=tissuesense-link"
    finally:
        os.close(master)
        os.close(slave)


def verdicts(url: str, names: tuple[str, ...]) -> dict[str, Outcome]:
    parsed = parse_device_url(url)
    peer = LinkPeer(opening_for(parsed, clock=SystemClock()).transport)
    checks = [check for check in CHECKS if check.name in names]
    report = asyncio.run(check_bench(Bench(peer), checks=checks))
    return {verdict.check.name: verdict.outcome for verdict in report.verdicts}


def test_over_a_socket_what_conforms_passes_and_a_lost_link_is_noticed() -> None:
    names = (*QUICK, *STREAMED, "lost-link", "sound-frames")
    with on_a_socket() as url:
        assert verdicts(url, names) == dict.fromkeys(verdict_order(names), Outcome.PASS)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_over_a_terminal_what_conforms_passes(tmp_path: Path) -> None:
    names = (*QUICK, *STREAMED, "sound-frames")
    with on_a_terminal(tmp_path) as url:
        assert verdicts(url, names) == dict.fromkeys(verdict_order(names), Outcome.PASS)


def verdict_order(names: tuple[str, ...]) -> list[str]:
    return [check.name for check in CHECKS if check.name in names]


def test_a_stream_over_a_socket_loses_nothing_and_knows_its_tip() -> None:
    async def listen(url: str) -> tuple[int, float, float | None, int]:
        async with open_device(url) as device:
            async for _ in device.stream():
                if device.trace().size >= 50:
                    break
        tip = device.context.tip
        trace, quality = device.trace(), device.quality()
        step_s = float(trace.t_s[-1] - trace.t_s[0]) / (trace.size - 1)
        assert device.instrument == "SIM-0001"
        return trace.size, step_s, tip.area_cm2 if tip else None, quality.rejected_frames

    with on_a_socket() as url:
        size, step_s, area_cm2, rejected = asyncio.run(listen(url))
    assert size >= 50
    assert step_s == pytest.approx(1 / RATE_HZ, rel=1e-3)
    assert (area_cm2, rejected) == (1.0, 0)
