"""Make the index anew from the ledger, which is left as it is."""

from contextlib import suppress

from sqlalchemy import delete, select

from tissuesense.core.errors import RecordErased, RecordTampered
from tissuesense.store.index import INDEXED, RULES, index_rows
from tissuesense.store.opened import Store
from tissuesense.store.schema import INDEX, EntryRow, IndexMadeRow
from tissuesense.store.verifying.keys import find_erasures


def rebuild_index(store: Store) -> int:
    """Build every row of the index again, or none; return how many entries gave some.

    Raises
    ------
    RecordErased, RecordTampered
        When an entry does not open; the index is left as it was.
    """
    erasures = find_erasures(store)
    giving = 0
    with store.transaction() as session:
        for table in INDEX:
            session.execute(delete(table))
        session.execute(delete(IndexMadeRow))
        session.add(IndexMadeRow(version=RULES))
        superseded = set(session.scalars(select(EntryRow.supersedes)))
        for row in store.ledger.rows():
            if (
                row.id in superseded
                or row.kind not in INDEXED
                or erasures.everything(row.client_id)
            ):
                continue
            # Written together, before the next rows are read.
            session.add_all(index_rows(store.ledger.opened(row)))
            giving += 1
    return giving


def refresh_index(store: Store) -> None:
    """Make the index anew where an earlier version of the program made it, or nobody yet.

    Where an entry does not open, the index stays as it is: the rest of the store can be read, and
    `verify` names the entry.

    Raises
    ------
    RecordConflict
        When another program is writing for longer than anybody waits.
    """
    with store.reading() as session:
        version = session.scalars(select(IndexMadeRow.version)).one_or_none()
    if version is None or version < RULES:
        with suppress(RecordErased, RecordTampered):
            rebuild_index(store)
