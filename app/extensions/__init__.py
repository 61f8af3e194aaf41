"""The extensions of the portal and how it speaks to its database.

Two ways to the database, both through SQLAlchemy:
- `db.session`: the request's transaction, for deeds. On SQLite a writing one begins with BEGIN IMMEDIATE and waits its
  turn in a fair queue; a reading one (GET) begins with a plain BEGIN.
- `direct`: single statements in autocommit, for the few hot reads and one-statement writes. No transaction, no ORM.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from flask import Flask, current_app
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite

from app.config import ROOT, Settings
from app.extensions.hints import rare
from app.extensions.single_statements import Direct, Hot
from app.extensions.tables import Base, UtcDateTime
from app.extensions.turns import WriteTurn, hold_transactions_to, may_write, reading, writing

__all__ = [
    "Base",
    "Hot",
    "UtcDateTime",
    "WriteTurn",
    "all_engines",
    "db",
    "direct",
    "init_database",
    "login_manager",
    "may_write",
    "migrate",
    "rare",
    "reading",
    "upsert",
    "writing",
]

# What a statement was sent with stays out of a fault's words, and so out of the log: it may be somebody's number.
_ENGINE: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "hide_parameters": True}
_SQLITE = ("PRAGMA busy_timeout=10000", "PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=ON", "PRAGMA temp_store=MEMORY")
# Both are for single large questions: here they would start processes and compilers for pages of twenty lines, on cores
# that other people's pages need.
_POSTGRES = ("SET jit = off", "SET max_parallel_workers_per_gather = 0")

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(render_as_batch=True)
login_manager = LoginManager()
direct = Direct()


def upsert(table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """INSERT that knows ON CONFLICT, in the dialect of the current database.

    Into the table, not the class: the ORM would look for objects to make of it, which takes longer than the rest.
    """
    rows = cast("Table", table.__table__)
    return sqlite.insert(rows) if db.engine.dialect.name == "sqlite" else postgresql.insert(rows)


def init_database(app: Flask, settings: Settings) -> None:
    """Bind both ways to the database of `settings` and teach SQLite its manners."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(_ENGINE)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    alone = create_engine(settings.database_url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **_ENGINE)
    with app.app_context():
        if not settings.is_sqlite:
            direct.init_app(app, alone, None)
            for engine in (alone, db.engine):
                _on_connect(engine, _POSTGRES)
            return
        path = Path(str(db.engine.url.database))
        turn = WriteTurn(path.with_name(path.name + ".turn"))
        direct.init_app(app, alone, turn)
        hold_transactions_to(turn, db.engine)
        synchronous = f"PRAGMA synchronous={settings.sqlite_sync}"  # NORMAL may lose the last commits at a power cut
        for engine in (alone, db.engine):
            _on_connect(engine, [*_SQLITE, synchronous])


def all_engines() -> list[Engine]:
    """Both engines of the current app; a forked worker forgets what its parent opened."""
    return [*db.engines.values(), current_app.extensions["direct"][0]]


def _on_connect(engine: Engine, statements: Sequence[str]) -> None:
    """What each new connection is told first."""

    @event.listens_for(engine, "connect")
    def tell(connection: Any, _record: Any) -> None:
        if engine.dialect.name == "sqlite":
            connection.isolation_level = None  # the driver's own idea of BEGIN ends in SQLITE_BUSY_SNAPSHOT
        for statement in statements:
            connection.execute(statement)
        if engine.dialect.name == "postgresql":
            connection.commit()  # it would forget them with the first rollback
