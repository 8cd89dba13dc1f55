"""`tissuesense report` writes a visit as one file and says plainly what it cannot write."""

import json
import os
import re
import sqlite3
from pathlib import Path

import numpy as np
import pypdf
import pytest
from sqlalchemy import event
from tests.unit.services.captured import captured_session

from tissuesense.cli.commands.report import command
from tissuesense.cli.main import main
from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError, RecordNotFound, UsageError
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.visit import VisitId
from tissuesense.report.document import Document
from tissuesense.services.care import enter
from tissuesense.services.records import (
    add_client,
    open_visit,
    save_measurement,
)
from tissuesense.services.reporting import build_report, form_of
from tissuesense.store.opening import open_store


class Practice:
    """A store with one client and one measured visit, and the program beside it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        clock, rng = ManualClock(), np.random.default_rng(1)
        with open_store(folder, clock=clock, create=True, plain=True) as store:
            self.client = add_client(store, clock=clock, rng=rng).id
            self.visits = [
                open_visit(store, self.client, clock=clock, rng=rng).id for _ in range(2)
            ]
            session, acquisition = captured_session()
            save_measurement(store, self.visits[0], session, acquisition, clock=clock, rng=rng)

    def report(self, visit: VisitId | None = None) -> Document:
        with open_store(self.folder, clock=ManualClock()) as store:
            return build_report(store, self.client, visit)

    def run(self, *words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["report", "--data", str(self.folder), *words])
        assert isinstance(left.value.code, int)
        said = self._capsys.readouterr()
        return left.value.code, said.out, said.err


@pytest.fixture
def practice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Practice:
    monkeypatch.delenv("TISSUESENSE_PASSPHRASE", raising=False)
    return Practice(tmp_path / "store", capsys)


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("report.html", [], b"<!DOCTYPE html>"),
        ("report.pdf", [], b"%PDF-"),
        ("report.out", ["--format", "pdf"], b"%PDF-"),
    ],
)
def test_the_file_is_what_its_name_or_the_option_says(
    practice: Practice, tmp_path: Path, name: str, options: list[str], begins: bytes
) -> None:
    out = tmp_path / name

    code, said, _ = practice.run("--client", practice.client, "--out", str(out), *options)

    assert (code, said) == (0, "")
    assert out.read_bytes().lstrip().startswith(begins)


def test_json_names_the_file_and_stands_alone_on_stdout(practice: Practice, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    visit = ("--visit", practice.visits[0].lower())

    code, said, err = practice.run("--client", practice.client, "--out", str(out), *visit, "--json")

    assert (code, err) == (0, "")
    assert json.loads(said)["out"] == str(out)
    assert "ramps" in json.loads(said)["sections"]


def test_the_latest_visit_is_reported_unless_another_is_asked_for(practice: Practice) -> None:
    latest, first = practice.report(), practice.report(practice.visits[0])

    assert "ramps" in {part.name for part in first.parts}
    assert "ramps" not in {part.name for part in latest.parts}


@pytest.mark.parametrize("kind", ["visit", "course", "client"])
@pytest.mark.parametrize("form", ["html", "pdf"])
def test_every_kind_of_report_is_written_in_every_form(
    practice: Practice, tmp_path: Path, kind: str, form: str
) -> None:
    out = tmp_path / f"report.{form}"

    code, said, _ = practice.run("--client", practice.client, "--kind", kind, "--out", str(out))

    assert (code, said) == (0, "")
    assert out.read_bytes().lstrip().startswith(b"%PDF-" if form == "pdf" else b"<!DOCTYPE html>")


def test_the_same_course_as_of_one_day_gives_the_same_bytes(
    practice: Practice, tmp_path: Path
) -> None:
    written = []
    for name in ("one.pdf", "other.pdf"):
        out = tmp_path / name
        words = ("--kind", "course", "--on", "2026-02-01", "--out", str(out))
        assert practice.run("--client", practice.client, *words)[0] == 0
        written.append(out.read_bytes())

    assert written[0] == written[1]


@pytest.mark.parametrize(
    "words",
    [
        ("--kind", "course", "--visit", "V-7QK4Z0A0"),
        ("--kind", "visit", "--on", "2026-02-01"),
        ("--kind", "client", "--with-identity"),
    ],
)
def test_options_of_another_kind_of_report_are_refused(
    practice: Practice, tmp_path: Path, words: tuple[str, ...]
) -> None:
    out = tmp_path / "report.html"

    code, said, _ = practice.run("--client", practice.client, "--out", str(out), *words)

    assert (code, said) == (2, "")
    assert not out.exists()


def test_the_identity_is_named_only_on_demand_and_the_look_is_noted(
    practice: Practice, tmp_path: Path
) -> None:
    with open_store(practice.folder, clock=ManualClock()) as store:
        who = {"name": "Zebedee Quill"}
        enter(store, "identity", who, client=practice.client, clock=ManualClock(),
              rng=np.random.default_rng(2))  # fmt: skip
    words = ("--client", practice.client, "--kind", "course", "--out")

    practice.run(*words, str(tmp_path / "plain.html"))
    practice.run(*words, str(tmp_path / "named.html"), "--with-identity")

    assert "Quill" not in (tmp_path / "plain.html").read_text()
    assert "Zebedee Quill" in (tmp_path / "named.html").read_text()
    with open_store(practice.folder, clock=ManualClock()) as store:
        (looked,) = store.ledger.of_client(practice.client, "identity_read")
    assert looked.statement.why == "report of the course"


def test_a_page_can_be_letter(practice: Practice, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    words = ("--paper", "letter", "--out", str(out))

    assert practice.run("--client", practice.client, *words)[0] == 0

    page = pypdf.PdfReader(out).pages[0]
    assert (page.mediabox.width, page.mediabox.height) == (612, 792)


def test_a_visit_that_is_not_there_is_named_with_those_that_are(practice: Practice) -> None:
    with pytest.raises(RecordNotFound) as refused:
        practice.report(VisitId("V-NOPE"))

    assert all(visit in refused.value.hint for visit in practice.visits)


def test_a_client_without_a_visit_has_nothing_to_report(tmp_path: Path) -> None:
    clock = ManualClock()
    with open_store(tmp_path, clock=clock, create=True, plain=True) as store:
        client = add_client(store, clock=clock, rng=np.random.default_rng(1))
        with pytest.raises(RecordNotFound, match="no visit yet"):
            build_report(store, client.id)


def test_no_other_visit_is_loaded_for_a_report(practice: Practice, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store" / "store.db")
    connection.execute("DROP TRIGGER raw_no_update")
    connection.execute("UPDATE raw SET trace = x'00', capture = x'00'")
    connection.commit()
    connection.close()

    assert practice.report(practice.visits[1]).parts
    with pytest.raises(RecordError, match="altered"):
        practice.report(practice.visits[0])


def test_no_capture_is_loaded_for_a_report(practice: Practice) -> None:
    asked: list[str] = []
    with open_store(practice.folder, clock=ManualClock()) as store:
        with store.transaction() as session:
            engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        build_report(store, practice.client, practice.visits[0])
        assert any("raw" in statement for statement in asked)
        assert not any(re.search(r"\.capture\b", statement) for statement in asked)
        store.raw.capture(MeasurementId("M-0"))
        assert re.search(r"\.capture\b", asked[-1])


@pytest.mark.skipif(os.name != "posix", reason="needs a device that is always full")
def test_a_report_that_cannot_be_written_leaves_the_older_one(
    practice: Practice, tmp_path: Path
) -> None:
    out = tmp_path / "report.html"
    out.write_text("the older one")
    (tmp_path / ".report.html.part").symlink_to("/dev/full")

    code, _, err = practice.run("--client", practice.client, "--out", str(out))

    assert code == 1
    assert "cannot be written" in err
    assert out.read_text() == "the older one"


def test_a_folder_that_is_not_there_is_said_without_a_traceback(
    practice: Practice, tmp_path: Path
) -> None:
    code, _, err = practice.run(
        "--client", practice.client, "--out", str(tmp_path / "no" / "x.html")
    )

    assert code != 0
    assert "cannot be written" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "form"), [("a.pdf", "pdf"), ("a.PDF", "pdf"), ("a.html", "html"), ("a", "html")]
)
def test_the_name_decides_the_form(name: str, form: str) -> None:
    assert form_of(Path(name)) == form


@pytest.mark.parametrize("name", ["recording.csv", "visit.docx", "record.json"])
def test_a_file_of_another_kind_is_never_replaced_by_a_report(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious")
    with pytest.raises(UsageError, match=r"ends in \.html or \.pdf"):
        command(client="TS-7QK47", out=tmp_path / name)
    assert (tmp_path / name).read_text() == "precious"
