"""Places in no time, and exact: ladders of every 250th key of a board, and what moved since they were made.

Counting everybody before me costs 30 ms at 700,000 people. A rung says how many stood before its key when the ladder
was made; triggers write down how shown keys changed since (`standing_moves`); between the rung and me at most some
hundred rows are left to count. All three are read by one statement, so from one state of the database: the answer is
exact however old the ladder is. Making it anew forgets the moves that it has taken in, in the same transaction.

Each round has a ladder of the whole city, one of each unit (in a large city a unit is as large as a small city) and one
of each kind of unit.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any
from zlib import crc32

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
)

from app.extensions import Hot, db, direct, rare
from app.models import LadderRung, Standing, StandingMove
from app.services.catalogue import Catalogue

CITY = 0  # in place of a unit
STEP = 250  # people between two rungs
MANY_MOVES = 1000  # that a place is corrected by; more, and the ladders are made anew
_END = "9" * 40  # behind every key, in every collation: the rung that knows how many there were in all
_TURN = 7_406_202  # Postgres' advisory lock: one makes ladders at a time

_standings, _rungs, _moves = Standing.__table__.c, LadderRung.__table__.c, StandingMove.__table__.c
_ROUND: BindParameter[int] = bindparam("round")
_UNIT: BindParameter[int] = bindparam("unit")
# Added to 0, for SQLite would make an index of some hundred moves at every question, which takes ten times as long.
_MOVED = _moves.round_id + 0 == _ROUND


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
    shown = [_standings.round_id == _ROUND, _standings.shown_key.is_not(None)]
    if isinstance(unit, int):
        return shown
    if isinstance(unit, Together):
        return [*shown, (_standings.unit_id + 0).in_(unit.written)]
    return [*shown, rare(_standings.unit_id == unit)]


def _rung_of(unit: Unit) -> ColumnElement[int] | int:
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
    here = (_rungs.round_id == _ROUND, _rungs.unit_id == _rung_of(unit), _rungs.shown_key <= lines.c.shown_key)
    foot, below = (
        select(column).where(*here).order_by(_rungs.shown_key.desc()).limit(1).scalar_subquery()
        for column in (_rungs.shown_key, _rungs.before)
    )
    found = select(lines, func.coalesce(foot, "").label("foot"), func.coalesce(below, 0).label("below")).cte(name)
    return found.prefix_with("MATERIALIZED")  # else SQLite would look for the rung at every move


def place(line: CTE, unit: Unit) -> ColumnElement[int]:
    """Place of each line of `at_rungs`: one more than stand before it."""
    between = _between(unit, line.c.foot, line.c.shown_key).scalar_subquery()
    return 1 + line.c.below + _moved(unit, lambda key: key < line.c.foot) + between


def _between(unit: Unit, foot: ColumnElement[str], head: ColumnElement[str]) -> Select[int]:
    """How many stand on a board from one key to before another."""
    return select(func.count()).where(*on_board(unit), _standings.shown_key >= foot, _standings.shown_key < head)


def people(unit: Unit) -> ColumnElement[int]:
    """How many stand on a board; counted one by one only where no ladder was ever made."""
    last = (_rungs.round_id == _ROUND, _rungs.unit_id == _rung_of(unit), _rungs.shown_key == _END)
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


@cache
def _steps(which: int | Together | None) -> tuple[Select[str], Select[int]]:
    """The key STEP people behind `foot`, or a little further where several share it; and how many are between two.

    Of None: of the unit that is asked for as `unit`.
    """
    unit: Unit = _UNIT if which is None else which
    foot, head = (bindparam(name, type_=String) for name in ("foot", "head"))
    behind = _standings.shown_key > foot
    following = select(_standings.shown_key).where(*on_board(unit), behind).order_by(_standings.shown_key).limit(1)
    return following.offset(bindparam("behind")), _between(unit, foot, head)


_KEPT = Hot(
    select(
        select(func.count()).where(_moves.round_id == _ROUND).scalar_subquery(),
        exists().where(_rungs.round_id == _ROUND),
    )
)


@cache
def _people(unit: int | Together | None) -> Hot:
    return Hot(select(people(_UNIT if unit is None else unit)))


def people_of(*, round_id: int, unit_ids: Collection[int] = ()) -> int:
    """How many stand on the board of a round, or of some units together, now."""
    several = Together(frozenset(unit_ids)) if len(unit_ids) > 1 else None
    statement = _people(several or (None if unit_ids else CITY))
    row = direct.first(statement, {"round": round_id, "unit": next(iter(unit_ids), CITY)})
    return int(row[0]) if row else 0


def refresh_ladders(*, catalogue: Catalogue, many: int = MANY_MOVES) -> int:
    """Make the ladders anew of rounds that have none or keep more than `many` moves; returns of how many rounds. For a
    timer.

    In a transaction of its own, which must not begin inside another one.
    """
    made = 0
    for board in catalogue.boards:
        kept, has_one = direct.all(_KEPT, {"round": board.id})[0]
        if kept > many or not has_one:
            made += make_ladders(round_id=board.id, catalogue=catalogue)
    return made


def make_ladders(*, round_id: int, catalogue: Catalogue) -> bool:
    """Make the ladders of one round; False when somebody else is making them.

    One state of the database throughout: SQLite's only pen, Postgres' REPEATABLE READ.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        with connection.begin():
            if connection.dialect.name == "postgresql" and not connection.scalar(
                select(func.pg_try_advisory_xact_lock(_TURN))
            ):
                return False
            rungs = [rung for unit in _boards(catalogue) for rung in _climb(connection, round_id, unit)]
            connection.execute(delete(LadderRung).where(_rungs.round_id == round_id))
            connection.execute(delete(StandingMove).where(_moves.round_id == round_id))
            connection.execute(insert(LadderRung), rungs)
    return True


def _boards(catalogue: Catalogue) -> list[int | Together]:
    """What has a ladder: the city, each unit, each kind that has several."""
    kinds: dict[str, set[int]] = {}
    for unit in catalogue.units:
        kinds.setdefault(unit.type, set()).add(unit.id)
    several = [Together(frozenset(ids)) for ids in kinds.values() if len(ids) > 1]
    return [CITY, *(unit.id for unit in catalogue.units), *several]


def _climb(connection: Connection, round_id: int, unit: int | Together) -> list[dict[str, Any]]:
    following, between = _steps(unit if unit == CITY or isinstance(unit, Together) else None)
    rungs, foot, before = [], "", 0
    while True:
        values = {"round": round_id, "unit": unit, "foot": foot}
        head = connection.scalar(following, values | {"behind": STEP - 1})
        before += connection.scalar(between, values | {"head": head or _END}) or 0
        rungs.append({"round_id": round_id, "unit_id": _rung_of(unit), "shown_key": head or _END, "before": before})
        if head is None:
            return rungs
        foot = head
