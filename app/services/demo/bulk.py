"""Very many rows at once: Core's executemany on SQLite, COPY on Postgres (three times as fast there)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, insert, select, text

from app.extensions import Base, db


def write_rows(table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns, in the session's own transaction."""
    if not rows:
        return
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
    else:
        _copy(table, rows)


def _copy(table: type[Base], rows: list[dict[str, Any]]) -> None:
    connection = db.session.connection()
    columns = [table.__table__.c[name] for name in rows[0]]
    binds = [column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns]
    names = ", ".join(connection.dialect.identifier_preparer.format_column(column) for column in columns)
    cursor: Any = connection.connection.cursor()  # psycopg's own
    with cursor.copy(f"COPY {table.__tablename__} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([bind(value) if bind else value for bind, value in zip(binds, row.values(), strict=True)])


def hold_out_others(tables: Iterable[type[Base]]) -> None:
    """Nobody else writes these tables until the transaction ends. On SQLite it has the only pen anyway."""
    if db.session.connection().dialect.name == "postgresql":
        names = ", ".join(table.__tablename__ for table in tables)
        db.session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))


def move_sequences(tables: Iterable[type[Base]]) -> None:
    """Ids were given by us: let Postgres count on behind them."""
    if db.session.connection().dialect.name != "postgresql":
        return
    for table in tables:
        last = db.session.scalar(select(func.max(table.__table__.c.id)))
        if last is not None:
            db.session.execute(select(func.setval(func.pg_get_serial_sequence(table.__tablename__, "id"), last)))


def settle() -> None:
    """After the commit: let the planner know what the tables hold now, and give the write-ahead log's room back."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
        return
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    raw = db.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()
