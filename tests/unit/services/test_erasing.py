"""An erased client is gone from the store and from every backup; everybody else is untouched."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select
from tests.unit.services.filled_store import (
    CLOCK,
    PASSPHRASE,
    RARE,
    client_ids,
    filled,
    in_the_open,
)

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordErased, RecordNotFound, UsageError
from tissuesense.record.audit import Erased, ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.record.measurement import MeasurementId
from tissuesense.services.backing_up import back_up
from tissuesense.services.care import enter, keep
from tissuesense.services.erasing import Erasure, erase, plan_erasure
from tissuesense.services.identity import read_identity
from tissuesense.services.records import add_client, load_client_record
from tissuesense.services.restoring import by_passphrase, restore
from tissuesense.store.client_keys import Purpose
from tissuesense.store.key_copies import known_copies
from tissuesense.store.key_file import read_key_file
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.running import Beginning, begin_running
from tissuesense.store.schema import EntryRow, RawRow
from tissuesense.store.verification import verify

PLAIN = pytest.mark.parametrize("plain", [True, False], ids=["plain", "encrypted"])
RNG = np.random.default_rng(4)
REASON = "asked for it in writing"


def erased(
    store: Store, client: ClientId, scope: ErasureScope = ErasureScope.EVERYTHING
) -> Erasure:
    plan = plan_erasure(store, client, clock=CLOCK, scope=scope)
    return erase(store, plan, reason=REASON, clock=CLOCK, rng=RNG, despite_retention=True)


def reopened(folder: Path) -> Store:
    return open_store(folder, clock=CLOCK, passphrase=PASSPHRASE)


def opens(store: Store, client: ClientId) -> list[str]:
    """Return the kinds of a client's entries that still open."""
    kinds = []
    for row in store.ledger.rows():
        if row.client_id == client:
            try:
                store.ledger.opened(row)
            except RecordErased:
                continue
            kinds.append(row.kind)
    return kinds


@PLAIN
def test_nothing_of_the_client_opens_and_the_others_are_whole(tmp_path: Path, plain: bool) -> None:
    with filled(tmp_path / "store", plain=plain) as store:
        client, *others = client_ids(store)
        before = [load_client_record(store, other) for other in others]
        raw = load_client_record(store, client).visits[0].measurements[0].measurement.id
        assert erased(store, client).complete
    with reopened(tmp_path / "store") as store:
        assert opens(store, client) == []
        with pytest.raises(RecordErased):
            store.raw.capture(raw)
        with pytest.raises(RecordErased):
            store.raw.traces([raw])
        with pytest.raises(RecordNotFound):
            load_client_record(store, client)
        assert {summary.client.id for summary in store.clients.summaries()} == {*others}
        assert [load_client_record(store, other) for other in others] == before
        found = verify(store)
        assert found.ok
        assert found.erased_clients == 1
        assert found.warnings == ()


@PLAIN
def test_no_byte_of_the_index_is_left_in_the_file(tmp_path: Path, plain: bool) -> None:
    """Free pages are looked at too, and the log: only the ledger names the client still."""
    with filled(tmp_path / "store", plain=plain, clients=5, visits=20) as store:
        client = client_ids(store)[0]
        with closing(store.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert in_the_open(store).count(RARE.encode()) >= 20
        assert erased(store, client).complete
        content = in_the_open(store)
        with store.transaction() as session:
            entries, raw = (
                session.scalar(select(func.count()).where(table.client_id == client))
                for table in (EntryRow, RawRow)
            )
    assert entries
    assert raw == 20
    assert content.count(RARE.encode()) == 0
    # Each entry has the pseudonym in its row and in the index of that table.
    assert content.count(client.encode()) == 2 * entries + raw


@PLAIN
def test_client_is_gone_from_a_backup_that_was_made_before(tmp_path: Path, plain: bool) -> None:
    with filled(tmp_path / "store", plain=plain) as store:
        client, *others = client_ids(store)
        made = back_up(store, tmp_path / "old.backup", clock=CLOCK)
        before = [load_client_record(store, other) for other in others]
        assert erased(store, client).unreached == ()
    outcome = restore(
        made.path, tmp_path / "new", opener=by_passphrase(PASSPHRASE), clock=CLOCK, rng=RNG
    )
    assert (outcome.erased, outcome.keyless) == (1, 0)
    with reopened(tmp_path / "new") as store:
        assert opens(store, client) == []
        assert client not in {summary.client.id for summary in store.clients.summaries()}
        assert [load_client_record(store, other) for other in others] == before
        assert store.clients.taken(client)
        assert verify(store).ok


def test_identity_alone_goes_and_the_record_stays_under_the_pseudonym(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=False) as store:
        client, other, *_ = client_ids(store)
        made = back_up(store, tmp_path / "old.backup", clock=CLOCK)
        before = load_client_record(store, client)
        assert erased(store, client, ErasureScope.IDENTITY).complete
        for folder in (tmp_path / "store", tmp_path / "new"):
            if folder.name == "new":
                opener = by_passphrase(PASSPHRASE)
                restore(made.path, folder, opener=opener, clock=CLOCK, rng=RNG)
            with reopened(folder) as again:
                assert load_client_record(again, client) == before
                with pytest.raises(RecordErased):
                    read_identity(again, client, why="", clock=CLOCK, rng=RNG)
                with pytest.raises(RecordErased):
                    enter(again, "identity", {"name": "x"}, clock=CLOCK, rng=RNG, client=client)
                known = read_identity(again, other, why="", clock=CLOCK, rng=RNG)
                assert known is not None
                assert known.name == "Frieda Example 1"
                assert verify(again).ok


def test_pseudonym_is_never_given_again(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True, clients=1) as store:
        client = add_client(store, clock=CLOCK, rng=np.random.default_rng(9)).id
        erased(store, client)
        assert add_client(store, clock=CLOCK, rng=np.random.default_rng(9)).id != client


def test_ledger_says_that_somebody_was_erased_and_why(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        client = client_ids(store)[0]
        erased(store, client)
        (entry,) = store.ledger.of_practice("erased")
    assert entry.client is None
    assert entry.statement == Erased(
        client_was=client, scope=ErasureScope.EVERYTHING, reason=REASON
    )


@pytest.mark.parametrize(("years", "refused"), [(9.99, True), (10.01, False)])
def test_record_is_kept_until_the_practices_term_is_over(
    tmp_path: Path, years: float, refused: bool
) -> None:
    later = ManualClock(start=CLOCK.now() + timedelta(days=365.25 * years))
    with filled(tmp_path / "store", plain=True) as store:
        client = client_ids(store)[0]
        plan = plan_erasure(store, client, clock=later)
        assert (plan.keep_until is not None) == refused
        if not refused:
            assert erase(store, plan, reason=REASON, clock=later, rng=RNG).complete
            return
        with pytest.raises(UsageError, match="2036-01-0") as caught:
            erase(store, plan, reason=REASON, clock=later, rng=RNG)
        assert "--despite-retention" in caught.value.hint
        assert load_client_record(store, client).visits


def test_term_is_the_practices_own(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        enter(store, "practice", {"retention_years": 0}, clock=CLOCK, rng=RNG)
        later = ManualClock(start=CLOCK.now() + timedelta(seconds=1))
        assert plan_erasure(store, client_ids(store)[0], clock=later).keep_until is None


def test_erasing_without_a_reason_does_nothing(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        client = client_ids(store)[0]
        plan = plan_erasure(store, client, clock=CLOCK)
        before = load_client_record(store, client)
        with pytest.raises(UsageError, match="reason"):
            erase(store, plan, reason=" ", clock=CLOCK, rng=RNG, despite_retention=True)
        assert load_client_record(store, client) == before


def test_plan_says_in_a_sentence_what_goes(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True, visits=2) as store:
        client = client_ids(store)[0]
        everything = plan_erasure(store, client, clock=CLOCK).sentence
        scope = ErasureScope.IDENTITY
        identity = plan_erasure(store, client, clock=CLOCK, scope=scope).sentence
    assert "2 visits and 2 measurements" in everything
    assert client in everything
    assert "2 visits and 2 measurements stay" in identity


def test_nobody_is_not_erased(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store, pytest.raises(RecordNotFound):
        plan_erasure(store, ClientId("TS-00000"), clock=CLOCK)


def keys_in(store: Store, path: Path) -> set[str]:
    return {key.client for key in read_key_file(path, store.master).keys}


def test_file_of_keys_out_of_reach_is_named_and_mended_when_it_is_back(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        first, second, third = client_ids(store)
        near = back_up(store, tmp_path / "near.backup", clock=CLOCK).keys
        (tmp_path / "stick").mkdir()
        far = back_up(store, tmp_path / "stick" / "far.backup", clock=CLOCK).keys
        (tmp_path / "stick").rename(tmp_path / "pocket")
        outcome = erased(store, first)
        assert [unreached.path for unreached in outcome.unreached] == [far]
        assert "cannot be read" in outcome.unreached[0].why
        assert not outcome.complete
        assert keys_in(store, near) == {second, third}
        (tmp_path / "pocket").rename(tmp_path / "stick")
        assert keys_in(store, far) == {first, second, third}
        again = plan_erasure(store, first, clock=CLOCK)
        assert again.begun
        assert erase(store, again, reason="", clock=CLOCK, rng=RNG).complete
        assert keys_in(store, far) == {second, third}
        assert len(store.ledger.of_practice("erased")) == 1


def test_next_backup_mends_a_file_of_keys_that_was_out_of_reach(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        first = client_ids(store)[0]
        far = back_up(store, tmp_path / "far.backup", clock=CLOCK).keys
        far.rename(tmp_path / "away")
        erased(store, first)
        assert back_up(store, tmp_path / "2.backup", clock=CLOCK).unreached[0].path == far
        (tmp_path / "away").rename(far)
        assert back_up(store, tmp_path / "3.backup", clock=CLOCK).unreached == ()
        assert first not in keys_in(store, far)
        assert {copy.path.name for copy in known_copies(store)} == {
            "far.backup.keys",
            "2.backup.keys",
            "3.backup.keys",
        }


def test_erasure_that_stopped_after_its_entry_is_finished_by_another(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        client = client_ids(store)[0]
        made = back_up(store, tmp_path / "old.backup", clock=CLOCK)
        stated = Erased(client_was=client, scope=ErasureScope.EVERYTHING, reason=REASON)
        keep(store, "erased", stated, at=CLOCK.now(), rng=RNG)
        assert store.keys.sealer(client).key
        assert erased(store, client).complete
        with pytest.raises(RecordErased):
            store.keys.sealer(client)
        assert client not in keys_in(store, made.keys)


def test_lost_table_of_keys_costs_no_key_in_a_backup(tmp_path: Path) -> None:
    """Only what the ledger says to be erased is taken out, not what is merely missing."""
    with filled(tmp_path / "store", plain=True) as store:
        first, second, third = client_ids(store)
        made = back_up(store, tmp_path / "old.backup", clock=CLOCK)
        for client in (second, third):
            store.keys.destroy(client, [Purpose.RECORD])
        erased(store, first)
        assert keys_in(store, made.keys) == {second, third}


def test_copies_put_aside_and_recordings_left_behind_go_too(tmp_path: Path) -> None:
    with filled(tmp_path / "store", plain=True) as store:
        client, other, *_ = client_ids(store)
        aside = store.path / "store-0000-20260105T090000Z.db"
        aside.write_bytes((store.path / "store.db").read_bytes())
        for number, whose in enumerate((client, other)):
            name = MeasurementId(f"M-{number}")
            beginning = Beginning(id=name, client=whose, visit=None, started_at=CLOCK.now())
            begin_running(store, beginning).file.close()
        assert erased(store, client).complete
        assert not aside.exists()
        assert [path.name for path in (store.path / "running").iterdir()] == ["M-1.capture"]


def test_reader_elsewhere_is_told_of(tmp_path: Path) -> None:
    """Old pages stay in the log while another connection reads what was there before."""
    with filled(tmp_path / "store", plain=True) as store, reopened(tmp_path / "store") as other:
        client = client_ids(store)[0]
        with closing(store.engine.raw_connection()) as impatient:
            impatient.cursor().execute("PRAGMA busy_timeout = 100")
        with closing(other.engine.raw_connection()) as reading:
            reading.cursor().execute("BEGIN")
            reading.cursor().execute("SELECT count(*) FROM entry").fetchone()
            outcome = erased(store, client)
            assert outcome.pages_left
            assert not outcome.complete
            reading.cursor().execute("ROLLBACK")
        assert erased(store, client).complete
