"""Rows as the database keeps them, compared to the last bit with what they should be.

A value that reads as the same time or the same number may still be kept as other bytes, and a
query that looks for the right ones would miss it. So nothing here is converted on the way in; what
should be there is converted the way the store does when it writes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Dialect, Engine, Select, Table, select, type_coerce
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import NullType

from tissuesense.core.errors import RecordError
from tissuesense.record.document import canonical_json
from tissuesense.store.schema import EntryRow
from tissuesense.store.transaction import Transaction

Kept = tuple[Any, ...]


def as_kept(table: Table) -> Select[*tuple[Any, ...]]:
    """Return a query for every column of a table, unconverted."""
    return select(*(type_coerce(column, NullType()).label(column.name) for column in table.c))


def table_of(mapped: type[DeclarativeBase]) -> Table:
    """Return the table of a class of rows."""
    table = mapped.__table__
    assert isinstance(table, Table)  # noqa: S101 - of a mapped class it is
    return table


def kept_of(row: DeclarativeBase, dialect: Dialect) -> Kept:
    """Return what the database keeps of a row."""
    table = table_of(type(row))
    return tuple(_written(column, getattr(row, column.name), dialect) for column in table.columns)


def entry_row(kept: Mapping[str, Any], dialect: Dialect) -> EntryRow:
    """Return the entry that a kept row is.

    Raises
    ------
    ValueError
        When the store would have kept this entry as other bytes.
    """
    table = table_of(EntryRow)
    try:
        row = EntryRow(**{c.name: _read(c, kept[c.name], dialect) for c in table.columns})
        same = exact(kept_of(row, dialect)) == exact(tuple(kept[c.name] for c in table.columns))
    except (TypeError, AttributeError) as err:
        raise ValueError from err
    if not same:
        raise ValueError
    return row


def exact(kept: Kept) -> Kept:
    """Return values that are equal only if they are of one type and the same to the last bit."""
    return tuple((type(value).__name__, _bits(value)) for value in kept)


@contextmanager
def reading(engine: Engine, transaction: Transaction) -> Iterator[Session]:
    """Let a transaction read whatever is there; text that is no text is a finding like another.

    After a damaged page SQLCipher refuses every other one too, until the file is opened anew.
    """
    try:
        with transaction() as session, _any_text(session):
            yield session
    except RecordError:
        engine.dispose()
        raise


@contextmanager
def _any_text(session: Session) -> Iterator[None]:
    connection: Any = session.connection().connection.driver_connection
    before = getattr(connection, "text_factory", None)
    if before is None:  # not SQLite
        yield
        return
    connection.text_factory = _decoded
    try:
        yield
    finally:
        connection.text_factory = before


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _bits(value: Any) -> Any:  # noqa: ANN401 - whatever a driver returns
    if isinstance(value, float):
        return value.hex()
    return canonical_json(value) if isinstance(value, (dict, list)) else value


def _written(column: Column[Any], value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as above
    convert = column.type.dialect_impl(dialect).bind_processor(dialect)
    written = value if convert is None else convert(value)
    # Drivers wrap bytes and JSON; inside is what comes back.
    return getattr(written, "obj", written)


def _read(column: Column[Any], value: Any, dialect: Dialect) -> Any:  # noqa: ANN401 - as above
    convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return value if convert is None else convert(value)
