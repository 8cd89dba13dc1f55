"""Settle a store in a folder on a server: the ledger as it is, its index built there."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.store.index_rebuild import rebuild_index
from tissuesense.store.key_copies import KeyCopyRow, known_copies, remember_copies
from tissuesense.store.opened import Store
from tissuesense.store.place import ServerPlace
from tissuesense.store.pouring import pour
from tissuesense.store.schema import EntryRow, WrappedKeyRow
from tissuesense.store.server import Server


def settle(source: Store, place: ServerPlace) -> None:
    """Make a practice's store on a server of one in a folder, all of it or nothing.

    Raises
    ------
    UsageError
        When the server has a store of this practice already.
    RecordError
        As `tissuesense.store.opening.open_store` does.
    """
    server = Server(place)
    try:
        if server.exists:
            raise UsageError(
                "There is a store of this practice on the server already.",
                hint="?practice=NAME names another one.",
            )
        server.upgrade()
        _settle(source, Store(server.engine, server.key_engine, source.master, place), server)
    finally:
        server.close()


def _settle(source: Store, to: Store, server: Server) -> None:
    try:
        with source.reading() as rows, to.transaction() as session:
            _refuse_filled(session)
            pour(rows, session)
            to.keys.put(source.keys)
            remember_copies(to, known_copies(source))
            rebuild_index(to)
            server.put_safe(session.connection(), source.safe())
    except BaseException:
        with to.keys.transaction() as session:
            session.execute(delete(WrappedKeyRow))
            session.execute(delete(KeyCopyRow))
        raise


def _refuse_filled(session: Session) -> None:
    if session.scalar(select(func.count()).select_from(EntryRow)):
        raise RecordConflict("Another program has just made a store of this practice.")
