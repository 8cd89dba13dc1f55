"""The first tables: the ledger with its raw data, which are written once, and their index.

On a server they are those of all practices, so every table has one column more: whose row it is.
It comes first in every key and index, it is filled in from what the transaction said, and the
policies let nobody see or write a row of another practice. The clients' keys, which a folder has in
a file of their own, are there in a schema of their own.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("entry", "raw")
INDEX = ("client", "visit", "palpation", "measurement", "value", "void", "plan")
KEYS = "tissuesense_keys"


def upgrade() -> None:
    _ledger()
    _people()
    _numbers()
    for table in WRITTEN_ONCE:
        _refuse_changes(table)
    if _on_server():
        _safes_and_keys()


def downgrade() -> None:
    for table in (*INDEX, *WRITTEN_ONCE):
        op.drop_table(table)
    if _on_server():
        op.drop_table("practice_safe")
        for table in WRITTEN_ONCE:
            op.execute(f"DROP FUNCTION {table}_refuse")
        for table in ("client_key", "key_copy"):
            op.drop_table(table, schema=KEYS)


def _on_server() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    # In the order of its bytes, as SQLite has it: a prefix is then a range.
    collation = "C" if _on_server() else None
    return sa.Column(name, sa.String(length, collation=collation), nullable=nullable)


def _table(
    name: str,
    *columns: sa.Column[Any],
    key: tuple[str, ...],
    unique: tuple[str, ...] = (),
    schema: str | None = None,
) -> None:
    constraints = [
        sa.PrimaryKeyConstraint(*_mine(*key), name=f"pk_{name}"),
        *(sa.UniqueConstraint(*_mine(column), name=f"uq_{name}_{column}") for column in unique),
    ]
    op.create_table(name, *_whose(), *columns, *constraints, schema=schema)
    if _on_server():
        _keep_practices_apart(name if schema is None else f"{schema}.{name}")


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, [*_mine(*columns)])


def _mine(*columns: str) -> tuple[str, ...]:
    return ("practice", *columns) if _on_server() else columns


def _whose() -> tuple[sa.Column[str], ...]:
    if not _on_server():
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


def _ledger() -> None:
    _table(
        "entry",
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        _text("id", 16),
        _text("kind", 24),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        _text("actor"),
        _text("client_id", 16, nullable=True),
        _text("visit_id", 16, nullable=True),
        _text("supersedes", 16, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _text("hash", 64),
        key=("seq",),
        unique=("id", "supersedes"),
    )
    _index("ix_entry_client_kind", "entry", "client_id", "kind")
    _index("ix_entry_visit_id", "entry", "visit_id")
    _table(
        "raw",
        _text("measurement_id", 16),
        _text("client_id", 16),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("capture", sa.LargeBinary(), nullable=True),
        key=("measurement_id",),
    )


def _index_table(name: str, *columns: sa.Column[Any], key: tuple[str, ...]) -> None:
    _table(name, _text("entry_id", 16), *columns, key=key)
    if key[0] != "entry_id":
        _index(f"ix_{name}_entry_id", name, "entry_id")


def _people() -> None:
    _index_table(
        "client",
        _text("id", 16),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        key=("id",),
    )
    _index_table(
        "visit",
        _text("id", 16),
        _text("client_id", 16),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        _text("intent", 16),
        key=("id",),
    )
    _index("ix_visit_client_intent", "visit", "client_id", "intent", "day")
    _index("ix_visit_day", "visit", "day")
    _index_table(
        "plan",
        _text("client_id", 16),
        sa.Column("from_day", sa.Integer(), nullable=False, autoincrement=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("until_day", "earliest", "shortest_days", "longest_days")
        ),
        key=("client_id", "from_day"),
    )


def _numbers() -> None:
    _index_table(
        "palpation",
        _text("id", 16),
        *_where(),
        _text("block", 16),
        sa.Column("tenderness", sa.Integer(), nullable=True),
        sa.Column("tone", sa.Integer(), nullable=True),
        key=("id",),
    )
    _index("ix_palpation_client_site", "palpation", "client_id", "site", "side")
    _index("ix_palpation_visit_site", "palpation", "visit_id", "site", "side", "block")
    _index_table(
        "measurement",
        _text("id", 16),
        *_where(),
        _text("kind", 16),
        _text("block", 16),
        sa.Column("measured_at", sa.DateTime(), nullable=False),
        key=("id",),
    )
    _index("ix_measurement_client_site", "measurement", "client_id", "site", "side", "measured_at")
    _index("ix_measurement_site_latest", "measurement", "site", "kind", "block", "measured_at")
    _index("ix_measurement_visit_id", "measurement", "visit_id")
    _index_table(
        "value",
        _text("quantity", 64),
        _text("measurement_id", 16),
        _text("client_id", 16),
        *(
            sa.Column(name, sa.Double(), nullable=True)
            for name in ("value", "standard_uncertainty", "ci95_low", "ci95_high")
        ),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        key=("entry_id", "quantity"),
    )
    _index("ix_value_measurement_quantity", "value", "measurement_id", "quantity")
    _index_table(
        "void",
        _text("id", 16),
        _text("measurement_id", 16),
        _text("client_id", 16),
        key=("id",),
    )
    _index("ix_void_measurement_id", "void", "measurement_id")


def _where() -> tuple[sa.Column[str], ...]:
    return _text("client_id", 16), _text("visit_id", 16), _text("site", 64), _text("side", 8)


def _safes_and_keys() -> None:
    _table("practice_safe", _text("safe"), key=())
    _table(
        "client_key",
        _text("client_id", 16),
        _text("purpose", 16),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        key=("client_id", "purpose"),
        schema=KEYS,
    )
    _table(
        "key_copy",
        _text("path"),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("by_date", sa.Boolean(), nullable=False),
        key=("path",),
        schema=KEYS,
    )


def _refuse_changes(table: str) -> None:
    """Let nobody change or remove what was written, not even this program."""
    told = f"{table} is written once"
    if not _on_server():
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$BEGIN RAISE EXCEPTION '{told}' USING ERRCODE = 'integrity_constraint_violation'; END$$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )
