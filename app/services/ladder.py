"""My place in no time, and exact: a ladder of every 500th key of a round, and what moved since it was made.

Counting everybody before me costs 30 ms at 700,000 people. A rung says how many stood before its key when the ladder
was made; triggers write down how shown keys changed since (`standing_moves`); between the rung and me at most some
hundred rows are left to count. All three are read by one statement, so from one state of the database: the answer is
exact however old the ladder is. Making it anew forgets the moves that it has taken in, in the same transaction.
"""

from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, case, delete, func, insert, select, true

from app.extensions import Hot, db, direct
from app.models import LadderRung, Standing, StandingMove
from app.services.catalogue import Catalogue

STEP = 500  # people between two rungs
MANY_MOVES = 2000  # that a place is corrected by; more, and the ladder is made anew
_END = "9" * 40  # behind every key, in every collation: the rung that knows how many there were in all
_TURN = 7_406_202  # Postgres' advisory lock: one makes ladders at a time

_standings, _rungs, _moves = Standing.__table__.c, LadderRung.__table__.c, StandingMove.__table__.c
_ROUND: BindParameter[int] = bindparam("round")
_ON_BOARD = (_standings.round_id == _ROUND, _standings.shown_key.is_not(None))


def _people() -> Any:
    """How many stand on the board; counted one by one only where no ladder was ever made."""
    moved = select(func.count(_moves.new_key) - func.count(_moves.old_key)).where(_moves.round_id == _ROUND)
    at_making = select(_rungs.before).where(_rungs.round_id == _ROUND, _rungs.shown_key == _END)
    counted = select(func.count()).where(*_ON_BOARD).scalar_subquery()
    return func.coalesce(at_making.scalar_subquery() + moved.scalar_subquery(), counted)


def _place_statement() -> Any:
    mine = select(_standings.shown_key.label("key")).where(_standings.entry_id == bindparam("entry"), *_ON_BOARD).cte()
    nearest = (
        select(_rungs.shown_key.label("key"), _rungs.before)
        .join(mine, _rungs.shown_key <= mine.c.key)
        .where(_rungs.round_id == _ROUND)
        .order_by(_rungs.shown_key.desc())
        .limit(1)
        .cte()
    )
    foot = func.coalesce(nearest.c.key, "")
    moved = [func.coalesce(func.sum(case((key < foot, 1), else_=0)), 0) for key in (_moves.new_key, _moves.old_key)]
    below = select(moved[0] - moved[1]).where(_moves.round_id == _ROUND).scalar_subquery()
    between = (
        select(func.count())
        .where(_standings.round_id == _ROUND, _standings.shown_key >= foot, _standings.shown_key < mine.c.key)
        .scalar_subquery()
    )
    place = 1 + func.coalesce(nearest.c.before, 0) + below + between
    return select(place, _people()).select_from(mine.outerjoin(nearest, true()))


_PLACE = Hot(_place_statement())
_PEOPLE = select(_people())
_NEXT = (
    select(_standings.shown_key)
    .where(*_ON_BOARD, _standings.shown_key > bindparam("foot"))
    .order_by(_standings.shown_key)
    .limit(1)
    .offset(STEP - 1)
)
_BETWEEN = select(func.count()).where(
    _standings.round_id == _ROUND, _standings.shown_key >= bindparam("foot"), _standings.shown_key < bindparam("head")
)


def place_of(*, entry_id: int, round_id: int) -> tuple[int, int] | None:
    """Place on the board of a round and how many stand there; equal keys share a place. None for who isn't on it."""
    row = direct.first(_PLACE, {"entry": entry_id, "round": round_id})
    return (row[0], row[1]) if row else None


def people_of(*, round_id: int) -> int:
    """How many stand on the board of a round, now."""
    return db.session.scalar(_PEOPLE, {"round": round_id}) or 0


def refresh_ladders(*, catalogue: Catalogue, many: int = MANY_MOVES) -> int:
    """Make the ladders anew of which more than `many` moves are kept; returns how many. For a timer.

    In a transaction of its own, which must not begin inside another one.
    """
    made = 0
    for board in catalogue.boards:
        kept = db.session.scalar(select(func.count()).where(_moves.round_id == board.id)) or 0
        db.session.rollback()  # only read
        if kept > many:
            made += make_ladder(round_id=board.id)
    return made


def make_ladder(*, round_id: int) -> bool:
    """Make the ladder of one round; False when somebody else is making one.

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
            rungs = _climb(connection, round_id)
            connection.execute(delete(LadderRung).where(_rungs.round_id == round_id))
            connection.execute(delete(StandingMove).where(_moves.round_id == round_id))
            connection.execute(insert(LadderRung), rungs)
    return True


def _climb(connection: Connection, round_id: int) -> list[dict[str, Any]]:
    rungs, foot, before = [], "", 0
    while True:
        head = connection.scalar(_NEXT, {"round": round_id, "foot": foot})
        before += connection.scalar(_BETWEEN, {"round": round_id, "foot": foot, "head": head or _END}) or 0
        rungs.append({"round_id": round_id, "shown_key": head or _END, "before": before})
        if head is None:
            return rungs
        foot = head
