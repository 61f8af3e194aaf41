"""exam clock"""

import sqlalchemy as sa
from alembic import op

revision = "002"
down_revision = "001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_back", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("overtaken_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("contests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extra_minutes", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extended_minutes", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Back."""

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_column("extended_minutes")

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_column("extra_minutes")

    with op.batch_alter_table("contests", schema=None) as batch_op:
        batch_op.drop_column("paused_at")

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("overtaken_at")
        batch_op.drop_column("given_back")
