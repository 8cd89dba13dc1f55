"""`export` from a shell: the record in another form, and what that form does not hold."""

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import Program


@pytest.fixture
def client(program: Program) -> str:
    """Return the one client of a plain store in `store`, who has a visit with a finding."""
    client = program("clients", "add", "--plain", "--data", "store").stdout.strip()
    opened = program("visit", "open", "--client", client, "--data", "store")
    visit = json.loads(opened.stdout)["visit"]
    felt = ("--site", "trapezius_upper", "--side", "left", "--tenderness", "2")
    found = program("visit", "finding", "--visit", visit, *felt, "--data", "store")
    assert found.returncode == 0, found.stderr
    return client


def test_json_document(program: Program, tmp_path: Path, client: str) -> None:
    done = program("export", "--format", "json", "--out", "a.json", "--data", "store")
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [each["record"]["client"]["id"] for each in document["clients"]] == [client]
    assert "What this format does not hold:" in done.stderr
    assert done.stdout == ""


def test_folder_of_tables_of_one_client(program: Program, tmp_path: Path, client: str) -> None:
    words = ("export", "--format", "csv", "--client", client.lower(), "--out", "tables", "--json")
    done = program(*words, "--data", "store")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["clients"] == [client]
    assert told["losses"]
    assert any(client in file.read_text() for file in (tmp_path / "tables").rglob("*.csv"))


def test_wrong_calls_leave_nothing(program: Program, tmp_path: Path, client: str) -> None:
    (tmp_path / "there").write_text("mine")
    for words in (
        ("--format", "xml", "--out", "a"),
        ("--format", "json", "--out", "there"),
        ("--format", "json", "--out", "a", "--client", f"{client}X"),
    ):
        done = program("export", *words, "--data", "store")
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "there").read_text() == "mine"
    assert not (tmp_path / "a").exists()


def test_names_are_written_down_as_looked_at(program: Program, tmp_path: Path) -> None:
    (tmp_path / "person.json").write_text(json.dumps({"identity": {"name": "Frieda Example"}}))
    program("clients", "add", "--plain", "--from", "person.json", "--data", "store")
    program("export", "--format", "json", "--out", "a.json", "--data", "store")
    words = ("export", "--format", "json", "--out", "b.json", "--with-identity", "--data", "store")
    assert program(*words).returncode == 0
    assert "Frieda" not in (tmp_path / "a.json").read_text()
    assert "Frieda" in (tmp_path / "b.json").read_text()
