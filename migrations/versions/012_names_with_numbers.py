"""names with numbers"""

from alembic import op

revision = "012"
down_revision = "011"
branch_labels = None
depends_on = None

_INDEX = "ix_accounts_name_search"


def _make_index(*columns: str) -> None:
    op.drop_index(_INDEX, table_name="accounts")
    op.create_index(_INDEX, "accounts", list(columns), postgresql_ops={"name_search": "text_pattern_ops"})


def upgrade() -> None:
    """Forward."""
    _make_index("name_search", "id")


def downgrade() -> None:
    """Back."""
    _make_index("name_search")
