"""The ledger and its raw data, row by row, from one database into another of whatever kind."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, insert, select
from sqlalchemy.orm import Session

from tissuesense.store.schema import EntryRow, RawRow
from tissuesense.store.verifying.kept import table_of

_BATCH = 100
_WRITTEN_ONCE: tuple[tuple[type[EntryRow | RawRow], str], ...] = (
    (EntryRow, "seq"),
    (RawRow, "measurement_id"),
)


def pour(source: Session, to: Session) -> None:
    """Copy entries and raw data as they are, sealed; a few of them are in memory at a time."""
    for kind, key in _WRITTEN_ONCE:
        table = table_of(kind)
        for batch in _batches(source, kind, table.c[key]):
            to.execute(insert(table), [dict(row) for row in batch])


def _batches(
    source: Session, kind: type[EntryRow | RawRow], key: ColumnElement[Any]
) -> Iterator[list[RowMapping]]:
    query = select(table_of(kind)).order_by(key).limit(_BATCH)
    batch = [*source.execute(query).mappings()]
    while batch:
        yield batch
        batch = [*source.execute(query.where(key > batch[-1][key.key])).mappings()]
