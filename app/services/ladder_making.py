"""Ladders are made anew when much has moved, and forgotten with their round. Reading them: app.services.ladder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Select, String, bindparam, delete, exists, func, insert, select

from app.extensions import Hot, db, direct
from app.models import LadderRung, Standing, StandingMove
from app.services.catalogue import Catalogue
from app.services.ladder import CITY, END, ROUND, UNIT, Together, Unit, between, on_board, rung_of

STEP = 250  # people between two rungs
MANY_MOVES = 1000  # that a place is corrected by; more, and the ladders are made anew
_OVER = 10  # times fewer may stay of a round that is over: those of all rounds are read for a place in any
_TURN = 7_406_202  # Postgres' advisory lock: one makes ladders at a time

_standings, _rungs, _moves = Standing.__table__.c, LadderRung.__table__.c, StandingMove.__table__.c
_KEPT = Hot(
    select(
        select(func.count()).where(_moves.round_id == ROUND).scalar_subquery(),
        exists().where(_rungs.round_id == ROUND),
    )
)


def refresh_ladders(*, catalogue: Catalogue, now: datetime, many: int = MANY_MOVES) -> int:
    """Make the ladders anew of rounds that have none or keep more than `many` moves; returns of how many rounds. For a
    timer.

    In a transaction of its own, which must not begin inside another one.
    """
    made = 0
    for board in catalogue.boards:
        kept, has_one = direct.all(_KEPT, {"round": board.id})[0]
        if kept > (many if now < board.closes_at else many // _OVER) or not has_one:
            made += make_ladders(round_id=board.id, catalogue=catalogue)
    return made


def make_ladders(*, round_id: int, catalogue: Catalogue) -> bool:
    """Make the ladders of one round; False when somebody else is making them.

    One state of the database throughout: SQLite's only pen, Postgres' REPEATABLE READ.
    """
    with _turn() as mine:
        if not mine:
            return False
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                rungs = [rung for unit in _boards(catalogue) for rung in _climb(connection, round_id, unit)]
                for forget in _forget(round_id):
                    connection.execute(forget)
                connection.execute(insert(LadderRung), rungs)
    return True


@contextmanager
def _turn() -> Iterator[bool]:
    """Whether ladders may be made now. On Postgres the turn is taken in a transaction of its own: one that asked inside
    the making would see the state of before it asked, without what the one before has made meanwhile."""
    if db.engine.dialect.name != "postgresql":
        yield True
        return
    with db.engine.begin() as connection:
        yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(_TURN))))


def forget_ladders(*, round_id: int) -> None:
    """Of a round that is no more, in the session: what was written down of it would be read for ever."""
    for forget in _forget(round_id):
        db.session.execute(forget)


def _forget(round_id: int) -> tuple[Delete, Delete]:
    rungs = delete(LadderRung).where(_rungs.round_id == round_id)
    return rungs, delete(StandingMove).where(_moves.round_id == round_id)


def _boards(catalogue: Catalogue) -> list[int | Together]:
    """What has a ladder: the city, each unit, each kind that has several."""
    kinds: dict[str, set[int]] = {}
    for unit in catalogue.units:
        kinds.setdefault(unit.type, set()).add(unit.id)
    several = [Together(frozenset(ids)) for ids in kinds.values() if len(ids) > 1]
    return [CITY, *(unit.id for unit in catalogue.units), *several]


def _climb(connection: Connection, round_id: int, unit: int | Together) -> list[dict[str, Any]]:
    following, counted = _steps(unit if unit == CITY or isinstance(unit, Together) else None)
    rungs, foot, before = [], "", 0
    while True:
        values = {"round": round_id, "unit": unit, "foot": foot}
        head = connection.scalar(following, values | {"behind": STEP - 1})
        before += connection.scalar(counted, values | {"head": head or END}) or 0
        rungs.append({"round_id": round_id, "unit_id": rung_of(unit), "shown_key": head or END, "before": before})
        if head is None:
            return rungs
        foot = head


@cache
def _steps(which: int | Together | None) -> tuple[Select[str], Select[int]]:
    """The key STEP people behind `foot`, or a little further where several share it; and how many are between two.

    Of None: of the unit that is asked for as `unit`.
    """
    unit: Unit = UNIT if which is None else which
    foot, head = (bindparam(name, type_=String) for name in ("foot", "head"))
    behind = _standings.shown_key > foot
    following = select(_standings.shown_key).where(*on_board(unit), behind).order_by(_standings.shown_key).limit(1)
    return following.offset(bindparam("behind")), between(unit, foot, head)
