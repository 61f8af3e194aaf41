"""Rows that change only where they differ, and a count of what changed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from app.extensions import Base, db

Row = TypeVar("Row", bound=Base)


class Changes:
    """Writes to the session and counts; `count` is 0 when the tables were as the pack already."""

    def __init__(self) -> None:
        self.count = 0

    def update(self, row: Base, values: Mapping[str, Any]) -> None:
        """Set the columns that differ."""
        for key, value in values.items():
            if getattr(row, key) != value:
                setattr(row, key, value)
                self.count += 1

    def add(self, row: Row) -> Row:
        """A new row; flushed when an id is asked for."""
        db.session.add(row)
        self.count += 1
        return row

    def put(self, row: Row | None, kind: type[Row], key: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
        """The row brought to these values, made when there is none."""
        if row is None:
            return self.add(kind(**key, **values))
        self.update(row, values)
        return row

    def delete(self, row: Base) -> None:
        """Remove a row that nothing refers to."""
        db.session.delete(row)
        self.count += 1
