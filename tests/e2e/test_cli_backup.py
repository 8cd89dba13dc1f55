"""`backup` from a shell: two files out, tried out, restored elsewhere; the exit code tells."""

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

PASSPHRASE = {"TISSUESENSE_PASSPHRASE": "five unrelated words in a row"}


@pytest.fixture
def made(program: Program) -> str:
    """Return the recovery code of a new encrypted store in `store`, with one client."""
    added = program("clients", "add", "--data", "store", **PASSPHRASE)
    assert added.returncode == 0, added.stderr
    return next(line for line in added.stderr.splitlines() if "Recovery code" in line).split()[-1]


def test_round_trip(program: Program, tmp_path: Path, made: str) -> None:
    assert made
    out = program("backup", "--data", "store", "--out", "a.backup", "--json", **PASSPHRASE)
    assert out.returncode == 0, out.stderr
    told = json.loads(out.stdout)
    assert told["encrypted"]
    assert Path(told["backup"]) == tmp_path / "a.backup"
    assert Path(told["keys"]).exists()

    tried = program("backup", "--check", "a.backup", "--json", **PASSPHRASE)
    assert tried.returncode == 0, tried.stderr
    assert json.loads(tried.stdout)["store"]["head"] == told["head"]

    back = program("backup", "--restore", "a.backup", "--data", "new", **PASSPHRASE)
    assert back.returncode == 0, back.stderr
    lists = [program("clients", "--json", "--data", d, **PASSPHRASE) for d in ("store", "new")]
    assert lists[0].stdout == lists[1].stdout
    verified = program("verify", "--data", "new", "--json", **PASSPHRASE)
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout)["head"] == told["head"]


def test_recovery_code_and_a_new_passphrase(program: Program, made: str) -> None:
    program("backup", "--data", "store", "--out", "a.backup", **PASSPHRASE)
    new = {"TISSUESENSE_PASSPHRASE": "another sentence of words"}
    code = {"TISSUESENSE_RECOVERY_CODE": made.lower()}
    back = program("backup", "--restore", "a.backup", "--data", "new", **new, **code)
    assert back.returncode == 0, back.stderr
    assert program("clients", "--data", "new", **new).returncode == 0
    assert program("clients", "--data", "new", **PASSPHRASE).returncode == 2


def test_wrong_passphrase_is_a_wrong_call_and_damage_is_not(
    program: Program, tmp_path: Path, made: str
) -> None:
    assert made
    program("backup", "--data", "store", "--out", "a.backup", **PASSPHRASE)
    for other in ("wrong", ""):
        locked = program("backup", "--check", "a.backup", TISSUESENSE_PASSPHRASE=other)
        assert locked.returncode == 2
    content = bytearray((tmp_path / "a.backup").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "a.backup").write_bytes(content)
    damaged = program("backup", "--check", "a.backup", "--json", **PASSPHRASE)
    assert damaged.returncode == 1
    assert json.loads(damaged.stdout)["ok"] is False
    assert "Traceback" not in damaged.stderr


def test_missing_keys_are_asked_for_by_name(program: Program, tmp_path: Path, made: str) -> None:
    assert made
    program("backup", "--data", "store", "--out", "a.backup", **PASSPHRASE)
    (tmp_path / "a.backup.keys").rename(tmp_path / "drawer.keys")
    without = program("backup", "--restore", "a.backup", "--data", "new", **PASSPHRASE)
    assert without.returncode == 1
    assert "a.backup.keys" in without.stderr
    assert "--keys" in without.stderr
    assert not (tmp_path / "new").exists()
    named = program(
        "backup", "--restore", "a.backup", "--data", "new", "--keys", "drawer.keys", **PASSPHRASE
    )
    assert named.returncode == 0, named.stderr


def test_files_and_stores_that_are_there_are_left_alone(
    program: Program, tmp_path: Path, made: str
) -> None:
    assert made
    assert program("backup", "--data", "store", "--out", "a.backup", **PASSPHRASE).returncode == 0
    before = (tmp_path / "a.backup").read_bytes()
    again = program("backup", "--data", "store", "--out", "a.backup", **PASSPHRASE)
    assert again.returncode == 2
    assert (tmp_path / "a.backup").read_bytes() == before
    forced = program("backup", "--data", "store", "--out", "a.backup", "--force", **PASSPHRASE)
    assert forced.returncode == 0, forced.stderr
    over = program("backup", "--restore", "a.backup", "--data", "store", **PASSPHRASE)
    assert over.returncode == 2
    assert "not empty" in over.stderr


def test_folder_by_date(program: Program, tmp_path: Path, made: str) -> None:
    assert made
    (tmp_path / "out").mkdir()
    done = program("backup", "--data", "store", "--out-dir", "out", **PASSPHRASE)
    assert done.returncode == 0, done.stderr
    (backup,) = (tmp_path / "out").glob("tissuesense-*.backup")
    assert program("backup", "--check", backup, **PASSPHRASE).returncode == 0


@pytest.mark.parametrize("words", [[], ["--out", "a", "--check", "b"]])
def test_exactly_one_thing_is_done(program: Program, words: list[str]) -> None:
    done = program("backup", *words)
    assert done.returncode == 2
    assert "--out-dir" in done.stderr


def test_plain_store_gives_a_backup_that_says_so(program: Program) -> None:
    program("clients", "add", "--plain", "--data", "store")
    done = program("backup", "--data", "store", "--out", "a.backup")
    assert done.returncode == 0, done.stderr
    assert "whoever has it reads it" in done.stderr
    assert program("backup", "--check", "a.backup").returncode == 0
