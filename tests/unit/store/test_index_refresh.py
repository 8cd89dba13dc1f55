"""An index that an earlier version made is made anew when its store is opened, or left alone."""
# ruff: noqa: S608 - every statement is put together from this file's own words

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.unit.services.filled_store import CLOCK, client_ids, filled

from tissuesense.core.errors import RecordErased
from tissuesense.record.client import ClientId
from tissuesense.services.agreement import practice_curve
from tissuesense.services.records import load_client_record
from tissuesense.store.index import RULES
from tissuesense.store.index_rebuild import rebuild_index
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.schema import MeasurementRow
from tissuesense.store.verification import verify

EARLIER = (
    "DROP TABLE index_made",
    "ALTER TABLE measurement DROP COLUMN manner",
    "ALTER TABLE visit DROP COLUMN practitioner",
    "UPDATE alembic_version SET version_num = '0001'",
)
# What an earlier version kept in another way, or not at all.
OTHERWISE = ("UPDATE index_made SET version = 1", "UPDATE measurement SET manner = ''")
BROKEN = (
    "DROP TRIGGER entry_no_update",
    "UPDATE entry SET sealed = zeroblob(40) WHERE kind = 'palpation'",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a plain store with three clients."""
    with filled(tmp_path / "store", plain=True):
        return tmp_path / "store"


@contextmanager
def opened_after(folder: Path, *statements: str) -> Iterator[Store]:
    with closing(sqlite3.connect(folder / "store.db", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
    with open_store(folder, clock=CLOCK) as store:
        yield store


def manners(store: Store) -> set[str]:
    with store.reading() as session:
        return set(session.scalars(select(MeasurementRow.manner)))


@pytest.mark.parametrize("statements", [EARLIER, OTHERWISE])
def test_store_of_an_earlier_version_is_whole_once_it_was_opened(
    folder: Path, statements: tuple[str, ...]
) -> None:
    with open_store(folder, clock=CLOCK) as store:
        curve, head, found = practice_curve(store, "trapezius_upper"), store.ledger.head(), manners
        before = found(store)
    with opened_after(folder, *statements) as store:
        assert verify(store).ok
        assert manners(store) == before != {""}
        assert practice_curve(store, "trapezius_upper") == curve
        assert store.ledger.head() == head


def test_present_index_is_not_made_again(folder: Path) -> None:
    with opened_after(folder, "UPDATE measurement SET manner = ''") as store:
        assert manners(store) == {""}  # which verification says
        assert verify(store).only_index


def test_index_of_a_later_version_is_left_to_it(folder: Path) -> None:
    with opened_after(folder, "UPDATE index_made SET version = 1000", OTHERWISE[1]) as store:
        assert manners(store) == {""}


@pytest.mark.parametrize("version", [RULES + 1, 1000])
def test_rules_that_nobody_knows_are_noticed(folder: Path, version: int) -> None:
    with opened_after(folder, f"UPDATE index_made SET version = {version}") as store:
        assert verify(store).only_index
        rebuild_index(store)
        assert verify(store).ok


def test_entry_that_does_not_open_keeps_nobody_from_the_rest(folder: Path) -> None:
    with opened_after(folder, *OTHERWISE, *BROKEN) as store:
        assert len(store.clients.page(9)) == 3
        broken = verify(store).broken
    assert broken is not None
    assert broken.seq is not None


def test_client_without_a_key_keeps_nobody_from_the_rest(folder: Path) -> None:
    with open_store(folder, clock=CLOCK) as store:
        lost, kept, *_ = client_ids(store)
        store.keys.destroy(ClientId(lost))
    with opened_after(folder, *OTHERWISE) as store:
        with pytest.raises(RecordErased):
            load_client_record(store, lost)
        assert load_client_record(store, kept).visits
