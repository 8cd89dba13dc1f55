"""`record` keeps its exit codes and its samples, also when it is interrupted or killed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

from tissuesense.files.trace_csv import read_trace
from tissuesense.transport.capture_decode import decode_capture
from tissuesense.transport.capture_file import read_capture

SIM = "sim:?speed=0&seed=4"


def test_a_recording_ends_with_exit_0_and_says_what_it_wrote(
    program: Program, tmp_path: Path
) -> None:
    said = program("record", "--device", SIM, "--seconds", "5", "--out", "a.csv", "--json")
    assert said.returncode == 0, said.stderr
    document = json.loads(said.stdout)
    assert document["schema"] == "tissuesense.recording/1"
    assert document["sha256"] == read_trace(tmp_path / "a.csv").trace.sha256
    assert "a.csv" in said.stderr


def test_a_device_that_falls_silent_ends_with_exit_1_a_sentence_and_the_trace(
    program: Program, tmp_path: Path
) -> None:
    said = program(
        "record", "--device", f"{SIM}&fault=silence", "--seconds", "99", "--out", "a.csv"
    )
    assert said.returncode == 1
    assert "has sent nothing for 10 s" in said.stderr
    assert "Traceback" not in said.stderr
    assert read_trace(tmp_path / "a.csv").trace.size > 1000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
def test_a_disk_that_is_full_ends_with_exit_1_and_names_what_is_kept(tmp_path: Path) -> None:
    words = ("record", "--device", f"{SIM}&model=mark10", "--seconds", "99", "--out", "a.csv")
    said = subprocess.run(
        ["sh", "-c", 'ulimit -f 40; exec "$0" -m tissuesense "$@"', sys.executable, *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode == 1
    assert "a.capture cannot be written" in said.stderr
    assert "a.csv" in said.stderr
    assert "The raw bytes up to there: a.capture" in said.stderr
    assert "Traceback" not in said.stderr
    assert read_trace(tmp_path / "a.csv").trace == decode_capture(tmp_path / "a.capture")[0]


def test_an_absent_port_ends_with_exit_1(program: Program, tmp_path: Path) -> None:
    said = program(
        "record", "--device", f"serial://{tmp_path}/none?model=mark10", "--seconds", "1",
        "--out", "a.csv",
    )  # fmt: skip
    assert said.returncode == 1
    assert "There is no port" in said.stderr
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--device", "serial:COM3?model=mark11", "--seconds", "1", "--out", "a.csv"),
        ("--device", SIM, "--seconds", "0", "--out", "a.csv"),
        ("--device", SIM, "--seconds", "1", "--out", "a.txt"),
        ("--device", SIM, "--seconds", "1", "--out", "a.csv", "--probe-area-cm2", "-1"),
        ("--device", SIM, "--seconds", "1"),
    ],
)
def test_a_wrong_call_ends_with_exit_2(program: Program, words: tuple[str, ...]) -> None:
    said = program("record", *words)
    assert said.returncode == 2
    assert "Traceback" not in said.stderr


def test_the_same_name_again_is_refused_and_force_replaces_it(program: Program) -> None:
    words = ("record", "--device", SIM, "--seconds", "1", "--out", "a.csv")
    assert program(*words).returncode == 0
    assert program(*words).returncode == 2
    assert program(*words, "--force").returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_recording_is_kept(tmp_path: Path, with_signal: signal.Signals) -> None:
    process = _recording_in_real_time(tmp_path)
    process.send_signal(with_signal)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert read_trace(tmp_path / "a.csv").trace.size > 40


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_killed_recording_leaves_its_bytes(tmp_path: Path) -> None:
    process = _recording_in_real_time(tmp_path)
    process.kill()
    process.communicate(timeout=20)
    (capture,) = tmp_path.glob("a.capture*")
    assert not read_capture(capture).closed
    assert decode_capture(capture)[0].size > 40


def _recording_in_real_time(folder: Path) -> subprocess.Popen[str]:
    """Start a long recording and wait until it holds something."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tissuesense", "record", "--device", "sim:", "--seconds", "60",
         "--out", "a.csv"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    deadline_s = time.monotonic() + 30
    while sum(path.stat().st_size for path in folder.glob("a.capture*")) < 3000:
        assert process.poll() is None
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    return process


def test_devices_lists_every_model_as_the_contract_has_it(program: Program) -> None:
    said = program("devices", "--json")
    assert said.returncode == 0
    document = json.loads(said.stdout)
    assert document["schema"] == "tissuesense.devices/1"
    models = {row["model"]: row for row in document["models"]}
    assert {"progressor", "mark10", "wagner-fpx", "text-line"} <= set(models)
    assert set(models["mark10"]) == {
        "model", "title", "transports", "nominal_rate_hz", "confidence", "tried_on_hardware",
        "push_sign", "parameters", "notes",
    }  # fmt: skip
    assert models["progressor"]["transports"] == ["ble", "simulated"]


def test_devices_shows_a_table_to_people(program: Program) -> None:
    said = program("devices")
    assert said.returncode == 0
    assert "wagner-fpx" in said.stdout


def test_a_scan_without_a_radio_still_lists_the_ports(program: Program, tmp_path: Path) -> None:
    nowhere = f"unix:path={tmp_path}/no-bus"
    said = program("devices", "scan", "--seconds", "0.1", "--json", DBUS_SYSTEM_BUS_ADDRESS=nowhere)
    assert said.returncode == 0
    document = json.loads(said.stdout)
    assert isinstance(document["serial"], list)
    if sys.platform == "linux":
        assert "Bluetooth cannot be used" in document["radio"]
