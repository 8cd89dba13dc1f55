"""A port that cannot be used is refused in words that say what is wrong and what to do about it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hardware.listening import listen
from tests.hardware.pty_gauge import PtyGauge
from tests.hardware.rfc2217_server import Rfc2217Server

from tissuesense.core.clock import SystemClock
from tissuesense.core.errors import DeviceNotFound, LinkLost, TransportError
from tissuesense.transport.serial_port import SerialTransport

NOBODY = 65534
_HOLD = """
import sys, serial
port = serial.Serial(sys.argv[1], exclusive=True)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "ttyGAUGE"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


def _url(port: Path, model: str = "mark10") -> str:
    return f"serial://{port}?model={model}"


@pytest.fixture
def unprivileged() -> Iterator[None]:
    """Give up the right to open everything, which root has."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(before)


def test_a_port_that_another_program_holds_is_refused(port: Path, capture: Path) -> None:
    with (
        PtyGauge(port),
        subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as holder,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(TransportError, match="in use by another program") as caught:
            listen(_url(port), capture)
        holder.communicate()
    assert caught.value.hint is not None
    assert "Close the other program" in caught.value.hint
    assert not capture.exists()


def test_a_port_is_free_again_when_the_recording_is_over(port: Path, tmp_path: Path) -> None:
    for turn in range(2):
        with PtyGauge(port, answer=lambda _: [(0.0, b"1.00 N\r\n")]):
            heard = listen(_url(port), tmp_path / f"{turn}.capture", samples=2)
        assert heard.trace.size >= 2


@pytest.mark.usefixtures("unprivileged")
def test_a_port_that_one_may_not_open_is_said_to_be_refused() -> None:
    _, slave = os.openpty()
    try:
        name = os.ttyname(slave)
        os.fchmod(slave, 0)
        with pytest.raises(TransportError, match="does not let this program use") as caught:
            asyncio.run(SerialTransport(name, 9600, clock=SystemClock()).open(1.0))
    finally:
        os.close(slave)
    assert "Permission denied" in caught.value.message
    assert caught.value.hint is not None
    assert "dialout" in caught.value.hint


def test_a_name_that_is_no_port_is_said_to_be_absent(port: Path, capture: Path) -> None:
    with pytest.raises(DeviceNotFound, match="There is no port") as caught:
        listen(_url(port), capture)
    assert caught.value.hint is not None
    assert "Ports of this machine" in caught.value.hint
    assert not capture.exists()


def test_a_folder_is_no_port(tmp_path: Path, capture: Path) -> None:
    with pytest.raises(DeviceNotFound, match="is a folder and no serial port"):
        listen(_url(tmp_path), capture)


def test_a_file_is_no_port_and_stays_as_it_was(tmp_path: Path, capture: Path) -> None:
    file = tmp_path / "trace.csv"
    file.write_bytes(b"time_s,force_n\n")
    with pytest.raises(DeviceNotFound, match="is a file and no serial port"):
        listen(_url(file), capture)
    assert file.read_bytes() == b"time_s,force_n\n"


def test_a_device_that_is_no_terminal_is_refused(capture: Path) -> None:
    with pytest.raises(TransportError, match="/dev/null cannot be opened"):
        listen(_url(Path("/dev/null")), capture)


def test_a_peer_that_never_reads_does_not_hold_us_up(port: Path) -> None:
    async def write_much() -> float:
        transport = SerialTransport(str(port), 9600, clock=SystemClock())
        await transport.open(1.0)
        started_s = time.monotonic()
        try:
            with pytest.raises(LinkLost, match="Write timeout"):
                await transport.write(b"?" * 1_000_000)
        finally:
            took_s = time.monotonic() - started_s
            await transport.close()
        return took_s

    with PtyGauge(port):
        assert asyncio.run(write_much()) < 3.0


@pytest.mark.filterwarnings("ignore::DeprecationWarning:serial.rfc2217")
def test_a_port_that_another_machine_lends_is_used_as_one_of_this(
    port: Path, capture: Path
) -> None:
    sent = [f"{n}.50 N\r\n".encode() for n in range(1, 400)]
    answers = iter(sent)
    with (
        PtyGauge(port, answer=lambda _: [(0.0, next(answers))]),
        Rfc2217Server(port) as server,
    ):
        heard = listen(f"serial:{server.url}?model=mark10", capture, samples=20)
    assert heard.force_n == [n + 0.5 for n in range(1, heard.trace.size + 1)]
