"""ladders of units"""

import sqlalchemy as sa
from alembic import op

revision = "008"
down_revision = "007"
branch_labels = None
depends_on = None

# What is written down of an update, an insert and a delete; on Postgres OLD and NEW are NULL where there is none.
_BEFORE = ("round_id, old_key, new_key", "NEW.round_id, OLD.shown_key, NEW.shown_key")
_NOW = (
    "round_id, old_unit_id, old_key, new_unit_id, new_key",
    "NEW.round_id, OLD.unit_id, OLD.shown_key, NEW.unit_id, NEW.shown_key",
)
_INSERT = "INSERT INTO standing_moves ({columns}) VALUES ({values});"


def _note_moves(written: tuple[str, str], *, update_of: str, moved: str) -> None:
    """Triggers on standings that write down each change of what is shown. `moved`: condition of an update."""
    columns, values = written
    when = {
        "insert": ("INSERT", "NEW.shown_key IS NOT NULL"),
        "update": (f"UPDATE OF {update_of}", moved),
        "delete": ("DELETE", "OLD.shown_key IS NOT NULL"),
    }
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        ours = values.replace("NEW.round_id", "COALESCE(NEW.round_id, OLD.round_id)")
        op.execute(
            "CREATE OR REPLACE FUNCTION note_standing_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + _INSERT.format(columns=columns, values=ours)
            + " RETURN NULL; END $$"
        )
    for name, (event, condition) in when.items():
        head = f"CREATE TRIGGER standing_moves_{name} AFTER {event} ON standings"
        if not sqlite:
            condition = condition.replace("IS NOT NEW", "IS DISTINCT FROM NEW")  # noqa: PLW2901
            op.execute(f"{head} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION note_standing_move()")
            continue
        ours = values
        if name == "insert":
            ours = ours.replace("OLD.shown_key", "NULL").replace("OLD.unit_id", "NULL")
        if name == "delete":
            ours = ours.replace("NEW.round_id", "OLD.round_id")
            ours = ours.replace("NEW.shown_key", "NULL").replace("NEW.unit_id", "NULL")
        op.execute(f"{head} WHEN {condition} BEGIN {_INSERT.format(columns=columns, values=ours)} END")


def _clear() -> None:
    """Ladders and moves hold nothing of their own: without them places are counted one by one until they are made."""
    on_table = "" if op.get_bind().dialect.name == "sqlite" else " ON standings"
    for name in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER standing_moves_{name}{on_table}")
    op.drop_table("ladder_rungs")
    op.drop_table("standing_moves")


def upgrade() -> None:
    """Forward."""
    _clear()
    op.create_table(
        "standing_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("old_unit_id", sa.Integer(), nullable=True),
        sa.Column("old_key", sa.String(length=40), nullable=True),
        sa.Column("new_unit_id", sa.Integer(), nullable=True),
        sa.Column("new_key", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_moves")),
    )
    op.create_table(
        "ladder_rungs",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("shown_key", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "unit_id", "shown_key", name=op.f("pk_ladder_rungs")),
    )
    _note_moves(
        _NOW,
        update_of="shown_key, unit_id",
        moved="OLD.shown_key IS NOT NEW.shown_key OR OLD.unit_id <> NEW.unit_id",
    )


def downgrade() -> None:
    """Back."""
    _clear()
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
    _note_moves(_BEFORE, update_of="shown_key", moved="OLD.shown_key IS NOT NEW.shown_key")
