"""Whatever is changed on a server behind the program's back is noticed, and the entry is named."""
# ruff: noqa: S608 - every statement is put together from this file's own words

from collections.abc import Iterator

import numpy as np
import pytest
from tests.postgres.conftest import TestServer
from tests.unit.services.captured import captured_session

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError
from tissuesense.services.records import (
    add_client,
    add_manual_finding,
    open_visit,
    save_measurement,
)
from tissuesense.services.verify import mend_index
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.verification import verify

CLOCK = ManualClock()
CLIENT, VISIT, PALPATION, MEASUREMENT, ANALYSIS = range(1, 6)  # where they are in the ledger
FELT = {"site": "trapezius_upper", "side": "left", "tenderness": 2}
OTHER_BYTES = "overlay({0} placing '\\x00'::bytea from 20)"


@pytest.fixture
def store(server: TestServer) -> Iterator[Store]:
    """Yield a store with one client, one visit, one finding and one measurement."""
    rng = np.random.default_rng(5)
    with open_store(server.address(), clock=CLOCK, create=True, plain=True) as store:
        visit = open_visit(store, add_client(store, clock=CLOCK, rng=rng).id, clock=CLOCK, rng=rng)
        add_manual_finding(store, visit.id, FELT, clock=CLOCK, rng=rng)
        save_measurement(store, visit.id, *captured_session(), clock=CLOCK, rng=rng)
        assert verify(store).ok
        yield store


def alter(server: TestServer, statement: str) -> None:
    """Change something as its owner can, who knows of the guards and of row security."""
    with server.raw() as connection:
        connection.execute("SET tissuesense.practice = 'north'")
        for table in ("entry", "raw"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        assert connection.execute(statement).rowcount > 0
        for table in ("entry", "raw"):
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        (f"UPDATE entry SET sealed = {OTHER_BYTES.format('sealed')} WHERE seq = 3", 3, "sealed"),
        ("UPDATE entry SET actor = 'nobody' WHERE seq = 2", VISIT, "actor"),
        ("UPDATE entry SET recorded_at = recorded_at + interval '1 us' WHERE seq = 4", 4, "time"),
        ("DELETE FROM entry WHERE seq = 3", PALPATION, "missing"),
        (f"UPDATE raw SET trace = {OTHER_BYTES.format('trace')}", MEASUREMENT, "samples"),
        (f"UPDATE raw SET capture = {OTHER_BYTES.format('capture')}", MEASUREMENT, "capture"),
        ("DELETE FROM raw", MEASUREMENT, "missing"),
        ("UPDATE visit SET day = day + 1", VISIT, "day in visit"),
        ("UPDATE palpation SET tenderness = 1", PALPATION, "tenderness in palpation"),
        ("UPDATE value SET value = value + 1e-9 WHERE quantity = 'ppt_kpa'", ANALYSIS, "value"),
        ("DELETE FROM client", CLIENT, "lacks rows of client"),
    ],
)
def test_first_broken_entry_is_named(
    server: TestServer, store: Store, statement: str, seq: int, what: str
) -> None:
    alter(server, statement)
    found = verify(store)
    assert found.broken is not None
    assert found.broken.seq == seq
    assert what in found.broken.what


@pytest.mark.usefixtures("store")
def test_destroyed_key_that_nobody_wrote_down_is_noticed(server: TestServer) -> None:
    alter(server, "DELETE FROM client_key")
    with open_store(server.address(), clock=CLOCK) as again:
        assert not verify(again).ok


def test_end_that_was_cut_off_is_noticed_by_a_printed_head(
    server: TestServer, store: Store
) -> None:
    head = store.ledger.head()[1]
    assert verify(store, expected=head).ok
    alter(server, "DELETE FROM value")
    alter(server, f"DELETE FROM entry WHERE seq = {ANALYSIS}")
    assert verify(store).ok
    assert not verify(store, expected=head).ok


def test_index_is_made_anew_and_the_record_is_not(server: TestServer, store: Store) -> None:
    alter(server, "UPDATE palpation SET tenderness = 1")
    assert verify(store).only_index
    mend_index(store, verify(store))
    assert verify(store).ok
    alter(server, f"UPDATE raw SET trace = {OTHER_BYTES.format('trace')}")
    with pytest.raises(RecordError, match="More than the index"):
        mend_index(store, verify(store))


def test_index_of_an_earlier_version_is_made_anew_when_a_practice_is_opened(
    server: TestServer, store: Store
) -> None:
    curve = store.ledger.head()
    alter(server, "UPDATE measurement SET manner = ''")
    alter(server, "DELETE FROM index_made")
    assert not verify(store).ok
    with open_store(server.address(), clock=CLOCK) as again:
        assert verify(again).ok
        assert again.ledger.head() == curve
