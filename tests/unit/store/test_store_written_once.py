"""What is in a store is never changed, and comes in whole or not at all."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from tests.unit.services.captured import captured_session
from tests.unit.services.full_disk import largest_file
from tests.unit.store.small_disk import read_only, small_disk

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, RecordError, RecordNotFound, UsageError
from tissuesense.core.trace import Trace
from tissuesense.record.client import ClientId
from tissuesense.record.document import sha256
from tissuesense.record.entry import Draft, EntryId
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.visit import Visit, VisitId
from tissuesense.services.care import amend, enter
from tissuesense.services.records import (
    add_client,
    load_visit_record,
    open_visit,
    save_measurement,
)
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.traces import decode_trace, encode_trace
from tissuesense.store.verification import verify

CLOCK = ManualClock()
TRACE = Trace(t_s=np.array([0.0, 0.1]), force_n=np.array([0.0, 1.0]))
FELT = {"site": "trapezius_upper", "side": "left", "tenderness": 2}


@pytest.fixture
def store(tmp_path: Path, rng: np.random.Generator) -> Store:
    """Return a plain store with one visit, in which something was felt and measured, open."""
    store = open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True)
    visit = a_visit(store, rng)
    enter(store, "palpation", FELT, clock=CLOCK, rng=rng, visit=visit.id)
    analysed, acquisition = captured_session()
    save_measurement(store, visit.id, analysed, acquisition, clock=CLOCK, rng=rng)
    return store


def a_visit(store: Store, rng: np.random.Generator) -> Visit:
    client = add_client(store, clock=CLOCK, rng=rng)
    return open_visit(store, client.id, clock=CLOCK, rng=rng, reason="frozen shoulder")


def the_visit(store: Store) -> Visit:
    return store.visits.of_client(store.clients.all()[0].id)[0]


def named(client: ClientId, name: str) -> Draft:
    return Draft(id=EntryId(name), kind="goal", body={"text": "sleep"}, client=client)


@pytest.mark.parametrize("table", ["entry", "raw"])
@pytest.mark.parametrize(
    "change", ["UPDATE {table} SET client_id = client_id", "DELETE FROM {table}"]
)
def test_database_itself_refuses_to_change_what_is_written(
    store: Store, table: str, change: str
) -> None:
    with store, pytest.raises(RecordConflict), store.transaction() as session:
        session.execute(text(change.format(table=table)))


def test_entry_cannot_be_written_twice(store: Store) -> None:
    draft = named(store.clients.all()[0].id, "E-1")
    with store:
        store.ledger.append(draft, at=CLOCK.now())
        with pytest.raises(RecordConflict):
            store.ledger.append(draft, at=CLOCK.now())
        assert verify(store).ok


def test_measurement_cannot_be_kept_twice(store: Store, rng: np.random.Generator) -> None:
    analysed, acquisition = captured_session()
    taken = replace(acquisition, id=MeasurementId("M-1"))
    with store:
        visit = the_visit(store).id
        save_measurement(store, visit, analysed, taken, clock=CLOCK, rng=rng)
        before = store.ledger.head()
        with pytest.raises(RecordConflict):
            save_measurement(store, visit, analysed, taken, clock=CLOCK, rng=rng)
        assert store.ledger.head() == before


def test_entry_cannot_refer_to_what_is_not_there(store: Store, rng: np.random.Generator) -> None:
    analysed, acquisition = captured_session()
    nobody, never = ClientId("TS-00000"), VisitId("V-0")
    with store:
        before = store.ledger.head()
        for attempt in (
            lambda: open_visit(store, nobody, clock=CLOCK, rng=rng),
            lambda: enter(store, "palpation", FELT, clock=CLOCK, rng=rng, visit=never),
            lambda: save_measurement(store, never, analysed, acquisition, clock=CLOCK, rng=rng),
            lambda: store.ledger.append(
                replace(named(the_visit(store).client, "E-1"), supersedes=EntryId("E-0")),
                at=CLOCK.now(),
            ),
        ):
            with pytest.raises(RecordNotFound):
                attempt()
        assert store.ledger.head() == before


def test_refusal_names_nobody(store: Store) -> None:
    with store:
        client = store.clients.all()[0].id
        store.ledger.append(named(client, "E-1"), at=CLOCK.now())
        with pytest.raises(RecordConflict) as caught:
            store.ledger.append(named(client, "E-1"), at=CLOCK.now())
    said = [str(caught.value), str(caught.value.__cause__)]
    assert not any(client in words or "sleep" in words for words in said)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    looks: tuple[Callable[[], object], ...] = (
        lambda: store.clients.get(ClientId("TS-0")),
        lambda: store.visits.get(VisitId("V-0")),
        lambda: store.raw.visit_of(MeasurementId("M-0")),
        lambda: store.ledger.get(EntryId("E-0")),
    )
    with store:
        for look in looks:
            with pytest.raises(RecordNotFound):
                look()


def test_amendment_leaves_the_old_entry_readable_and_only_one_can_come_first(
    store: Store, rng: np.random.Generator
) -> None:
    with store:
        old = store.ledger.of_visit(the_visit(store).id, "palpation")[0]
        amend(store, old.id, {"tenderness": 3}, reason="slip", clock=CLOCK, rng=rng)
        assert store.ledger.get(old.id) == old
        with pytest.raises(RecordConflict, match="meanwhile"):
            amend(store, old.id, {"tenderness": 1}, reason="slip", clock=CLOCK, rng=rng)
        assert verify(store).ok


def test_transaction_that_fails_leaves_nothing(store: Store, rng: np.random.Generator) -> None:
    def add_and_fail() -> None:
        with store.transaction():
            open_visit(store, store.clients.all()[0].id, clock=CLOCK, rng=rng)
            store.visits.get(VisitId("V-0"))

    with store:
        before = store.ledger.head()
        with pytest.raises(RecordNotFound):
            add_and_fail()
        assert store.ledger.head() == before
        assert len(store.visits.of_client(store.clients.all()[0].id)) == 1


def test_time_without_a_zone_is_refused(store: Store) -> None:
    with store, pytest.raises(UsageError, match="zone"):
        store.ledger.append(
            named(store.clients.all()[0].id, "E-1"), at=CLOCK.now().replace(tzinfo=None)
        )


def test_visit_comes_back_with_the_clock_on_the_wall_of_its_practice(
    store: Store, rng: np.random.Generator
) -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    opened = datetime(2026, 1, 5, 1, 30, tzinfo=nepal)  # in UTC it was still the day before
    with store:
        client = store.clients.all()[0].id
        visit = open_visit(store, client, clock=CLOCK, rng=rng, opened_at=opened)
        again = store.visits.get(visit.id).opened_at
    assert (again, again.utcoffset()) == (opened, opened.utcoffset())
    assert again.isoformat() == "2026-01-05T01:30:00+05:45"


def test_another_capture_than_the_named_one_is_refused(store: Store) -> None:
    with store:
        visit = the_visit(store)
        (measured,) = load_visit_record(store, visit.id).measurements
        other = replace(measured.measurement, id=MeasurementId("M-2"))
        for capture in (b"something else", None):
            with pytest.raises(UsageError, match="capture"):
                store.raw.add(visit.client, other, capture)
        unnamed = replace(other, capture_sha256=sha256(b"what the wire said"))
        store.raw.add(visit.client, unnamed, b"what the wire said")


def test_measurements_of_one_time_come_in_the_order_of_keeping(
    store: Store, rng: np.random.Generator
) -> None:
    analysed, acquisition = captured_session()
    names = ["M-9", "M-3", "M-5"]
    with store:
        visit = a_visit(store, rng).id
        for name in names:
            taken = replace(acquisition, id=MeasurementId(name))
            save_measurement(store, visit, analysed, taken, clock=CLOCK, rng=rng)
        kept = [m.measurement.id for m in load_visit_record(store, visit).measurements]
    assert kept == names


def test_two_open_stores_see_one_another(store: Store, rng: np.random.Generator) -> None:
    with store, open_store(store.path, clock=CLOCK) as second:
        visit = a_visit(second, rng)
        assert store.visits.get(visit.id) == visit
        later = a_visit(store, rng)
        assert second.visits.get(later.id) == later


def test_store_that_another_program_keeps_to_itself_is_an_error(
    store: Store, rng: np.random.Generator
) -> None:
    with store, open_store(store.path, clock=CLOCK) as second:
        with store.transaction() as session:
            session.execute(text("PRAGMA busy_timeout = 50"))
        before = store.ledger.head()
        with second.transaction() as session:
            session.connection()  # the transaction begins with its first word
            with pytest.raises(RecordConflict, match="nother program"):
                a_visit(store, rng)
        assert store.ledger.head() == before


def test_trace_that_lost_bytes_is_an_error() -> None:
    header, columns = encode_trace(TRACE)
    with pytest.raises(RecordError, match="samples"):
        decode_trace(header, columns[:-1])


DIES_IN_THE_MIDDLE = """
import os, sys
from pathlib import Path
import numpy as np
from tissuesense.core.clock import ManualClock
from tissuesense.services.records import add_client
from tissuesense.store.opening import open_store

clock, rng = ManualClock(), np.random.default_rng(1)
store = open_store(Path(sys.argv[1]), clock=clock, create=True, plain=True)
print(add_client(store, clock=clock, rng=rng).id, flush=True)
with store.transaction() as session:
    add_client(store, clock=clock, rng=rng)
    session.flush()
    os._exit(9)
"""


def test_program_that_dies_loses_only_what_it_had_not_finished(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIES_IN_THE_MIDDLE, str(tmp_path)],
        check=False,
        timeout=60,
        capture_output=True,
        encoding="utf-8",
    )
    assert died.returncode == 9
    with open_store(tmp_path, clock=CLOCK) as store:
        assert [client.id for client in store.clients.all()] == [died.stdout.strip()]
        assert verify(store).ok


WRITES_MUCH = """
import sys
import time
from pathlib import Path
import numpy as np
from tissuesense.core.clock import SystemClock
from tissuesense.record.client import ClientId
from tissuesense.services.care import enter
from tissuesense.store.opening import open_store

folder, client, seed = sys.argv[1:]
clock, rng = SystemClock(), np.random.default_rng(int(seed))
with open_store(Path(folder), clock=clock, passphrase="words") as store:
    store.actor = seed
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(200):
        goal = {"text": f"{seed} {number}"}
        enter(store, "goal", goal, clock=clock, rng=rng, client=ClientId(client))
        time.sleep(0.001)  # SQLite is not fair: who writes without a breath keeps the other out
"""


def test_two_programs_that_write_at_once_lose_nothing_and_keep_one_chain(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    words = "words"
    with open_store(tmp_path / "s", clock=CLOCK, create=True, passphrase=words) as store:
        client = add_client(store, clock=CLOCK, rng=rng).id
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITES_MUCH, str(tmp_path / "s"), client, seed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for seed in ("1", "2")
    ]
    # Neither begins before both have opened: on a busy machine the first would be done by then.
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=100)
    assert [writer.returncode for writer in writers] == [0, 0]
    with open_store(tmp_path / "s", clock=CLOCK, passphrase=words) as store:
        assert verify(store).ok
        entries = store.ledger.of_client(client, "goal")
    for seed in ("1", "2"):
        own = [entry.statement.text for entry in entries if entry.actor == seed]
        assert own == [f"{seed} {number}" for number in range(200)]
    actors = [entry.actor for entry in entries]
    assert actors not in (sorted(actors), sorted(actors, reverse=True)), "they did not meet"


def filled_up(store: Store, rng: np.random.Generator) -> RecordError:
    """Measure until the disk is full; return what is said then."""
    analysed, acquisition = captured_session()
    visit = the_visit(store).id
    for _ in range(100):
        try:
            save_measurement(store, visit, analysed, acquisition, clock=CLOCK, rng=rng)
        except RecordError as error:
            return error
    raise AssertionError("the disk was never full")


def test_file_that_cannot_grow_is_a_sentence_and_the_ledger_stays_whole(
    store: Store, rng: np.random.Generator
) -> None:
    with store:
        with largest_file(1_500_000):
            error = filled_up(store, rng)
        assert "disk" in str(error)
        before = verify(store)
        assert before.ok
        a_visit(store, rng)  # there is room again
        after = verify(store)
        assert (after.ok, after.measurements) == (True, before.measurements)


def test_full_disk_is_a_sentence_and_the_ledger_stays_whole(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    with small_disk(tmp_path / "disk", size="4m") as disk:
        with open_store(disk / "store", clock=CLOCK, create=True, plain=True) as store:
            a_visit(store, rng)
            error = filled_up(store, rng)
            assert "disk is full" in str(error)
            kept = len(load_visit_record(store, the_visit(store).id).measurements)
        with open_store(disk / "store", clock=CLOCK) as store:
            found = verify(store)
        assert (found.ok, found.measurements) == (True, kept)
        assert kept > 0


def test_folder_that_may_not_be_written_to_is_a_sentence(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    with small_disk(tmp_path / "disk", size="4m") as disk:
        with open_store(disk / "store", clock=CLOCK, create=True, plain=True) as store:
            a_visit(store, rng)
        before = {p.name: p.read_bytes() for p in (disk / "store").iterdir() if p.is_file()}
        read_only(disk)
        with pytest.raises(RecordError, match=r"may not be written|cannot be opened"):
            open_store(disk / "store", clock=CLOCK).close()
        with pytest.raises(RecordError, match="cannot be made"):
            open_store(disk / "another", clock=CLOCK, create=True, plain=True)
        after = {p.name: p.read_bytes() for p in (disk / "store").iterdir() if p.is_file()}
        assert after == before
