"""Alembic's entry: migrates the database of the current app. SQLite needs batch mode to change a table."""

from typing import Any

from alembic import context
from flask import current_app

from app.extensions import Base, UtcDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Migrations must run years from now: they name plain types, none of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Run inside one transaction: a migration that fails leaves nothing half done."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


with current_app.app_context():
    run()
