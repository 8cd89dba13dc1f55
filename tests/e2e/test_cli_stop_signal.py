"""From a terminal the client's signal reaches trace, side-car and capture, with its latency."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

from tissuesense.files.trace_csv import read_trace
from tissuesense.transport.capture_decode import decode_recording

PLACE = ("--kind", "ppt", "--site", "trapezius_upper", "--side", "left")
PAGE_DOWN = b"\x1b[6~"
SHORT_WAITS = "13383"  # the first four last 2.0 to 2.2 s of the possible 5

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@dataclass
class AtTerminal:
    """A program whose keys are typed here, and whose words on stderr are read as they come."""

    run: subprocess.Popen[str]
    hand: int

    def type(self, keys: bytes) -> None:
        os.write(self.hand, keys)

    def wait_for(self, words: str) -> None:
        assert self.run.stderr is not None
        for line in self.run.stderr:
            if words in line:
                return
        raise AssertionError(f"'{words}' was never said")

    def end(self) -> tuple[str, str]:
        return self.run.communicate(timeout=60)


@contextmanager
def at_terminal(folder: Path, *words: str) -> Iterator[AtTerminal]:
    hand, terminal = os.openpty()
    run = subprocess.Popen(
        [sys.executable, "-m", "tissuesense", *words],
        cwd=folder,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"TMPDIR": str(folder)},
    )
    try:
        yield AtTerminal(run, hand)
    finally:
        run.kill()
        run.communicate()
        os.close(hand)
        os.close(terminal)


def recording_holds(folder: Path, size: int) -> None:
    deadline_s = time.monotonic() + 30
    while sum(path.stat().st_size for path in folder.glob("a.capture*")) < size:
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("said", "mode", "mean_s"),
    [((), "verbal_tester_button", 0.60), (("--stop-by", "client"), "button_patient", 0.30)],
)
def test_a_presenter_s_key_marks_a_recording(
    tmp_path: Path, said: tuple[str, ...], mode: str, mean_s: float
) -> None:
    words = ("record", "--device", "sim:?kind=indentation&speed=5", "--seconds", "15")
    with at_terminal(tmp_path, *words, "--out", "a.csv", *said) as at:
        recording_holds(tmp_path, 2000)
        at.type(PAGE_DOWN)
        at.end()
        assert at.run.returncode == 0
    recording = read_trace(tmp_path / "a.csv")
    assert recording.trace.marker is not None
    assert recording.trace.marker.sum() == 1
    sidecar = json.loads((tmp_path / "a.json").read_text())
    assert sidecar["stop_mode"] == mode
    assert sidecar["latency_s"]["mean"] == mean_s
    assert sidecar["latency_s"]["from"] == "table"
    assert decode_recording(tmp_path / "a.capture").trace.marker is not None


def test_keys_answer_the_reaction_test_and_measure_uses_what_was_found(
    tmp_path: Path, program: Program
) -> None:
    words = ("devices", "reaction", "--trials", "3", "--out", "r.json", "--json")
    with at_terminal(tmp_path, *words, "--seed", SHORT_WAITS) as at:
        for key in (b" ", PAGE_DOWN, b"b", b"\r"):
            at.wait_for("PRESS")
            time.sleep(0.2)
            at.type(key)
        told, _ = at.end()
        assert at.run.returncode == 0
    found = json.loads(told)
    assert found["n"] == 3
    assert found["pressed"] == "key"
    assert min(found["times_s"]) >= 0.2  # and none is a second late, or it would not count

    device = ("--device", "sim:?seed=1&speed=0")
    said = program(
        "measure", *device, *PLACE, "--trials", "1", "--reaction", "r.json", "--out", "kept"
    )
    assert said.returncode == 0, said.stderr
    (sidecar,) = (tmp_path / "kept").glob("*.json")
    stated = json.loads(sidecar.read_text())
    assert stated["stop_mode"] == "button_patient"
    assert stated["latency_s"] == {
        "mean": found["mean_s"]["value"], "sd": found["sd_s"], "from": "self-test"
    }  # fmt: skip


def test_a_reaction_test_says_beforehand_whether_and_where_it_is_kept(
    program: Program, tmp_path: Path
) -> None:
    words = ("devices", "reaction", "--button", "sim:?seed=1&speed=0", "--trials", "3")
    shown = program(*words)
    assert shown.stderr.splitlines()[0] == "This will be shown and not kept: --out FILE keeps it."
    assert program(*words, "--out", "r.json").returncode == 0
    kept = (tmp_path / "r.json").read_bytes()
    again = program(*words, "--seed", "2", "--out", "r.json")
    assert again.returncode == 2
    assert "PRESS" not in again.stderr
    assert (tmp_path / "r.json").read_bytes() == kept
    assert program(*words, "--out", "r.json", "--force").returncode == 0


def test_without_a_terminal_the_reaction_test_says_what_to_do(program: Program) -> None:
    said = program("devices", "reaction")
    assert said.returncode == 2
    assert "--button" in said.stderr


def test_a_simulated_button_of_its_own_marks_a_measurement(
    program: Program, tmp_path: Path
) -> None:
    gauge = ("--device", "sim:?seed=1&speed=0&marker=0", "--button", "sim:?seed=1")
    said = program("measure", *gauge, *PLACE, "--trials", "2", "--json", "--out", "kept")
    assert said.returncode == 0, said.stderr
    trials = json.loads(said.stdout)["trials"]
    assert [trial["threshold_source"] for trial in trials if trial["accepted"]] == ["marker"] * 2
    (capture,) = (tmp_path / "kept").glob("*.capture")
    facts = json.loads(program("devices", "capture", capture, "--json").stdout)
    assert facts["stop_signals"]["button simulated"] >= 2


def test_a_button_without_a_word_for_it_is_a_wrong_call(program: Program) -> None:
    said = program(
        "measure", "--device", "sim:?speed=0", *PLACE, "--button", "serial:COM3?model=mark10"
    )
    assert said.returncode == 2
    assert "no word for a pressed button" in said.stderr
    assert program("measure", "--device", "sim:", *PLACE, "--stop-by", "dog").returncode == 2


def test_a_recording_that_was_killed_is_measured_again_with_nothing_restated(
    tmp_path: Path, program: Program
) -> None:
    words = ("measure", "--device", "sim:?seed=1&speed=20", *PLACE, "--trials", "9")
    with at_terminal(tmp_path, *words, "--preset", "dfns", "--out", "kept") as at:
        at.wait_for("Press 2:")
        at.run.send_signal(signal.SIGKILL)
        at.end()
    (capture,) = (tmp_path / "kept").glob("*.capture")
    numbers = [
        json.loads(program(*words, "--json").stdout)["trials"]
        for words in (
            ("measure", "--device", f"replay:{capture}?speed=0"),
            ("measure", "--device", f"replay:{capture}?speed=20"),
        )
    ]
    assert len(numbers[0]) >= 2
    assert numbers[0] == numbers[1]
    (entry,) = json.loads(program("analyze", f"replay:{capture}?speed=1", "--json").stdout)["files"]
    assert entry["trials"] == numbers[0]
    again = program(
        "record", "--device", f"replay:{capture}?speed=0", "--seconds", "999", "--out", "b.csv"
    )
    assert again.returncode == 0, again.stderr
    sidecar = json.loads((tmp_path / "b.json").read_text())
    assert (sidecar["kind"], sidecar["site"], sidecar["target_rate_kpa_s"]) == (
        "ppt", "trapezius_upper", 50.0
    )  # fmt: skip
    (entry,) = json.loads(program("analyze", "b.csv", "--json").stdout)["files"]
    assert entry["trials"] == numbers[0]


def test_a_measurement_of_the_record_goes_out_as_one_file(program: Program, tmp_path: Path) -> None:
    data = ("--data", tmp_path / "store")
    client = program("clients", "add", "--plain", *data).stdout.strip()
    words = ("measure", "--device", "sim:?seed=1&speed=0", *PLACE, "--trials", "1", "--json")
    document = json.loads(program(*words, "--client", client, *data).stdout)
    measurement = document["saved"]["measurement"]
    said = program("reproduce", measurement, *data, "--export-capture", "out.capture")
    assert said.returncode == 0, said.stderr
    (entry,) = json.loads(program("analyze", "out.capture", "--json").stdout)["files"]
    assert entry["trials"] == document["trials"]
    assert client not in (tmp_path / "out.capture").read_bytes().decode(errors="replace")
    assert (
        program("reproduce", measurement, *data, "--export-capture", "out.capture").returncode == 2
    )
