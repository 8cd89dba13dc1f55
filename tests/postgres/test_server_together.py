"""Several programs write into one practice: one after the other, nothing lost, nothing twice."""

import subprocess
import sys
import threading
from datetime import date

import numpy as np
import pytest
from tests.postgres.conftest import TestServer

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.record.client import ClientId
from tissuesense.record.entry import EntryId
from tissuesense.services.agreement import practice_curve
from tissuesense.services.care import amend, close, enter
from tissuesense.services.records import add_client, load_client_record, open_visit
from tissuesense.services.reporting import build_course_report
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.place import ServerPlace, store_place
from tissuesense.store.verification import verify

CLOCK = ManualClock()
COMPLAINT = {"kind": "pain", "nrs_now": 4}
WRITES = 25
WRITER = f"""
import sys
import numpy as np
from tissuesense.core.clock import ManualClock
from tissuesense.services.care import enter
from tissuesense.store.opening import open_store

clock, rng = ManualClock(), np.random.default_rng(int(sys.argv[3]))
with open_store(sys.argv[1], clock=clock) as store:
    sys.stdin.read()
    for _ in range({WRITES}):
        enter(store, "complaint", {COMPLAINT}, clock=clock, rng=rng, client=sys.argv[2])
"""


def opened(server: TestServer, *, create: bool = False) -> Store:
    return open_store(server.address(), clock=CLOCK, create=create, plain=True)


def taken_in(store: Store) -> ClientId:
    return add_client(store, clock=CLOCK, rng=np.random.default_rng(7)).id


def complain(store: Store, client: ClientId, **more: int) -> EntryId:
    rng = np.random.default_rng()
    stated = COMPLAINT | more
    return enter(store, "complaint", stated, clock=CLOCK, rng=rng, client=client).id


def test_two_processes_write_at_once_and_the_chain_is_whole(server: TestServer) -> None:
    with opened(server, create=True) as store:
        client = taken_in(store)
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, server.address(), client, str(seed)],
                stdin=subprocess.PIPE,
            )
            for seed in (1, 2)
        ]
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.close()
        assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
        assert [row.seq for row in store.ledger.rows()] == [*range(1, 2 * WRITES + 2)]
        assert verify(store).ok


def test_an_entry_that_two_amend_is_amended_once(server: TestServer) -> None:
    rng = np.random.default_rng(3)
    with opened(server, create=True) as one, opened(server) as other:
        entry = complain(one, taken_in(one))
        amend(one, entry, {"nrs_now": 5}, reason="misheard", clock=CLOCK, rng=rng)
        with pytest.raises(RecordConflict, match="changed meanwhile"):
            amend(other, entry, {"nrs_now": 6}, reason="misheard", clock=CLOCK, rng=rng)
        assert verify(other).ok


def test_what_was_read_before_writing_still_holds_when_it_is_written(server: TestServer) -> None:
    """Two close one visit at the same moment: the second has to see that it is closed."""
    with opened(server, create=True) as store:
        visit = open_visit(store, taken_in(store), clock=CLOCK, rng=np.random.default_rng(4))
    outcomes: list[str] = []
    ready = threading.Barrier(4)

    def close_it(seed: int) -> None:
        with opened(server) as store:
            ready.wait(timeout=20)
            try:
                close(store, visit.id, clock=CLOCK, rng=np.random.default_rng(seed))
                outcomes.append("closed")
            except RecordConflict:
                outcomes.append("closed already")

    threads = [threading.Thread(target=close_it, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["closed", *["closed already"] * 3]


def test_whoever_reads_waits_for_nobody(server: TestServer) -> None:
    with opened(server, create=True) as one, opened(server) as other:
        client = taken_in(one)
        with one.transaction():
            complain(one, client)
            with other.reading():
                assert other.clients.taken(client)
                assert other.ledger.head()[0] == 1
            record = load_client_record(other, client)
            assert record.statements("complaint") == ()
            assert build_course_report(other, client, on=date(2026, 1, 5)).parts
            assert practice_curve(other, "soleus").n == 0


def test_a_reader_sees_one_moment_and_cannot_write(server: TestServer) -> None:
    with opened(server, create=True) as one, opened(server) as other:
        client = taken_in(one)
        with other.reading():
            before = other.ledger.head()
            complain(one, client)
            assert other.ledger.head() == before
            with pytest.raises(UsageError, match="only reads"):
                complain(other, client)
        assert other.ledger.head()[0] == 2


def test_a_turn_that_does_not_come_is_an_error_and_the_next_one_comes(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tissuesense.store.server_engine._LOCK_TIMEOUT", "200ms")
    with opened(server, create=True) as one, opened(server) as other:
        client = taken_in(one)
        with one.transaction():
            assert one.clients.taken(client)
            with pytest.raises(RecordConflict, match="Another program"), other.transaction():
                other.clients.get(client)
        assert other.clients.get(client).id == client
        with other.transaction():
            assert other.ledger.head()[0] == 1


def test_failed_transaction_leaves_nothing(server: TestServer) -> None:
    with opened(server, create=True) as store:
        client = taken_in(store)
        before = store.ledger.head()

        def complain_twice() -> None:
            with store.transaction():
                complain(store, client)
                complain(store, client, no_such_key=1)

        with pytest.raises(UsageError, match="no_such_key"):
            complain_twice()
        assert store.ledger.head() == before


def test_practice_that_two_make_at_once_is_made_once(server: TestServer) -> None:
    from tissuesense.store.key_safe import plain_safe
    from tissuesense.store.server import Server

    place = store_place(server.address())
    assert isinstance(place, ServerPlace)
    one, other = Server(place), Server(place)
    try:
        assert not one.exists
        assert not other.exists
        one.make(plain_safe()[1])
        with pytest.raises(RecordConflict, match="just made"):
            other.make(plain_safe()[1])
    finally:
        one.close()
        other.close()
