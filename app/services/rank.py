"""Standings and league tables. Nothing here counts attempts: a standing is kept per person and round."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select, tuple_

from app.extensions import db
from app.models import Account, Attempt, Entry, Standing
from app.rules.ranking import Criterion, Result, rank_key
from app.services.catalogue import Catalogue, UnitInfo

PAGE = 100

_STANDING = select(Standing).where(Standing.entry_id == bindparam("entry"), Standing.round_id == bindparam("round"))
_ENTRY = select(Entry).where(Entry.id == bindparam("entry"))
_MINE = Standing.__table__.alias("mine")
_HERE = select(func.count()).select_from(Standing.__table__).where(Standing.__table__.c.round_id == bindparam("round"))
_PLACE = (
    select(_HERE.where(Standing.__table__.c.rank_key < _MINE.c.rank_key).scalar_subquery(), _HERE.scalar_subquery())
    .select_from(_MINE)
    .where(_MINE.c.entry_id == bindparam("entry"), _MINE.c.round_id == bindparam("round"))
)


def record_result(*, attempt: Attempt, result: Result, criteria: Sequence[Criterion]) -> Standing:
    """Keep the better of standing and this graded attempt. Runs in the submit's own transaction.

    A person has one open attempt at a time, so nobody else changes this row meanwhile.
    """
    key = rank_key(result, criteria)
    standing = db.session.scalar(_STANDING, {"entry": attempt.entry_id, "round": attempt.round_id})
    if standing is None:
        entry = db.session.scalars(_ENTRY, {"entry": attempt.entry_id}).one()
        entry.finished_at = entry.finished_at or result.submitted_at
        standing = Standing(entry_id=attempt.entry_id, round_id=attempt.round_id, attempts=0)
        db.session.add(standing)
    elif key >= standing.rank_key:
        standing.attempts += 1
        return standing
    standing.attempts += 1
    standing.rank_key, standing.attempt_id = key, attempt.id
    standing.correct, standing.time_used, standing.submitted_at = result.correct, result.time_used, result.submitted_at
    return standing


def my_place(*, entry_id: int, round_id: int) -> tuple[int, int] | None:
    """Place and number of ranked people in a round; equal keys share a place. None without a result."""
    row = db.session.execute(_PLACE, {"entry": entry_id, "round": round_id}).first()
    return (row[0] + 1, row[1]) if row else None


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
    rank_key: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of a board begins: behind this key, with this many people before it."""

    rank_key: str
    entry_id: int
    before: int
    place: int


def people_board(
    *, round_id: int, unit_id: int | None = None, after: Cursor | None = None, size: int = PAGE
) -> list[PersonRow]:
    """One page of the board of people, best first, by keyset: page 5000 costs what page 1 costs."""
    statement = (
        select(Standing, Account.full_name, Entry.on_boards, Entry.unit_id)
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .where(Standing.round_id == round_id)
        .order_by(Standing.rank_key, Standing.entry_id)
        .limit(size)
    )
    if unit_id is not None:
        statement = statement.where(Entry.unit_id == unit_id)
    if after is not None:
        behind: ColumnElement[bool] = tuple_(Standing.rank_key, Standing.entry_id) > tuple_(
            after.rank_key, after.entry_id
        )
        statement = statement.where(behind)
    rows: list[PersonRow] = []
    position, last_key, last_place = (after.before, after.rank_key, after.place) if after else (0, "", 0)
    for standing, name, on_boards, of_unit in db.session.execute(statement):
        position += 1
        place = last_place if standing.rank_key == last_key else position
        rows.append(
            PersonRow(
                place,
                standing.entry_id,
                name if on_boards else None,
                of_unit,
                standing.correct,
                standing.time_used,
                standing.submitted_at,
                standing.rank_key,
            )
        )
        last_key, last_place = standing.rank_key, place
    return rows


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One line of a board of units."""

    place: int
    unit: UnitInfo
    registered: int
    finishers: int

    @property
    def share_finished(self) -> float:
        """Finishers of the registered, 0 to 1."""
        return self.finishers / self.registered if self.registered else 0.0


def unit_counts(*, contest_id: int) -> dict[int, tuple[int, int]]:
    """Unit id → registered, finishers; one pass over an index."""
    rows = db.session.execute(
        select(Entry.unit_id, func.count(), func.count(Entry.finished_at))
        .where(Entry.contest_id == contest_id)
        .group_by(Entry.unit_id)
    )
    return {unit_id: (registered, finishers) for unit_id, registered, finishers in rows}


def unit_board(*, catalogue: Catalogue, counts: dict[int, tuple[int, int]], by: str) -> list[UnitRow]:
    """All units, best first by `registered` or `finishers`; equal counts share a place and stand in order of name."""
    finishing = by == "finishers"
    rows = [UnitRow(0, unit, *counts.get(unit.id, (0, 0))) for unit in catalogue.units]
    rows.sort(key=lambda row: (-_figure(row, finishing), row.unit.sort_key, row.unit.code))
    board: list[UnitRow] = []
    for position, row in enumerate(rows, 1):
        shared = board and _figure(board[-1], finishing) == _figure(row, finishing)
        board.append(replace(row, place=board[-1].place if shared else position))
    return board


def _figure(row: UnitRow, finishing: bool) -> int:
    return row.finishers if finishing else row.registered
