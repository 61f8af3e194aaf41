"""The extensions of the portal and how it speaks to its database.

Two ways to the database, both through SQLAlchemy:
- `db.session`: the request's transaction, for deeds. On SQLite a writing one begins with BEGIN IMMEDIATE and waits its
  turn in a fair queue; a reading one (GET) begins with a plain BEGIN.
- `direct`: single statements in autocommit, for the few hot reads and one-statement writes. No transaction, no ORM.
"""

import fcntl
import os
import threading
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, Executable, MetaData, Select, UpdateBase, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.types import TypeDecorator

from app.config import ROOT, Settings

# What a statement was sent with stays out of a fault's words, and so out of the log: it may be somebody's number.
_ENGINE: dict[str, Any] = {"pool_size": 8, "max_overflow": 8, "hide_parameters": True}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive values: a time without a zone is a fault of ours."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite gives UTC without a zone, Postgres with one."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; every constraint has a predictable name."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(render_as_batch=True)
login_manager = LoginManager()

# Whether the current request or command may write. Commands may; a GET may not.
may_write: ContextVar[bool] = ContextVar("may_write", default=True)


@contextmanager
def writing() -> Iterator[None]:
    """Let a GET write: only for closing what time itself has ended. Begin before the session's first statement."""
    token = may_write.set(True)
    try:
        yield
    finally:
        may_write.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Let a POST read without the pen, however long it takes. Begin before the session's first statement."""
    token = may_write.set(False)
    try:
        yield
    finally:
        may_write.reset(token)


class WriteTurn:
    """A fair queue for SQLite's single writer, over threads and processes.

    SQLite's own busy handler sleeps and retries, and under load one waiter may starve for seconds; a lock that blocks
    is served in order.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.Lock()
        self._owner = 0
        self._fd, self._pid = -1, -1

    def take(self) -> None:
        """Wait for the turn. Raises RuntimeError when this thread already has it: it would wait for itself."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a write inside a write: use the session that is already writing")
        self._threads.acquire()
        self._owner = threading.get_ident()
        if self._pid != os.getpid():  # a fork shares the descriptor and so would share the lock
            self._fd, self._pid = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), os.getpid()
        fcntl.flock(self._fd, fcntl.LOCK_EX)

    def give(self) -> None:
        """Pass the turn on."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        self._owner = 0
        self._threads.release()


class Hot:
    """A statement as the driver takes it: compiled once for a database, with what its types convert.

    SQLAlchemy spends 40 µs around a statement that takes 7. Only for `direct`, and only where a bench has shown the
    difference (docs/adr/0010); lists that expand are left to SQLAlchemy.
    """

    def __init__(self, statement: "Select[*tuple[Any, ...]] | UpdateBase") -> None:
        self.statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, engine: Engine, values: Mapping[str, Any] | None, *, again: bool) -> Sequence[Any]:
        """All rows, as named tuples. Raises sqlalchemy.exc.DBAPIError.

        `again`: on a connection that died, of a database that was restarted, ask once more on a fresh one.
        """
        dialect = engine.dialect
        connection = None
        try:
            connection = engine.raw_connection()
            ready = self._ready.get(dialect.name) or self._prepare(dialect)
            cursor, sent = connection.cursor(), ready.parameters(values or {})
            for hear in engine.dispatch.before_cursor_execute:  # as SQLAlchemy tells of its own
                hear(None, cursor, ready.text, sent, None, False)
            cursor.execute(ready.text, sent)
            rows = ready.rows(cursor.fetchall())
            cursor.close()
            return rows
        except dialect.loaded_dbapi.Error as fault:
            if connection is not None and dialect.is_disconnect(fault, connection, None):
                connection.invalidate(fault)
                engine.dispose()  # the others died with it
            else:
                again = False
            if not again:
                raise DBAPIError.instance(str(self.statement), None, fault, dialect.loaded_dbapi.Error) from fault
        finally:
            if connection is not None:
                connection.close()
        return self.rows(engine, values, again=False)

    def _prepare(self, dialect: Dialect) -> "_Ready":
        return self._ready.setdefault(dialect.name, _Ready(self.statement, dialect))


class _Ready:
    """Text and conversions of a statement in one dialect."""

    def __init__(self, statement: "Select[*tuple[Any, ...]] | UpdateBase", dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._order = compiled.positiontup
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        kinds = ((name, compiled.binds[name].type.dialect_impl(dialect)) for name in compiled.params)
        self._sent = [(name, convert) for name, kind in kinds if (convert := kind.bind_processor(dialect))]
        names, columns = zip(*statement.exported_columns.items(), strict=True)
        self._row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
        read = ((i, c.type.dialect_impl(dialect).result_processor(dialect, None)) for i, c in enumerate(columns))
        self._read = [(place, convert) for place, convert in read if convert]

    def parameters(self, values: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        """In the driver's own style. Raises KeyError for a missing one."""
        sent = {**self._fixed, **values}
        for name, convert in self._sent:
            sent[name] = convert(sent[name])
        return sent if self._order is None else [sent[name] for name in self._order]

    def rows(self, found: Sequence[Sequence[Any]]) -> Sequence[Any]:
        """What the driver found, in Python's types."""
        rows = []
        for values in found:
            row = list(values)
            for place, convert in self._read:
                row[place] = convert(row[place])
            rows.append(self._row._make(row))
        return rows


class Direct:
    """Single statements in autocommit on a pool of its own; all rows are fetched before the connection goes back."""

    def init_app(self, app: Flask, settings: Settings, turn: WriteTurn | None) -> Engine:
        """Make the engine of this app."""
        engine = create_engine(
            settings.database_url,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            **_ENGINE,
        )
        app.extensions["direct"] = engine, turn
        return engine

    def all(self, statement: Executable | Hot, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Rows of a reading statement."""
        engine, _ = current_app.extensions["direct"]
        return self._rows(engine, statement, values, again=True)

    def first(self, statement: Executable | Hot, values: Mapping[str, Any] | None = None) -> Any | None:
        """First row of a reading statement, or None."""
        rows = self.all(statement, values)
        return rows[0] if rows else None

    def session(self) -> Session:
        """An ORM session for reading many rows outside the request's transaction; to be used in a `with`."""
        engine, _ = current_app.extensions["direct"]
        return Session(engine)

    def write(self, statement: Executable | Hot, values: Mapping[str, Any]) -> Any | None:
        """Run one writing statement that ends in RETURNING, in its turn on SQLite; None when it touched no row."""
        return next(iter(self.write_all(statement, values)), None)

    def write_all(self, statement: Executable | Hot, values: Mapping[str, Any]) -> Sequence[Any]:
        """The same, with all rows that were touched. Never sent twice: who can't tell whether it arrived must look."""
        engine, turn = current_app.extensions["direct"]
        with turn_of(turn):
            return self._rows(engine, statement, values, again=False)

    def _rows(
        self, engine: Engine, statement: Executable | Hot, values: Mapping[str, Any] | None, *, again: bool
    ) -> Sequence[Any]:
        if isinstance(statement, Hot):
            return statement.rows(engine, values, again=again)
        with engine.connect() as connection:
            return connection.execute(statement, values).all()


direct = Direct()


def upsert(table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """INSERT that knows ON CONFLICT, in the dialect of the current database."""
    return sqlite.insert(table) if db.engine.dialect.name == "sqlite" else postgresql.insert(table)


@contextmanager
def turn_of(turn: WriteTurn | None) -> Iterator[None]:
    """Hold the write turn; nothing to wait for on Postgres."""
    if turn is None:
        yield
        return
    turn.take()
    try:
        yield
    finally:
        turn.give()


def init_database(app: Flask, settings: Settings) -> None:
    """Bind both ways to the database of `settings` and teach SQLite its manners."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(_ENGINE)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        if not settings.is_sqlite:
            direct.init_app(app, settings, None)
            return
        path = Path(str(db.engine.url.database))
        turn = WriteTurn(path.with_name(path.name + ".turn"))
        _pragmas(direct.init_app(app, settings, turn), settings)
        _pragmas(db.engine, settings)
        _own_transactions(db.engine, turn)


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


def _own_transactions(engine: Engine, turn: WriteTurn) -> None:
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not may_write.get():
            connection.exec_driver_sql("BEGIN")
            return
        turn.take()
        connection.info["writes"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    # After COMMIT or ROLLBACK the connection goes back to the pool; only then is the next writer let in.
    @event.listens_for(engine, "checkin")
    def give_turn(_connection: Any, record: Any) -> None:
        if record.info.pop("writes", False):
            turn.give()
