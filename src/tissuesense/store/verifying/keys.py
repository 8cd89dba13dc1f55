"""Who was erased, and whether everybody else still has the keys that open the record."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.record.audit import Erased, ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.store.client_keys import Purpose
from tissuesense.store.opened import Store
from tissuesense.store.schema import EntryRow, WrappedKeyRow
from tissuesense.store.verifying.batches import entries_of_kind
from tissuesense.store.verifying.findings import Findings, Part
from tissuesense.store.verifying.kept import as_kept, entry_row, reading, table_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasures:
    """What the ledger says of erased clients.

    Attributes
    ----------
    known
        Whether every erasure could be read; where one could not, a key that is gone may be its.
    """

    scopes: Mapping[str, ErasureScope]
    known: bool

    def everything(self, client: object) -> bool:
        """Whether a client was erased altogether."""
        return self.scopes.get(str(client)) is ErasureScope.EVERYTHING

    def covers(self, client: str, purpose: Purpose) -> bool:
        """Whether this key of a client may be gone."""
        scope = self.scopes.get(client)
        if scope is None:
            return not self.known
        return scope is ErasureScope.EVERYTHING or purpose is Purpose.IDENTITY


def find_erasures(store: Store) -> Erasures:
    """Read which clients were erased; what cannot be read is named when its turn comes."""
    scopes: dict[str, ErasureScope] = {}
    known = True
    for kept in entries_of_kind(store, "erased"):
        try:
            erased: Erased = store.ledger.opened(entry_row(kept, store.engine.dialect)).statement
        except (RecordError, ValueError, KeyError, TypeError, AttributeError):
            known = False
            continue
        if scopes.get(erased.client_was) is not ErasureScope.EVERYTHING:
            scopes[erased.client_was] = erased.scope
    return Erasures(scopes=scopes, known=known)


def check_keys(store: Store, erasures: Erasures, findings: Findings) -> None:
    """Look for a key that is gone, or opens nothing, of a client who has entries."""
    try:
        there = _keys(store)
    except RecordConflict:
        raise
    except RecordError as err:
        findings.add(Part.KEYS, f"The clients' keys cannot be read: {err}")
        return
    for client, seq, first in _first_entries(store):
        for purpose in Purpose:
            if not erasures.covers(client, purpose) and not _opens(store, client, purpose, there):
                findings.add(
                    Part.KEYS,
                    f"The {purpose} key of its client is gone or was changed, "
                    "and no entry says that the client was erased.",
                    seq=seq,
                    entry=first,
                )
    left = {client for client, _ in there if erasures.everything(client)}
    if left:
        findings.warnings.append(
            f"Erased clients whose keys are still there: {len(left)}. Erase them again."
        )


def _keys(store: Store) -> set[tuple[str, str]]:
    table = table_of(WrappedKeyRow)
    with reading(store.key_engine, store.keys.transaction) as session:
        rows = session.execute(as_kept(table)).mappings().all()
    return {(row["client_id"], row["purpose"]) for row in rows}


def _opens(store: Store, client: str, purpose: Purpose, there: set[tuple[str, str]]) -> bool:
    if (client, str(purpose)) not in there:
        return False
    try:
        store.keys.sealer(ClientId(client), purpose)
    except (RecordError, ValueError, TypeError):
        return False
    return True


def _first_entries(store: Store) -> list[tuple[str, int, str]]:
    firsts = select(func.min(EntryRow.seq)).where(EntryRow.client_id.is_not(None))
    query = (
        select(EntryRow.client_id, EntryRow.seq, EntryRow.id)
        .where(EntryRow.seq.in_(firsts.group_by(EntryRow.client_id)))
        .order_by(EntryRow.seq)
    )
    try:
        with reading(store.engine, store.reading) as session:
            return [(str(client), seq, str(name)) for client, seq, name in session.execute(query)]
    except RecordConflict:
        raise
    except RecordError:  # the walk through the entries says where
        return []
