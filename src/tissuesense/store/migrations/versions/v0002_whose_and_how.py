"""What may be put together with what, and by which rules the index was made.

Only the sealed entries know how and by whom something was measured: the program makes the index
anew when it opens a practice whose index an earlier one made.
"""

import sqlalchemy as sa
from alembic import op

from tissuesense.store.migrations.tables import make_table, text_column

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("measurement", text_column("manner", 16, of_old_rows=""))
    op.add_column("visit", text_column("practitioner", 16, of_old_rows=""))
    version = sa.Column("version", sa.Integer(), nullable=False, autoincrement=False)
    make_table("index_made", version, key=("version",))


def downgrade() -> None:
    op.drop_table("index_made")
    op.drop_column("visit", "practitioner")
    op.drop_column("measurement", "manner")
