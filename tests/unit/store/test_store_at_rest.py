"""A store keeps its secrets from whoever has the files and not the passphrase."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError, RecordNotFound, StoreLocked, UsageError
from tissuesense.record.client import ClientId
from tissuesense.services.records import add_client, open_visit
from tissuesense.store.client_keys import Purpose
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.place import data_folder
from tissuesense.store.verification import verify

CLOCK = ManualClock()
PASSPHRASE = 'it\'s "the" one; -- ü'  # noqa: S105 - of a store that lives for a test
PLAIN_HEADER = b"SQLite format 3"


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TISSUESENSE_PASSPHRASE", raising=False)
    monkeypatch.delenv("TISSUESENSE_DATA", raising=False)


def filled(folder: Path, *, plain: bool) -> Store:
    """Return an open store with one client and one visit."""
    rng = np.random.default_rng(7)
    store = open_store(folder, clock=CLOCK, create=True, plain=plain, passphrase=PASSPHRASE)
    client = add_client(store, clock=CLOCK, rng=rng)
    open_visit(store, client.id, clock=CLOCK, rng=rng, reason="frozen shoulder")
    return store


def secrets_found(folder: Path, store: Store) -> list[str]:
    """Name the files that hold the pseudonym, the reason for the visit, or a key, readably."""
    client = store.clients.all()[0].id
    keys = [store.master.secret, *(store.keys.sealer(client, purpose).key for purpose in Purpose)]
    words = [client.encode(), b"frozen shoulder", *keys, *(key.hex().encode() for key in keys)]
    return [
        path.name
        for path in sorted(folder.iterdir())
        if any(word in path.read_bytes() for word in words)
    ]


def test_encrypted_files_hold_nothing_readable_while_open_or_closed(tmp_path: Path) -> None:
    with filled(tmp_path, plain=False) as store:
        files = {path.name for path in tmp_path.iterdir()}
        assert "store.db-wal" in files
        assert secrets_found(tmp_path, store) == []
    assert not (tmp_path / "store.db").read_bytes().startswith(PLAIN_HEADER)
    with open_store(tmp_path, clock=CLOCK, passphrase=PASSPHRASE) as store:
        assert secrets_found(tmp_path, store) == []


def test_plain_files_are_readable_so_that_the_search_above_can_find(tmp_path: Path) -> None:
    with filled(tmp_path, plain=True) as store:
        found = secrets_found(tmp_path, store)
    assert (tmp_path / "store.db").read_bytes().startswith(PLAIN_HEADER)
    assert "store.json" in found
    assert any(name.startswith("store.db") for name in found)


def test_what_was_said_of_a_client_is_sealed_even_in_a_plain_database(tmp_path: Path) -> None:
    filled(tmp_path, plain=True).close()
    assert b"frozen shoulder" not in (tmp_path / "store.db").read_bytes()


def test_wrong_passphrase_is_refused_quietly_and_changes_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    filled(tmp_path, plain=False).close()
    before = contents(tmp_path)
    with pytest.raises(StoreLocked, match="does not open"):
        open_store(tmp_path, clock=CLOCK, passphrase=PASSPHRASE.upper())
    assert contents(tmp_path) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("none", [None, "", lambda _new: None, lambda _new: ""])
def test_no_passphrase_leaves_an_encrypted_store_locked(tmp_path: Path, none: str | None) -> None:
    filled(tmp_path, plain=False).close()
    with pytest.raises(StoreLocked) as caught:
        open_store(tmp_path, clock=CLOCK, passphrase=none)
    assert "TISSUESENSE_PASSPHRASE" in caught.value.hint


def test_new_store_without_a_passphrase_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with pytest.raises(UsageError) as caught:
        open_store(folder, clock=CLOCK, create=True)
    assert "TISSUESENSE_PASSPHRASE" in caught.value.hint
    assert "--plain" in caught.value.hint
    assert not folder.exists()


def test_person_is_asked_only_where_the_environment_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def ask(new: bool) -> str:
        asked.append(new)
        return PASSPHRASE

    open_store(tmp_path, clock=CLOCK, create=True, passphrase=ask).close()
    open_store(tmp_path, clock=CLOCK, create=True, passphrase=ask).close()
    assert asked == [True, False]
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", PASSPHRASE)
    open_store(tmp_path, clock=CLOCK, passphrase=ask).close()
    assert asked == [True, False]


def test_store_that_is_encrypted_stays_so_when_plain_is_asked_for(tmp_path: Path) -> None:
    filled(tmp_path, plain=False).close()
    with pytest.raises(StoreLocked):
        open_store(tmp_path, clock=CLOCK, create=True, plain=True)


def test_reading_where_there_is_no_store_says_so_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(RecordNotFound, match="no store"):
        open_store(tmp_path, clock=CLOCK)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_the_owner_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    old = os.umask(0o002)
    try:
        with filled(folder, plain=False):
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
            assert set(modes.values()) == {0o600}, modes
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_folder_that_holds_other_things_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    tmp_path.chmod(0o755)
    filled(tmp_path, plain=True).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize(
    "marker", ["", "[]", "{}", '{"format": "x"}', '{"format": 2}', '{"format": 2, "safe": {}}']
)
def test_damaged_marker_is_an_error_that_names_the_cure(tmp_path: Path, marker: str) -> None:
    filled(tmp_path, plain=True).close()
    (tmp_path / "store.json").write_text(marker)
    before = contents(tmp_path)
    with pytest.raises(RecordError, match="damaged") as caught:
        open_store(tmp_path, clock=CLOCK)
    assert "backup" in caught.value.hint
    assert contents(tmp_path) == before


def test_store_of_the_time_before_the_first_release_is_refused_untouched(tmp_path: Path) -> None:
    filled(tmp_path, plain=True).close()
    (tmp_path / "store.json").write_text('{"format": 1, "encrypted": false}')
    before = contents(tmp_path)
    with pytest.raises(RecordError, match="before the first release"):
        open_store(tmp_path, clock=CLOCK)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut off", "of another store"])
def test_keys_that_are_gone_are_said_and_no_new_ones_are_made(
    tmp_path: Path, plain: bool, damage: str
) -> None:
    folder, keys = tmp_path / "store", tmp_path / "store" / "keys.db"
    filled(folder, plain=plain).close()
    if damage == "missing":
        keys.unlink()
    elif damage == "empty":
        keys.write_bytes(b"")
    elif damage == "cut off":
        keys.write_bytes(keys.read_bytes()[:100])
    else:
        filled(tmp_path / "other", plain=plain).close()
        keys.write_bytes((tmp_path / "other" / "keys.db").read_bytes())
    before = contents(folder)
    if plain and damage == "of another store":  # it reads well, and opens nothing
        with open_store(folder, clock=CLOCK) as store:
            assert not verify(store).ok
        return
    with pytest.raises(RecordError, match=r"keys\.db"):
        open_store(folder, clock=CLOCK, passphrase=PASSPHRASE)
    assert contents(folder) == before


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("file", ["store.db", "keys.db"])
def test_file_that_is_no_database_is_an_error(tmp_path: Path, file: str, plain: bool) -> None:
    filled(tmp_path, plain=plain).close()
    (tmp_path / file).write_bytes(b"not a database at all" * 400)
    with pytest.raises(RecordError, match="damaged"):
        open_store(tmp_path, clock=CLOCK, passphrase=PASSPHRASE)


def test_database_that_was_cut_off_is_not_begun_anew(tmp_path: Path) -> None:
    filled(tmp_path, plain=True).close()
    (tmp_path / "store.db").write_bytes(b"S")
    with pytest.raises(RecordError, match="cut off"):
        open_store(tmp_path, clock=CLOCK)
    assert (tmp_path / "store.db").read_bytes() == b"S"


def test_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    filled(tmp_path, plain=True).close()
    (tmp_path / "store.db").unlink()
    (tmp_path / "store.db").mkdir()
    with pytest.raises(RecordError, match="cannot be opened"):
        open_store(tmp_path, clock=CLOCK)


def test_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordError, match="cannot be made"):
        open_store(tmp_path / "file" / "store", clock=CLOCK, create=True, plain=True)


def test_option_goes_before_environment_and_environment_before_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert data_folder() not in {tmp_path, Path.cwd()}
    monkeypatch.setenv("TISSUESENSE_DATA", str(tmp_path / "named"))
    assert data_folder() == tmp_path / "named"
    assert data_folder(tmp_path) == tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    """Return a folder in which the making of a store stopped before the first table."""
    (tmp_path / "store.json").write_text('{"format": 2, "safe": {}}')
    (tmp_path / "store.db").touch()
    return tmp_path


def test_store_whose_making_was_interrupted_is_made_whole(interrupted: Path) -> None:
    with open_store(interrupted, clock=CLOCK, create=True, plain=True) as store:
        assert store.clients.all() == ()


DIES_BEFORE_ITS_TABLES = """
import os, sys
from pathlib import Path
import alembic.command
from tissuesense.core.clock import ManualClock
from tissuesense.store.opening import open_store

alembic.command.upgrade = lambda *_: os._exit(9)
open_store(Path(sys.argv[1]), clock=ManualClock(), create=True, passphrase="first")
"""


def test_store_whose_making_was_killed_is_none_and_takes_no_passphrase(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIES_BEFORE_ITS_TABLES, str(tmp_path)], check=False, timeout=60
    )
    assert died.returncode == 9
    with pytest.raises(RecordNotFound, match="no store"):
        open_store(tmp_path, clock=CLOCK, passphrase="second")  # noqa: S106 - lives for a test
    filled(tmp_path, plain=False).close()
    with pytest.raises(StoreLocked):
        open_store(tmp_path, clock=CLOCK, passphrase="second")  # noqa: S106 - lives for a test
    with open_store(tmp_path, clock=CLOCK, passphrase=PASSPHRASE) as store:
        assert len(store.clients.all()) == 1


def test_store_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("alembic.command.upgrade", disk_full)
    with pytest.raises(RecordError, match="No space left"):
        open_store(tmp_path, clock=CLOCK, create=True, plain=True)
    assert list(tmp_path.iterdir()) == []


def test_database_that_lost_its_marker_is_not_replaced(tmp_path: Path) -> None:
    filled(tmp_path, plain=True).close()
    (tmp_path / "store.json").unlink()
    before = contents(tmp_path)
    with pytest.raises(RecordError, match="without its"):
        open_store(tmp_path, clock=CLOCK, create=True, plain=True)
    assert contents(tmp_path) == before


def test_keys_of_a_store_whose_database_is_gone_are_put_aside(tmp_path: Path) -> None:
    with open_store(tmp_path, clock=ManualClock(), create=True, plain=True) as store:
        store.keys.make(ClientId("TS-00000"))
    before = {name: (tmp_path / name).read_bytes() for name in ("store.json", "keys.db")}
    (tmp_path / "store.db").unlink()
    open_store(tmp_path, clock=ManualClock(), create=True, plain=True).close()
    aside = [path.read_bytes() for path in tmp_path.glob("*-without-database-*")]
    assert sorted(aside) == sorted(before.values())
