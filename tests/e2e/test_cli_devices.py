"""Whoever has a gauge in hand is told where it is, what it is good for and what is in the way."""

import itertools
import json
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Program

# Windows has no pseudo-terminals; its part of all this is in the unit tests.
pytest.importorskip("termios")

import serial
from tests.hardware.pty_gauge import Pieces, PtyGauge

from tissuesense.devices.registry import DEVICES

NO_RADIO = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
RATE_HZ = 40.0
CHECKS = {
    "python", "packages", "serial_ports", "port_permission", "port_busy", "bluetooth_adapter",
    "bluetooth_power", "bluetooth_permission", "bluetooth_scan", "store", "disk", "clock",
    "terminal",
}  # fmt: skip


class Hand:
    """A text gauge that streams for ever, and what it shows while it is pushed on."""

    def __init__(self, pushed_n: float, *, unit: str = " N") -> None:
        self.pushing = threading.Event()
        self._pushed_n = pushed_n
        self._unit = unit

    def talk(self) -> Pieces:
        began_s = time.monotonic()  # a busy machine may make it late, and not slow
        for n in itertools.count(1):
            force_n = 0.5 + 0.02 * math.sin(17 * n) + (self.pushing.is_set() * self._pushed_n)
            wait_s = max(began_s + n / RATE_HZ - time.monotonic(), 0.0)
            yield wait_s, f"{force_n:.2f}{self._unit}\r\n".encode()


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "ttyGAUGE"


def document(said: subprocess.CompletedProcess[str]) -> Any:  # noqa: ANN401 - any JSON
    assert "Traceback" not in said.stderr
    return json.loads(said.stdout)


def url_of(port: Path, more: str = "") -> str:
    return f"serial://{port}?model=text-line{more}"


# the list


def test_the_list_fits_a_terminal_and_breaks_no_name(program: Program) -> None:
    lines = program("devices", COLUMNS="80").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    first_words = [line.split(" ")[0] for line in lines]
    assert set(DEVICES) <= set(first_words)
    assert lines[-1].strip() == "tissuesense devices scan"


# scan


def test_a_scan_without_a_radio_still_tells_the_ports(program: Program) -> None:
    said = program("devices", "scan", "--seconds", "0.5", "--json", **NO_RADIO)
    told = document(said)
    assert said.returncode == 0
    assert told["schema"] == "tissuesense.scan/1"
    assert {"serial", "ble", "radio"} <= told.keys()
    assert told["ble"] == []
    assert "Bluetooth cannot be used" in told["radio"]
    assert all(port["url"].startswith("serial:") for port in told["serial"])


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_scan_says_what_to_do_next_and_breaks_no_url(program: Program, columns: str) -> None:
    said = program("devices", "scan", "--seconds", "0.2", **NO_RADIO, COLUMNS=columns)
    assert said.returncode == 0
    assert "Serial ports" in said.stdout
    assert "tissuesense devices probe '" in said.stdout.splitlines()[-1]
    prose = [line for line in said.stdout.splitlines() if "serial:" not in line]
    assert max(map(len, prose)) <= int(columns)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_a_scan_lasts_a_sensible_time(program: Program, seconds: str) -> None:
    said = program("devices", "scan", f"--seconds={seconds}", **NO_RADIO)
    assert (said.returncode, said.stdout) == (2, "")


# probe


def test_a_probe_is_one_document_with_what_was_measured(program: Program) -> None:
    said = program("devices", "probe", "sim:?speed=0", "--seconds", "3", "--json")
    told = document(said)
    assert said.returncode == 0
    assert told["schema"] == "tissuesense.probe/1"
    assert told["model"] == "progressor"
    assert told["rate_hz"] == pytest.approx(80, rel=0.01)
    assert told["noise_kpa"] == pytest.approx(10 * told["noise_n"])
    assert set(told["drift_n_per_min"]) == {"value", "u", "ci95"}
    assert told["push"] == {"asked": False, "sign": None}
    assert "push_not_asked" in told["flags"]
    assert told["usable"] is True
    assert told["error"] is None


@pytest.mark.parametrize("columns", ["80", "120"])
def test_a_probe_ends_with_its_verdict_and_fits_the_terminal(
    program: Program, columns: str
) -> None:
    said = program("devices", "probe", "sim:?speed=0", "--seconds", "3", COLUMNS=columns)
    lines = said.stdout.splitlines()
    assert lines[-1] == "Good for pain thresholds at up to 98 kPa/s."
    assert max(map(len, lines)) <= int(columns)
    assert "not checked: this is no terminal" in said.stdout
    assert "Progressor" in lines[0]


def test_a_probe_too_short_for_a_slow_gauge_says_to_listen_for_longer(program: Program) -> None:
    said = program("devices", "probe", "sim:?model=wh-c06&speed=0", "--seconds", "3")
    assert said.returncode == 1
    assert "not checked: too few readings" in said.stdout
    assert "--seconds 20" in said.stdout.splitlines()[-1]


def test_a_slow_source_is_warned_about(program: Program) -> None:
    said = program("devices", "probe", "sim:?speed=0&rate_hz=5", "--seconds", "5", "--json")
    told = document(said)
    assert said.returncode == 0
    assert "would be missed by up to 10 kPa" in told["verdict"]
    assert "slow_source" in told["flags"]


def test_no_area_gives_no_pressure(program: Program, port: Path) -> None:
    with PtyGauge(port, talk=Hand(20.0).talk):
        told = document(program("devices", "probe", url_of(port), "--seconds", "2", "--json"))
    assert (told["noise_kpa"], told["probe_area_cm2"]) == (None, None)
    assert "no_probe_area" in told["flags"]
    assert told["zero_n"] == pytest.approx(0.5, abs=0.03)
    assert told["step_n"] == pytest.approx(0.01)
    assert told["rate_hz"] == pytest.approx(RATE_HZ, rel=0.15)
    assert told["clock"] == "host"


def test_a_stated_area_outweighs_the_gauges_own(program: Program) -> None:
    words = ("--seconds", "2", "--probe-area-cm2", "0.5", "--json")
    told = document(program("devices", "probe", "sim:?speed=0", *words))
    assert told["probe_area_cm2"] == 0.5
    assert told["noise_kpa"] == pytest.approx(20 * told["noise_n"])


def test_a_unit_that_was_stated_is_said_to_be_assumed(program: Program, port: Path) -> None:
    with PtyGauge(port, talk=Hand(20.0, unit="").talk):
        said = program("devices", "probe", url_of(port, "&unit=kgf"), "--seconds", "1", "--json")
    told = document(said)
    assert told["assumed_unit"] == "kgf"
    assert told["zero_n"] == pytest.approx(0.5 * 9.80665, rel=0.05)


@pytest.mark.parametrize(
    ("terminal", "pushed_n", "more", "code", "sentence"),
    [
        ("xterm", 25.0, "", 0, "pressing reads as pressing"),
        ("dumb", -25.0, "", 1, "Add invert=1 to the device URL"),
        ("dumb", -25.0, "&invert=1", 0, "pressing reads as pressing"),
        ("xterm", 25.0, "&invert=1", 1, "Take invert=1 out of the device URL"),
    ],
)
def test_a_push_at_the_terminal_shows_the_sign(
    port: Path, pushed_n: float, more: str, code: int, sentence: str, terminal: str
) -> None:
    hand = Hand(pushed_n)
    with PtyGauge(port, talk=hand.talk):
        told, left = at_a_terminal(
            ("devices", "probe", url_of(port, more), "--seconds", "1.5"),
            when="Push the tip",
            then=hand.pushing.set,
            kind=terminal,
        )
    assert left == code
    assert sentence in " ".join(told.split())


@pytest.mark.parametrize("kind", ["xterm", "dumb"])
def test_a_cable_pulled_out_is_said_in_words_and_nobody_is_asked_to_push(
    port: Path, kind: str
) -> None:
    def pull_out() -> None:
        time.sleep(0.2)  # for some readings
        gauge.unplug()

    with PtyGauge(port, talk=Hand(25.0).talk) as gauge:
        words = ("devices", "probe", url_of(port), "--seconds", "1", "--give-up", "2")
        told, left = at_a_terminal(words, when="Listening", then=pull_out, kind=kind)
    told = " ".join(told.split())
    assert left == 1
    assert "is lost: it was unplugged" in told
    assert "WARNING" not in told
    assert "Push the tip" not in told
    assert "Not usable yet. The link" in told


def test_no_push_is_asked_for_where_none_is_wanted(port: Path) -> None:
    with PtyGauge(port, talk=Hand(25.0).talk):
        words = ("devices", "probe", url_of(port), "--seconds", "1", "--no-push")
        told, left = at_a_terminal(words, when="never said", then=lambda: None)
    assert left == 0
    assert "not checked, as asked" in told


@pytest.mark.parametrize(
    ("url", "code", "message"),
    [
        ("serial:///nonexistent/port?model=mark10", "device_not_found", "There is no port"),
        ("serial:socket://127.0.0.1:1?model=mark10", "device_not_found", "does not answer"),
    ],
)
def test_a_gauge_that_is_not_there_is_said_in_json_too(
    program: Program, url: str, code: str, message: str
) -> None:
    said = program("devices", "probe", url, "--json")
    told = document(said)
    assert said.returncode == 1
    assert told["usable"] is False
    assert told["error"]["code"] == code
    assert message in told["verdict"]
    assert message in said.stderr


def test_a_silent_gauge_is_given_up_with_its_sentence(program: Program, port: Path) -> None:
    with PtyGauge(port):
        said = program("devices", "probe", url_of(port), "--give-up", "1", "--json")
    assert said.returncode == 1
    assert document(said)["error"]["code"] == "transport_timeout"
    assert "model= and baud= are right" in said.stderr


def test_a_gauge_that_makes_no_sense_is_given_up_with_its_sentence(
    program: Program, port: Path
) -> None:
    def noise() -> Pieces:
        while True:
            yield 0.02, bytes(range(128, 160)) + b"\r\n"

    with PtyGauge(port, talk=noise):
        said = program("devices", "probe", url_of(port), "--give-up", "1")
    assert (said.returncode, said.stdout) == (1, "")
    assert "pieces without sense" in said.stderr


def test_a_port_that_another_program_holds_is_said_to_be_in_use(
    program: Program, port: Path
) -> None:
    with PtyGauge(port, talk=Hand(1.0).talk), serial.Serial(str(port), exclusive=True):
        said = program("devices", "probe", url_of(port))
    assert said.returncode == 1
    assert "in use by another program" in said.stderr


@pytest.mark.parametrize(
    "words", [("usb:x",), ("sim:?", "--seconds", "0"), ("sim:?", "--probe-area-cm2", "0"), ()]
)
def test_a_wrong_call_is_two_and_an_empty_stdout(program: Program, words: tuple[str, ...]) -> None:
    said = program("devices", "probe", *words)
    assert (said.returncode, said.stdout) == (2, "")
    assert "Traceback" not in said.stderr


# capture


def test_what_a_capture_holds_fits_a_terminal(program: Program) -> None:
    program("record", "--device", "sim:?speed=0", "--seconds", "2", "--out", "a.csv")
    copied = program("devices", "capture", "a.capture", "--anonymous", "b.capture", COLUMNS="80")
    assert copied.returncode == 0
    lines = copied.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    known = next(n for n, line in enumerate(lines) if line.startswith("Known of it"))
    assert lines[known + 1].startswith("  ")  # what is wrapped stands beside its name
    assert copied.stderr.splitlines()[-1].endswith("tissuesense devices capture b.capture")


# doctor


def test_the_doctor_is_one_document_and_its_code_counts(program: Program, tmp_path: Path) -> None:
    said = program("devices", "doctor", "--json", "--data", tmp_path / "store", **NO_RADIO)
    told = document(said)
    assert told["schema"] == "tissuesense.doctor/1"
    checks = {check["check"]: check for check in told["checks"]}
    assert checks.keys() >= CHECKS
    assert {check["state"] for check in told["checks"]} <= {"ok", "trouble", "cannot tell"}
    assert all(check["mend"] for check in told["checks"] if check["state"] == "trouble")
    assert said.returncode == (1 if told["in_the_way"] else 0)
    assert checks["store"]["state"] == "ok"
    assert not (tmp_path / "store").exists()  # it looks, and changes nothing


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux reaches Bluetooth by that bus")
@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_doctor_names_the_command_that_mends_in_a_line_of_its_own(
    program: Program, columns: str
) -> None:
    said = program("devices", "doctor", **NO_RADIO, COLUMNS=columns)
    lines = said.stdout.splitlines()
    assert said.returncode == 1
    assert "sudo systemctl enable --now bluetooth.service" in map(str.strip, lines)
    assert "in the way" in lines[-1]
    assert max(map(len, lines)) <= int(columns)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_store_that_may_not_be_written_is_in_the_way(program: Program, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    said = program("devices", "doctor", "--json", "--data", tmp_path / "closed" / "store")
    checks = {check["check"]: check["state"] for check in document(said)["checks"]}
    assert checks["store"] == "trouble"


@pytest.mark.parametrize("verb", ["scan", "probe", "doctor"])
def test_every_verb_explains_itself_with_an_example(program: Program, verb: str) -> None:
    said = program("devices", verb, "--help")
    assert said.returncode == 0
    assert f"Example: tissuesense devices {verb}" in said.stdout


def at_a_terminal(
    words: tuple[str, ...], *, when: str, then: Callable[[], None], kind: str = "dumb"
) -> tuple[str, int]:
    """Run the program at a terminal; call `then` when it says `when`; return all that it said."""
    person, terminal = os.openpty()
    told = ""
    with subprocess.Popen(
        [sys.executable, "-m", "tissuesense", *words],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=os.environ | {"COLUMNS": "100", "TERM": kind, "NO_COLOR": "1"},
    ) as running:
        os.close(terminal)
        for piece in _pieces(person):
            told += piece
            if when in told:
                then()
    os.close(person)
    return told, running.returncode


def _pieces(person: int) -> Iterator[str]:
    while True:
        try:
            data = os.read(person, 4096)
        except OSError:  # how Linux says that nobody is left at the other end
            return
        if not data:
            return
        yield data.decode(errors="replace")
