"""Copies of the clients' keys beside the backups, and where they are.

A backup's ledger can be copied anywhere: what it holds of a client is noise without the client's
key. The keys go into a small file beside it, and the store remembers each such file, so that a key
that is destroyed can be taken out of every copy.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tissuesense.core.errors import FileWriteError, RecordError
from tissuesense.record.audit import Erased, ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.store.client_keys import Purpose, WrappedKey
from tissuesense.store.key_file import KeyCopy, KeyFile, read_key_file, write_key_file
from tissuesense.store.key_safe import MasterKey
from tissuesense.store.opened import Store
from tissuesense.store.schema import KeyBase, WrappedKeyRow


class KeyCopyRow(KeyBase):
    """A file of keys that was written, by its full path; kept beside the keys themselves."""

    __tablename__ = "key_copy"

    path: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    by_date: Mapped[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """A file of keys that still may hold a key that was destroyed, and why."""

    path: Path
    why: str


def erased_clients(store: Store) -> dict[ClientId, ErasureScope]:
    """Return whom the ledger says to be erased, and how far."""
    found: dict[ClientId, ErasureScope] = {}
    for entry in store.ledger.of_practice("erased"):
        erased: Erased = entry.statement
        client = ClientId(erased.client_was)
        if found.get(client) is not ErasureScope.EVERYTHING:
            found[client] = erased.scope
    return found


def known_copies(store: Store) -> tuple[KeyCopy, ...]:
    """Return the files of keys that the store has written, oldest first."""
    with _table(store) as session:
        rows = session.scalars(select(KeyCopyRow).order_by(KeyCopyRow.made_at, KeyCopyRow.path))
        return tuple(
            KeyCopy(path=Path(row.path), made_at=row.made_at, by_date=row.by_date) for row in rows
        )


def remember_copies(store: Store, copies: Iterable[KeyCopy]) -> None:
    """Remember files of keys."""
    with _table(store) as session:
        for copy in copies:
            session.merge(
                KeyCopyRow(path=str(copy.path), made_at=copy.made_at, by_date=copy.by_date)
            )


def forget_copy(store: Store, path: Path) -> None:
    """Forget a file of keys that is no more."""
    with _table(store) as session:
        session.execute(delete(KeyCopyRow).where(KeyCopyRow.path == str(path)))


def copy_keys(store: Store, copy: KeyCopy) -> int:
    """Write every key of the store into a file; return how many there are.

    The store remembers the file before it is there, and nobody can destroy a key while it is being
    written: so an erasure either finds the key gone before, or finds the file.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    """
    erased = erased_clients(store)
    remember_copies(store, [copy])
    copies = known_copies(store)
    with _table(store) as session:
        rows = session.scalars(select(WrappedKeyRow)).all()
        keys = tuple(
            WrappedKey(client=ClientId(r.client_id), purpose=Purpose(r.purpose), wrapped=r.wrapped)
            for r in rows
        )
        content = KeyFile(keys=keys, erased={}, copies=copies).without(erased)
        try:
            write_key_file(copy.path, content, store.master)
        except FileWriteError:
            if not copy.path.exists():
                session.execute(delete(KeyCopyRow).where(KeyCopyRow.path == str(copy.path)))
                session.commit()
            raise
    return len(content.keys)


def take_out_erased(store: Store) -> tuple[Unreached, ...]:
    """Take the keys of erased clients out of every file of keys that can be reached.

    Returns
    -------
    tuple of Unreached
        The files in which such keys may still be.
    """
    erased = erased_clients(store)
    if not erased:
        return ()
    return tuple(
        Unreached(path=copy.path, why=why)
        for copy in known_copies(store)
        if (why := _take_out(copy.path, erased, store.master)) is not None
    )


def _take_out(path: Path, erased: Mapping[ClientId, ErasureScope], master: MasterKey) -> str | None:
    """Take keys out of one file; return why that could not be done."""
    try:
        before = read_key_file(path, master)
        after = before.without(erased)
        if after != before:
            write_key_file(path, after, master)
    except (RecordError, FileWriteError) as err:
        return err.message
    return None


@contextmanager
def _table(store: Store) -> Iterator[Session]:
    """Open a transaction on the keys; a store of an earlier version gets the table now."""
    with store.keys.transaction() as session:
        KeyBase.metadata.create_all(session.connection())
        yield session
