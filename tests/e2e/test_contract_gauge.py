"""A gauge that speaks without units is recorded only with unit=, and the error says so."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

NEWTON_PER_KGF = 9.80665


class NumbersOnly(socketserver.BaseRequestHandler):
    """Answer each question with a bare number, as a gauge in its numeric format does."""

    def handle(self) -> None:
        while asked := self.request.recv(64):
            self.request.sendall(b"1.500\r\n" * asked.count(b"?"))


class Tired(socketserver.BaseRequestHandler):
    """Answer every question, but call the battery low and refuse something first."""

    def handle(self) -> None:
        self.request.sendall(b"V1.00;N;CUR;B3\r\n*10\r\n")
        while asked := self.request.recv(64):
            self.request.sendall(b"1.500 N\r\n" * asked.count(b"?"))


@contextmanager
def serving(gauge: type[socketserver.BaseRequestHandler]) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), gauge) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"serial:socket://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def endpoint() -> Iterator[str]:
    with serving(NumbersOnly) as url:
        yield url


def record(program: Program, url: str, **more: str) -> tuple[int, str]:
    said = program(
        "record", "--device", url, "--seconds", "0.5", "--give-up", "1", "--out", "a.csv", **more
    )
    return said.returncode, said.stderr


def test_the_error_tells_to_state_the_unit(program: Program, endpoint: str) -> None:
    code, said = record(program, f"{endpoint}?model=mark10")
    assert code == 1
    assert "unit=N" in said


def test_a_model_that_takes_no_unit_is_not_told_to_state_one(
    program: Program, endpoint: str
) -> None:
    code, said = record(program, f"{endpoint}?model=wagner-fpx")
    assert code == 1
    assert "unit" in said
    assert "unit=" not in said


def test_the_stated_unit_is_applied_and_written_down_as_assumed(
    program: Program, endpoint: str, tmp_path: Path
) -> None:
    code, said = record(program, f"{endpoint}?model=mark10&unit=kgf")
    assert code == 0, said
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert {float(row.split(",")[1]) for row in rows} == {1.5 * NEWTON_PER_KGF}
    sidecar = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert sidecar["assumed_unit"] == "kgf"


def test_a_low_battery_and_a_refused_command_are_said_and_written_down(
    program: Program, tmp_path: Path
) -> None:
    with serving(Tired) as url:
        code, said = record(program, f"{url}?model=mark10")
    assert code == 0, said
    assert "low battery" in said
    assert "refused 1 of the commands" in said
    sidecar = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert sidecar["notices"] == ["low_battery", "refused_command"]
    assert sidecar["refused_commands"] == 1
