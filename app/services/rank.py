"""League tables of people, from the shown side of the standings; nothing here counts attempts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    bindparam,
    case,
    func,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import Hot, db, direct
from app.models import Account, Entry, Standing
from app.rules.names import fold
from app.services.ladder import people_of, place_of

PAGE = 100
FOUND_AT_MOST = 20
_LOOKED_AT = 2000  # people whose names begin with the words: what a search costs has an end
_FEW_UNITS = 8  # up to here a board is put together from the units' own indexes
_Conditions = Sequence[ColumnElement[bool]]
_Make = Callable[[_Conditions], Select[Any]]
_LAST_LETTER = "\U0010ffff"
_BEHIND = tuple_(Standing.shown_key, Standing.entry_id) > tuple_(
    bindparam("key", type_=String), bindparam("after", type_=Integer)
)
_ON_BOARD = (Standing.round_id == bindparam("round"), Standing.shown_key.is_not(None))
# What these ask is always the same, so their statements are compiled once; other boards are of several units.
_WHERE: Mapping[str, _Conditions] = {
    "city": _ON_BOARD,
    "unit": (*_ON_BOARD, Standing.unit_id == bindparam("unit")),
    "group": (*_ON_BOARD, Standing.group_id == bindparam("group")),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose board: a round's, of the whole city, of some units, or of a group. `units` empty means all."""

    round_id: int
    units: frozenset[int] = frozenset()
    group_id: int | None = None

    @property
    def kind(self) -> str:
        """Its place in _WHERE, if it has one."""
        if self.group_id is not None:
            return "group"
        return {0: "city", 1: "unit"}.get(len(self.units), "units")

    @property
    def conditions(self) -> _Conditions:
        """On Standing, with `values`."""
        # Added to 0, the unit is no way into an index of units: many of them would have to be sorted each time.
        return _WHERE.get(self.kind) or (*_ON_BOARD, (Standing.unit_id + 0).in_(sorted(self.units)))

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions ask for."""
        return {"round": self.round_id, "unit": min(self.units, default=None), "group": self.group_id}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of a board of people; without consent the name stays off and the place is kept."""

    place: int
    entry_id: int
    name: str | None
    unit_id: int
    correct: int
    time_used: int
    submitted_at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a board begins: behind this key, with this many people before it."""

    key: str
    entry_id: int
    before: int
    place: int


_LINE: tuple[InstrumentedAttribute[Any], ...] = (
    Standing.shown_key,
    Standing.entry_id,
    Standing.unit_id,
    Standing.shown_correct,
    Standing.shown_time_used,
    Standing.shown_submitted_at,
)


def people_board(*, scope: Scope, after: Cursor | None = None, size: int = PAGE) -> list[PersonRow]:
    """One page of the board of people, best first, by keyset: page 5000 costs what page 1 costs."""
    values: dict[str, Any] = scope.values | {"size": size}
    if after is not None:
        values |= {"key": after.key, "after": after.entry_id}
    if 1 < len(scope.units) <= _FEW_UNITS:
        statement: Executable | Hot = _of_few_units(scope.units, after is not None)
    else:
        statement = _statement(_first_page if after is None else _next_page, scope)
    rows: list[PersonRow] = []
    position, last_key, last_place = (after.before, after.key, after.place) if after else (0, "", 0)
    for key, entry_id, unit_id, correct, time_used, submitted_at, name, on_boards in direct.all(statement, values):
        position += 1
        place = last_place if key == last_key else position
        shown_name = name if on_boards else None
        rows.append(PersonRow(place, entry_id, shown_name, unit_id, correct, time_used, submitted_at, key))
        last_key, last_place = key, place
    return rows


def _statement(make: _Make, scope: Scope) -> Executable | Hot:
    return _hot(make, scope.kind) if scope.kind in _WHERE else make(scope.conditions)


@cache
def _hot(make: _Make, kind: str) -> Hot:
    return Hot(make(_WHERE[kind]))


def _first_page(conditions: _Conditions) -> Select[Any]:
    return _with_names(_page(conditions))


def _next_page(conditions: _Conditions) -> Select[Any]:
    return _with_names(_page((*conditions, _BEHIND)))


def _of_few_units(units: frozenset[int], behind: bool) -> Select[Any]:
    """Each unit from its own index: walking the whole city's would take long to meet a hundred of them."""
    behind_mark = (_BEHIND,) if behind else ()
    parts = (_page((*_ON_BOARD, Standing.unit_id == unit, *behind_mark)) for unit in sorted(units))
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return _with_names(select(every).order_by(every.c.shown_key, every.c.entry_id).limit(bindparam("size")))


def _page(conditions: _Conditions) -> Select[Any]:
    """Lines of a board, names not yet looked up."""
    page = select(*_LINE).where(*conditions).order_by(Standing.shown_key, Standing.entry_id)
    return page.limit(bindparam("size"))


def _with_names(page: Select[Any]) -> Select[Any]:
    lines = page.subquery()
    return (
        select(lines, Account.full_name, Entry.on_boards)
        .join(Entry, Entry.id == lines.c.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .order_by(lines.c.shown_key, lines.c.entry_id)
    )


def people_on(scope: Scope) -> int:
    """How many people stand on a board, now."""
    if scope.kind == "city":
        return people_of(round_id=scope.round_id)
    row = direct.first(_statement(_count, scope), scope.values)
    return int(row[0]) if row else 0


def _count(conditions: _Conditions) -> Select[Any]:
    return select(func.count()).select_from(Standing).where(*conditions)


def my_place(*, entry_id: int, scope: Scope) -> tuple[int, int] | None:
    """Place and number of people on a board, exact now; equal keys share a place. None for who isn't on it."""
    if scope.kind == "city":
        return place_of(entry_id=entry_id, round_id=scope.round_id)
    row = direct.first(_statement(_place, scope), scope.values | {"entry": entry_id})
    return (row[0], row[1]) if row and row[1] else None


def _place(conditions: _Conditions) -> Select[Any]:
    """Place and people by one walk over an index; no people when the entry isn't among them."""
    mine = select(Standing.shown_key.label("key")).where(Standing.entry_id == bindparam("entry"), *conditions).cte()
    before: Any = func.count(case((Standing.shown_key < mine.c.key, 1)))
    return select(1 + before, func.count()).select_from(Standing).join(mine, true()).where(*conditions)


@dataclass(frozen=True, slots=True)
class Found:
    """People of a board whose names begin with the words; `more` when not all of them could be looked at."""

    rows: tuple[PersonRow, ...]
    more: bool


def find_on_board(*, scope: Scope, words: str) -> Found:
    """Search a board by the beginning of a full name, with or without marks.

    Only names that stand on boards by consent. What it costs is bounded, however many share a name.
    """
    begin = fold(words)
    if not begin:
        return Found((), more=False)
    named = (
        select(Account.id)
        .where(*_begins(begin))
        .order_by(Account.name_search, Account.id)
        .limit(_LOOKED_AT + 1)
        .subquery()
    )
    looked_at = db.session.scalar(select(func.count()).select_from(named)) or 0
    rows = db.session.execute(
        select(*_LINE, Account.full_name)
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .join(named, named.c.id == Account.id)
        .where(Entry.on_boards, *scope.conditions)
        .order_by(Standing.shown_key, Standing.entry_id)
        .limit(FOUND_AT_MOST + 1),
        scope.values,
    ).all()
    found = tuple(_found(scope, *row) for row in rows[:FOUND_AT_MOST])
    return Found(found, more=len(rows) > FOUND_AT_MOST or looked_at > _LOOKED_AT)


def _begins(words: str) -> list[ColumnElement[bool]]:
    """Each database has an index for one of these (app.models.account)."""
    if db.engine.dialect.name == "sqlite":
        return [Account.name_search >= words, Account.name_search < words + _LAST_LETTER]
    return [Account.name_search.startswith(words, autoescape=True)]


def _found(scope: Scope, key: str, entry_id: int, *line: Any) -> PersonRow:
    unit_id, correct, time_used, submitted_at, name = line
    place = my_place(entry_id=entry_id, scope=scope)
    return PersonRow(place[0] if place else 0, entry_id, name, unit_id, correct, time_used, submitted_at, key)
