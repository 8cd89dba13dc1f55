"""Practices on one server neither see, count, alter nor get in the way of one another's rows."""

from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from sqlalchemy import text
from tests.postgres.conftest import TestServer

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, RecordNotFound
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, open_visit
from tissuesense.store.key_copies import KeyCopyRow
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.schema import Base, KeyBase
from tissuesense.store.verification import verify

CLOCK = ManualClock()
LEDGER = sorted(Base.metadata.tables)
KEYS = [KeyCopyRow.__tablename__, "client_key"]
FILLED = ("entry", "client", "visit", "palpation", "plan", "practice_safe", "client_key")
PLAN = {"starts_on": "2026-01-05", "phases": [{"every_weeks": 5}]}


def filled(store: Store, seed: int) -> Store:
    rng = np.random.default_rng(seed)
    client = add_client(store, clock=CLOCK, rng=rng)
    visit = open_visit(store, client.id, clock=CLOCK, rng=rng)
    felt = {"site": "trapezius_upper", "side": "left", "tenderness": 2}
    enter(store, "palpation", felt, clock=CLOCK, rng=rng, visit=visit.id)
    enter(store, "care_plan", PLAN, clock=CLOCK, rng=rng, client=client.id)
    return store


@pytest.fixture
def north(server: TestServer) -> Iterator[Store]:
    with open_store(server.address("north"), clock=CLOCK, create=True, plain=True) as store:
        yield filled(store, 1)


@pytest.fixture
def south(server: TestServer) -> Iterator[Store]:
    with open_store(server.address("south"), clock=CLOCK, create=True, plain=True) as store:
        yield filled(store, 2)


def count(connection: psycopg.Connection[tuple[object, ...]], table: str) -> object:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return None if row is None else row[0]


def test_each_ledger_runs_from_one_and_is_whole(north: Store, south: Store) -> None:
    for store in (north, south):
        assert [row.seq for row in store.ledger.rows()] == [1, 2, 3, 4]
        assert verify(store).ok


def test_the_same_pseudonyms_and_entries_fit_into_both(server: TestServer, north: Store) -> None:
    with open_store(server.address("east"), clock=CLOCK, create=True, plain=True) as east:
        filled(east, 1)
        assert east.clients.all() == north.clients.all()
        assert [row.id for row in east.ledger.rows()] == [row.id for row in north.ledger.rows()]


def test_nothing_of_another_practice_is_found_by_its_id(north: Store, south: Store) -> None:
    (client,) = south.clients.all()
    with pytest.raises(RecordNotFound):
        north.clients.get(client.id)
    assert not north.clients.taken(client.id)


@pytest.mark.parametrize("table", FILLED)
def test_raw_sql_of_one_practice_meets_no_row_of_another(
    server: TestServer, north: Store, south: Store, table: str
) -> None:
    assert north.ledger.head() != south.ledger.head()
    with server.raw() as connection:
        assert count(connection, table) == 0  # nobody said whose it is
        seen = {}
        for practice in ("north", "south", "west"):
            connection.execute(f"SET tissuesense.practice = '{practice}'")
            found = connection.execute(f"SELECT DISTINCT practice FROM {table}")  # noqa: S608
            seen[practice] = [name for (name,) in found]
    assert seen == {"north": ["north"], "south": ["south"], "west": []}


@pytest.mark.parametrize("table", [*LEDGER, *KEYS, "practice_safe"])
def test_every_table_keeps_practices_apart_whoever_owns_it(server: TestServer, table: str) -> None:
    open_store(server.address(), clock=CLOCK, create=True, plain=True).close()
    with server.raw() as connection:
        row = connection.execute(
            "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            [table],
        ).fetchone()
    assert row == (True,)


def test_mapped_tables_are_all_there(server: TestServer) -> None:
    with (
        open_store(server.address(), clock=CLOCK, create=True, plain=True),
        server.raw() as connection,
    ):
        for metadata in (Base.metadata, KeyBase.metadata):
            for table in metadata.sorted_tables:
                query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
                found = {str(name) for (name,) in connection.execute(query, [table.name])}
                assert found == {"practice", *table.columns.keys()}


def test_a_row_cannot_be_written_into_another_practice(north: Store, south: Store) -> None:
    stolen = text("UPDATE visit SET practice = 'south'")
    forged = text(
        "INSERT INTO client (practice, entry_id, id, created_at) VALUES ('south', 'E', 'X', now())"
    )
    for statement in (stolen, forged):
        with pytest.raises(Exception, match="server"), north.transaction() as session:
            session.execute(statement)
    assert verify(south).ok


def test_deleting_everything_leaves_the_other_practice_alone(north: Store, south: Store) -> None:
    with north.transaction() as session:
        session.execute(text("DELETE FROM visit"))
        session.execute(text("DELETE FROM practice_safe"))
    assert not verify(north).ok
    assert verify(south).ok
    (client,) = south.clients.all()
    assert len(south.visits.of_client(client.id)) == 1


def test_a_destroyed_key_is_of_one_practice(server: TestServer, north: Store) -> None:
    (client,) = north.clients.all()
    with open_store(server.address("east"), clock=CLOCK, create=True, plain=True) as east:
        filled(east, 1)
        east.keys.destroy(client.id)
    with open_store(server.address("north"), clock=CLOCK) as again:
        assert len(again.ledger.of_client(client.id)) == 4


@pytest.mark.parametrize("table", ["entry", "raw"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET client_id = client_id", "DELETE FROM {}"])
def test_server_itself_refuses_to_change_the_record(north: Store, table: str, verb: str) -> None:
    with pytest.raises(RecordConflict, match="written once"), north.transaction() as session:
        session.execute(text(verb.format(table)))


@pytest.mark.parametrize("table", ["entry", "raw"])
def test_server_itself_refuses_to_empty_the_record(
    server: TestServer, north: Store, table: str
) -> None:
    assert north.ledger.head()[0] == 4
    with server.raw() as connection, pytest.raises(psycopg.IntegrityError):
        connection.execute(f"TRUNCATE {table}")
