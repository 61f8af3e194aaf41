"""kiosks"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "007"
down_revision = "006"
branch_labels = None
depends_on = None

_AT_A_KIOSK = sa.text("kiosk_id IS NOT NULL")
_FOR_EVER = {"sqlite_autoincrement": True}  # as in 005: SQLite's new copy would forget it


@contextmanager
def _triggers_of_entries_kept() -> Iterator[None]:
    """SQLite rebuilds the table, and the triggers that hang on it would go with the old one."""
    made = []
    if op.get_bind().dialect.name == "sqlite":
        of_entries = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entries'"
        made = list(op.get_bind().scalars(sa.text(of_entries)))
    yield
    for statement in made:
        op.execute(statement)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "kiosks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_kiosks_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_kiosks_token_hash")),
    )
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosks_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "kiosk_codes",
        sa.Column("code_mark", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["accounts.id"], name=op.f("fk_kiosk_codes_made_by_accounts")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_kiosk_codes_unit_id_units")),
        sa.PrimaryKeyConstraint("code_mark", name=op.f("pk_kiosk_codes")),
    )
    with op.batch_alter_table("kiosk_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosk_codes_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "handovers",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kiosk_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_handovers_account_id_accounts")),
        sa.ForeignKeyConstraint(["kiosk_id"], ["kiosks.id"], name=op.f("fk_handovers_kiosk_id_kiosks")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handovers_expires_at"), ["expires_at"], unique=False)

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kiosk_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sessions_kiosk_id_kiosks"), "kiosks", ["kiosk_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_sessions_kiosk_id"), ["kiosk_id"], unique=False)

    with _triggers_of_entries_kept(), op.batch_alter_table("entries", table_kwargs=_FOR_EVER) as batch_op:
        batch_op.add_column(sa.Column("kiosk_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_entries_kiosk_id_kiosks"), "kiosks", ["kiosk_id"], ["id"])
        batch_op.create_index(
            "ix_entries_kiosk_registered",
            ["kiosk_id", "registered_at"],
            unique=False,
            sqlite_where=_AT_A_KIOSK,
            postgresql_where=_AT_A_KIOSK,
        )


def downgrade() -> None:
    """Back."""
    with _triggers_of_entries_kept(), op.batch_alter_table("entries", table_kwargs=_FOR_EVER) as batch_op:
        batch_op.drop_index("ix_entries_kiosk_registered", sqlite_where=_AT_A_KIOSK, postgresql_where=_AT_A_KIOSK)
        batch_op.drop_constraint(batch_op.f("fk_entries_kiosk_id_kiosks"), type_="foreignkey")
        batch_op.drop_column("kiosk_id")

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_kiosk_id"))
        batch_op.drop_constraint(batch_op.f("fk_sessions_kiosk_id_kiosks"), type_="foreignkey")
        batch_op.drop_column("kiosk_id")
    op.drop_table("handovers")
    op.drop_table("kiosk_codes")
    op.drop_table("kiosks")
