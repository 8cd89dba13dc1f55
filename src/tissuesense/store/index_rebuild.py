"""Make the index anew from the ledger, which is left as it is."""

from sqlalchemy import delete, select

from tissuesense.store.index import INDEXED, index_rows
from tissuesense.store.opened import Store
from tissuesense.store.schema import INDEX, EntryRow
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
        superseded = set(session.scalars(select(EntryRow.supersedes)))
        for row in store.ledger.rows():
            if (
                row.id in superseded
                or row.kind not in INDEXED
                or erasures.everything(row.client_id)
            ):
                continue
            session.add_all(index_rows(store.ledger.opened(row)))
            session.flush()
            giving += 1
    return giving
