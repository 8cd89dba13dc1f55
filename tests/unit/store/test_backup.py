"""A backup holds the ledger as of one moment and nothing in the open, and shows every change."""

import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests.unit.services.filled_store import CLOCK, PASSPHRASE, client_ids, filled

from tissuesense.core.errors import RecordError, RecordNotFound, RecordTampered, SchemaTooNew
from tissuesense.record.audit import ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.services.backing_up import back_up
from tissuesense.services.records import add_client
from tissuesense.services.restoring import by_passphrase, check
from tissuesense.store.backup import keys_beside, read_manifest, unpack_ledger
from tissuesense.store.client_keys import Purpose
from tissuesense.store.engine import connect
from tissuesense.store.key_file import covers, read_key_file
from tissuesense.store.ledger_copy import copy_ledger
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.schema import INDEX, WrappedKeyRow

PLAIN = pytest.mark.parametrize("plain", [True, False], ids=["plain", "encrypted"])


def rows_of(store: Store, database: Path, *, plain: bool) -> dict[str, int]:
    """Return how many rows each table of a copied ledger has."""
    engine = connect(database, None if plain else store.master.derive("database"))
    try:
        with engine.connect() as connection:
            tables = ("entry", "raw", *(table.__tablename__ for table in INDEX))
            return {
                name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608 - names of ours
                for name in tables
            }
    finally:
        engine.dispose()


def checked(backup: Path) -> None:
    check(backup, opener=by_passphrase(PASSPHRASE), clock=CLOCK, rng=np.random.default_rng(1))


@PLAIN
def test_ledger_and_raw_data_are_in_it_and_no_row_of_the_index(tmp_path: Path, plain: bool) -> None:
    with filled(tmp_path / "store", plain=plain) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
        unpack_ledger(made.path, tmp_path / "ledger.db", store.master)
        rows = rows_of(store, tmp_path / "ledger.db", plain=plain)
        entries, head = store.ledger.head()
    facts = made.manifest.facts
    assert (facts.entries, facts.head, facts.clients, facts.measurements) == (entries, head, 3, 3)
    assert (rows.pop("entry"), rows.pop("raw")) == (entries, 3)
    assert set(rows.values()) == {0}


def test_nothing_of_an_encrypted_backup_can_be_read(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=False) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
        words = [b"Frieda", b"headache", b"on fire", *(c.encode() for c in client_ids(store))]
        with store.keys.transaction() as session:
            keys = [row.wrapped for row in session.scalars(select(WrappedKeyRow))]
    assert len(keys) == 6
    for file in (made.path, made.keys):
        content = file.read_bytes()
        assert [word for word in words if word in content] == []
        # Not even wrapped: a key that is destroyed must not live on in the file that is copied.
        assert [key for key in keys if key in content or key.hex().encode() in content] == []


def test_plain_backup_says_so_and_holds_no_name(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    assert not made.encrypted
    assert b"Frieda" not in made.path.read_bytes()


@PLAIN
def test_somebody_who_is_writing_is_not_waited_for_and_not_in_it(
    tmp_path: Path, plain: bool
) -> None:
    with (
        filled(tmp_path / "store", plain=plain) as store,
        open_store(tmp_path / "store", clock=CLOCK, passphrase=PASSPHRASE) as other,
    ):
        before = store.ledger.head()
        with other.transaction():
            add_client(other, clock=CLOCK, rng=np.random.default_rng(5))
            facts = copy_ledger(store, tmp_path / "copy.db", clock=CLOCK)
        assert (facts.entries, facts.head) == before
        assert store.ledger.head() != before


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a backup of a plain store, which takes no slow key to open."""
    folder = tmp_path_factory.mktemp("backup")
    with filled(folder / "store", plain=True) as store:
        return back_up(store, folder / "a.backup", clock=CLOCK).path


def copied(backup: Path, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    shutil.copy(keys_beside(backup), folder)
    return Path(shutil.copy(backup, folder))


def test_whole_backup_passes_so_that_the_flips_below_can_fail(backup: Path) -> None:
    checked(backup)


@settings(max_examples=60)
@given(data=st.data())
def test_flipped_bit_anywhere_is_noticed(
    backup: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    file = copied(backup, tmp_path_factory.mktemp("flipped"))
    file = data.draw(st.sampled_from([file, keys_beside(file)]))
    content = bytearray(file.read_bytes())
    place = data.draw(
        st.integers(0, len(content) - 1)
        # The ends of the file, where names, lengths and the mark are, would hardly be hit.
        | st.integers(0, 3000).map(lambda n: min(n, len(content) - 1))
        | st.integers(1, 300).map(lambda n: max(0, len(content) - n))
    )
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(content)
    with pytest.raises(RecordError):
        checked(file.with_suffix("") if file.suffix == ".keys" else file)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
@pytest.mark.parametrize("which", ["backup", "keys"])
def test_file_that_was_cut_off_is_noticed(
    backup: Path, tmp_path: Path, which: str, share: float
) -> None:
    file = copied(backup, tmp_path / "cut")
    cut = file if which == "backup" else keys_beside(file)
    content = cut.read_bytes()
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(RecordTampered):
        checked(file)


def test_bytes_behind_the_end_are_noticed(backup: Path, tmp_path: Path) -> None:
    file = copied(backup, tmp_path / "longer")
    file.write_bytes(file.read_bytes() + b"more")
    with pytest.raises(RecordTampered):
        checked(file)


def packed(path: Path, manifest: object, *, compression: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("ledger.db", b"")
    return path


@pytest.mark.parametrize("manifest", [{}, [], "text", 7, {"format": 1}, {"format": "other/1"}])
def test_zip_of_something_else_is_no_backup(tmp_path: Path, manifest: object) -> None:
    with pytest.raises(RecordTampered, match="no backup"):
        read_manifest(packed(tmp_path / "a.zip", manifest))


def test_manifest_that_unpacks_to_more_than_it_takes_is_not_unpacked(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "a.zip", " " * 10_000_000, compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(RecordTampered, match="no backup"):
        read_manifest(bomb)


def test_backup_of_a_later_version_is_left_to_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaTooNew, match="format 2"):
        read_manifest(packed(tmp_path / "a.zip", {"format": "tissuesense.backup/2"}))


@pytest.mark.parametrize("there", [False, True], ids=["missing", "folder"])
def test_file_that_cannot_be_opened_is_an_error(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "a.backup").mkdir()
    with pytest.raises(RecordNotFound, match="cannot be read"):
        checked(tmp_path / "a.backup")


def test_manifest_edited_by_who_has_no_key_is_noticed(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=False, clients=1) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    with zipfile.ZipFile(made.path) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
        mark = archive.comment
    assert b'"clients": 1' in files["manifest.json"]
    with zipfile.ZipFile(made.path, "w") as archive:
        archive.comment = mark
        archive.writestr("manifest.json", files["manifest.json"].replace(b": 1,", b": 2,"))
        archive.writestr("ledger.db", files["ledger.db"])
    with pytest.raises(RecordTampered, match="not as it was written"):
        checked(made.path)


def test_keys_of_another_store_are_refused(tmp_path: Path) -> None:
    with (
        filled(tmp_path / "one", plain=True, clients=1) as one,
        filled(tmp_path / "two", plain=True, clients=1) as two,
    ):
        mine = back_up(one, tmp_path / "one.backup", clock=CLOCK)
        other = back_up(two, tmp_path / "two.backup", clock=CLOCK)
    shutil.copy(other.keys, mine.keys)
    with pytest.raises(RecordTampered, match="another store"):
        checked(mine.path)


def test_keys_taken_out_are_those_of_the_scope_and_no_other(backup: Path) -> None:
    with open_store(backup.parent / "store", clock=CLOCK) as store:
        content = read_key_file(keys_beside(backup), store.master)
    one, two, three = sorted({key.client for key in content.keys})
    erased = {one: ErasureScope.EVERYTHING, two: ErasureScope.IDENTITY}
    left = {(key.client, key.purpose) for key in content.without(erased).keys}
    assert left == {(two, Purpose.RECORD), *((three, purpose) for purpose in Purpose)}
    assert content.without(erased).erased == erased
    assert content.without({ClientId("TS-00000"): ErasureScope.EVERYTHING}).keys == content.keys


def test_no_erasure_covers_no_key() -> None:
    assert not any(covers(None, purpose) for purpose in Purpose)
