"""old units"""

import sqlalchemy as sa
from alembic import op

revision = "003"
down_revision = "002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""

    op.create_table(
        "old_units",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("search", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district", sa.String(length=80), nullable=False),
        sa.Column(
            "mapping",
            sa.Enum(
                "whole",
                "split",
                "split-default",
                name="mapping",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_old_units_contest_id_contests")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_old_units_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_units")),
        sa.UniqueConstraint(
            "contest_id", "name", "district", "unit_id", name=op.f("uq_old_units_contest_id_name_district_unit_id")
        ),
    )


def downgrade() -> None:
    """Back."""

    op.drop_table("old_units")
