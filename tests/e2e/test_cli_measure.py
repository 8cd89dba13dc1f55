"""`measure` guides, judges and ends by itself; whatever stops it, what came so far is kept."""

import json
import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

from tissuesense.analysis.analyse import analyze
from tissuesense.files.trace_csv import read_trace

PLACE = ("--kind", "ppt", "--site", "trapezius_upper", "--side", "left")


def device(query: str = "") -> tuple[str, str]:
    return "--device", f"sim:?subject=relaxed&seed=1&speed=0&{query}"


def kept_traces(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*-left-trapezius_upper-ppt.csv"))


def test_enough_presses_are_a_document_and_nothing_is_left_behind(
    program: Program, tmp_path: Path
) -> None:
    said = program("measure", *device(), *PLACE, "--trials", "2", "--preset", "dfns", "--json")
    assert said.returncode == 0
    document = json.loads(said.stdout)
    assert document["schema"] == "tissuesense.measure/1"
    assert document["stopped"] is None
    assert document["error"] is None
    assert document["session"]["n_accepted"] == 2
    assert "Press 2: Accepted" in said.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_gauge_that_goes_silent_is_one_and_its_data_are_kept(
    program: Program, tmp_path: Path
) -> None:
    said = program("measure", *device("fault=silence"), *PLACE, "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["stopped"]["code"] == "device"
    (trace,) = kept_traces(tmp_path)
    assert str(trace) in said.stderr
    assert read_trace(trace).trace.size > 100
    assert trace.with_suffix(".capture").stat().st_size > 1000
    assert "Traceback" not in said.stderr


def test_a_kept_measurement_analyses_to_the_same_numbers(program: Program, tmp_path: Path) -> None:
    words = ("measure", *device(), *PLACE, "--trials", "1", "--json", "--out", tmp_path / "kept")
    document = json.loads(program(*words).stdout)
    (trace,) = kept_traces(tmp_path / "kept")
    again = analyze(read_trace(trace)).to_dict()
    assert again["trials"] == document["trials"]
    assert again["session"] == document["session"]


def test_with_a_client_it_is_saved_in_the_visit_of_today_and_reproduces(
    program: Program, tmp_path: Path
) -> None:
    data = ("--data", tmp_path / "store")
    client = program("clients", "add", "--plain", *data).stdout.strip()
    words = ("measure", *device(), *PLACE, "--trials", "1", "--client", client, *data, "--json")
    first, second = (json.loads(program(*words).stdout)["saved"] for _ in range(2))
    assert first["visit"] == second["visit"]
    assert first["measurement"] != second["measurement"]
    listed = json.loads(program("clients", "--json", *data).stdout)["clients"]
    assert [(c["id"], c["visits"]) for c in listed] == [(client, 1)]
    again = program("reproduce", first["measurement"], *data)
    assert again.returncode == 0, again.stderr


def test_an_unknown_client_is_refused_before_anybody_presses(
    program: Program, tmp_path: Path
) -> None:
    data = ("--data", tmp_path / "store")
    program("clients", "add", "--plain", *data)
    said = program("measure", *device(), *PLACE, "--client", "TS-00000", *data)
    assert said.returncode == 1
    assert "Press 1" not in said.stderr


def test_a_device_that_is_not_there_is_one_sentence(program: Program, tmp_path: Path) -> None:
    said = program(
        "measure", "--device", "serial:///dev/absent?model=mark10", *PLACE, "--probe-area-cm2", "1"
    )
    assert said.returncode == 1
    assert said.stdout == ""
    assert "/dev/absent" in said.stderr
    assert "Traceback" not in said.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_pressure_needs_an_area_before_anything_is_opened(program: Program) -> None:
    said = program("measure", "--device", "serial:///dev/absent?model=mark10", *PLACE)
    assert said.returncode == 2
    assert "area" in said.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that a terminal sends")
def test_an_interruption_keeps_what_came(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [
            *(sys.executable, "-m", "tissuesense", "measure", "--json", "--trials", "9"),
            *("--device", "sim:?seed=1&speed=20", *PLACE),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert run.stderr is not None
    assert run.stderr.readline().startswith("Press 1:")
    run.send_signal(signal.SIGINT)
    stdout, stderr = run.communicate(timeout=60)
    assert run.returncode == 1
    assert json.loads(stdout)["stopped"]["code"] == "asked"
    (trace,) = kept_traces(tmp_path)
    assert str(trace) in stderr
    assert "Traceback" not in stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_keys_mark_and_end_and_the_terminal_is_given_back(tmp_path: Path) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    run = subprocess.Popen(
        [
            *(sys.executable, "-m", "tissuesense", "measure", "--json", "--trials", "9"),
            *("--device", "sim:?seed=1&speed=20&marker=0", *PLACE),
        ],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert run.stderr is not None
    assert run.stderr.readline().startswith("Press 1:")
    os.write(ours, b" ")
    # What shows only later, such as a late signal, is said of the first press in between.
    assert any(line.startswith("Press 2:") for line in islice(run.stderr, 2))
    os.write(ours, b"s")
    stdout, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert json.loads(stdout)["stopped"]["code"] == "asked"
    assert termios.tcgetattr(theirs) == before
    (trace,) = kept_traces(tmp_path)
    marker = read_trace(trace).trace.marker
    assert marker is not None
    assert marker.sum() == 1
    os.close(ours)
    os.close(theirs)
