"""Every kind can be recorded, analysed, measured, kept and computed again without a device."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Program

from tissuesense.files.trace_csv import read_trace

PLACE = ("--site", "trapezius_upper", "--side", "left")
# Query of the simulated session, what it is called in the document, and seconds enough for some.
SESSIONS = {
    "tap": ("kind=tap", "taps", 8),
    "stretch": ("kind=stretch", "stretches", 40),
    "rom": ("kind=rom", "movements", 20),
    "dose": ("kind=dose", "doses", 90),
    "glide": ("kind=dose&technique=myofascial", "doses", 110),
}
EVERY = pytest.mark.parametrize("session", SESSIONS)


def device(query: str) -> tuple[str, str]:
    return "--device", f"sim:?subject=relaxed&seed=1&speed=0&{query}"


def kind_of(session: str) -> str:
    return "dose" if session == "glide" else session


@EVERY
def test_what_is_recorded_is_analysed(program: Program, tmp_path: Path, session: str) -> None:
    query, items, seconds = SESSIONS[session]
    trace = tmp_path / "x.csv"
    said = program(
        "record",
        *device(query.removeprefix(f"kind={session}")),
        *("--kind", kind_of(session), "--seconds", str(seconds), "--out", trace),
    )
    assert said.returncode == 0, said.stderr
    assert str(trace) in said.stderr
    assert str(trace.with_suffix(".json")) in said.stderr
    again = program("analyze", trace, trace.with_suffix(".capture"), "--json")
    assert again.returncode == 0, again.stderr
    of_trace, of_capture = json.loads(again.stdout)["files"]
    assert of_trace["kind"] == kind_of(session)
    assert of_trace["error"] is None
    assert len(of_trace[items]) >= 1
    assert of_trace[items] == of_capture[items]


@EVERY
def test_what_is_measured_is_saved_computed_again_to_the_last_bit_and_reported(
    program: Program, tmp_path: Path, session: str
) -> None:
    data = ("--data", tmp_path / "store")
    client = program("clients", "add", "--plain", *data).stdout.strip()
    query, items, _ = SESSIONS[session]
    kind = kind_of(session)
    words = ("measure", *device(query), "--kind", kind, *PLACE, "--client", client, *data)
    said = program(*words, "--json")
    assert said.returncode == 0, said.stderr
    assert "1: Accepted" in said.stderr
    document = json.loads(said.stdout)
    assert (document["kind"], document["stopped"]) == (kind, None)
    assert len(document[items]) >= document["wanted"]
    again = program("reproduce", document["saved"]["measurement"], *data)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "equal" in again.stdout
    report = tmp_path / "visit.html"
    written = program(
        *("report", "--client", client, "--kind", "visit", "--format", "html", "--out", report),
        *data,
    )
    assert written.returncode == 0, written.stderr
    assert report.stat().st_size > 0


def test_a_gauge_that_goes_silent_ends_it_and_what_came_is_kept(
    program: Program, tmp_path: Path
) -> None:
    said = program("measure", *device("fault=silence"), "--kind", "rom", *PLACE, "--json")
    assert said.returncode == 1
    assert "Readings stopped during the movement." in said.stderr
    assert json.loads(said.stdout)["stopped"]["code"] == "device"
    (trace,) = tmp_path.rglob("*-rom.csv")
    assert read_trace(trace).trace.size > 100


def measured(program: Program, *words: str) -> dict[str, Any]:
    said = program("measure", *words, *PLACE, "--json")
    assert said.returncode == 0, said.stderr
    document = json.loads(said.stdout)
    assert isinstance(document, dict)
    return document


def test_a_treatment_ends_when_its_time_is_over(program: Program) -> None:
    document = measured(program, *device(""), "--kind", "dose", "--seconds", "40")
    assert document["duration_s"] == pytest.approx(40.0, abs=1.0)
    assert document["stopped"] is None
    assert len(document["doses"]) == 1


def test_what_is_stated_reaches_the_estimator(program: Program) -> None:
    words = (*device(""), "--kind", "tap", "--trials", "1")
    (given,) = measured(program, *words)["taps"]
    (stated,) = measured(program, *words, "--state", "tap_mass_kg=0.017")["taps"]
    assert stated["stiffness_n_m"]["value"] == pytest.approx(given["stiffness_n_m"]["value"] / 2)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--kind", "dose", "--state", "site_ppt_kpa=much"), "site_ppt_kpa"),
        (("--kind", "stretch", "--state", "lever_arm_m=-1"), "lever_arm_m"),
        (("--kind", "tap", "--state", "tap_mass_kg"), "KEY=VALUE"),
        (("--kind", "rom", "--seconds", "0"), "positive time"),
    ],
)
def test_nonsense_is_refused_before_anybody_works_in_vain(
    program: Program, words: tuple[str, ...], named: str
) -> None:
    said = program("measure", *device(""), *words, *PLACE)
    assert said.returncode == 2
    assert named in said.stderr
    assert "1: Accepted" not in said.stderr


def test_a_gauge_that_cannot_send_what_the_kind_needs_is_refused(program: Program) -> None:
    said = program("measure", *device("kind=ppt"), "--kind", "rom", *PLACE)
    assert said.returncode == 2
    assert "angle_deg" in said.stderr
    other = program("measure", *device("kind=tap&model=progressor"), "--kind", "tap", *PLACE)
    assert other.returncode == 2
    assert "text-line" in other.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_key_ends_a_treatment_that_is_then_complete(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [
            *(sys.executable, "-m", "tissuesense", "measure", "--json", "--kind", "dose"),
            *("--device", "sim:?seed=1&speed=20", *PLACE, "--trials", "9"),
        ],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert run.stderr is not None
    assert run.stderr.readline().startswith("Application 1: Accepted")
    os.write(ours, b"s")
    stdout, stderr = run.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert run.returncode == 0, stderr
    document = json.loads(stdout)
    assert document["stopped"] is None
    assert len(document["doses"]) >= 1
