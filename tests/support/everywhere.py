"""The whole database as text, for laws over everything that is kept."""

from collections.abc import Iterator

from sqlalchemy import select

from app.extensions import Base, db


def every_value() -> Iterator[tuple[str, str]]:
    """`table.column` and the text of each value in it, bytes as hex and as latin-1; empty ones are left out."""
    for table in Base.metadata.sorted_tables:
        names = [f"{table.name}.{column.name}" for column in table.columns]
        for row in db.session.execute(select(table)):
            for name, value in zip(names, row, strict=True):
                if isinstance(value, bytes):
                    yield name, f"{value.hex()} {value.decode('latin-1')}"
                elif value not in (None, ""):
                    yield name, str(value)
