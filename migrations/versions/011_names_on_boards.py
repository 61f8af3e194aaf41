"""names on boards"""

import sqlalchemy as sa
from alembic import op

revision = "011"
down_revision = "010"
branch_labels = None
depends_on = None

_FIGURES = ("shown_correct", "shown_time_used", "shown_submitted_at", "shown_name")
_INDEXES = {
    "ix_standings_shown": (
        ("round_id", "shown_key", "entry_id"),
        ("round_id", "shown_key", "entry_id", "unit_id", *_FIGURES),
    ),
    "ix_standings_unit": (
        ("round_id", "unit_id", "shown_key", "entry_id", "shown_correct", "attempts"),
        ("round_id", "unit_id", "shown_key", "entry_id", *_FIGURES, "attempts"),
    ),
}
_SET = "UPDATE standings SET shown_name ="
_NAME = (
    "(SELECT accounts.full_name FROM entries JOIN accounts ON accounts.id = entries.account_id"
    " WHERE entries.id = {}.entry_id AND entries.on_boards)"
)
_AGREE = (
    "UPDATE standings SET shown_name = CASE WHEN NEW.on_boards"
    " THEN (SELECT full_name FROM accounts WHERE id = NEW.account_id) END WHERE entry_id = NEW.id;"
)
_AGREES = "OLD.on_boards <> NEW.on_boards"
_RENAME = (
    "UPDATE standings SET shown_name = NEW.full_name"
    " WHERE entry_id IN (SELECT id FROM entries WHERE account_id = NEW.id AND on_boards);"
)
_RENAMES = "OLD.full_name <> NEW.full_name"


def _make_indexes(which: int) -> None:
    for name, columns in _INDEXES.items():
        op.drop_index(name, table_name="standings")
        op.create_index(name, "standings", list(columns[which]))


def _sqlite_triggers() -> None:
    name = _NAME.format("NEW")
    op.execute(
        "CREATE TRIGGER standings_named AFTER INSERT ON standings BEGIN"
        f" {_SET} {name} WHERE entry_id = NEW.entry_id AND round_id = NEW.round_id; END"
    )
    op.execute(
        f"CREATE TRIGGER standings_follow_consent AFTER UPDATE OF on_boards ON entries WHEN {_AGREES} BEGIN {_AGREE} END"
    )
    op.execute(
        f"CREATE TRIGGER standings_follow_name AFTER UPDATE OF full_name ON accounts WHEN {_RENAMES} BEGIN {_RENAME} END"
    )


def _postgres_triggers() -> None:
    # Behind the lock that a first standing and a consent are written behind: else one of two that happen at the same
    # moment would not see the other.
    lock = "PERFORM 1 FROM entries WHERE account_id = NEW.id ORDER BY id FOR NO KEY UPDATE;"
    for function, body in {
        "name_standing": f"NEW.shown_name := {_NAME.format('NEW')}; RETURN NEW;",
        "standings_follow_consent": f"{_AGREE} RETURN NULL;",
        "standings_follow_name": f"{lock} {_RENAME} RETURN NULL;",
    }.items():
        op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for trigger, when, function in (
        ("standings_named", "BEFORE INSERT ON standings FOR EACH ROW", "name_standing"),
        (
            "standings_follow_consent",
            f"AFTER UPDATE OF on_boards ON entries FOR EACH ROW WHEN ({_AGREES})",
            "standings_follow_consent",
        ),
        (
            "standings_follow_name",
            f"AFTER UPDATE OF full_name ON accounts FOR EACH ROW WHEN ({_RENAMES})",
            "standings_follow_name",
        ),
    ):
        op.execute(f"CREATE TRIGGER {trigger} {when} EXECUTE FUNCTION {function}()")


def upgrade() -> None:
    """Forward."""
    op.add_column("standings", sa.Column("shown_name", sa.String(length=80), nullable=True))
    op.execute(f"{_SET} {_NAME.format('standings')}")
    _make_indexes(1)
    op.execute("DELETE FROM ladder_rungs")  # made anew at once, now of each kind of unit too
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgres_triggers()


def downgrade() -> None:
    """Back."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for trigger, table in (
        ("standings_named", "standings"),
        ("standings_follow_consent", "entries"),
        ("standings_follow_name", "accounts"),
    ):
        op.execute(f"DROP TRIGGER {trigger}" + (f" ON {table}" if postgres else ""))
    if postgres:
        for function in ("name_standing", "standings_follow_consent", "standings_follow_name"):
            op.execute(f"DROP FUNCTION {function}()")
    _make_indexes(0)
    op.drop_column("standings", "shown_name")
