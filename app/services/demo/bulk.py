"""Very many rows at once, through the driver itself: executemany on SQLite, COPY on Postgres. SQLAlchemy's own way
takes twice as long on either."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, text

from app.extensions import Base, db


def write_rows(table: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows that all name the same columns, in the session's own transaction."""
    if not rows:
        return
    connection = db.session.connection()
    dialect, name = connection.dialect, table.__tablename__
    columns = [table.__table__.c[column] for column in rows[0]]
    names = ", ".join(dialect.identifier_preparer.format_column(column) for column in columns)
    binds = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    converted = [(place, bind) for place, bind in enumerate(binds) if bind]

    def values(row: dict[str, Any]) -> list[Any]:
        sent = list(row.values())
        for place, bind in converted:
            sent[place] = bind(sent[place])
        return sent

    cursor: Any = connection.connection.cursor()  # the driver's own
    if dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        cursor.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", map(values, rows))  # noqa: S608  no value
        return
    with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(values(row))


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
    """After the commit: what autovacuum does on Postgres by and by, and the write-ahead log's room given back.

    No ANALYZE on SQLite: a portal in use has no statistics either, so that plans never change by themselves.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("VACUUM (ANALYZE)"))
        return
    raw = db.engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        raw.close()
