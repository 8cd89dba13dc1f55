"""A course of care is entered from nothing, by the program alone, and ends in reports."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Program

GAUGE = "sim:?subject=tender_left&seed=1&speed=0"
PLACE = ("--site", "trapezius_upper", "--side", "left")
NAME, WORDS = "Ann Example", "since the new desk"
STATED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("consent", {"purpose": "measurement", "given": True}),
    ("screen", {"answers": [{"item": "anticoagulant", "answer": "no"}], "ceiling_kpa": 500}),
    ("complaint", {"kind": "headache", "side": "left", "nrs_now": 6, "onset": WORDS}),
    ("complaint", {"kind": "headache", "side": "left", "nrs_now": 4}),
    ("posture", {"finding": "forward_head", "degree": 2}),
    ("daily_life", {"topic": "ergonomics", "answer": "laptop", "habit": "desk_work"}),
)
PLAN = {
    "referral": {"prescriber": "Dr. A. Example", "on": "2026-01-02", "condition": "neck pain"},
    "phases": [{"per_week": 2, "per_week_to": 3, "weeks": 3}, {"every_weeks": 5}],
    "goals": [{"text": "a day without headache"}],
}


class Practice:
    """The program, at one encrypted store."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.folder = folder

    def __call__(self, *words: str, said: object = None) -> subprocess.CompletedProcess[str]:
        """Run a command that has to succeed; what is `said` comes from a file."""
        if said is not None:
            stated = self.folder / "stated.json"
            stated.write_text(json.dumps(said), encoding="utf-8")
            words = (*words, "--from", str(stated))
        done = self.program(
            *words,
            TISSUESENSE_DATA=str(self.folder / "store"),
            TISSUESENSE_PASSPHRASE="a first sentence",  # noqa: S106 - of a store for one test
            TISSUESENSE_ACTOR="M. Example",
        )
        assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
        return done

    def json(self, *words: str, said: object = None) -> Any:  # noqa: ANN401 - any document
        """Run a command and return the document that it printed."""
        return json.loads(self(*words, said=said).stdout)


@pytest.fixture
def practice(program: Program, tmp_path: Path) -> Practice:
    return Practice(program, tmp_path)


def taken_in(practice: Practice) -> str:
    """Take a client in with all that is told before a first visit."""
    new = practice("clients", "add", said={"identity": {"name": NAME}})
    assert "Recovery code" in new.stderr
    client = new.stdout.strip()
    for kind, stated in STATED:
        practice("clients", "enter", client, kind, said=stated)
    assert "due today" in practice("clients", "plan", client, said=PLAN).stdout
    return client


def visited(practice: Practice, client: str) -> str:
    """Do all of a visit; return its id."""
    visit = str(practice.json("visit", "open", "--client", client)["visit"])
    felt = practice.json("visit", "finding", "--visit", visit, *PLACE, "--tenderness", "2")
    measure = ("measure", "--device", GAUGE, *PLACE, "--trials", "2", "--client", client)
    practice(*measure)
    practice("visit", "treat", "--visit", visit, *PLACE, "--technique", "mfr", "--seconds", "90")
    practice(*measure)
    practice("visit", "note", "--visit", visit, "--subjective", "slept well")
    amend = ("visit", "amend", felt["entry"], "--reason", "graded too high")
    practice(*amend, said={"tenderness": 1})
    practice("visit", "sign", "--visit", visit, "--signer", "M. Example")
    practice("visit", "close", "--visit", visit)
    return visit


def assert_unreadable(store: Path) -> None:
    """Look for what was said in every file of an encrypted store."""
    kept = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert kept
    for said in (NAME, WORDS, "Dr. A. Example"):
        assert said.encode() not in kept


@pytest.mark.timeout(300)  # some thirty starts of the program
def test_course_of_care_from_nothing_to_the_reports(practice: Practice, tmp_path: Path) -> None:
    client = taken_in(practice)
    assert_unreadable(tmp_path / "store")
    visit = visited(practice, client)

    shown = practice.json("visit", "show", visit)
    assert [m["block"] for m in shown["measurements"]] == ["pre", "post"]
    amended = [s for s in shown["statements"] if s["reason"]]
    assert [(s["kind"], s["body"]["tenderness"]) for s in amended] == [("palpation", 1)]
    assert {s["actor"] for s in shown["statements"]} == {"M. Example"}
    story = practice("clients", "show", client).stdout
    assert "6, 4" in story
    assert "closed, signed" in story
    assert NAME not in story

    for kind in ("visit", "course", "client"):
        report = tmp_path / f"{kind}.html"
        practice("report", "--client", client, "--kind", kind, "--out", str(report))
        page = report.read_text(encoding="utf-8")
        assert client in page
        assert NAME not in page

    assert practice("verify").stdout.strip()
