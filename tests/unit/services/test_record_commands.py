"""The record from the shell: JSON in and out, a clear sentence and an exit code when it is not."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.services.captured import captured_session
from tests.unit.services.test_record_reproduction import altered

from tissuesense.cli.main import main
from tissuesense.core.clock import ManualClock
from tissuesense.record.visit import VisitId
from tissuesense.services.records import save_measurement
from tissuesense.store.opening import open_store


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - what JSON can hold
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the program, its store in a folder of its own and nobody at the terminal."""
    monkeypatch.setenv("TISSUESENSE_DATA", str(tmp_path / "store"))
    monkeypatch.delenv("TISSUESENSE_PASSPHRASE", raising=False)

    def run(*words: str, stdin: str = "") -> Answer:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as left:
            main(words)
        captured = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return Answer(left.value.code, captured.out, captured.err)

    return run


def a_visit(run: Run) -> tuple[str, str]:
    client = run("clients", "add", "--plain", "--json").json["id"]
    return client, run("visit", "open", "--client", client, "--json").json["visit"]


def test_visit_from_the_shell_is_listed(run: Run) -> None:
    client, visit = a_visit(run)
    found = run(
        *(
            "visit",
            "finding",
            "--visit",
            visit.lower(),
            "--site",
            "trapezius_upper",
            "--side",
            "left",
        ),
        *("--tenderness", "2", "--tone", "-1", "--note", "band", "--json"),
    )
    assert found.code == 0
    assert (found.json["tenderness"], found.json["tone"], found.json["note"]) == (2, -1, "band")
    listed = run("clients", "--json")
    assert listed.json == {"clients": [{"id": client, "visits": 1, "sites": ["trapezius_upper"]}]}
    assert listed.err == ""
    assert client in run("clients").out


def test_what_comes_out_of_a_finding_goes_in_again(run: Run) -> None:
    _, visit = a_visit(run)
    stated = {"visit": visit, "site": "soleus", "side": "right", "tenderness": 1, "tone": 2}
    first = run("visit", "finding", "--from", "-", stdin=json.dumps(stated)).json
    assert {key: first[key] for key in stated} == stated
    del first["found_at"], first["entry"]
    second = run("visit", "finding", "--from", "-", stdin=json.dumps(first)).json
    del second["found_at"], second["entry"]
    assert second == first


def test_options_go_before_the_file(run: Run, tmp_path: Path) -> None:
    _, visit = a_visit(run)
    file = tmp_path / "finding.json"
    file.write_text(json.dumps({"site": "soleus", "side": "right", "note": "ä"}), encoding="utf-8")
    answer = run("visit", "finding", "--from", str(file), "--visit", visit, "--side", "left")
    assert (answer.json["side"], answer.json["note"]) == ("left", "ä")


@pytest.mark.parametrize(
    "words",
    [
        ("clients", "--json"),
        ("visit", "open", "--client", "TS-00000"),
        ("visit", "finding", "--visit", "V-00000000", "--site", "soleus", "--side", "left"),
        ("reproduce", "M-00000000"),
    ],
)
def test_verb_that_reads_says_that_there_is_no_store(
    run: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    answer = run(*words)
    assert (answer.code, answer.out) == (1, "")
    assert "no store" in answer.err
    assert not (tmp_path / "store").exists()


def test_store_cannot_be_made_without_a_passphrase_or_a_terminal(run: Run, tmp_path: Path) -> None:
    answer = run("clients", "add")
    assert (answer.code, answer.out) == (2, "")
    assert "TISSUESENSE_PASSPHRASE" in answer.err
    assert not (tmp_path / "store").exists()


def test_store_is_encrypted_unless_plain_is_asked_for(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", "open sesame")
    assert run("clients", "add").code == 0
    assert not (tmp_path / "store" / "store.db").read_bytes().startswith(b"SQLite format 3")
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", "wrong")
    answer = run("clients")
    assert answer.code != 0
    assert "passphrase" in answer.err


def test_folder_may_be_named_before_or_after_the_word(run: Run, tmp_path: Path) -> None:
    before, after = str(tmp_path / "before"), str(tmp_path / "after")
    run("clients", "--data", before, "add", "--plain")
    run("clients", "add", "--plain", "--data", after)
    for folder in (before, after):
        assert len(run("clients", "--data", folder, "--json").json["clients"]) == 1


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("visit", "open"), ""),
        (("visit", "open", "--client", "Anna Smith"), ""),
        (("visit", "open", "--from", "-"), '{"client": "TS-00000", "mood": "good"}'),
        (("visit", "finding", "--from", "-"), "not json"),
        (("visit", "finding", "--from", "-"), "[1]"),
        (("visit", "finding", "--from", "/no/such/file"), ""),
        (("visit", "finding", "--visit", "V-00000000", "--site", "soleus", "--side", "both"), ""),
        (("visit", "finding", "--visit", "V-00000000", "--side", "left"), ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_call_is_refused_with_a_sentence(
    run: Run, words: tuple[str, ...], stdin: str
) -> None:
    a_visit(run)
    answer = run(*words, stdin=stdin)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err
    assert "Smith" not in answer.err


def test_unknown_client_or_visit_is_a_failure_of_the_data(run: Run) -> None:
    a_visit(run)
    assert run("visit", "open", "--client", "TS-00000").code == 1
    answer = run("visit", "finding", "--visit", "V-00000000", "--site", "soleus", "--side", "left")
    assert answer.code == 1
    assert "no such visit" in answer.err


@pytest.mark.parametrize("mistyped", ["V-00000001", "V-0000000", "V-0000000!", "M-00000000", ""])
def test_mistyped_visit_is_told_from_an_unknown_one(run: Run, mistyped: str) -> None:
    a_visit(run)
    answer = run("visit", "finding", "--visit", mistyped, "--site", "soleus", "--side", "left")
    assert (answer.code, answer.out) == (2, "")
    assert "visit id" in answer.err
    client = run("clients", "--json").json["clients"][0]["id"]
    assert run("report", "--client", client, "--out", "x.html", "--visit", "V-10").code == 2


@pytest.mark.parametrize(
    "mistyped", ["M-00000001", "M-00000001-1", "M-0", "M-00000000-x", "M-00000000-", "V-00000000"]
)
def test_mistyped_measurement_is_told_from_an_unknown_one(run: Run, mistyped: str) -> None:
    a_visit(run)
    answer = run("reproduce", mistyped)
    assert (answer.code, answer.out) == (2, "")
    assert "id" in answer.err
    for unknown in ("M-00000000", "m-0000ooo0-1"):
        assert run("reproduce", unknown).code == 1


def test_visit_is_opened_at_the_hour_on_the_wall(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    client = run("clients", "add", "--plain", "--json").json["id"]
    monkeypatch.setenv("TZ", "NPT-05:45")
    time.tzset()
    try:
        opened = run("visit", "open", "--client", client).json["opened_at"]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
    assert opened.endswith("+05:45")


def test_measurement_is_reproduced_and_a_later_alteration_named(run: Run, tmp_path: Path) -> None:
    visit = VisitId(a_visit(run)[1])
    clock, rng = ManualClock(), np.random.default_rng(1)
    with open_store(tmp_path / "store", clock=clock) as store:
        saved = save_measurement(store, visit, *captured_session(), clock=clock, rng=rng)
        number = next(finding for finding in saved.findings if finding.value is not None)
    equal = run("reproduce", saved.measurement.id)
    assert (equal.code, equal.out[:5]) == (0, "equal")
    assert run("reproduce", number.id.lower(), "--json").json["equal"] is True

    def one_more(body: dict[str, Any]) -> None:
        next(f for f in body["findings"] if f["id"] == number.id)["value"] += 1

    with open_store(tmp_path / "store", clock=clock) as store:
        altered(store, "analysis", one_more)
    different = run("reproduce", number.id)
    assert different.code == 1
    assert number.quantity in different.out
    assert "altered" in different.err
    document = run("reproduce", saved.measurement.id, "--json")
    assert document.code == 1
    assert [found["found"] for found in document.json["differences"]] == [number.value]
