"""Bring the tables of a store to the present version, after a copy of the file was put aside."""

import shutil
from collections.abc import Callable, Iterable
from datetime import UTC
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.schema import CreateSchema

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, SchemaTooNew
from tissuesense.store.folder import StoreFolder

MIGRATIONS = Path(__file__).parent / "migrations"

_UPGRADE_LOCK = 0x7155_5545  # any number that no practice's lock is likely to have


def upgrade(
    engine: Engine, folder: StoreFolder, *, clock: Clock, migrations: Path = MIGRATIONS
) -> None:
    """Run the migrations that the store has not seen, all of them or none.

    Raises
    ------
    SchemaTooNew
        When the store has seen migrations that this version does not know; nothing was touched.
    """
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        _run(
            connection,
            migrations,
            before=lambda present: _put_copy_aside(connection, folder, present, clock),
        )


def upgrade_on_server(
    engine: Engine, schemas: Iterable[str], *, migrations: Path = MIGRATIONS
) -> None:
    """Make the schemas that are not there and run the migrations for all practices, or none.

    No copy is put aside: a server does its changes to tables in the transaction too.

    Raises
    ------
    SchemaTooNew
        As `upgrade` does.
    """
    with engine.connect() as connection:
        # Another practice may be at it.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        known = set(connection.dialect.get_schema_names(connection))
        for schema in schemas:
            if schema not in known:  # to ask for one "if not exists" takes the right to make it
                connection.execute(CreateSchema(schema))
        _run(connection, migrations, before=lambda _present: None)


def _run(connection: Connection, migrations: Path, *, before: Callable[[str], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    present = MigrationContext.configure(connection).get_current_revision()
    if present == scripts.get_current_head():
        return
    if present is not None:
        if present not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaTooNew(
                f"The store was last written by a later version of tissuesense ({present}).",
                hint="Update tissuesense. Nothing was changed.",
            )
        before(present)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()


def _put_copy_aside(
    connection: Connection, folder: StoreFolder, revision: str, clock: Clock
) -> None:
    """Copy the database file while nobody can write to it; the copy is as encrypted as the file."""
    connection.rollback()
    driver_connection = connection.connection.driver_connection
    assert driver_connection is not None  # noqa: S101 - a checked-out connection has one
    driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.exec_driver_sql("SELECT 1")  # begins, which locks out other writers
    log = folder.database.with_name(folder.database.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise RecordConflict(
            "Another program is writing to the store, which needs an update first.",
            hint="Close the other program and try again.",
        )
    stamp = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = folder.path / f"store-{revision}-{stamp}.db"
    copy.touch(mode=0o600)
    shutil.copyfile(folder.database, copy)
