"""`verify` prints the head of a whole store, and of a broken one the first broken entry."""

import json
import sqlite3
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

MEASURE = (
    *("measure", "--device", "sim:?seed=1&speed=0", "--site", "trapezius_upper"),
    *("--side", "left", "--trials", "1"),
)


@pytest.fixture
def store(program: Program, tmp_path: Path) -> Path:
    """Return the folder of a plain store with one measurement."""
    folder = tmp_path / "store"
    client = program("clients", "add", "--plain", "--data", folder).stdout.strip()
    assert program(*MEASURE, "--client", client, "--data", folder).returncode == 0
    return folder


def changed(store: Path, *statements: str) -> None:
    connection = sqlite3.connect(store / "store.db", isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def test_head_of_a_whole_store_is_all_that_is_on_stdout(program: Program, store: Path) -> None:
    said = program("verify", "--data", store)
    assert said.returncode == 0
    head = said.stdout.strip()
    assert len(head) == 64
    document = json.loads(program("verify", "--data", store, "--json").stdout)
    assert document == {
        "ok": True,
        "head": head,
        "entries": 4,
        "clients": 1,
        "measurements": 1,
        "erased_clients": 0,
        "broken": None,
        "warnings": [],
    }


def test_altered_entry_is_one_and_named(program: Program, store: Path) -> None:
    changed(
        store,
        "DROP TRIGGER entry_no_update",
        "UPDATE entry SET actor = 'nobody' WHERE seq = 3",
    )
    said = program("verify", "--data", store)
    assert (said.returncode, said.stdout) == (1, "")
    assert "Entry 3 is broken (E-" in said.stderr
    assert "backup" in said.stderr
    said = program("verify", "--data", store, "--json")
    assert said.returncode == 1
    document = json.loads(said.stdout)
    assert document["ok"] is False
    assert document["broken"]["seq"] == 3
    said = program("verify", "--data", store, "--rebuild-index")
    assert said.returncode == 1
    assert "left as it is" in said.stderr


def test_broken_index_is_one_until_it_is_built_again(program: Program, store: Path) -> None:
    head = program("verify", "--data", store).stdout
    changed(store, "UPDATE measurement SET side = 'right'")
    said = program("verify", "--data", store)
    assert said.returncode == 1
    assert "--rebuild-index" in said.stderr
    said = program("verify", "--data", store, "--rebuild-index")
    assert (said.returncode, said.stdout) == (0, head)
    assert "made anew" in said.stderr


def test_head_that_was_printed_holds_until_the_end_is_cut_off(
    program: Program, store: Path
) -> None:
    head = program("verify", "--data", store).stdout.strip()
    assert program("clients", "add", "--data", store).returncode == 0
    assert program("verify", "--data", store, "--expect", head).returncode == 0
    later = program("verify", "--data", store).stdout.strip()
    changed(
        store,
        "DROP TRIGGER entry_no_delete",
        "DELETE FROM client WHERE entry_id = (SELECT id FROM entry WHERE seq = 5)",
        "DELETE FROM entry WHERE seq = 5",
        "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry "
        "BEGIN SELECT RAISE(ABORT, 'entry is written once'); END",
    )
    assert program("verify", "--data", store).returncode == 0
    said = program("verify", "--data", store, "--expect", later)
    assert said.returncode == 1
    assert "expected head" in said.stderr
    assert program("verify", "--data", store, "--expect", "nonsense").returncode == 2


def test_damaged_files_are_sentences(program: Program, store: Path) -> None:
    for name in ("store.db", "keys.db", "store.json"):
        content = (store / name).read_bytes()
        (store / name).write_bytes(content[: len(content) // 2])
        said = program("verify", "--data", store, "--json")
        assert said.returncode == 1, name
        assert "Traceback" not in said.stderr
        assert "wrong inside" not in said.stderr
        (store / name).write_bytes(content)
    (store / "keys.db").unlink()
    said = program("verify", "--data", store)
    assert said.returncode == 1
    assert "keys of all clients" in said.stderr
    assert "Nothing was changed" in said.stderr
    assert not (store / "keys.db").exists()


def test_where_there_is_no_store_it_says_so(program: Program, tmp_path: Path) -> None:
    said = program("verify", "--data", tmp_path / "nowhere")
    assert said.returncode == 1
    assert "no store" in said.stderr
    assert list(tmp_path.iterdir()) == []
