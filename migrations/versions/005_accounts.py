"""accounts in law-abiding hands"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "005"
down_revision = "004"
branch_labels = None
depends_on = None

_OLD_PURPOSES = ("contest", "boards", "story", "contact")
_PURPOSES = (*_OLD_PURPOSES, "guardian", "guardian_public")

# What is in the audit is never changed and never taken out, whoever holds the database's password.
_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER audit_records_keep BEFORE UPDATE ON audit_records"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
        "CREATE TRIGGER audit_records_keep_all BEFORE DELETE ON audit_records"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
        # INSERT OR REPLACE takes a row out without asking the trigger above.
        "CREATE TRIGGER audit_records_keep_each BEFORE INSERT ON audit_records"
        " WHEN NEW.id IN (SELECT id FROM audit_records)"
        " BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_records_keep() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'audit_records is append-only'; END $$",
        "CREATE TRIGGER audit_records_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_records_keep()",
    ),
}
_NO_GUARDS = {
    "sqlite": (
        "DROP TRIGGER audit_records_keep",
        "DROP TRIGGER audit_records_keep_all",
        "DROP TRIGGER audit_records_keep_each",
    ),
    "postgresql": ("DROP TRIGGER audit_records_keep ON audit_records", "DROP FUNCTION audit_records_keep()"),
}


def _on_sqlite() -> str:
    return "always" if op.get_bind().dialect.name == "sqlite" else "auto"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "sms_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "rejected",
                "given_up",
                name="smsstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_sms_messages_key")),
    )
    with op.batch_alter_table("sms_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sms_messages_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_sms_messages_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "data_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "copy",
                "correct",
                "withdraw",
                "restrict",
                "delete",
                name="requestkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "acknowledged",
                "done",
                "refused",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledge_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extension_reason", sa.String(length=500), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_data_requests_account_id_accounts")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_data_requests_contest_id_contests")),
        sa.ForeignKeyConstraint(["done_by"], ["accounts.id"], name=op.f("fk_data_requests_done_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_requests_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_data_requests_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_data_requests_open",
            ["account_id", "kind"],
            unique=True,
            sqlite_where=sa.text("state IN ('new', 'acknowledged')"),
            postgresql_where=sa.text("state IN ('new', 'acknowledged')"),
        )

    op.create_table(
        "one_time_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("recovery", name="codepurpose", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("phone_mark", sa.String(length=64), nullable=False),
        sa.Column("prefix_mark", sa.String(length=64), nullable=False),
        sa.Column("browser_mark", sa.String(length=64), nullable=False),
        sa.Column("code_mark", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_one_time_codes_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_codes")),
    )
    with op.batch_alter_table("one_time_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_codes_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_codes_browser_mark"), ["browser_mark"], unique=False)
        batch_op.create_index(batch_op.f("ix_one_time_codes_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_one_time_codes_phone_mark_created_at", ["phone_mark", "created_at"], unique=False)
        batch_op.create_index("ix_one_time_codes_prefix_mark_created_at", ["prefix_mark", "created_at"], unique=False)

    op.create_table(
        "claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("claimant_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("citizen_index", sa.String(length=64), nullable=False),
        sa.Column("citizen_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("citizen_last_four", sa.String(length=4), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open", "moved", "refused", name="claimstate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["claimant_id"], ["accounts.id"], name=op.f("fk_claims_claimant_id_accounts")),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_claims_contest_id_contests")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_claims_decided_by_accounts")),
        sa.ForeignKeyConstraint(["holder_id"], ["accounts.id"], name=op.f("fk_claims_holder_id_accounts")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_claims_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_citizen_index"), ["citizen_index"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_claimant_id"), ["claimant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_claims_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_claims_open",
            ["claimant_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "staff_units",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_staff_units_account_id_accounts")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_staff_units_unit_id_units")),
        sa.PrimaryKeyConstraint("account_id", "unit_id", name=op.f("pk_staff_units")),
    )
    op.create_table(
        "unit_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "to_dan_pho",
                "thon",
                "co_quan",
                "truong",
                name="groupkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sort_key", sa.String(length=300), nullable=False),
        sa.Column("join_code", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_unit_groups_contest_id_contests")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_groups_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_groups")),
        sa.UniqueConstraint("contest_id", "join_code", name=op.f("uq_unit_groups_contest_id_join_code")),
        sa.UniqueConstraint("unit_id", "kind", "name", name=op.f("uq_unit_groups_unit_id_kind_name")),
    )
    # SQLite gives a deleted row's number to the next one; in the audit it must stay one person's for ever.
    for_ever: Any = {"table_kwargs": {"sqlite_autoincrement": True}, "recreate": _on_sqlite()}
    with op.batch_alter_table("accounts", schema=None, **for_ever) as batch_op:
        batch_op.add_column(sa.Column("recovery_nonce", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("totp_cipher", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))

    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_consents_purpose"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_consents_purpose"), _one_of("purpose", _PURPOSES))
        batch_op.add_column(sa.Column("recorded_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_consents_recorded_by_accounts"), "accounts", ["recorded_by"], ["id"])

    with op.batch_alter_table("entries", schema=None, **for_ever) as batch_op:
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("unit_changes", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("guardian_name", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("guardian_phone", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("assisted_by", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_entries_group_id"), ["group_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_entries_group_id_unit_groups"), "unit_groups", ["group_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_entries_assisted_by_accounts"), "accounts", ["assisted_by"], ["id"])

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("audit_records", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_audit_records_actor_id_accounts"), type_="foreignkey")
        batch_op.create_index(batch_op.f("ix_audit_records_actor_id"), ["actor_id"], unique=False)
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Back."""
    for statement in _NO_GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute("UPDATE audit_records SET actor_id = NULL WHERE actor_id NOT IN (SELECT id FROM accounts)")
    with op.batch_alter_table("audit_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_records_actor_id"))
        batch_op.create_foreign_key(batch_op.f("fk_audit_records_actor_id_accounts"), "accounts", ["actor_id"], ["id"])

    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("second_factor_at")

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_entries_assisted_by_accounts"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_entries_group_id_unit_groups"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_entries_group_id"))
        batch_op.drop_column("assisted_by")
        batch_op.drop_column("guardian_phone")
        batch_op.drop_column("guardian_name")
        batch_op.drop_column("unit_changes")
        batch_op.drop_column("group_id")

    op.execute("DELETE FROM consents WHERE purpose IN ('guardian', 'guardian_public')")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_consents_purpose"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_consents_purpose"), _one_of("purpose", _OLD_PURPOSES))
        batch_op.drop_constraint(batch_op.f("fk_consents_recorded_by_accounts"), type_="foreignkey")
        batch_op.drop_column("recorded_by")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_column("totp_step")
        batch_op.drop_column("totp_since")
        batch_op.drop_column("totp_cipher")
        batch_op.drop_column("recovery_nonce")

    op.drop_table("unit_groups")
    op.drop_table("staff_units")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claims_open", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index(batch_op.f("ix_claims_unit_id"))
        batch_op.drop_index(batch_op.f("ix_claims_holder_id"))
        batch_op.drop_index(batch_op.f("ix_claims_claimant_id"))
        batch_op.drop_index(batch_op.f("ix_claims_citizen_index"))

    op.drop_table("claims")
    with op.batch_alter_table("one_time_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_one_time_codes_prefix_mark_created_at")
        batch_op.drop_index("ix_one_time_codes_phone_mark_created_at")
        batch_op.drop_index(batch_op.f("ix_one_time_codes_created_at"))
        batch_op.drop_index(batch_op.f("ix_one_time_codes_browser_mark"))
        batch_op.drop_index(batch_op.f("ix_one_time_codes_account_id"))

    op.drop_table("one_time_codes")
    with op.batch_alter_table("data_requests", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_data_requests_open",
            sqlite_where=sa.text("state IN ('new', 'acknowledged')"),
            postgresql_where=sa.text("state IN ('new', 'acknowledged')"),
        )
        batch_op.drop_index("ix_data_requests_state_due_at")
        batch_op.drop_index(batch_op.f("ix_data_requests_account_id"))

    op.drop_table("data_requests")
    with op.batch_alter_table("sms_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_sms_messages_state_due_at")
        batch_op.drop_index(batch_op.f("ix_sms_messages_created_at"))

    op.drop_table("sms_messages")
