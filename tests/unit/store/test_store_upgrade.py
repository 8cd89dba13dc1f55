"""A store is brought to the present version whole, copied first, or not touched at all."""

import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, SchemaTooNew
from tissuesense.services.records import add_client
from tissuesense.store.engine import connect
from tissuesense.store.folder import StoreFolder
from tissuesense.store.opening import open_store
from tissuesense.store.schema import Base
from tissuesense.store.upgrade import MIGRATIONS, upgrade
from tissuesense.store.verification import verify

CLOCK = ManualClock()
PASSPHRASE = "a passphrase"  # noqa: S105 - of a store that lives for a test

NEXT_VERSION = '''
"""A later version."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", "0002", None, None

def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("{statement}")
'''


@pytest.fixture
def folder(tmp_path: Path) -> StoreFolder:
    """Return the folder of a plain store with one client."""
    return a_store(tmp_path / "store", plain=True)


def a_store(path: Path, *, plain: bool) -> StoreFolder:
    with open_store(path, clock=CLOCK, create=True, plain=plain, passphrase=PASSPHRASE) as store:
        add_client(store, clock=CLOCK, rng=np.random.default_rng(7))
    return StoreFolder(path)


def clients(folder: StoreFolder) -> list[str]:
    with open_store(folder.path, clock=CLOCK, passphrase=PASSPHRASE) as store:
        assert verify(store).broken is None
        return [client.id for client in store.clients.all()]


def migrations_of_a_later_version(tmp_path: Path, statement: str = "SELECT 1") -> Path:
    scripts = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, scripts)
    (scripts / "versions" / "next.py").write_text(NEXT_VERSION.format(statement=statement))
    return scripts


def contents(folder: StoreFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.path.iterdir())}


def tables(database: Path) -> set[str]:
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows}
    finally:
        connection.close()


def test_migrations_make_exactly_the_tables_that_the_mappings_describe(folder: StoreFolder) -> None:
    engine = connect(folder.database, None)
    try:
        with engine.connect() as connection:
            assert differences(connection) == []
            connection.exec_driver_sql("ALTER TABLE visit ADD COLUMN mood TEXT")
            assert differences(connection) != []
    finally:
        engine.dispose()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def test_present_store_is_left_as_it_is(folder: StoreFolder) -> None:
    before = contents(folder)
    open_store(folder.path, clock=CLOCK).close()
    assert contents(folder) == before


def test_store_of_a_later_version_is_refused_untouched(tmp_path: Path, folder: StoreFolder) -> None:
    engine = connect(folder.database, None)
    upgrade(engine, folder, clock=CLOCK, migrations=migrations_of_a_later_version(tmp_path))
    engine.dispose()
    before = contents(folder)
    with pytest.raises(SchemaTooNew):
        open_store(folder.path, clock=CLOCK)
    assert contents(folder) == before


def test_folder_of_a_later_format_is_refused_unopened(folder: StoreFolder) -> None:
    folder.marker.write_text('{"format": 3, "safe": {"cipher": "of tomorrow"}}')
    before = contents(folder)
    with pytest.raises(SchemaTooNew):
        open_store(folder.path, clock=CLOCK)
    assert contents(folder) == before


def test_upgrade_puts_a_whole_copy_aside_first(tmp_path: Path, folder: StoreFolder) -> None:
    before = clients(folder)
    engine = connect(folder.database, None)
    upgrade(engine, folder, clock=CLOCK, migrations=migrations_of_a_later_version(tmp_path))
    engine.dispose()
    (copy,) = folder.path.glob("store-*.db")
    assert "later" in tables(folder.database)
    assert "later" not in tables(copy)
    aside = StoreFolder(Path(shutil.copytree(folder.path, tmp_path / "aside")))
    shutil.copyfile(copy, aside.database)
    assert clients(aside) == before


def test_copy_has_what_a_killed_program_left_in_the_log(tmp_path: Path) -> None:
    running, killed = tmp_path / "running", tmp_path / "killed"
    with open_store(running, clock=CLOCK, create=True, plain=True) as store:
        client = add_client(store, clock=CLOCK, rng=np.random.default_rng(7)).id
        shutil.copytree(running, killed)
    folder = StoreFolder(killed)
    engine = connect(folder.database, None)
    upgrade(engine, folder, clock=CLOCK, migrations=migrations_of_a_later_version(tmp_path))
    engine.dispose()
    (copy,) = folder.path.glob("store-*.db")
    connection = sqlite3.connect(copy)
    try:
        assert connection.execute("SELECT id FROM client").fetchall() == [(client,)]
    finally:
        connection.close()


def test_copy_of_an_encrypted_store_is_encrypted(tmp_path: Path) -> None:
    folder = a_store(tmp_path / "store", plain=False)
    (client,) = clients(folder)
    with open_store(folder.path, clock=CLOCK, passphrase=PASSPHRASE) as store:
        scripts = migrations_of_a_later_version(tmp_path)
        upgrade(store.engine, folder, clock=CLOCK, migrations=scripts)
    (copy,) = folder.path.glob("store-*.db")
    assert client.encode() not in copy.read_bytes()
    assert not copy.read_bytes().startswith(b"SQLite format 3")


def test_failed_upgrade_leaves_the_tables_as_they_were(tmp_path: Path, folder: StoreFolder) -> None:
    before, people = tables(folder.database), clients(folder)
    broken = migrations_of_a_later_version(tmp_path, statement="INSERT INTO nowhere VALUES (1)")
    engine = connect(folder.database, None)
    with pytest.raises(OperationalError):
        upgrade(engine, folder, clock=CLOCK, migrations=broken)
    engine.dispose()
    assert tables(folder.database) == before
    assert clients(folder) == people


def test_store_that_is_in_use_is_not_upgraded(tmp_path: Path, folder: StoreFolder) -> None:
    scripts = migrations_of_a_later_version(tmp_path)
    reader = sqlite3.connect(folder.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM client").fetchone()
    with open_store(folder.path, clock=CLOCK) as store:
        add_client(store, clock=CLOCK, rng=np.random.default_rng(8))
    engine = connect(folder.database, None)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")  # of the one pooled connection
        with pytest.raises(RecordConflict):
            upgrade(engine, folder, clock=CLOCK, migrations=scripts)
    finally:
        engine.dispose()
        reader.close()
    assert "later" not in tables(folder.database)
