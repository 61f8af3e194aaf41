"""Finding people on a board by the beginning of their name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, select, text

from app.extensions import Hot, db, direct
from app.models import Account, Entry, Standing
from app.rules.names import fold
from app.services.rank import LINE, Board, PersonRow, Scope, placed

FOUND_AT_MOST = 20
# People whose names begin with the words, in order of the names: what a search costs has an end, however large the city
# and however many share a name. Of a unit or a group few of them are, so more are looked at.
LOOKED_AT = {"city": 50, "unit": 2000, "group": 2000}
_LAST_LETTER = "\U0010ffff"
# Added to 0, the round is no way into an index of boards: SQLite would walk the whole board and look for the people.
_SHOWN_BY_NAME = (
    Standing.round_id + 0 == bindparam("round"),
    Standing.shown_key.is_not(None),
    Standing.shown_name.is_not(None),
)
_WITHIN: Mapping[str, Sequence[ColumnElement[bool]]] = {
    "city": (),
    "unit": (Standing.unit_id == bindparam("unit"),),
    "group": (Standing.group_id == bindparam("group"),),
}


@dataclass(frozen=True, slots=True)
class Found:
    """People of a board whose names begin with the words, best first; `more` when not all of them could be looked at,
    or shown."""

    rows: tuple[PersonRow, ...]
    more: bool


def find_on_board(*, scope: Scope, words: str) -> Found:
    """Search the board of the city, of one unit or of a group by the beginning of a full name, with or without marks.

    Only names that stand on boards by consent.
    """
    begin = fold(words)
    if not begin:
        return Found((), more=False)
    kind, dialect = scope.board.kind, db.engine.dialect.name
    most = LOOKED_AT[kind]
    values = scope.values | {"from": begin, "to": begin + _LAST_LETTER}
    values |= {"looked_at": most + 1, "size": FOUND_AT_MOST + 1}
    rows = direct.all(_search(kind, dialect), values)
    looked_at = rows[0][-1] if rows else direct.all(_counted(dialect), values)[0][0]
    people = (
        PersonRow(at, entry_id, name, unit_id, correct, time_used, submitted_at, key)
        for key, entry_id, unit_id, correct, time_used, submitted_at, name, at, _ in rows[:FOUND_AT_MOST]
    )
    return Found(tuple(people), more=len(rows) > FOUND_AT_MOST or looked_at > most)


@cache
def _search(kind: str, dialect: str) -> Hot:
    """Lines of the people found, their places, and how many names were looked at."""
    named = _named(dialect).cte("named")
    found = (
        select(*LINE)
        .join(Entry, Entry.id == Standing.entry_id)
        .join(named, named.c.id == Entry.account_id)
        .where(*_SHOWN_BY_NAME, *_WITHIN[kind])
        .order_by(Standing.shown_key, Standing.entry_id)
        .limit(bindparam("size"))
        .cte("found")
    )
    looked_at = select(func.count()).select_from(named).scalar_subquery()
    line, at = placed(found, Board(kind))
    columns = [line.c[column.key] for column in LINE]
    return Hot(select(*columns, at, looked_at).order_by(line.c.shown_key, line.c.entry_id))


@cache
def _counted(dialect: str) -> Hot:
    return Hot(select(func.count()).select_from(_named(dialect).subquery()))


def _named(dialect: str) -> Any:
    """People by the beginning of their name, in the order of the index that each database has for that."""
    name, first, last = Account.name_search, bindparam("from", type_=String), bindparam("to", type_=String)
    named = select(Account.id).limit(bindparam("looked_at"))
    if dialect == "sqlite":
        return named.where(name >= first, name < last).order_by(name, Account.id)
    # text_pattern_ops: letter by letter, whatever the database's collation makes of them (app.models.account).
    begins = [name.op("~>=~", is_comparison=True)(first), name.op("~<~", is_comparison=True)(last)]
    return named.where(*begins).order_by(text("accounts.name_search USING ~<~"), Account.id)
