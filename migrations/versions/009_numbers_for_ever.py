"""numbers for ever"""

from typing import Any

from alembic import op

revision = "009"
down_revision = "008"
branch_labels = None
depends_on = None

# The audit names these rows by number. SQLite gives the number of a deleted one to the next, and who gets it would read
# in the own data what was once done about somebody else. Postgres never does.
_TABLES = ("attempts", "claims", "stories")


def _made_anew(**kept: Any) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _TABLES:
        with op.batch_alter_table(table, recreate="always", table_kwargs=kept):
            pass


def upgrade() -> None:
    """Forward."""
    _made_anew(sqlite_autoincrement=True)


def downgrade() -> None:
    """Back."""
    _made_anew()
