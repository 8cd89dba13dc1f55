"""The ledger a few entries at a time, each batch with what the index says of it at that moment."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.store.opened import Store
from tissuesense.store.schema import INDEX, EntryRow, IndexRow, RawRow
from tissuesense.store.verifying.kept import Kept, as_kept, reading, table_of

_BATCH = 50

Indexed = Mapping[type[IndexRow], tuple[Kept, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntry:
    """An entry as it is stored, whether another took its place, and its rows of the index."""

    kept: Mapping[str, Any]
    superseded: bool
    indexed: Indexed

    @property
    def seq(self) -> int:
        """Its place."""
        seq: int = self.kept["seq"]
        return seq

    @property
    def id(self) -> str:
        """Its id, whatever is stored there."""
        return str(self.kept["id"])


class Unreadable(RecordError):  # noqa: N818 - named for the state it tells of
    """From `seq` on, the file cannot be read."""

    def __init__(self, seq: int) -> None:
        super().__init__(f"From entry {seq} on, the file cannot be read.")
        self.seq = seq


def kept_entries(store: Store) -> Iterator[KeptEntry]:
    """Yield every entry in order; nobody has to wait longer than a batch takes to read.

    Raises
    ------
    Unreadable
        When the file is damaged; every entry before was yielded.
    RecordConflict
        When another program keeps the store to itself.
    """
    last = 0
    while batch := _batch(store, last):
        yield from batch
        last = batch[-1].seq


def entries_of_kind(store: Store, kind: str) -> list[Mapping[str, Any]]:
    """Return the entries of a kind of which there are few; none where the file is damaged."""
    query = as_kept(table_of(EntryRow)).where(EntryRow.kind == kind).order_by(EntryRow.seq)
    try:
        with reading(store.engine, store.reading) as session:
            return [dict(row) for row in session.execute(query).mappings()]
    except RecordConflict:
        raise
    except RecordError:  # the walk through all of them says where
        return []


def kept_raw(store: Store, measurement: str) -> Mapping[str, Any] | None:
    """Return the raw row of a measurement, as it is stored."""
    table = table_of(RawRow)
    with reading(store.engine, store.reading) as session:
        found = session.execute(as_kept(table).where(RawRow.measurement_id == measurement))
        kept = found.mappings().one_or_none()
    return None if kept is None else dict(kept)


def _batch(store: Store, after: int) -> list[KeptEntry]:
    try:
        return _read(store, after, _BATCH)
    except RecordConflict:
        raise
    except RecordError:
        return _as_far_as_it_goes(store, after)


def _as_far_as_it_goes(store: Store, after: int) -> list[KeptEntry]:
    """Read one at a time, to tell which is the first that cannot be read."""
    batch: list[KeptEntry] = []
    try:
        while len(batch) < _BATCH and (found := _read(store, after, 1)):
            batch += found
            after = found[0].seq
    except RecordError as err:
        if not batch:
            raise Unreadable(after + 1) from err
    return batch


def _read(store: Store, after: int, size: int) -> list[KeptEntry]:
    with reading(store.engine, store.reading) as session:
        query = as_kept(table_of(EntryRow)).where(EntryRow.seq > after).order_by(EntryRow.seq)
        rows = [dict(row) for row in session.execute(query.limit(size)).mappings()]
        names = [row["id"] for row in rows]
        superseding = select(EntryRow.supersedes).where(EntryRow.supersedes.in_(names))
        superseded = set(session.scalars(superseding))
        indexed = _indexed(session, names)
    return [
        KeptEntry(kept=row, superseded=row["id"] in superseded, indexed=indexed[row["id"]])
        for row in rows
    ]


def _indexed(session: Session, names: list[Any]) -> Mapping[Any, Indexed]:
    found: dict[Any, dict[type[IndexRow], tuple[Kept, ...]]] = defaultdict(dict)
    for kind in INDEX:
        for row in session.execute(as_kept(table_of(kind)).where(kind.entry_id.in_(names))):
            own = found[row.entry_id]
            own[kind] = (*own.get(kind, ()), tuple(row))
    return found
