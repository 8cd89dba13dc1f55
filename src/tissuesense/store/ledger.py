"""The ledger: statements one after the other in a chain of hashes; only ever added to."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tissuesense.core.errors import RecordConflict, RecordNotFound, RecordTampered
from tissuesense.record.client import ClientId
from tissuesense.record.document import canonical_json, sha256
from tissuesense.record.entry import FIRST_HASH, Draft, Entry, EntryId, chained_hash
from tissuesense.record.statements import statement_of
from tissuesense.record.visit import VisitId
from tissuesense.store.client_keys import ClientKeys, Purpose
from tissuesense.store.index import forget_rows, index_rows
from tissuesense.store.schema import EntryRow
from tissuesense.store.sealing import Sealer
from tissuesense.store.transaction import Transaction

_BATCH = 500
_HEAD = "head of the ledger"  # what a transaction knows it by


@dataclass(frozen=True, slots=True)
class Ledger:
    """Entries of one practice.

    Parameters
    ----------
    practice
        Seals what is about no client.
    """

    transaction: Transaction
    reading: Transaction
    keys: ClientKeys
    practice: Sealer

    def append(self, draft: Draft, *, at: datetime, actor: str = "") -> Entry[Any]:
        """Add an entry, and to the index what it says.

        Raises
        ------
        RecordConflict
            When it would take the place of an entry that another one has taken already: somebody
            else changed it meanwhile.
        RecordErased
            When the client's key was destroyed.
        """
        content = canonical_json({"body": draft.body, "reason": draft.reason}).encode()
        with self.transaction() as session:
            if draft.supersedes is not None:
                self._check_superseded(session, draft)
            # Within a transaction, in which nobody else appends, the last entry is our own.
            last, previous = session.info.get(_HEAD) or _head(session)
            row = EntryRow(
                seq=last + 1,
                id=draft.id,
                kind=draft.kind,
                recorded_at=at,
                actor=actor,
                client_id=draft.client,
                visit_id=draft.visit,
                supersedes=draft.supersedes,
                sealed=self._sealer(draft.kind, draft.client).seal(draft.id, content),
            )
            row.hash = chained_hash(previous, envelope(row))
            entry = _entry(row, json.loads(content))
            rows = index_rows(entry)
            if draft.supersedes is not None:
                forget_rows(session, draft.supersedes)
            session.add_all([row, *rows])
            session.info[_HEAD] = row.seq, row.hash
        return entry

    def get(self, entry_id: EntryId) -> Entry[Any]:
        """Return one entry; RecordNotFound where there is none."""
        with self.reading() as session:
            row = session.scalars(select(EntryRow).where(EntryRow.id == entry_id)).one_or_none()
            if row is None:
                raise RecordNotFound("There is no such entry in this store.")
            return self.opened(row)

    def of_client(self, client: ClientId, *kinds: str) -> tuple[Entry[Any], ...]:
        """Return a client's entries, oldest first; of certain kinds where kinds are named."""
        query = select(EntryRow).where(EntryRow.client_id == client)
        return self._read(query.where(EntryRow.kind.in_(kinds)) if kinds else query)

    def of_visit(self, visit: VisitId, *kinds: str) -> tuple[Entry[Any], ...]:
        """Return a visit's entries, oldest first; of certain kinds where kinds are named."""
        query = select(EntryRow).where(EntryRow.visit_id == visit)
        return self._read(query.where(EntryRow.kind.in_(kinds)) if kinds else query)

    def of_practice(self, *kinds: str) -> tuple[Entry[Any], ...]:
        """Return entries that are about no client, of certain kinds, oldest first."""
        query = select(EntryRow).where(EntryRow.client_id.is_(None), EntryRow.kind.in_(kinds))
        return self._read(query)

    def named(self, ids: Iterable[EntryId]) -> tuple[Entry[Any], ...]:
        """Return the entries with these ids, oldest first."""
        return self._read(select(EntryRow).where(EntryRow.id.in_(list(ids))))

    def rows(self) -> Iterator[EntryRow]:
        """Yield every entry as it is stored, in order, a few at a time in memory."""
        last = 0
        while True:
            with self.reading() as session:
                query = select(EntryRow).where(EntryRow.seq > last).order_by(EntryRow.seq)
                batch = session.scalars(query.limit(_BATCH)).all()
                session.expunge_all()
            if not batch:
                return
            yield from batch
            last = batch[-1].seq

    def head(self) -> tuple[int, str]:
        """Return how many entries there are, and the hash that speaks for all of them."""
        with self.reading() as session:
            return _head(session)

    def opened(self, row: EntryRow) -> Entry[Any]:
        """Return the entry of a row, unsealed.

        Raises
        ------
        RecordErased
            When its client's key was destroyed.
        RecordTampered
            When the sealed bytes were changed.
        """
        client = None if row.client_id is None else ClientId(row.client_id)
        content = self._sealer(row.kind, client).open(row.id, row.sealed)
        return _entry(row, json.loads(content))

    def _read(self, query: Select[EntryRow]) -> tuple[Entry[Any], ...]:
        with self.reading() as session:
            found = session.scalars(query.order_by(EntryRow.seq)).all()
            self.keys.fetch({ClientId(row.client_id) for row in found if row.client_id})
            return tuple(self.opened(row) for row in found)

    def _sealer(self, kind: str, client: ClientId | None) -> Sealer:
        if client is None:
            return self.practice
        return self.keys.sealer(client, Purpose.IDENTITY if kind == "identity" else Purpose.RECORD)

    def _check_superseded(self, session: Session, draft: Draft) -> None:
        taken = select(EntryRow.id).where(EntryRow.supersedes == draft.supersedes)
        if session.scalars(taken).one_or_none() is not None:
            raise RecordConflict(
                "This entry was changed meanwhile.",
                hint="Look at it again, then change the newer one.",
            )
        old = session.scalars(select(EntryRow).where(EntryRow.id == draft.supersedes)).one_or_none()
        if old is None:
            raise RecordNotFound("There is no such entry in this store.")
        if (old.kind, old.client_id) != (draft.kind, draft.client):
            raise RecordConflict("An entry takes the place of one of its own kind and client.")


def envelope(row: EntryRow) -> bytes:
    """Return what the chain hashes of an entry: everything that can be read without a key."""
    return canonical_json(
        {
            "seq": row.seq,
            "id": row.id,
            "kind": row.kind,
            "recorded_at": row.recorded_at.isoformat(),
            "actor": row.actor,
            "client": row.client_id,
            "visit": row.visit_id,
            "supersedes": row.supersedes,
            "sealed_sha256": sha256(row.sealed),
        }
    ).encode()


def _head(session: Session) -> tuple[int, str]:
    query = select(EntryRow.seq, EntryRow.hash).order_by(EntryRow.seq.desc()).limit(1)
    last = session.execute(query).one_or_none()
    return (0, FIRST_HASH) if last is None else (last.seq, last.hash)


def _entry(row: EntryRow, content: dict[str, Any]) -> Entry[Any]:
    try:
        statement = statement_of(row.kind, content["body"])
    except ValueError as err:
        raise RecordTampered(f"Entry {row.seq} does not hold what it says: {err}") from err
    return Entry(
        id=EntryId(row.id),
        seq=row.seq,
        kind=row.kind,
        recorded_at=row.recorded_at,
        actor=row.actor,
        client=None if row.client_id is None else ClientId(row.client_id),
        visit=None if row.visit_id is None else VisitId(row.visit_id),
        supersedes=None if row.supersedes is None else EntryId(row.supersedes),
        reason=content["reason"],
        statement=statement,
        hash=row.hash,
    )
