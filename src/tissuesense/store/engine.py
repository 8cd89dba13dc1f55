"""Connections to the database file, encrypted or plain, each set up the same way."""

import logging
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.record.document import canonical_json
from tissuesense.store.transaction import READING

_BUSY_TIMEOUT_S = 10.0
_CACHE_KIB = 32_000  # a page that is not in memory has to be decrypted again
_LOG = "record"


def connect(database: Path, key: bytes | None, *, forgetting: bool = False) -> Engine:
    """Return an engine whose one connection has been proved to read the file.

    Parameters
    ----------
    key
        32 bytes; None for a file that is not encrypted.
    forgetting
        True where what is deleted is to be gone from the file at once: no log beside it, and
        zeros in its place.

    Raises
    ------
    RecordError
        When the file is no database, is damaged, or was encrypted under another key.
    """
    engine = _engine(database, key, forgetting=forgetting)
    try:
        with engine.connect() as connection:
            # The pragma that takes the key never fails; only reading proves that the key is right.
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    except OperationalError as err:
        engine.dispose()
        raise RecordConflict(
            "Another program is using the store, or its file cannot be opened.",
            hint="Close the other program and try again.",
        ) from err
    except (DatabaseError, UnicodeDecodeError) as err:  # SQLite quotes what may be no text
        engine.dispose()
        raise RecordError(
            f"{database.name} is not a database of this store, or is damaged.",
            hint="Restore the store from a backup.",
        ) from err
    return engine


def _engine(database: Path, key: bytes | None, *, forgetting: bool) -> Engine:
    # By name: a plain store needs no SQLCipher.
    driver = import_module("sqlite3" if key is None else "sqlcipher3.dbapi2")
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=_opener(driver, database, (*_key_pragmas(key), *_pragmas(forgetting=forgetting))),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,  # no health text in a log or a traceback
        json_serializer=canonical_json,
        logging_name=_LOG,
    )
    # Below this level SQLAlchemy would write whole rows into a log.
    logging.getLogger(f"sqlalchemy.engine.Engine.{_LOG}").setLevel(logging.WARNING)
    event.listen(engine, "begin", _begin)
    return engine


def _opener(driver: Any, database: Path, pragmas: tuple[str, ...]) -> Callable[[], Any]:  # noqa: ANN401 - two modules of one shape
    def open_connection() -> Any:  # noqa: ANN401 - the driver's own type
        # The driver would leave DDL outside of transactions; we begin them ourselves.
        connection = driver.connect(
            str(database), isolation_level=None, timeout=_BUSY_TIMEOUT_S, check_same_thread=False
        )
        try:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
        except driver.Error:
            connection.close()
            raise
        return connection

    return open_connection


def _key_pragmas(key: bytes | None) -> tuple[str, ...]:
    if key is None:
        return ()
    # SQLCipher would complain of a wrong key on stderr, and in its own words.
    return "cipher_log_level = NONE", f"key = \"x'{key.hex()}'\""


def _pragmas(*, forgetting: bool) -> tuple[str, ...]:
    if forgetting:
        return "journal_mode = DELETE", "secure_delete = ON", "synchronous = EXTRA"
    return "journal_mode = WAL", f"cache_size = -{_CACHE_KIB}"


def _begin(connection: Connection) -> None:
    # At once for writing: a transaction that reads first and writes later could otherwise fail
    # half-way because another program wrote in between. Ours last milliseconds.
    reading = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
