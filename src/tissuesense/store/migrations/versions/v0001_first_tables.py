"""The first tables: the ledger with its raw data, which are written once, and their index."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WRITTEN_ONCE = ("entry", "raw")
INDEX = ("client", "visit", "palpation", "measurement", "value", "plan")


def upgrade() -> None:
    _ledger()
    _people()
    _numbers()
    for table in WRITTEN_ONCE:
        _refuse_changes(table)


def downgrade() -> None:
    for table in (*INDEX, *WRITTEN_ONCE):
        op.drop_table(table)


def _text(name: str, length: int | None = None, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _ledger() -> None:
    op.create_table(
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
        sa.PrimaryKeyConstraint("seq", name="pk_entry"),
        sa.UniqueConstraint("id", name="uq_entry_id"),
        sa.UniqueConstraint("supersedes", name="uq_entry_supersedes"),
    )
    op.create_index("ix_entry_client_kind", "entry", ["client_id", "kind"])
    op.create_index("ix_entry_visit_id", "entry", ["visit_id"])
    op.create_table(
        "raw",
        _text("measurement_id", 16),
        _text("client_id", 16),
        sa.Column("trace", sa.LargeBinary(), nullable=False),
        sa.Column("capture", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("measurement_id", name="pk_raw"),
    )


def _index_table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, _text("entry_id", 16), *columns)


def _people() -> None:
    _index_table(
        "client",
        _text("id", 16),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
    )
    _index_table(
        "visit",
        _text("id", 16),
        _text("client_id", 16),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
    )
    op.create_index("ix_visit_client_opened", "visit", ["client_id", "opened_at"])
    op.create_index("ix_visit_opened_at", "visit", ["opened_at"])
    _index_table(
        "plan",
        _text("client_id", 16),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("phases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name="pk_plan"),
    )


def _numbers() -> None:
    _index_table(
        "palpation",
        _text("id", 16),
        *_where(),
        _text("block", 16),
        sa.Column("tenderness", sa.Integer(), nullable=True),
        sa.Column("tone", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_palpation"),
    )
    op.create_index("ix_palpation_client_site", "palpation", ["client_id", "site", "side"])
    _index_table(
        "measurement",
        _text("id", 16),
        *_where(),
        _text("kind", 16),
        _text("block", 16),
        sa.Column("measured_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_measurement"),
    )
    op.create_index("ix_measurement_client_site", "measurement", ["client_id", "site", "side"])
    op.create_index("ix_measurement_visit_id", "measurement", ["visit_id"])
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
        sa.PrimaryKeyConstraint("entry_id", "quantity", name="pk_value"),
    )
    op.create_index("ix_value_measurement_id", "value", ["measurement_id"])
    for name in INDEX:
        if name != "value":  # whose primary key begins with it
            op.create_index(f"ix_{name}_entry_id", name, ["entry_id"])


def _where() -> tuple[sa.Column[str], ...]:
    return _text("client_id", 16), _text("visit_id", 16), _text("site", 64), _text("side", 8)


def _refuse_changes(table: str) -> None:
    """Let nobody change or remove what was written, not even this program."""
    told = f"{table} is written once"
    if op.get_bind().dialect.name == "sqlite":
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
