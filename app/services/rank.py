"""League tables of people, from the shown side of the standings; nothing here counts attempts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    bindparam,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import Hot, direct
from app.models import Account, Entry, Standing
from app.services.ladder import CITY, on_board, on_group, people_of

PAGE = 100
_FEW_UNITS = 8  # up to here a board is put together from the units' own indexes
_Conditions = Sequence[ColumnElement[bool]]
_Make = Callable[[_Conditions], Select[Any]]
_BEHIND = tuple_(Standing.shown_key, Standing.entry_id) > tuple_(
    bindparam("key", type_=String), bindparam("after", type_=Integer)
)
# What these ask is always the same, so their statements are compiled once; other boards are of several units.
BOARDS: Mapping[str, _Conditions] = {
    "city": on_board(CITY),
    "unit": on_board(bindparam("unit")),
    "group": on_group(bindparam("group")),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose board: a round's, of the whole city, of some units, or of a group. `units` empty means all."""

    round_id: int
    units: frozenset[int] = frozenset()
    group_id: int | None = None

    @property
    def kind(self) -> str:
        """Its place in BOARDS, if it has one."""
        if self.group_id is not None:
            return "group"
        return {0: "city", 1: "unit"}.get(len(self.units), "units")

    @property
    def conditions(self) -> _Conditions:
        """On Standing, with `values`."""
        # Added to 0, the unit is no way into an index of units: many of them would have to be sorted each time.
        return BOARDS.get(self.kind) or (*on_board(CITY), (Standing.unit_id + 0).in_(sorted(self.units)))

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions ask for."""
        return {"round": self.round_id, "unit": min(self.units, default=None), "group": self.group_id}


class PersonRow(NamedTuple):
    """One line of a board of people; without consent the name stays off and the place is kept."""

    place: int
    entry_id: int
    name: str | None
    unit_id: int
    correct: int
    time_used: int
    submitted_at: datetime
    key: str


class Cursor(NamedTuple):
    """Where a page of a board begins: behind this key, with this many people before it."""

    key: str
    entry_id: int
    before: int
    place: int


LINE: tuple[InstrumentedAttribute[Any], ...] = (
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
    return _hot(make, scope.kind) if scope.kind in BOARDS else make(scope.conditions)


@cache
def _hot(make: _Make, kind: str) -> Hot:
    return Hot(make(BOARDS[kind]))


def _first_page(conditions: _Conditions) -> Select[Any]:
    return _with_names(_page(conditions))


def _next_page(conditions: _Conditions) -> Select[Any]:
    return _with_names(_page((*conditions, _BEHIND)))


def _of_few_units(units: frozenset[int], behind: bool) -> Select[Any]:
    """Each unit from its own index: walking the whole city's would take long to meet a hundred of them."""
    behind_mark = (_BEHIND,) if behind else ()
    parts = (_page((*on_board(CITY), Standing.unit_id == unit, *behind_mark)) for unit in sorted(units))
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return _with_names(select(every).order_by(every.c.shown_key, every.c.entry_id).limit(bindparam("size")))


def _page(conditions: _Conditions) -> Select[Any]:
    """Lines of a board, names not yet looked up."""
    page = select(*LINE).where(*conditions).order_by(Standing.shown_key, Standing.entry_id)
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
    """How many people stand on a board, now. In a group, which is small, they are counted."""
    if scope.kind != "group":
        return people_of(round_id=scope.round_id, unit_ids=scope.units)
    row = direct.first(_IN_GROUP, scope.values)
    return int(row[0]) if row else 0


_IN_GROUP = Hot(select(func.count()).select_from(Standing).where(*BOARDS["group"]))
