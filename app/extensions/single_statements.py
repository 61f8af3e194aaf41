"""Single statements in autocommit, for the few hot reads and one-statement writes: no transaction, no ORM."""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Engine, Executable, Select, UpdateBase
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.extensions.turns import WriteTurn, turn_of


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

    def init_app(self, app: Flask, engine: Engine, turn: WriteTurn | None) -> None:
        """Take the engine of this app, which commits by itself."""
        app.extensions["direct"] = engine, turn

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
