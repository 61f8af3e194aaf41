"""The final result: computed from the real keys when nobody sits any more, signed by name, then never changed.

What is taken out after the signature is shown beside its line; the line stays.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, literal, or_, select, update

from app.extensions import db
from app.models import (
    Account,
    Attempt,
    AttemptState,
    Award,
    Entry,
    FinalLine,
    FinalResult,
    Invalidation,
    InvalidationReason,
    Round,
    Standing,
    Unit,
    UnitType,
)
from app.rules.ranking import Criterion, attempts_in
from app.services.audit import record
from app.services.catalogue import Catalogue, RoundInfo

NAMELESS = "(đã xóa theo yêu cầu)"  # whose name the law has emptied
_BATCH = 1000  # lines that are in memory at once


class TooEarly(Exception):
    """The round runs, or somebody still sits."""


class AlreadySigned(Exception):
    """A signed result is not computed or signed again."""


class NotComputed(Exception):
    """There is no result to sign."""


class Outdated(Exception):
    """Since the result was computed somebody's was taken out, given back or graded again."""


def find_final(*, round_id: int) -> FinalResult | None:
    """The final result of a round or of the total."""
    return db.session.scalar(select(FinalResult).where(FinalResult.round_id == round_id))


def compute_final(*, board: RoundInfo, actor_id: int | None, catalogue: Catalogue, now: datetime) -> FinalResult:
    """Write down the whole order as it really is; an unsigned result of before is replaced.

    Raises TooEarly and AlreadySigned.
    """
    rounds = _over(board, catalogue, now)
    old = db.session.scalar(select(FinalResult).where(FinalResult.round_id == board.id).with_for_update())
    if old is not None:
        if old.signed_at is not None:
            raise AlreadySigned(board.number)
        db.session.execute(delete(FinalLine).where(FinalLine.final_id == old.id))
        db.session.delete(old)
        db.session.flush()
    final = FinalResult(
        round_id=board.id,
        computed_at=now,
        ranking=",".join(catalogue.rules.ranking),
        people=0,
        questions=catalogue.rules.exam.questions * len(rounds),
    )
    db.session.add(final)
    db.session.flush()
    _write_lines(final)
    final.people = db.session.scalar(select(func.count()).where(FinalLine.final_id == final.id)) or 0
    record(actor_id=actor_id, action="final.compute", subject=f"round:{board.id}", reason=f"{final.people}", now=now)
    db.session.flush()
    return final


def _over(board: RoundInfo, catalogue: Catalogue, now: datetime) -> Sequence[RoundInfo]:
    """The rounds that the board holds, when all of them are over. Raises TooEarly."""
    rounds = catalogue.rounds if board is catalogue.total else (board,)
    sitting = (Attempt.state == AttemptState.OPEN, Attempt.round_id.in_([each.id for each in rounds]))
    if now < board.closes_at or db.session.scalar(select(func.count()).select_from(Attempt).where(*sitting)):
        raise TooEarly(board.number)
    return rounds


def _write_lines(final: FinalResult) -> None:
    """One statement, whatever the size: places are counted by the database, equal keys share one."""
    kind = case(*((Unit.type == kind, kind.label) for kind in UnitType))
    chosen = {
        "final_id": literal(final.id),
        "position": func.row_number().over(order_by=(Standing.rank_key, Standing.entry_id)),
        "place": func.rank().over(order_by=Standing.rank_key),
        "entry_id": Standing.entry_id,
        "attempt_id": Standing.attempt_id,
        "full_name": Account.full_name,
        "unit_code": Unit.code,
        "unit_name": kind + " " + Unit.name,
        "citizen_last_four": Account.citizen_last_four,
        "rank_key": Standing.rank_key,
        "correct": Standing.correct,
        "time_used": Standing.time_used,
        "submitted_at": Standing.submitted_at,
        "attempts": Standing.attempts,
    }
    columns: list[ColumnElement[Any]] = [column.label(name) for name, column in chosen.items()]
    lines = (
        select(*columns)
        .select_from(Standing)
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .where(Standing.round_id == final.round_id)
    )
    db.session.execute(insert(FinalLine).from_select(list(chosen), lines, include_defaults=False))


def sign_final(
    *,
    final: FinalResult | None,
    name: str,
    title: str,
    awards: Collection[Award],
    board: RoundInfo,
    actor_id: int | None,
    catalogue: Catalogue,
    now: datetime,
) -> FinalResult:
    """Sign it with its awards; from now on the database refuses to change it.

    Raises NotComputed, AlreadySigned, Outdated, and TooEarly when the round was extended since.
    """
    if final is None:
        raise NotComputed
    locked = db.session.get_one(FinalResult, final.id, with_for_update=True, populate_existing=True)
    if locked.signed_at is not None:
        raise AlreadySigned
    _over(board, catalogue, now)
    if not _is_the_real_order(locked):
        raise Outdated
    db.session.add_all(awards)
    db.session.flush()
    locked.signed_at, locked.signed_by, locked.signed_title = now, name, title
    record(
        actor_id=actor_id,
        action="final.sign",
        subject=f"round:{final.round_id}",
        reason=f"{len(awards)} giải",  # by whom stands in the result: a line of the audit holds nobody's name
        now=now,
    )
    db.session.flush()
    return locked


def _is_the_real_order(final: FinalResult) -> bool:
    """Whether the same people still stand by the same keys."""
    people = select(func.count()).select_from(Standing).where(Standing.round_id == final.round_id)
    same = people.join(FinalLine, FinalLine.entry_id == Standing.entry_id).where(
        FinalLine.final_id == final.id, FinalLine.rank_key == Standing.rank_key
    )
    return db.session.scalar(people) == db.session.scalar(same) == final.people


def lines_of(*, final: FinalResult, most: int | None = None) -> Iterator[FinalLine]:
    """Lines in order, never all in memory."""
    statement = select(FinalLine).where(FinalLine.final_id == final.id).order_by(FinalLine.position)
    return iter(db.session.scalars(statement.limit(most).execution_options(yield_per=_BATCH)))


def counted_attempt(line: FinalLine, final: FinalResult) -> int | None:
    """Which attempt a line rests on, of a total their sum; None where that doesn't rank."""
    return attempts_in(line.rank_key, [Criterion(word) for word in final.ranking.split(",")])


def taken_out(*, final: FinalResult) -> Mapping[int, InvalidationReason]:
    """Entry → why its line counts no more; most of the time empty.

    A line of a total rests on an attempt of each round and names the latest: there it is any act by which the person no
    longer stands as the line says.
    """
    in_a_total = exists().where(Round.id == final.round_id, Round.number == 0)
    stands = exists().where(
        Standing.entry_id == FinalLine.entry_id,
        Standing.round_id == final.round_id,
        Standing.rank_key == FinalLine.rank_key,
    )
    by_another = and_(in_a_total, Invalidation.at >= final.computed_at, ~stands)
    rows = db.session.execute(
        select(FinalLine.entry_id, Invalidation.code)
        .join(Invalidation, Invalidation.entry_id == FinalLine.entry_id)
        .where(
            FinalLine.final_id == final.id,
            Invalidation.lifted_at.is_(None),
            or_(Invalidation.attempt_id.is_(None), Invalidation.attempt_id == FinalLine.attempt_id, by_another),
        )
    )
    of_deleted = select(FinalLine.entry_id, FinalLine.taken_out_for).where(
        FinalLine.final_id == final.id, FinalLine.taken_out_for.is_not(None)
    )
    kept = {entry_id: InvalidationReason(code) for entry_id, code in db.session.execute(of_deleted) if code}
    return kept | {row.entry_id: row.code for row in rows}


def note_taken_out(*, entry_ids: Collection[int]) -> None:
    """Write beside the lines of people who are about to be deleted why they were taken out: the acts go with them."""
    theirs = exists().where(FinalLine.final_id == FinalResult.id, FinalLine.entry_id.in_(entry_ids))
    for final in db.session.scalars(select(FinalResult).where(theirs)):
        acts = taken_out(final=final)
        for entry_id in acts.keys() & set(entry_ids):
            line = (FinalLine.final_id == final.id, FinalLine.entry_id == entry_id)
            db.session.execute(update(FinalLine).where(*line).values(taken_out_for=acts[entry_id].value))


def awards_of(*, final: FinalResult) -> Sequence[Award]:
    """What was awarded, highest first."""
    return db.session.scalars(select(Award).where(Award.final_id == final.id).order_by(Award.prize, Award.id)).all()
