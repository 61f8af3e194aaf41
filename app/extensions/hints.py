"""Words to SQLite's planner. Nobody runs ANALYZE on a portal, so it guesses how many rows a condition leaves."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class rare(GenericFunction[bool]):
    """A condition that few rows meet, so that SQLite begins with it (its `unlikely()`); Postgres knows by itself."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, condition: ColumnElement[bool]) -> None:
        super().__init__(condition)

    def self_group(self, against: Any = None) -> "rare":
        """Itself: compared with 1, as other functions are, it would say nothing about its condition."""
        return self


@compiles(rare)
def _as_it_is(element: rare, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[0], **options)})"


@compiles(rare, "sqlite")
def _told(element: rare, compiler: SQLCompiler, **options: Any) -> str:
    return f"unlikely({compiler.process(element.clauses.clauses[0], **options)})"
