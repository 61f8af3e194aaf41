"""league tables"""

import sqlalchemy as sa
from alembic import op

revision = "006"
down_revision = "005"
branch_labels = None
depends_on = None

_HIDDEN = sa.text("shown_key IS NULL OR shown_key <> rank_key")
_GROUPED = sa.text("group_id IS NOT NULL")
_ACTIVE_ATTEMPT = sa.text("lifted_at IS NULL AND attempt_id IS NOT NULL")
_ACTIVE_ENTRY = sa.text("lifted_at IS NULL AND attempt_id IS NULL")
_PERSON = sa.text("entry_id IS NOT NULL")
_UNIT = sa.text("unit_id IS NOT NULL")
_FINISHED = sa.text("finished_at IS NOT NULL")
_ENDED = sa.text("ended_at IS NOT NULL")

# A line of a signed result: everything but name and last digits, which the law may want emptied.
_FIXED = (
    "final_id",
    "position",
    "place",
    "entry_id",
    "attempt_id",
    "unit_code",
    "unit_name",
    "rank_key",
    "correct",
    "time_used",
    "submitted_at",
    "attempts",
)
_TRIGGERS = (
    ("standings_follow_entry", "entries"),
    ("standing_moves_insert", "standings"),
    ("standing_moves_update", "standings"),
    ("standing_moves_delete", "standings"),
    ("final_lines_insert", "final_lines"),
    ("final_lines_update", "final_lines"),
    ("final_lines_name", "final_lines"),
    ("final_lines_digits", "final_lines"),
    ("final_lines_delete", "final_lines"),
    ("final_results_update", "final_results"),
    ("final_results_delete", "final_results"),
)
_FUNCTIONS = ("standings_follow_entry", "note_standing_move", "refuse_signed_line", "refuse_signed_result")


def _sqlite_triggers() -> list[str]:
    signed = "(SELECT signed_at FROM final_results WHERE id = {}.final_id) IS NOT NULL"
    refuse = "SELECT RAISE(ABORT, 'a signed result does not change');"
    move = "INSERT INTO standing_moves (round_id, old_key, new_key) VALUES ({});"
    parts = {
        "standings_follow_entry": (
            "AFTER UPDATE OF unit_id, group_id ON entries"
            " WHEN OLD.unit_id <> NEW.unit_id OR OLD.group_id IS NOT NEW.group_id",
            "UPDATE standings SET unit_id = NEW.unit_id, group_id = NEW.group_id WHERE entry_id = NEW.id;",
        ),
        "standing_moves_insert": (
            "AFTER INSERT ON standings WHEN NEW.shown_key IS NOT NULL",
            move.format("NEW.round_id, NULL, NEW.shown_key"),
        ),
        "standing_moves_update": (
            "AFTER UPDATE OF shown_key ON standings WHEN OLD.shown_key IS NOT NEW.shown_key",
            move.format("NEW.round_id, OLD.shown_key, NEW.shown_key"),
        ),
        "standing_moves_delete": (
            "AFTER DELETE ON standings WHEN OLD.shown_key IS NOT NULL",
            move.format("OLD.round_id, OLD.shown_key, NULL"),
        ),
        "final_lines_insert": (f"BEFORE INSERT ON final_lines WHEN {signed.format('NEW')}", refuse),
        "final_lines_update": (
            f"BEFORE UPDATE OF {', '.join(_FIXED)} ON final_lines WHEN {signed.format('OLD')}",
            refuse,
        ),
        "final_lines_name": (
            f"BEFORE UPDATE OF full_name ON final_lines WHEN NEW.full_name <> '' AND {signed.format('OLD')}",
            refuse,
        ),
        "final_lines_digits": (
            "BEFORE UPDATE OF citizen_last_four ON final_lines"
            f" WHEN NEW.citizen_last_four IS NOT NULL AND {signed.format('OLD')}",
            refuse,
        ),
        "final_lines_delete": (f"BEFORE DELETE ON final_lines WHEN {signed.format('OLD')}", refuse),
        "final_results_update": ("BEFORE UPDATE ON final_results WHEN OLD.signed_at IS NOT NULL", refuse),
        "final_results_delete": ("BEFORE DELETE ON final_results WHEN OLD.signed_at IS NOT NULL", refuse),
    }
    return [f"CREATE TRIGGER {name} {when} BEGIN {deed} END" for name, (when, deed) in parts.items()]


def _postgres_triggers() -> list[str]:
    bodies = {
        "standings_follow_entry": (
            "UPDATE standings SET unit_id = NEW.unit_id, group_id = NEW.group_id WHERE entry_id = NEW.id; RETURN NULL;"
        ),
        "note_standing_move": (
            "INSERT INTO standing_moves (round_id, old_key, new_key) VALUES (COALESCE(NEW.round_id, OLD.round_id),"
            " OLD.shown_key, NEW.shown_key); RETURN NULL;"
        ),
        "refuse_signed_line": (
            "IF (SELECT signed_at FROM final_results WHERE id = COALESCE(OLD.final_id, NEW.final_id)) IS NOT NULL"
            " THEN RAISE EXCEPTION 'a signed result does not change' USING ERRCODE = 'check_violation'; END IF;"
            " RETURN COALESCE(NEW, OLD);"
        ),
        "refuse_signed_result": (
            "RAISE EXCEPTION 'a signed result does not change' USING ERRCODE = 'check_violation'; RETURN NULL;"
        ),
    }
    functions = [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        for name, body in bodies.items()
    ]
    each = {
        "standings_follow_entry": (
            "AFTER UPDATE OF unit_id, group_id ON entries FOR EACH ROW"
            " WHEN (OLD.unit_id <> NEW.unit_id OR OLD.group_id IS DISTINCT FROM NEW.group_id)",
            "standings_follow_entry",
        ),
        "standing_moves_insert": (
            "AFTER INSERT ON standings FOR EACH ROW WHEN (NEW.shown_key IS NOT NULL)",
            "note_standing_move",
        ),
        "standing_moves_update": (
            "AFTER UPDATE OF shown_key ON standings FOR EACH ROW WHEN (OLD.shown_key IS DISTINCT FROM NEW.shown_key)",
            "note_standing_move",
        ),
        "standing_moves_delete": (
            "AFTER DELETE ON standings FOR EACH ROW WHEN (OLD.shown_key IS NOT NULL)",
            "note_standing_move",
        ),
        "final_lines_insert": ("BEFORE INSERT ON final_lines FOR EACH ROW", "refuse_signed_line"),
        "final_lines_update": (
            f"BEFORE UPDATE OF {', '.join(_FIXED)} ON final_lines FOR EACH ROW",
            "refuse_signed_line",
        ),
        "final_lines_name": (
            "BEFORE UPDATE OF full_name ON final_lines FOR EACH ROW WHEN (NEW.full_name <> '')",
            "refuse_signed_line",
        ),
        "final_lines_digits": (
            "BEFORE UPDATE OF citizen_last_four ON final_lines FOR EACH ROW WHEN (NEW.citizen_last_four IS NOT NULL)",
            "refuse_signed_line",
        ),
        "final_lines_delete": ("BEFORE DELETE ON final_lines FOR EACH ROW", "refuse_signed_line"),
        "final_results_update": (
            "BEFORE UPDATE ON final_results FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)",
            "refuse_signed_result",
        ),
        "final_results_delete": (
            "BEFORE DELETE ON final_results FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL)",
            "refuse_signed_result",
        ),
    }
    return functions + [
        f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {call}()" for name, (when, call) in each.items()
    ]


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unfrozen_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("standings", schema=None) as batch_op:
        batch_op.drop_index("ix_standings_rank")
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("group_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shown_key", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("shown_correct", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shown_time_used", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("shown_submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE standings SET shown_key = rank_key, shown_correct = correct, shown_time_used = time_used,"
        " shown_submitted_at = submitted_at,"
        " unit_id = (SELECT unit_id FROM entries WHERE entries.id = standings.entry_id),"
        " group_id = (SELECT group_id FROM entries WHERE entries.id = standings.entry_id)"
    )
    with op.batch_alter_table("standings", schema=None) as batch_op:
        batch_op.alter_column("unit_id", existing_type=sa.Integer(), nullable=False)
        batch_op.create_foreign_key(batch_op.f("fk_standings_unit_id_units"), "units", ["unit_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_standings_group_id_unit_groups"), "unit_groups", ["group_id"], ["id"]
        )
        batch_op.create_index("ix_standings_shown", ["round_id", "shown_key", "entry_id"], unique=False)
        batch_op.create_index(
            "ix_standings_unit",
            ["round_id", "unit_id", "shown_key", "entry_id", "shown_correct", "attempts"],
            unique=False,
        )
        batch_op.create_index(
            "ix_standings_group",
            ["round_id", "group_id", "shown_key", "entry_id", "shown_correct", "attempts"],
            unique=False,
            sqlite_where=_GROUPED,
            postgresql_where=_GROUPED,
        )
        batch_op.create_index(
            "ix_standings_hidden",
            ["round_id", "entry_id"],
            unique=False,
            sqlite_where=_HIDDEN,
            postgresql_where=_HIDDEN,
        )

    op.create_table(
        "standing_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("old_key", sa.String(length=40), nullable=True),
        sa.Column("new_key", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_moves")),
    )
    op.create_table(
        "ladder_rungs",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("shown_key", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "shown_key", name=op.f("pk_ladder_rungs")),
    )
    op.create_table(
        "invalidations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column(
            "code",
            sa.Enum(
                "second_account",
                "wrong_data",
                "tools",
                "helped",
                "excluded",
                "other",
                name="invalidationreason",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("evidence", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_invalidations_actor_id_accounts")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_invalidations_attempt_id_attempts")),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_invalidations_entry_id_entries")),
        sa.ForeignKeyConstraint(["lifted_by"], ["accounts.id"], name=op.f("fk_invalidations_lifted_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invalidations")),
    )
    with op.batch_alter_table("invalidations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invalidations_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "uq_invalidations_attempt",
            ["attempt_id"],
            unique=True,
            sqlite_where=_ACTIVE_ATTEMPT,
            postgresql_where=_ACTIVE_ATTEMPT,
        )
        batch_op.create_index(
            "uq_invalidations_entry",
            ["entry_id"],
            unique=True,
            sqlite_where=_ACTIVE_ENTRY,
            postgresql_where=_ACTIVE_ENTRY,
        )

    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revoked_for", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_certificates_revoked_for_invalidations"), "invalidations", ["revoked_for"], ["id"]
        )

    op.create_table(
        "final_results",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ranking", sa.String(length=100), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=80), nullable=False),
        sa.Column("signed_title", sa.String(length=120), nullable=False),
        sa.CheckConstraint("(signed_at IS NULL) = (signed_by = '')", name=op.f("ck_final_results_signed")),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_final_results_round_id_rounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_results")),
        sa.UniqueConstraint("round_id", name=op.f("uq_final_results_round_id")),
    )
    op.create_table(
        "final_lines",
        sa.Column("final_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=80), nullable=False),
        sa.Column("unit_code", sa.String(length=8), nullable=False),
        sa.Column("unit_name", sa.String(length=100), nullable=False),
        sa.Column("citizen_last_four", sa.String(length=4), nullable=True),
        sa.Column("rank_key", sa.String(length=40), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("time_used", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["final_id"], ["final_results.id"], name=op.f("fk_final_lines_final_id_final_results")),
        sa.PrimaryKeyConstraint("final_id", "position", name=op.f("pk_final_lines")),
    )
    with op.batch_alter_table("final_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_final_lines_entry_id"), ["entry_id"], unique=False)

    op.create_table(
        "awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("final_id", sa.Integer(), nullable=False),
        sa.Column("prize", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=80), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("figure", sa.String(length=200), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(entry_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_awards_winner")),
        sa.ForeignKeyConstraint(["final_id"], ["final_results.id"], name=op.f("fk_awards_final_id_final_results")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_awards_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
    )
    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_awards_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "uq_awards_person",
            ["final_id", "prize", "entry_id"],
            unique=True,
            sqlite_where=_PERSON,
            postgresql_where=_PERSON,
        )
        batch_op.create_index(
            "uq_awards_unit", ["final_id", "prize", "unit_id"], unique=True, sqlite_where=_UNIT, postgresql_where=_UNIT
        )

    op.create_table(
        "rollups",
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stands_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.String(length=32), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_rollups_contest_id_contests")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_rollups")),
    )
    op.create_table(
        "rollup_contents",
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_rollup_contents_contest_id_contests")),
        sa.PrimaryKeyConstraint("contest_id", name=op.f("pk_rollup_contents")),
    )
    op.create_table(
        "snapshots",
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("etag", sa.String(length=20), nullable=False),
        sa.Column("mimetype", sa.String(length=40), nullable=False),
        sa.Column("gzip", sa.LargeBinary(), nullable=False),
        sa.Column("brotli", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contests.id"], name=op.f("fk_snapshots_contest_id_contests")),
        sa.PrimaryKeyConstraint("contest_id", "path", name=op.f("pk_snapshots")),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index("ix_entries_contest_unit")
        batch_op.create_index(
            "ix_entries_contest_unit", ["contest_id", "unit_id", "group_id", "finished_at"], unique=False
        )
        batch_op.create_index("ix_entries_contest_registered", ["contest_id", "registered_at"], unique=False)
        batch_op.create_index(
            "ix_entries_contest_finished",
            ["contest_id", "finished_at"],
            unique=False,
            sqlite_where=_FINISHED,
            postgresql_where=_FINISHED,
        )

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_attempts_ended", ["round_id", "ended_at"], unique=False, sqlite_where=_ENDED, postgresql_where=_ENDED
        )

    if op.get_bind().dialect.name == "postgresql":
        with op.batch_alter_table("accounts", schema=None) as batch_op:
            batch_op.drop_index(batch_op.f("ix_accounts_name_search"))
            batch_op.create_index(
                batch_op.f("ix_accounts_name_search"),
                ["name_search"],
                unique=False,
                postgresql_ops={"name_search": "text_pattern_ops"},
            )

    # Last: whoever rebuilds one of these tables on SQLite (batch mode) has to make its triggers again.
    postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _postgres_triggers() if postgres else _sqlite_triggers():
        op.execute(statement)


def downgrade() -> None:
    """Back."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for name, table in _TRIGGERS:
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgres else ""))
    if postgres:
        for name in _FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_attempts_ended", sqlite_where=_ENDED, postgresql_where=_ENDED)

    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.drop_index("ix_entries_contest_finished", sqlite_where=_FINISHED, postgresql_where=_FINISHED)
        batch_op.drop_index("ix_entries_contest_registered")
        batch_op.drop_index("ix_entries_contest_unit")
        batch_op.create_index("ix_entries_contest_unit", ["contest_id", "unit_id", "finished_at"], unique=False)

    op.drop_table("snapshots")
    op.drop_table("rollup_contents")
    op.drop_table("rollups")
    if postgres:
        with op.batch_alter_table("accounts", schema=None) as batch_op:
            batch_op.drop_index(batch_op.f("ix_accounts_name_search"))
            batch_op.create_index(batch_op.f("ix_accounts_name_search"), ["name_search"], unique=False)

    op.drop_table("awards")
    op.drop_table("final_lines")
    op.drop_table("final_results")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_certificates_revoked_for_invalidations"), type_="foreignkey")
        batch_op.drop_column("revoked_for")

    op.drop_table("invalidations")
    op.drop_table("ladder_rungs")
    op.drop_table("standing_moves")
    # A total's standings and its round have no place before this migration.
    op.execute("DELETE FROM standings WHERE round_id IN (SELECT id FROM rounds WHERE number = 0)")
    op.execute("DELETE FROM rounds WHERE number = 0")
    with op.batch_alter_table("standings", schema=None) as batch_op:
        batch_op.drop_index("ix_standings_hidden", sqlite_where=_HIDDEN, postgresql_where=_HIDDEN)
        batch_op.drop_index("ix_standings_group", sqlite_where=_GROUPED, postgresql_where=_GROUPED)
        batch_op.drop_index("ix_standings_unit")
        batch_op.drop_index("ix_standings_shown")
        batch_op.drop_constraint(batch_op.f("fk_standings_group_id_unit_groups"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_standings_unit_id_units"), type_="foreignkey")
        for column in ("unit_id", "group_id", "shown_key", "shown_correct", "shown_time_used", "shown_submitted_at"):
            batch_op.drop_column(column)
        batch_op.create_index("ix_standings_rank", ["round_id", "rank_key", "entry_id"], unique=False)

    with op.batch_alter_table("rounds", schema=None) as batch_op:
        batch_op.drop_column("unfrozen_at")
