"""What was backed up comes back equal, whole or not at all, and old backups make room."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.services.filled_store import CLOCK, PASSPHRASE, client_ids, filled
from tests.unit.services.full_disk import largest_file

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import (
    FileWriteError,
    RecordErased,
    RecordNotFound,
    StoreLocked,
    UsageError,
)
from tissuesense.services.backing_up import Backup, back_up, back_up_into, prune, to_keep
from tissuesense.services.records import add_client, load_client_record
from tissuesense.services.restoring import Restored, by_passphrase, by_recovery_code, check, restore
from tissuesense.store.backup import keys_beside
from tissuesense.store.key_copies import known_copies
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.verification import verify

PLAIN = pytest.mark.parametrize("plain", [True, False], ids=["plain", "encrypted"])
RNG = np.random.default_rng(2)


def restored(backup: Path, to: Path, **more: Path) -> Restored:
    return restore(backup, to, opener=by_passphrase(PASSPHRASE), clock=CLOCK, rng=RNG, **more)


def tried(backup: Path) -> Restored:
    return check(backup, opener=by_passphrase(PASSPHRASE), clock=CLOCK, rng=RNG)


def everything(store: Store) -> dict[str, object]:
    """Return every record and capture, the list of clients and the head."""
    records = {client: load_client_record(store, client) for client in client_ids(store)}
    captures = {
        m.measurement.id: store.raw.capture(m.measurement.id)
        for record in records.values()
        for m in record.measurements()
    }
    assert captures
    return {
        "records": records,
        "captures": captures,
        "summaries": store.clients.summaries(),
        "head": store.ledger.head(),
    }


@PLAIN
def test_restored_store_is_equal_in_every_record_and_capture(tmp_path: Path, plain: bool) -> None:
    with filled(tmp_path / "store", plain=plain, visits=2) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
        before = everything(store)
        name = store.name
    outcome = restored(made.path, tmp_path / "new")
    assert outcome.ok
    assert (outcome.erased, outcome.keyless) == (0, 0)
    with open_store(tmp_path / "new", clock=CLOCK, passphrase=PASSPHRASE) as store:
        assert everything(store) == before
        assert store.name == name
        assert verify(store).ok
    assert (tmp_path / "new" / "store.db").read_bytes().startswith(b"SQLite format 3") == plain


def test_recovery_code_opens_a_backup_and_the_restored_store_gets_a_new_passphrase(
    tmp_path: Path,
) -> None:
    with filled(tmp_path / "store", plain=False, clients=1) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
        code = store.recovery_code
    assert code is not None
    opener = by_recovery_code(code, lambda: "another sentence of words")
    restore(made.path, tmp_path / "new", opener=opener, clock=CLOCK, rng=RNG)
    with pytest.raises(StoreLocked):
        open_store(tmp_path / "new", clock=CLOCK, passphrase=PASSPHRASE)
    with open_store(
        tmp_path / "new",
        clock=CLOCK,
        passphrase="another sentence of words",  # noqa: S106 - lives for a test
    ) as store:
        assert len(store.clients.all()) == 1


@pytest.mark.parametrize("passphrase", ["wrong", None])
def test_backup_stays_locked_without_its_passphrase(
    tmp_path: Path, passphrase: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TISSUESENSE_PASSPHRASE", raising=False)
    with filled(tmp_path / "store", plain=False, clients=1) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    with pytest.raises(StoreLocked):
        restore(made.path, tmp_path / "new", opener=by_passphrase(passphrase), clock=CLOCK, rng=RNG)
    assert left_in(tmp_path) == {"store", "a.backup", "a.backup.keys"}


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_check_only_reads(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in (made.path, made.keys)}
    assert tried(made.path).ok
    assert left_in(tmp_path) == {"store", "a.backup", "a.backup.keys"}
    assert before == {f: (f.read_bytes(), f.stat().st_mtime_ns) for f in (made.path, made.keys)}


def test_backup_that_was_moved_is_restored_with_its_keys_named(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    shutil.move(made.keys, tmp_path / "drawer")
    with pytest.raises(RecordNotFound, match=r"a\.backup\.keys.*clients' keys") as caught:
        restored(made.path, tmp_path / "new")
    assert "--keys" in caught.value.hint
    assert not (tmp_path / "new").exists()
    assert restored(made.path, tmp_path / "new", keys=tmp_path / "drawer").ok


def test_client_whose_key_did_not_come_is_erased_in_the_new_store_and_the_others_are_whole(
    tmp_path: Path,
) -> None:
    with filled(tmp_path / "store", plain=True, clients=2) as store:
        early = back_up(store, tmp_path / "early.backup", clock=CLOCK)
        late_client = add_client(store, clock=CLOCK, rng=RNG).id
        late = back_up(store, tmp_path / "late.backup", clock=CLOCK)
        first = client_ids(store)[0]
        before = load_client_record(store, first)
    outcome = restored(late.path, tmp_path / "new", keys=early.keys)
    assert (outcome.keyless, outcome.ok) == (1, False)
    with open_store(tmp_path / "new", clock=CLOCK) as store:
        assert load_client_record(store, first) == before
        with pytest.raises(RecordErased):
            store.keys.sealer(late_client)
        with pytest.raises(RecordNotFound):
            load_client_record(store, late_client)
        assert verify(store).ok


@pytest.mark.parametrize("there", ["file", "store", "something"])
def test_what_is_there_already_is_not_restored_over(tmp_path: Path, there: str) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
        before = store.ledger.head()
    to = tmp_path / there
    if there == "file":
        to.write_text("mine")
    elif there == "something":
        to.mkdir()
        (to / "mine").touch()
    with pytest.raises(UsageError, match="not empty"):
        restored(made.path, to)
    with open_store(tmp_path / "store", clock=CLOCK) as store:
        assert store.ledger.head() == before


def test_empty_folder_is_as_good_as_none(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    (tmp_path / "new").mkdir()
    assert restored(made.path, tmp_path / "new").ok


def test_restored_store_knows_the_files_of_keys_that_the_first_one_knew(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        one = back_up(store, tmp_path / "1.backup", clock=CLOCK)
        two = back_up(store, tmp_path / "2.backup", clock=CLOCK)
    restored(two.path, tmp_path / "new")
    with open_store(tmp_path / "new", clock=CLOCK) as store:
        assert {copy.path for copy in known_copies(store)} == {one.keys, two.keys}


@pytest.mark.parametrize("there", ["a.backup", "a.backup.keys"])
def test_existing_file_is_replaced_only_when_that_was_said(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with filled(tmp_path / "store", plain=True) as store:
        with pytest.raises(UsageError, match="exists already"):
            back_up(store, tmp_path / "a.backup", clock=CLOCK)
        assert (tmp_path / there).read_text() == "mine"
        back_up(store, tmp_path / "a.backup", clock=CLOCK, force=True)
    assert tried(tmp_path / "a.backup").ok


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_only_the_owner_may_read_a_backup(tmp_path: Path) -> None:
    old = os.umask(0o002)
    try:
        with filled(tmp_path / "store", plain=True) as store:
            made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
        restored(made.path, tmp_path / "new")
    finally:
        os.umask(old)
    files = (made.path, made.keys, *(tmp_path / "new").iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with filled(tmp_path / "store", plain=True, visits=4) as store:
        largest = (tmp_path / "store" / "store.db").stat().st_size
        for room in (1000, largest // 8, largest // 3):
            with largest_file(room), pytest.raises(FileWriteError, match="cannot be written"):
                back_up(store, tmp_path / "out" / "a.backup", clock=CLOCK)
            assert left_in(tmp_path / "out") == set()
        assert verify(store).ok
        assert known_copies(store) == ()
        back_up(store, tmp_path / "out" / "a.backup", clock=CLOCK)
    assert tried(tmp_path / "out" / "a.backup").ok


def test_full_disk_while_restoring_leaves_nothing(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True, visits=4) as store:
        made = back_up(store, tmp_path / "a.backup", clock=CLOCK)
    before = left_in(tmp_path)
    with largest_file(made.path.stat().st_size // 2), pytest.raises(FileWriteError):
        restored(made.path, tmp_path / "new")
    assert left_in(tmp_path) == before


@pytest.mark.parametrize("out", ["missing/a.backup", "file/a.backup"])
def test_place_that_cannot_be_written_to_is_said(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").touch()
    with filled(tmp_path / "store", plain=True) as store:
        with pytest.raises(FileWriteError, match="cannot be written"):
            back_up(store, tmp_path / out, clock=CLOCK)
        assert known_copies(store) == ()


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="nobody is refused anything here"
)
def test_folder_that_may_not_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with filled(tmp_path / "store", plain=True) as store:
        (tmp_path / "out").chmod(0o500)
        try:
            with pytest.raises(FileWriteError, match="cannot be written"):
                back_up(store, tmp_path / "out" / "a.backup", clock=CLOCK)
        finally:
            (tmp_path / "out").chmod(0o700)
    assert left_in(tmp_path / "out") == set()


BACKS_UP_FOREVER = """
import sys
from pathlib import Path
from tissuesense.core.clock import ManualClock
from tissuesense.services.backing_up import back_up
from tissuesense.store.opening import open_store

clock = ManualClock()
with open_store(Path(sys.argv[1]), clock=clock) as store:
    print("ready", flush=True)
    while True:
        back_up(store, Path(sys.argv[2]), clock=clock, force=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal that nobody can catch")
def test_killed_at_any_moment_there_is_a_whole_backup_or_none(tmp_path: Path) -> None:
    out = tmp_path / "out" / "a.backup"
    out.parent.mkdir()
    filled(tmp_path / "store", plain=True, visits=4).close()
    seen = set()
    for after_s in (0.0, 0.01, 0.03, 0.07, 0.11, 0.19, 0.29):
        words = [sys.executable, "-c", BACKS_UP_FOREVER, str(tmp_path / "store"), str(out)]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(after_s)
            running.send_signal(signal.SIGKILL)
        seen.add(out.exists())
        if out.exists():
            assert tried(out).ok
    assert True in seen
    # The next backup clears away what the last one left.
    with open_store(tmp_path / "store", clock=CLOCK) as store:
        back_up(store, out, clock=CLOCK, force=True)
        assert verify(store).ok
    assert left_in(out.parent) == {"a.backup", "a.backup.keys"}


MOMENTS = st.lists(
    st.integers(0, 3 * 365 * 24 * 60).map(
        lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    )
)


@given(MOMENTS)
def test_newest_is_kept_and_never_more_than_there_are_periods(made: list[datetime]) -> None:
    kept = to_keep(made)
    assert kept <= set(made)
    assert len(kept) <= 7 + 4 + 12
    assert not made or max(made) in kept


@given(MOMENTS)
def test_pruning_what_is_pruned_removes_nothing(made: list[datetime]) -> None:
    assert to_keep(to_keep(made)) == to_keep(made)


@given(MOMENTS)
def test_last_of_each_of_the_last_seven_days_is_kept(made: list[datetime]) -> None:
    days = sorted({moment.date() for moment in made}, reverse=True)[:7]
    for day in days:
        assert max(moment for moment in made if moment.date() == day) in to_keep(made)


def test_a_backup_a_day_for_two_years_leaves_days_weeks_and_months() -> None:
    today = datetime(2026, 6, 17, 20, tzinfo=UTC)
    made = [today - timedelta(days=n) for n in range(730)]
    kept = sorted(to_keep(made), reverse=True)
    assert kept[:7] == made[:7]
    assert min(kept) == datetime(2025, 7, 31, 20, tzinfo=UTC)


def test_daily_backups_make_room_and_nothing_else_is_touched(tmp_path: Path) -> None:
    clock = ManualClock(start=datetime(2026, 3, 2, 20, tzinfo=UTC))
    out = tmp_path / "out"
    out.mkdir()
    foreign = out / "tissuesense-20200101T000000Z.backup"
    foreign.write_text("not ours")
    made: list[Backup] = []
    with filled(tmp_path / "store", plain=True, clients=1) as store:
        by_hand = back_up(store, out / "by-hand.backup", clock=clock)
        for _ in range(12):
            made.append(back_up_into(store, out, clock=clock))
            clock.advance(86400)
        assert prune(store, out) == ()
        known = {copy.path for copy in known_copies(store)}
    gone = {path for each in made for path in each.removed}
    assert gone == {each.path for each in made if not each.path.exists()}
    assert len(gone) == 12 - 7  # of the days before, the Sunday is the last of its week
    assert foreign.read_text() == "not ours"
    there = {each.path for each in made} - gone | {by_hand.path}
    assert known == {keys_beside(path) for path in there}
    assert left_in(out) == {
        foreign.name,
        *(path.name for path in there),
        *(keys_beside(path).name for path in there),
    }
    assert all(tried(path).ok for path in (made[-1].path, by_hand.path))


def test_what_a_program_left_that_died_yesterday_is_cleared_away(tmp_path: Path) -> None:
    now = CLOCK.now()
    names = {
        age: f".tissuesense-{now - timedelta(hours=age):%Y%m%dT%H%M%SZ}.backup.part"
        for age in (1, 25)
    }
    for name in names.values():
        (tmp_path / "out" / name).mkdir(parents=True)
    with filled(tmp_path / "store", plain=True, clients=1) as store:
        back_up_into(store, tmp_path / "out", clock=CLOCK)
    left = left_in(tmp_path / "out")
    assert names[1] in left  # another one may be at work
    assert names[25] not in left
