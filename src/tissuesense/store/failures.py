"""What a database refuses, in our words: who is in the way, and what to do."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, IntegrityError

from tissuesense.core.errors import RecordConflict, RecordError, RecordTampered
from tissuesense.store.server_failures import said_by_server

_RESTORE = "'tissuesense verify' says what is broken; restore the store from a backup."


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn an error of the database into one of the record.

    Raises
    ------
    RecordConflict
        When another program keeps the store to itself, or an entry would change what is written
        once.
    RecordTampered
        When the file is damaged.
    RecordError
        When the disk is full, or the file may not be written to.
    """
    try:
        yield
    except IntegrityError as err:
        raise RecordConflict(
            "The store refused an entry: it exists already, or would change what is written once."
        ) from _shown(err)
    except DatabaseError as err:
        code: int | None = getattr(err.orig, "sqlite_errorcode", None)
        if hasattr(err.orig, "sqlstate"):
            raise said_by_server(err) from _shown(err)
        # The low byte is the kind of error; the rest says where SQLite met it.
        say = _refused if code is None else _SAID.get(code & 0xFF, _refused)
        raise say() from err
    except UnicodeDecodeError as err:  # in a text, or in what SQLite quotes of a damaged file
        raise _damaged() from err


def _shown(err: DatabaseError) -> DatabaseError | None:
    """Return what a traceback may show: a server repeats values, and where it is."""
    return None if hasattr(err.orig, "sqlstate") else err


def _busy() -> RecordError:
    return RecordConflict(
        "Another program is using the store.", hint="Close the other program and try again."
    )


def _full() -> RecordError:
    return RecordError(
        "The store cannot be written: the disk is full. What was written before is whole.",
        hint="Make room and try again.",
    )


def _read_only() -> RecordError:
    return RecordError(
        "The store may not be written to. Nothing was changed.",
        hint="Let this user write to its folder and its files, or name another with --data.",
    )


def _not_opened() -> RecordError:
    return RecordError(
        "A file of the store cannot be opened.",
        hint="Let this user read and write the store's folder and its files.",
    )


def _disk() -> RecordError:
    return RecordError(
        "The disk refuses to read or write the store: it is full or failing.",
        hint="Make room and try again; if that does not help, restore a backup to another disk.",
    )


def _damaged() -> RecordError:
    return RecordTampered("A file of the store is damaged.", hint=_RESTORE)


def _refused() -> RecordError:
    return RecordError("The database refused to read or write.", hint=_RESTORE)


_SAID: Mapping[int, Callable[[], RecordError]] = {
    sqlite3.SQLITE_BUSY: _busy,
    sqlite3.SQLITE_LOCKED: _busy,
    sqlite3.SQLITE_FULL: _full,
    sqlite3.SQLITE_READONLY: _read_only,
    sqlite3.SQLITE_CANTOPEN: _not_opened,
    sqlite3.SQLITE_IOERR: _disk,
    sqlite3.SQLITE_CORRUPT: _damaged,
    sqlite3.SQLITE_NOTADB: _damaged,
}
