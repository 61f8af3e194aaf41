"""League tables of people, from the shown side of the standings; nothing here counts attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
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
from app.models import Standing
from app.services.ladder import CITY, Together, Unit, at_rungs, on_board, on_group, people_of, place, place_in_group

PAGE = 100
_FEW_UNITS = 8  # up to here a board is put together from the units' own indexes
_Conditions = Sequence[ColumnElement[bool]]
_BEHIND = tuple_(Standing.shown_key, Standing.entry_id) > tuple_(
    bindparam("key", type_=String), bindparam("after", type_=Integer)
)
_BOARDS: Mapping[str, _Conditions] = {
    "city": on_board(CITY),
    "unit": on_board(bindparam("unit")),
    "group": on_group(bindparam("group")),
}


class Board(NamedTuple):
    """What is asked alike for every round, unit and group: a statement is made once for it."""

    kind: str  # in _BOARDS, or "units"
    units: frozenset[int] = frozenset()  # of these, when they are several

    @property
    def conditions(self) -> _Conditions:
        """On Standing, with the `values` of a scope."""
        return _BOARDS.get(self.kind) or on_board(Together(self.units))


def placed(lines: CTE, board: Board) -> tuple[CTE, ColumnElement[int]]:
    """`lines`, which have a `shown_key`, and the place of each on a board."""
    if board.kind == "group":
        return lines, place_in_group(lines, bindparam("group"))
    unit: Unit = Together(board.units) if board.units else bindparam("unit") if board.kind == "unit" else CITY
    found = at_rungs(lines, unit, "line")
    return found, place(found, unit)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose board: a round's, of the whole city, of some units, or of a group. `units` empty means all."""

    round_id: int
    units: frozenset[int] = frozenset()
    group_id: int | None = None

    @property
    def board(self) -> Board:
        """Without what its `values` say."""
        if self.group_id is not None:
            return Board("group")
        return Board("units", self.units) if len(self.units) > 1 else Board("unit" if self.units else "city")

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
    Standing.shown_name,
)


def people_board(*, scope: Scope, after: Cursor | None = None, size: int = PAGE) -> list[PersonRow]:
    """One page of the board of people, best first, by keyset: page 5000 costs what page 1 costs."""
    values: dict[str, Any] = scope.values | {"size": size}
    if after is not None:
        values |= {"key": after.key, "after": after.entry_id}
    rows: list[PersonRow] = []
    position, last_key, last_place = (after.before, after.key, after.place) if after else (0, "", 0)
    for key, entry_id, unit_id, correct, time_used, submitted_at, name in direct.all(
        _statement(scope.board, behind=after is not None), values
    ):
        position += 1
        place = last_place if key == last_key else position
        rows.append(PersonRow(place, entry_id, name, unit_id, correct, time_used, submitted_at, key))
        last_key, last_place = key, place
    return rows


@cache
def _statement(board: Board, *, behind: bool) -> Hot:
    mark = (_BEHIND,) if behind else ()
    if not 1 < len(board.units) <= _FEW_UNITS:
        return Hot(_page((*board.conditions, *mark)))
    # Each unit from its own index: walking the whole city's would take long to meet a hundred of them.
    parts = (_page((*on_board(unit), *mark)) for unit in Together(board.units).written)
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return Hot(select(every).order_by(every.c.shown_key, every.c.entry_id).limit(bindparam("size")))


def _page(conditions: _Conditions) -> Select[Any]:
    """Lines of a board."""
    lines = select(*LINE).where(*conditions).order_by(Standing.shown_key, Standing.entry_id)
    return lines.limit(bindparam("size"))


def people_on(scope: Scope) -> int:
    """How many people stand on a board, now. In a group, which is small, they are counted."""
    if scope.group_id is None:
        return people_of(round_id=scope.round_id, unit_ids=scope.units)
    row = direct.first(_IN_GROUP, scope.values)
    return int(row[0]) if row else 0


_IN_GROUP = Hot(select(func.count()).select_from(Standing).where(*_BOARDS["group"]))
