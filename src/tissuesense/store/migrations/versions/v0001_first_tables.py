"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# A correction, or a later analysis, adds rows. Erasing a client deletes; nothing updates.
WRITTEN_ONCE = ("client", "visit", "manual_finding", "measurement", "raw", "method", "finding")


def upgrade() -> None:
    _people()
    _measurements()
    _findings()
    for table in WRITTEN_ONCE:
        op.execute(
            f"CREATE TRIGGER {table}_is_written_once BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
        )


def downgrade() -> None:
    for table in reversed(WRITTEN_ONCE):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("client_id", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("opened_utc_offset_min", sa.Integer(), nullable=False),
        sa.Column("practitioner", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_visit_client_id_client"),
    )
    op.create_index("ix_visit_client_id", "visit", ["client_id"])
    op.create_table(
        "manual_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.String(16), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("block", sa.String(16), nullable=False),
        sa.Column("tenderness", sa.Integer(), nullable=True),
        sa.Column("tone", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_manual_finding"),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visit.id"], name="fk_manual_finding_visit_id_visit"
        ),
    )
    op.create_index("ix_manual_finding_visit_id", "manual_finding", ["visit_id"])


def _measurements() -> None:
    op.create_table(
        "measurement",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("visit_id", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("side", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("measured_at", sa.DateTime(), nullable=False),
        sa.Column("block", sa.String(16), nullable=False),
        sa.Column("device_model", sa.String(64), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("quality", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_measurement"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_measurement_visit_id_visit"),
        sa.UniqueConstraint("visit_id", "number", name="uq_measurement_visit_id_number"),
    )
    op.create_table(
        "raw",
        sa.Column("measurement_id", sa.String(16), nullable=False),
        sa.Column("trace_sha256", sa.String(64), nullable=False),
        sa.Column("trace_header", sa.JSON(), nullable=False),
        sa.Column("trace_columns", sa.LargeBinary(), nullable=False),
        sa.Column("capture_sha256", sa.String(64), nullable=True),
        sa.Column("capture", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("measurement_id", name="pk_raw"),
        sa.ForeignKeyConstraint(
            ["measurement_id"], ["measurement.id"], name="fk_raw_measurement_id_measurement"
        ),
    )


def _findings() -> None:
    op.create_table(
        "method",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estimator", sa.String(64), nullable=False),
        sa.Column("estimator_version", sa.String(32), nullable=False),
        sa.Column("software_version", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_method"),
        sa.UniqueConstraint(
            "estimator",
            "estimator_version",
            "software_version",
            name="uq_method_estimator_estimator_version_software_version",
        ),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("measurement_id", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("index", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.String(64), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("standard_uncertainty", sa.Double(), nullable=True),
        sa.Column("ci95_low", sa.Double(), nullable=True),
        sa.Column("ci95_high", sa.Double(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("computed_at", sa.DateTime(), nullable=False),
        sa.Column("method_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.ForeignKeyConstraint(
            ["measurement_id"], ["measurement.id"], name="fk_finding_measurement_id_measurement"
        ),
        sa.ForeignKeyConstraint(["method_id"], ["method.id"], name="fk_finding_method_id_method"),
        sa.UniqueConstraint("measurement_id", "number", name="uq_finding_measurement_id_number"),
    )
