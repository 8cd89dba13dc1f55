"""Bring the tables of a store to the present version, after a copy of the file was put aside."""

import shutil
from datetime import UTC
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, SchemaTooNew
from tissuesense.store.folder import StoreFolder

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(
    engine: Engine, folder: StoreFolder, *, clock: Clock, migrations: Path = MIGRATIONS
) -> None:
    """Run the migrations that the store has not seen, all of them or none.

    Raises
    ------
    SchemaTooNew
        When the store has seen migrations that this version does not know; nothing was touched.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        present = MigrationContext.configure(connection).get_current_revision()
        if present == scripts.get_current_head():
            return
        if present is not None:
            if present not in {script.revision for script in scripts.walk_revisions()}:
                raise SchemaTooNew(
                    f"The store was last written by a later version of tissuesense ({present}).",
                    hint="Update tissuesense. Nothing was changed.",
                )
            _put_copy_aside(connection, folder, present, clock)
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
