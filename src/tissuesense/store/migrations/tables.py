"""What the steps make tables of, in a folder and on a server.

On a server the tables are those of all practices, so every one has a column more: whose row it is.
It comes first in every key and index, it is filled in from what the transaction said, and the
policies let nobody see or write a row of another practice.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op


def on_server() -> bool:
    """Return whether the step is run on a PostgreSQL server."""
    return op.get_bind().dialect.name == "postgresql"


def text_column(
    name: str,
    length: int | None = None,
    *,
    nullable: bool = False,
    of_old_rows: str | None = None,
) -> sa.Column[str]:
    """Return a column of text, and what it holds in the rows that are there already."""
    # In the order of its bytes, as SQLite has it: a prefix is then a range.
    collation = "C" if on_server() else None
    kind = sa.String(length, collation=collation)
    return sa.Column(name, kind, nullable=nullable, server_default=of_old_rows)


def make_table(
    name: str,
    *columns: sa.Column[Any],
    key: tuple[str, ...],
    unique: tuple[str, ...] = (),
    schema: str | None = None,
) -> None:
    """Make a table; on a server with the practice in front of its keys, and row security."""
    constraints = [
        sa.PrimaryKeyConstraint(*_mine(*key), name=f"pk_{name}"),
        *(sa.UniqueConstraint(*_mine(column), name=f"uq_{name}_{column}") for column in unique),
    ]
    op.create_table(name, *_whose(), *columns, *constraints, schema=schema)
    if on_server():
        _keep_practices_apart(name if schema is None else f"{schema}.{name}")


def make_index(name: str, of: str, *columns: str) -> None:
    """Make an index; on a server with the practice in front."""
    op.create_index(name, of, [*_mine(*columns)])


def _mine(*columns: str) -> tuple[str, ...]:
    return ("practice", *columns) if on_server() else columns


def _whose() -> tuple[sa.Column[str], ...]:
    if not on_server():
        return ()
    # Without a second argument it fails where nothing was said: a row never is nobody's.
    said = sa.text("current_setting('tissuesense.practice')")
    practice = sa.String(63, collation="C")
    return (sa.Column("practice", practice, server_default=said, nullable=False),)


def _keep_practices_apart(table: str) -> None:
    """Let a transaction see and write what belongs to its practice; the owner's own too."""
    mine = "practice = current_setting('tissuesense.practice', true)"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_practice ON {table} USING ({mine}) WITH CHECK ({mine})")
