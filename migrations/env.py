"""Alembic's entry: migrates the database of the current app. SQLite needs batch mode to change a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from app.extensions import Base, UtcDateTime, db


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations must run years from now: they name plain types, none of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Run inside one transaction: a migration that fails leaves nothing half done."""
    with db.engine.connect() as connection, _unreferred(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            transactional_ddl=True,  # SQLite's too: our engine begins by itself, not by the driver's rules
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


@contextmanager
def _unreferred(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew and dropping the old one, which rows of other tables refer to.

    The switch does nothing inside a transaction, so it is thrown on the driver's connection before one begins.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


with current_app.app_context():
    run()
