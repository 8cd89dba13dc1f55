"""The first tables: the ledger with its raw data, which are written once, and their index.

The clients' keys, which a folder has in a file of their own, have their own schema on a server.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from tissuesense.store.migrations.tables import make_index, make_table, on_server, text_column

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
    if on_server():
        _safes_and_keys()


def downgrade() -> None:
    for table in (*INDEX, *WRITTEN_ONCE):
        op.drop_table(table)
    if on_server():
        op.drop_table("practice_safe")
        for table in WRITTEN_ONCE:
            op.execute(f"DROP FUNCTION {table}_refuse")
        for table in ("client_key", "key_copy"):
            op.drop_table(table, schema=KEYS)


def _ledger() -> None:
    make_table(
        "entry",
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        text_column("id", 16),
        text_column("kind", 24),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        text_column("actor"),
        text_column("client_id", 16, nullable=True),
        text_column("visit_id", 16, nullable=True),
        text_column("supersedes", 16, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        text_column("hash", 64),
        key=("seq",),
        unique=("id", "supersedes"),
    )
    make_index("ix_entry_client_kind", "entry", "client_id", "kind")
    make_index("ix_entry_visit_id", "entry", "visit_id")
    make_table(
        "raw",
        text_column("measurement_id", 16),
        text_column("client_id", 16),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("capture", sa.LargeBinary(), nullable=True),
        key=("measurement_id",),
    )


def _index_table(name: str, *columns: sa.Column[Any], key: tuple[str, ...]) -> None:
    make_table(name, text_column("entry_id", 16), *columns, key=key)
    if key[0] != "entry_id":
        make_index(f"ix_{name}_entry_id", name, "entry_id")


def _people() -> None:
    _index_table(
        "client",
        text_column("id", 16),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        key=("id",),
    )
    _index_table(
        "visit",
        text_column("id", 16),
        text_column("client_id", 16),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        text_column("intent", 16),
        key=("id",),
    )
    make_index("ix_visit_client_intent", "visit", "client_id", "intent", "day")
    make_index("ix_visit_day", "visit", "day")
    _index_table(
        "plan",
        text_column("client_id", 16),
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
        text_column("id", 16),
        *_where(),
        text_column("block", 16),
        sa.Column("tenderness", sa.Integer(), nullable=True),
        sa.Column("tone", sa.Integer(), nullable=True),
        key=("id",),
    )
    make_index("ix_palpation_client_site", "palpation", "client_id", "site", "side")
    make_index("ix_palpation_visit_site", "palpation", "visit_id", "site", "side", "block")
    _index_table(
        "measurement",
        text_column("id", 16),
        *_where(),
        text_column("kind", 16),
        text_column("block", 16),
        sa.Column("measured_at", sa.DateTime(), nullable=False),
        key=("id",),
    )
    make_index(
        "ix_measurement_client_site", "measurement", "client_id", "site", "side", "measured_at"
    )
    make_index("ix_measurement_site_latest", "measurement", "site", "kind", "block", "measured_at")
    make_index("ix_measurement_visit_id", "measurement", "visit_id")
    _index_table(
        "value",
        text_column("quantity", 64),
        text_column("measurement_id", 16),
        text_column("client_id", 16),
        *(
            sa.Column(name, sa.Double(), nullable=True)
            for name in ("value", "standard_uncertainty", "ci95_low", "ci95_high")
        ),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        key=("entry_id", "quantity"),
    )
    make_index("ix_value_measurement_quantity", "value", "measurement_id", "quantity")
    _index_table(
        "void",
        text_column("id", 16),
        text_column("measurement_id", 16),
        text_column("client_id", 16),
        key=("id",),
    )
    make_index("ix_void_measurement_id", "void", "measurement_id")


def _where() -> tuple[sa.Column[str], ...]:
    return (
        text_column("client_id", 16),
        text_column("visit_id", 16),
        text_column("site", 64),
        text_column("side", 8),
    )


def _safes_and_keys() -> None:
    make_table("practice_safe", text_column("safe"), key=())
    make_table(
        "client_key",
        text_column("client_id", 16),
        text_column("purpose", 16),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        key=("client_id", "purpose"),
        schema=KEYS,
    )
    make_table(
        "key_copy",
        text_column("path"),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("by_date", sa.Boolean(), nullable=False),
        key=("path",),
        schema=KEYS,
    )


def _refuse_changes(table: str) -> None:
    """Let nobody change or remove what was written, not even this program."""
    told = f"{table} is written once"
    if not on_server():
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
