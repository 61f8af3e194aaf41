"""The extensions of the portal and how it speaks to its database.

Two ways to the database, both through SQLAlchemy:
- `db.session`: the request's transaction, for deeds. On SQLite a writing one begins with BEGIN IMMEDIATE and waits its
  turn in a fair queue; a reading one (GET) begins with a plain BEGIN.
- `direct`: single statements in autocommit, for the few hot reads and one-statement writes. No transaction, no ORM.
"""

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
            return
        path = Path(str(db.engine.url.database))
        turn = WriteTurn(path.with_name(path.name + ".turn"))
        direct.init_app(app, alone, turn)
        hold_transactions_to(turn, db.engine)
        for engine in (alone, db.engine):
            _pragmas(engine, settings)


def all_engines() -> list[Engine]:
    """Both engines of the current app; a forked worker forgets what its parent opened."""
    return [*db.engines.values(), current_app.extensions["direct"][0]]


def _pragmas(engine: Engine, settings: Settings) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own idea of BEGIN ends in SQLITE_BUSY_SNAPSHOT
        for pragma in (
            "busy_timeout=10000",
            "journal_mode=WAL",
            f"synchronous={settings.sqlite_sync}",  # NORMAL may lose the last commits at a power cut
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
