"""League tables of people, from the shown side of the standings; nothing here counts attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import Hot, direct
from app.models import Standing
from app.services.ladder import CITY, UNIT, Together, Unit, at_rungs, on_board, on_group, people, place, place_in_group

PAGE = 100
_FEW_UNITS = 8  # up to here a board is put together from the units' own indexes
_Conditions = Sequence[ColumnElement[bool]]
_KEY: BindParameter[str] = bindparam("key", type_=String)
_AFTER: BindParameter[int] = bindparam("after", type_=Integer)
_BEHIND = tuple_(Standing.shown_key, Standing.entry_id) > tuple_(_KEY, _AFTER)
_BOARDS: Mapping[str, _Conditions] = {
    "city": on_board(CITY),
    "unit": on_board(UNIT),
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
    found = at_rungs(lines, _unit(board), "line")
    return found, place(found, _unit(board))


def _unit(board: Board) -> Unit:
    if board.units:
        return Together(board.units)
    return UNIT if board.kind == "unit" else CITY


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


class Mark(NamedTuple):
    """A line that a page begins behind, or where it would stand. How many stand before it is counted, not told by the
    address: that grows old, and anybody could write one on which somebody leads."""

    key: str
    entry_id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a board, best first; `people` stand on the whole board, `more` of them behind these."""

    rows: tuple[PersonRow, ...]
    people: int
    more: bool


LINE: tuple[InstrumentedAttribute[Any], ...] = (
    Standing.shown_key,
    Standing.entry_id,
    Standing.unit_id,
    Standing.shown_correct,
    Standing.shown_time_used,
    Standing.shown_submitted_at,
    Standing.shown_name,
)


def people_board(*, scope: Scope, behind: Mark | None = None, size: int = PAGE) -> Page:
    """One page of the board of people, by keyset: page 5000 costs what page 1 costs. Its lines, their places and how
    many there are in all come from one state of the database."""
    values: dict[str, Any] = scope.values | {"size": size + 1}
    if behind is not None:
        values |= {"key": behind.key, "after": behind.entry_id}
    found = direct.all(_statement(scope.board, behind=behind is not None), values)
    *_, in_all, before, equal = found[0]
    position, last_key, last_place = before + equal, behind.key if behind else "", before + 1
    rows: list[PersonRow] = []
    for key, entry_id, unit_id, correct, time_used, submitted_at, name, *_ in found[:size]:
        if key is None:  # nobody stands here
            break
        position += 1
        place = last_place if key == last_key else position
        rows.append(PersonRow(place, entry_id, name, unit_id, correct, time_used, submitted_at, key))
        last_key, last_place = key, place
    return Page(tuple(rows), in_all, more=len(found) > size)


@cache
def _statement(board: Board, *, behind: bool) -> Hot:
    """The lines, beside each what `_start` counts; that alone where nobody stands."""
    lines = _lines(board, behind=behind).cte("page")
    start = _start(board, behind=behind).cte("start").prefix_with("MATERIALIZED")  # else it is counted at every line
    every = select(*lines.c, *start.c).select_from(start.outerjoin(lines, true()))
    return Hot(every.order_by(lines.c.shown_key, lines.c.entry_id))


def _start(board: Board, *, behind: bool) -> Select[int, int, int]:
    """How many stand on the board; of them before the mark, and with its key up to the mark."""
    in_all = _people(board).label("people")
    if not behind:
        return select(in_all, literal(0).label("before"), literal(0).label("equal"))
    mark, at = placed(select(_KEY.label("shown_key")).cte("mark"), board)
    upto = (Standing.shown_key == _KEY, Standing.entry_id <= _AFTER)
    equal = select(func.count()).where(*board.conditions, *upto).scalar_subquery()
    return select(in_all, (at - 1).label("before"), equal.label("equal")).select_from(mark)


def _people(board: Board) -> ColumnElement[int]:
    """How many stand on it. In a group, which is small, they are counted."""
    if board.kind == "group":
        return select(func.count()).where(*board.conditions).scalar_subquery()
    return people(_unit(board))


def _lines(board: Board, *, behind: bool) -> Select[Any]:
    mark = (_BEHIND,) if behind else ()
    if not 1 < len(board.units) <= _FEW_UNITS:
        return _page((*board.conditions, *mark))
    # Each unit from its own index: walking the whole city's would take long to meet a hundred of them.
    parts = (_page((*on_board(unit), *mark)) for unit in Together(board.units).written)
    every = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(every).order_by(every.c.shown_key, every.c.entry_id).limit(bindparam("size"))


def _page(conditions: _Conditions) -> Select[Any]:
    lines = select(*LINE).where(*conditions).order_by(Standing.shown_key, Standing.entry_id)
    return lines.limit(bindparam("size"))
