"""signed for good"""

import sqlalchemy as sa
from alembic import op

revision = "010"
down_revision = "009"
branch_labels = None
depends_on = None

_FIXED = (
    "final_id, position, place, entry_id, attempt_id, unit_code, unit_name, rank_key, correct, time_used, submitted_at,"
    " attempts"
)
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'a signed result does not change'); END"
# Awards are written in the transaction that signs their result, before the signature.
_ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def _signed(*rows: str) -> str:
    of_them = ", ".join(f"{row}.final_id" for row in rows)
    return f"EXISTS (SELECT 1 FROM final_results WHERE id IN ({of_them}) AND signed_at IS NOT NULL)"  # noqa: S608


def _postgres_guard(condition: str) -> str:
    return (
        "CREATE OR REPLACE FUNCTION refuse_signed_line() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {condition} THEN"
        " RAISE EXCEPTION 'a signed result does not change' USING ERRCODE = 'check_violation'; END IF;"
        " RETURN COALESCE(NEW, OLD); END $$"
    )


def _sqlite_guard_of_lines(condition: str) -> None:
    op.execute("DROP TRIGGER final_lines_update")
    op.execute(f"CREATE TRIGGER final_lines_update BEFORE UPDATE OF {_FIXED} ON final_lines WHEN {condition} {_REFUSE}")


def upgrade() -> None:
    """Forward."""
    op.add_column("final_lines", sa.Column("taken_out_for", sa.String(length=20), nullable=True))
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:  # of an INSERT there is no OLD, of a DELETE no NEW: they are NULL
        op.execute(_postgres_guard(_signed("OLD", "NEW")))
    else:
        _sqlite_guard_of_lines(_signed("OLD", "NEW"))  # a line could be moved into a signed result
    for change, rows in _ROWS.items():
        guard = "FOR EACH ROW EXECUTE FUNCTION refuse_signed_line()" if postgres else f"WHEN {_signed(*rows)} {_REFUSE}"
        op.execute(f"CREATE TRIGGER awards_{change} BEFORE {change.upper()} ON awards {guard}")


def downgrade() -> None:
    """Back."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for change in _ROWS:
        op.execute(f"DROP TRIGGER awards_{change}" + (" ON awards" if postgres else ""))
    if postgres:
        of_one = "(SELECT signed_at FROM final_results WHERE id = COALESCE(OLD.final_id, NEW.final_id)) IS NOT NULL"
        op.execute(_postgres_guard(of_one))
    else:
        _sqlite_guard_of_lines(_signed("OLD"))
    op.drop_column("final_lines", "taken_out_for")
