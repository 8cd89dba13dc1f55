"""A copy of the ledger and its raw data as of one moment, made while the store is in use.

The copy is a database like the store's own, with an empty index: whoever restores it has the
migrations of a later version run over it, and the index built again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tissuesense.core.clock import Clock
from tissuesense.core.errors import FileWriteError, RecordConflict, RecordTampered
from tissuesense.record.entry import FIRST_HASH
from tissuesense.store.engine import connect
from tissuesense.store.folder import StoreFolder
from tissuesense.store.key_safe import is_locked
from tissuesense.store.opened import Store
from tissuesense.store.place import ServerPlace
from tissuesense.store.pouring import pour
from tissuesense.store.schema import EntryRow, RawRow
from tissuesense.store.upgrade import upgrade

_LEDGER = (EntryRow, RawRow)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """What a ledger holds, as far as it can be counted.

    Attributes
    ----------
    clients
        How many have an entry, erased ones too.
    """

    head: str
    entries: int
    clients: int
    measurements: int


def copy_ledger(store: Store, to: Path, *, clock: Clock) -> LedgerFacts:
    """Copy entries and raw data into a new file, under the store's own database key.

    One read transaction: what others write meanwhile is not in it, and nobody has to wait.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    RecordTampered
        When the store's file is damaged.
    RecordError
        When the store is on a server that refuses.
    """
    key = store.master.derive("database") if is_locked(store.safe()) else None
    try:
        to.touch(mode=0o600, exist_ok=False)
    except OSError as err:
        raise _cannot_write(to, err.strerror or str(err)) from err
    try:
        engine = connect(to, key)
    except RecordConflict as err:  # of a file that nobody else knows: it cannot be written
        raise _cannot_write(to, "the disk is full or failing") from err
    try:
        with _told(engine, to):
            upgrade(engine, StoreFolder(to.parent), clock=clock)
            if isinstance(store.place, ServerPlace):
                return _copied(store, engine)
            with closing(engine.raw_connection()) as connection:
                return _poured(connection, StoreFolder(store.place).database, key)
    finally:
        engine.dispose()


def _copied(store: Store, engine: Engine) -> LedgerFacts:
    with store.reading() as rows, Session(engine) as session, session.begin():
        pour(rows, session)
    with closing(engine.raw_connection()) as connection:
        return _facts(connection.cursor().execute)


def _poured(connection: Any, source: Path, key: bytes | None) -> LedgerFacts:  # noqa: ANN401 - of two drivers
    run = connection.driver_connection.execute
    run("PRAGMA journal_mode = OFF")  # a copy that is not finished is thrown away
    if key is None:
        run("ATTACH ? AS source", (str(source),))
    else:
        run("ATTACH ? AS source KEY ?", (str(source), f"x'{key.hex()}'"))
    # Not "IMMEDIATE", which would lock the source too.
    run("BEGIN")
    for table in _LEDGER:
        name = table.__tablename__
        columns = ", ".join(column.name for column in table.__table__.columns)
        run(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM source.{name}")  # noqa: S608 - names of ours
    facts = _facts(run)
    run("COMMIT")
    run("DETACH source")
    return facts


def _facts(run: Any) -> LedgerFacts:  # noqa: ANN401 - as above
    entries, clients = run("SELECT count(*), count(DISTINCT client_id) FROM main.entry").fetchone()
    (measurements,) = run("SELECT count(*) FROM main.raw").fetchone()
    last = run("SELECT hash FROM main.entry ORDER BY seq DESC LIMIT 1").fetchone()
    return LedgerFacts(
        head=FIRST_HASH if last is None else last[0],
        entries=entries,
        clients=clients,
        measurements=measurements,
    )


@contextmanager
def _told(engine: Engine, to: Path) -> Iterator[None]:
    """Say in our words what the driver refused: nearly always the disk that is written to."""
    try:
        yield
    except (DatabaseError, engine.dialect.loaded_dbapi.DatabaseError) as err:
        said = err.orig if isinstance(err, DatabaseError) else err
        if getattr(said, "sqlite_errorcode", -1) & 0xFF in _DAMAGED:
            raise RecordTampered(
                "A file of the store is damaged; no backup was made.",
                hint="'tissuesense verify' says what is broken. Keep the backups that there are.",
            ) from err
        raise _cannot_write(to, str(said)) from err


def _cannot_write(path: Path, why: str) -> FileWriteError:
    return FileWriteError(
        f"The backup cannot be written to {path.parent}: {why}.",
        path=path,
        hint="Choose a folder that exists, may be written to and has room.",
    )
