"""Places in no time, and exact: ladders of every 250th key of a board, and what moved since they were made.

Counting everybody before me costs 30 ms at 700,000 people. A rung says how many stood before its key when the ladder
was made; triggers write down how shown keys changed since (`standing_moves`); between the rung and me at most some
hundred rows are left to count. All three are read by one statement, so from one state of the database: the answer is
exact however old the ladder is. Making it anew forgets the moves that it has taken in, in the same transaction.

Each round has a ladder of the whole city, one of each unit (in a large city a unit is as large as a small city) and one
of each kind of unit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
)

from app.extensions import rare
from app.models import LadderRung, Standing, StandingMove

CITY = 0  # in place of a unit
END = "9" * 40  # behind every key, in every collation: the rung that knows how many there were in all

_standings, _rungs, _moves = Standing.__table__.c, LadderRung.__table__.c, StandingMove.__table__.c
ROUND: BindParameter[int] = bindparam("round")
UNIT: BindParameter[int] = bindparam("unit")
# Added to 0, for SQLite would make an index of some hundred moves at every question, which takes ten times as long.
_MOVED = _moves.round_id + 0 == ROUND


@dataclass(frozen=True, slots=True)
class Together:
    """Several units with a board together: those of one kind. Others would be counted one by one."""

    units: frozenset[int]

    @property
    def ladder(self) -> int:
        """In place of a unit: a number below 0 that belongs to these units, whatever becomes of their kind."""
        return -1 - (crc32(",".join(map(str, sorted(self.units))).encode()) >> 1)

    @property
    def written(self) -> list[ColumnElement[int]]:
        """Their numbers, standing in the statement itself."""
        return [literal_column(str(unit), Integer) for unit in sorted(self.units)]


Unit = ColumnElement[int] | int | Together  # a unit's number, CITY, or several


def on_board(unit: Unit) -> list[ColumnElement[bool]]:
    """Conditions on standings: shown in `round`, and of this unit unless it is the CITY.

    A unit is rare: else SQLite would take two ends of a key for narrower, and walk the city's index between them. Of
    several units that index is walked; added to 0, the unit is no way into its own, which would have to be sorted.
    """
    shown = [_standings.round_id == ROUND, _standings.shown_key.is_not(None)]
    if isinstance(unit, int):
        return shown
    if isinstance(unit, Together):
        return [*shown, (_standings.unit_id + 0).in_(unit.written)]
    return [*shown, rare(_standings.unit_id == unit)]


def rung_of(unit: Unit) -> ColumnElement[int] | int:
    """What stands for it in the rungs' `unit_id`."""
    return unit.ladder if isinstance(unit, Together) else unit


def on_group(group: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """The same for a group."""
    return [*on_board(CITY), _standings.group_id == group]


def place_in_group(line: CTE, group: ColumnElement[int]) -> ColumnElement[int]:
    """Place of each line, which has a `shown_key`, on the board of a group: small, so all before it are counted."""
    before = select(func.count()).where(*on_group(group), _standings.shown_key < line.c.shown_key)
    return 1 + before.scalar_subquery()


def at_rungs(lines: CTE, unit: Unit, name: str) -> CTE:
    """`lines`, which have a `shown_key`, each with the nearest rung of a ladder: its key `foot`, and `below`."""
    here = (_rungs.round_id == ROUND, _rungs.unit_id == rung_of(unit), _rungs.shown_key <= lines.c.shown_key)
    foot, below = (
        select(column).where(*here).order_by(_rungs.shown_key.desc()).limit(1).scalar_subquery()
        for column in (_rungs.shown_key, _rungs.before)
    )
    found = select(lines, func.coalesce(foot, "").label("foot"), func.coalesce(below, 0).label("below")).cte(name)
    return found.prefix_with("MATERIALIZED")  # else SQLite would look for the rung at every move


def place(line: CTE, unit: Unit) -> ColumnElement[int]:
    """Place of each line of `at_rungs`: one more than stand before it."""
    from_foot = between(unit, line.c.foot, line.c.shown_key).scalar_subquery()
    return 1 + line.c.below + _moved(unit, lambda key: key < line.c.foot) + from_foot


def between(unit: Unit, foot: ColumnElement[str], head: ColumnElement[str]) -> Select[int]:
    """How many stand on a board from one key to before another."""
    return select(func.count()).where(*on_board(unit), _standings.shown_key >= foot, _standings.shown_key < head)


def people(unit: Unit) -> ColumnElement[int]:
    """How many stand on a board; counted one by one only where no ladder was ever made."""
    last = (_rungs.round_id == ROUND, _rungs.unit_id == rung_of(unit), _rungs.shown_key == END)
    at_making = select(_rungs.before).where(*last)
    counted = select(func.count()).where(*on_board(unit)).scalar_subquery()
    moved = _moved(unit, lambda key: key.is_not(None))
    return func.coalesce(at_making.scalar_subquery() + moved, counted)


def _moved(unit: Unit, which: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[int]:
    """How many more (or fewer) of `which` keys stand on the board since the ladder was made."""

    def many(key: ColumnElement[str], of_unit: ColumnElement[int]) -> ColumnElement[int]:
        if isinstance(unit, int):
            counted = which(key)
        else:
            here = of_unit.in_(unit.written) if isinstance(unit, Together) else of_unit == unit
            counted = and_(here, which(key))
        return func.coalesce(func.sum(case((counted, 1), else_=0)), 0)

    difference = many(_moves.new_key, _moves.new_unit_id) - many(_moves.old_key, _moves.old_unit_id)
    return select(difference).where(_MOVED).scalar_subquery()
