"""Whatever is changed behind the program's back is noticed, and the first broken entry is named."""
# ruff: noqa: S608 - every statement is put together from this file's own words

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.unit.services.filled_store import CLOCK, PASSPHRASE, client_ids, filled

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError, TissueSenseError, UsageError
from tissuesense.record.audit import ErasureScope
from tissuesense.record.visit import VisitId
from tissuesense.services.care import enter, strike_out
from tissuesense.services.erasing import erase, plan_erasure
from tissuesense.services.records import add_client, open_visit
from tissuesense.store.index_rebuild import rebuild_index
from tissuesense.store.key_derivation import Effort
from tissuesense.store.key_safe import change_passphrase, new_safe
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.schema import INDEX
from tissuesense.store.verification import Verification, verify

PLAN = {"starts_on": "2026-01-05", "phases": [{"per_week": 2, "weeks": 4}, {"every_weeks": 5}]}
FILES = ("store.db", "keys.db", "store.json")
Alter = Callable[..., None]


def written(folder: Path, *, plain: bool) -> Path:
    """Leave a closed store in which every table has rows, and one entry was superseded."""
    rng = np.random.default_rng(2)
    with filled(folder, plain=plain) as store:
        for _ in range(2):
            enter(store, "care_plan", PLAN, clock=CLOCK, rng=rng, client=client_ids(store)[0])
        measured = next(row for row in store.ledger.rows() if row.kind == "measurement")
        void = {"measurement": store.ledger.opened(measured).statement.id, "why": "another site"}
        strike_out(store, VisitId(str(measured.visit_id)), void, clock=CLOCK, rng=rng)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a plain store that nobody touches."""
    return written(tmp_path_factory.mktemp("whole") / "store", plain=True)


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "store"))


@pytest.fixture
def alter(folder: Path) -> Alter:
    """Return what changes the database as somebody would who has the file and knows SQLite."""

    def alter(*statements: str, file: str = "store.db") -> None:
        connection = sqlite3.connect(folder / file, isolation_level=None)
        try:
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            triggers = connection.execute(query).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert connection.execute(statement).rowcount > 0, statement
            for _, sql in triggers:
                connection.execute(sql)
        finally:
            connection.close()

    return alter


def verified(folder: Path, *, expected: str | None = None) -> Verification:
    with open_store(folder, clock=CLOCK, passphrase=PASSPHRASE) as store:
        return verify(store, expected=expected)


def entry_of(folder: Path, where: str) -> tuple[int, str]:
    """Return place and id of the first entry for which a condition holds."""
    connection = sqlite3.connect(folder / "store.db")
    try:
        query = f"SELECT seq, id FROM entry WHERE {where} ORDER BY seq"
        found: tuple[int, str] = connection.execute(query).fetchone()
    finally:
        connection.close()
    return found


def names(found: Verification, entry: tuple[int, str]) -> bool:
    return found.broken is not None and (found.broken.seq, found.broken.id) == entry


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_whole_store_is_whole_and_its_head_is_that_of_the_ledger(whole: Path) -> None:
    with open_store(whole, clock=CLOCK) as store:
        found = verify(store)
        entries, head = store.ledger.head()
    assert found.to_dict() == {
        "ok": True,
        "head": head,
        "entries": entries,
        "clients": 3,
        "measurements": 3,
        "erased_clients": 0,
        "broken": None,
        "warnings": [],
    }


def test_empty_store_is_whole(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", clock=CLOCK, create=True, plain=True) as store:
        found = verify(store)
    assert (found.ok, found.entries, found.head) == (True, 0, "0" * 64)


def test_verifying_changes_nothing(folder: Path) -> None:
    before = contents(folder)
    assert verified(folder).ok
    assert contents(folder) == before


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody else'",
        "kind = 'note'",
        "recorded_at = '2025-12-31 09:00:00.000000'",
        "recorded_at = replace(recorded_at, ' ', 'T')",  # the same moment, kept as other bytes
        "recorded_at = 'yesterday'",
        "visit_id = NULL",
        "client_id = NULL",
        "client_id = 'TS-00000'",
        "supersedes = 'E-0000000000'",
        "id = 'E-0000000000'",
        "id = CAST(id AS BLOB)",
        "actor = CAST(x'ff' AS TEXT)",  # no text at all
        "sealed = substr(sealed, 1, length(sealed) - 1) || x'00'",
        "sealed = zeroblob(40)",
        "sealed = 'text'",
        f"hash = '{'0' * 64}'",
    ],
)
def test_an_altered_entry_is_named(folder: Path, alter: Alter, change: str) -> None:
    seq, name = entry_of(folder, "kind = 'palpation'")
    alter(f"UPDATE entry SET {change} WHERE seq = {seq}")
    found = verified(folder)
    assert found.broken is not None
    assert found.broken.seq == seq
    if not change.startswith("id"):
        assert found.broken.id == name
    assert not found.only_index


def test_of_two_altered_entries_the_first_is_named(folder: Path, alter: Alter) -> None:
    alter("UPDATE entry SET actor = 'x' WHERE seq IN (5, 9)")
    found = verified(folder)
    assert found.broken is not None
    assert (found.broken.seq, found.places) == (5, 2)


def test_an_entry_that_was_taken_out_is_named_by_its_place(folder: Path, alter: Alter) -> None:
    alter("DELETE FROM entry WHERE seq = 7")
    found = verified(folder)
    assert found.broken is not None
    assert (found.broken.seq, found.broken.id) == (7, None)
    assert "missing" in found.broken.what


def test_two_entries_that_changed_places_are_noticed(folder: Path, alter: Alter) -> None:
    alter(
        "UPDATE entry SET seq = 0 WHERE seq = 4",
        "UPDATE entry SET seq = 4 WHERE seq = 5",
        "UPDATE entry SET seq = 5 WHERE seq = 0",
    )
    found = verified(folder)
    assert found.broken is not None
    assert found.broken.seq == 4


def test_an_end_that_was_cut_off_is_seen_by_an_expected_head_alone(
    folder: Path, alter: Alter
) -> None:
    before = verified(folder)
    last = before.entries
    assert verified(folder, expected=before.head).ok
    # The second care plan: with it goes what the index has of it, and the first one comes back.
    alter(f"DELETE FROM entry WHERE seq = {last}")
    with open_store(folder, clock=CLOCK) as store:
        rebuild_index(store)
    assert verified(folder).ok
    found = verified(folder, expected=before.head)
    assert found.broken is not None
    assert "expected head" in found.broken.what


def test_an_older_head_still_holds_when_more_was_written(folder: Path) -> None:
    head = verified(folder).head
    with open_store(folder, clock=CLOCK) as store:
        add_client(store, clock=CLOCK, rng=np.random.default_rng(9))
    assert verified(folder, expected=head).ok
    assert verified(folder, expected=f" {head[:16].upper()} ").ok
    assert not verified(folder, expected="0123456789abcdef").ok


@pytest.mark.parametrize("head", ["", "0123", "z" * 64, "0" * 65])
def test_what_is_no_head_is_a_wrong_call(whole: Path, head: str) -> None:
    with pytest.raises(UsageError, match="head"):
        verified(whole, expected=head)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE raw SET trace = zeroblob(100) WHERE measurement_id = {m}",
        "UPDATE raw SET trace = 'text' WHERE measurement_id = {m}",
        "UPDATE raw SET capture = NULL WHERE measurement_id = {m}",
        "UPDATE raw SET capture = trace WHERE measurement_id = {m}",
        "UPDATE raw SET client_id = 'TS-00000' WHERE measurement_id = {m}",
        "UPDATE raw SET measurement_id = 'M-00000000' WHERE measurement_id = {m}",
        "DELETE FROM raw WHERE measurement_id = {m}",
    ],
)
def test_raw_data_that_are_not_those_of_their_measurement_are_noticed(
    folder: Path, alter: Alter, change: str
) -> None:
    entry = entry_of(folder, "kind = 'measurement'")
    measurement = f"(SELECT id FROM measurement WHERE entry_id = '{entry[1]}')"
    alter(change.format(m=measurement))
    found = verified(folder)
    assert names(found, entry)
    assert not found.only_index


def test_raw_data_of_another_measurement_are_noticed(folder: Path, alter: Alter) -> None:
    entry = entry_of(folder, "kind = 'measurement'")
    mine = f"measurement_id = (SELECT id FROM measurement WHERE entry_id = '{entry[1]}')"
    other = f"(SELECT trace FROM raw WHERE NOT {mine} LIMIT 1)"
    alter(f"UPDATE raw SET trace = {other} WHERE {mine}")
    assert names(verified(folder), entry)


def test_raw_data_of_no_measurement_are_noticed(folder: Path, alter: Alter) -> None:
    alter("INSERT INTO raw SELECT 'M-00000000', client_id, trace, capture FROM raw LIMIT 1")
    found = verified(folder)
    assert found.broken is not None
    assert "no measurement" in found.broken.what


COLUMNS = [(table.__tablename__, c.name) for table in INDEX for c in table.__table__.columns]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_value_of_the_index_is_held_against_its_entry(
    folder: Path, alter: Alter, table: str, column: str
) -> None:
    chosen = f"(SELECT rowid FROM {table} ORDER BY rowid LIMIT 1)"
    entry = entry_of(folder, f"id = (SELECT entry_id FROM {table} ORDER BY rowid LIMIT 1)")
    value = f"CASE typeof({column}) WHEN 'text' THEN {column} || ' ' WHEN 'null' THEN 7 "
    value += f"ELSE {column} + 1 END"
    alter(f"UPDATE {table} SET {column} = {value} WHERE rowid = {chosen}")
    found = verified(folder)
    assert names(found, entry)
    assert found.only_index


@pytest.mark.parametrize("table", [table.__tablename__ for table in INDEX])
def test_a_row_that_left_the_index_or_came_into_it_is_noticed(
    folder: Path, alter: Alter, table: str
) -> None:
    entry = entry_of(folder, f"id = (SELECT entry_id FROM {table} ORDER BY rowid LIMIT 1)")
    key = {"plan": "client_id", "value": "quantity"}.get(table, "id")
    columns = [name for of, name in COLUMNS if of == table]
    listed = ", ".join(columns)
    values = ", ".join("'other'" if column == key else column for column in columns)
    alter(
        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} "
        f"WHERE entry_id = '{entry[1]}' LIMIT 1"
    )
    found = verified(folder)
    assert names(found, entry)
    alter(f"DELETE FROM {table} WHERE entry_id = '{entry[1]}'")
    found = verified(folder)
    assert names(found, entry)
    assert found.only_index


def test_the_least_bit_of_a_number_in_the_index_is_noticed(folder: Path, alter: Alter) -> None:
    alter("UPDATE value SET value = value * (1 + 2.3e-16) WHERE value > 1")
    found = verified(folder)
    assert found.only_index
    assert found.broken is not None
    assert "value" in found.broken.what


def test_a_superseded_entry_has_nothing_in_the_index(folder: Path, alter: Alter) -> None:
    old = entry_of(folder, "kind = 'care_plan'")
    alter(f"UPDATE plan SET entry_id = '{old[1]}'")
    assert names(verified(folder), old)


def test_rows_of_no_entry_are_noticed(folder: Path, alter: Alter) -> None:
    alter("UPDATE palpation SET id = 'x', entry_id = 'E-0000000000' WHERE rowid = 1")
    seq, _ = entry_of(folder, "kind = 'palpation'")
    found = verified(folder)
    assert found.only_index
    assert found.places == 2
    assert found.broken is not None
    assert found.broken.seq == seq


def everything(folder: Path) -> list[str]:
    """Return what both databases hold, value by value and type by type."""
    dump = []
    for file in FILES[:2]:
        connection = sqlite3.connect(folder / file)
        connection.text_factory = bytes
        try:
            query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            for (table,) in connection.execute(query).fetchall():
                rows = connection.execute(f"SELECT * FROM {table.decode()}")
                dump += sorted(repr((table, row)) for row in rows)
        finally:
            connection.close()
    return dump


def test_index_is_built_again_from_the_entries_and_nothing_else_is_touched(
    folder: Path, alter: Alter
) -> None:
    before = everything(folder)
    alter("DELETE FROM value", "DELETE FROM client", "UPDATE visit SET opened_at = '2020-01-01'")
    assert verified(folder).only_index
    with open_store(folder, clock=CLOCK) as store:
        rebuild_index(store)
        assert verify(store).ok
    assert everything(folder) == before


def test_index_is_not_built_from_entries_that_do_not_open(folder: Path, alter: Alter) -> None:
    alter("UPDATE entry SET sealed = zeroblob(40) WHERE kind = 'palpation'")
    before = everything(folder)
    with open_store(folder, clock=CLOCK) as store, pytest.raises(RecordError):
        rebuild_index(store)
    assert everything(folder) == before


@pytest.mark.parametrize("purpose", ["record", "identity"])
@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM client_key WHERE {where}",
        "UPDATE client_key SET wrapped = zeroblob(60) WHERE {where}",
        "UPDATE client_key SET client_id = 'TS-00000' WHERE {where}",
        "UPDATE client_key SET purpose = 'other' WHERE {where}",
    ],
)
def test_a_key_that_is_gone_without_an_erasure_is_noticed(
    folder: Path, alter: Alter, change: str, purpose: str
) -> None:
    with open_store(folder, clock=CLOCK) as store:
        client = client_ids(store)[1]
    seq, _ = entry_of(folder, f"client_id = '{client}'")
    where = f"client_id = '{client}' AND purpose = '{purpose}'"
    alter(change.format(where=where), file="keys.db")
    found = verified(folder)
    assert found.broken is not None
    assert found.broken.seq == seq
    assert not found.only_index


@pytest.mark.parametrize("scope", list(ErasureScope))
def test_erased_client_leaves_the_store_whole(folder: Path, scope: ErasureScope) -> None:
    with open_store(folder, clock=CLOCK) as store:
        erased(store, scope)
        found = verify(store)
        assert found.broken is None
        rebuild_index(store)
        assert verify(store).ok
    altogether = scope is ErasureScope.EVERYTHING
    assert found.erased_clients == altogether
    assert found.measurements == 3 - altogether
    assert verified(folder).to_dict() == found.to_dict()


def erased(store: Store, scope: ErasureScope) -> None:
    client = client_ids(store)[1]
    clock = ManualClock(CLOCK.now().replace(year=CLOCK.now().year + 60))
    plan = plan_erasure(store, client, clock=clock, scope=scope)
    erase(store, plan, reason="asked for it", clock=clock, rng=np.random.default_rng(4))


def test_an_altered_erasure_is_what_is_named_not_the_client_whose_keys_are_gone(
    folder: Path, alter: Alter
) -> None:
    with open_store(folder, clock=CLOCK) as store:
        erased(store, ErasureScope.EVERYTHING)
    entry = entry_of(folder, "kind = 'erased'")
    alter("UPDATE entry SET sealed = zeroblob(60) WHERE kind = 'erased'")
    assert names(verified(folder), entry)


def test_a_clock_that_was_set_back_is_a_warning_and_no_fault(folder: Path) -> None:
    before = ManualClock(CLOCK.now().replace(year=2020))
    with open_store(folder, clock=before) as store:
        client = add_client(store, clock=before, rng=np.random.default_rng(5))
        open_visit(store, client.id, clock=before, rng=np.random.default_rng(6))
    found = verified(folder)
    assert found.ok
    (warning,) = found.warnings
    assert "earlier time than the one before: 1" in warning


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER entry_no_update",
        "CREATE TRIGGER quietly AFTER INSERT ON entry BEGIN DELETE FROM visit; END",
        "DROP INDEX ix_value_measurement_quantity",
    ],
)
def test_guards_and_indexes_that_are_not_as_made_are_noticed(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "store.db")
    connection.execute(statement)
    connection.close()
    assert not verified(folder).ok


def test_blank_in_the_marker_is_noticed(folder: Path) -> None:
    marker = folder / "store.json"
    marker.write_text(marker.read_text().replace("\n ", "\n\t", 1))
    found = verified(folder)
    assert found.broken is not None
    assert "store.json" in found.broken.what


def test_another_program_may_write_meanwhile(folder: Path) -> None:
    rng = np.random.default_rng(8)

    def write(done: int, _all: int) -> None:
        if done == 3:
            with open_store(folder, clock=CLOCK) as second:
                add_client(second, clock=CLOCK, rng=rng)

    before = verified(folder).entries
    with open_store(folder, clock=CLOCK) as store:
        found = verify(store, progress=write)
    assert (found.ok, found.entries) == (True, before + 1)


def test_progress_comes_to_its_end(whole: Path) -> None:
    steps: list[tuple[int, int]] = []
    with open_store(whole, clock=CLOCK) as store:
        found = verify(store, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(n, found.entries) for n in range(1, found.entries + 1)]


def noticed(folder: Path) -> bool:
    """Whether a store is refused, or found broken; any other error is one of ours."""
    try:
        return not verified(folder).ok
    except TissueSenseError:
        return True


def flipped(source: Path, work: Path, file: str, offset: int, bit: int) -> Path:
    content = bytearray((source / file).read_bytes())
    content[offset] ^= 1 << bit
    return replaced(source, work, file, bytes(content))


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an encrypted store that nobody touches, quick to open."""
    patch = pytest.MonkeyPatch()
    quick = Effort(memory_kib=8, iterations=1, lanes=1)
    for make in (new_safe, change_passphrase):
        assert make.__kwdefaults__ is not None
        patch.setitem(make.__kwdefaults__, "effort", quick)
    try:
        return written(tmp_path_factory.mktemp("encrypted") / "store", plain=False)
    finally:
        patch.undo()


@pytest.mark.parametrize(("file", "flips"), [("store.db", 120), ("keys.db", 60), ("store.json", 0)])
def test_any_flipped_byte_of_an_encrypted_store_is_noticed(
    encrypted: Path, tmp_path: Path, rng: np.random.Generator, file: str, flips: int
) -> None:
    size = (encrypted / file).stat().st_size
    places = rng.choice(size, flips, replace=False) if flips else np.arange(size)
    for offset in [*places.tolist(), 0, 16, size - 1]:
        work = flipped(encrypted, tmp_path / "work", file, offset, int(rng.integers(8)))
        assert noticed(work), (file, offset)


@pytest.mark.parametrize("file", ["store.db", "keys.db"])
def test_any_flipped_byte_of_a_plain_store_is_noticed_or_changes_nothing_of_the_record(
    whole: Path, tmp_path: Path, rng: np.random.Generator, file: str
) -> None:
    before = everything(whole)
    content = (whole / file).read_bytes()
    used = [place for place, byte in enumerate(content) if byte]
    for offset in rng.choice(used, 120, replace=False).tolist():
        work = flipped(whole, tmp_path / "work", file, offset, int(rng.integers(8)))
        assert noticed(work) or everything(work) == before, (file, offset)


@pytest.mark.parametrize("file", ["store.db", "keys.db"])
@pytest.mark.parametrize("encrypt", [True, False], ids=["encrypted", "plain"])
def test_pages_that_are_gone_are_a_finding(
    whole: Path, encrypted: Path, tmp_path: Path, file: str, encrypt: bool
) -> None:
    source = encrypted if encrypt else whole
    content = (source / file).read_bytes()
    pages = range(1, len(content) // 4096)
    for page in pages[:: len(pages) // 12 or 1]:
        start = page * 4096
        damaged = content[:start] + bytes(4096) + content[start + 4096 :]
        assert noticed(replaced(source, tmp_path / "work", file, damaged)), page


@pytest.mark.parametrize("file", ["store.db", "keys.db"])
@pytest.mark.parametrize("encrypt", [True, False], ids=["encrypted", "plain"])
def test_a_file_that_was_cut_off_is_a_finding_unless_nothing_of_the_record_was_cut(
    whole: Path, encrypted: Path, tmp_path: Path, file: str, encrypt: bool
) -> None:
    source = encrypted if encrypt else whole
    content = (source / file).read_bytes()
    for length in (len(content) - 4096, len(content) - 1, 4096, 1, 0):
        work = replaced(source, tmp_path / "work", file, content[:length])
        assert noticed(work) or (not encrypt and everything(work) == everything(whole)), length


def replaced(source: Path, work: Path, file: str, content: bytes) -> Path:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(source, work)
    (work / file).write_bytes(content)
    return work
