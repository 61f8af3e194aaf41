"""Standings kept by every submit: the better of what stands and the attempt that was just graded.

Made anew from the attempts (services.standings_rebuilt) they come out the same; a property test holds that.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, select

from app.extensions import db
from app.models import Attempt, Entry, Invalidation, Standing
from app.rules.ranking import Criterion, Result, rank_key
from app.services.catalogue import Catalogue
from app.services.standing_values import Side, real_side, set_real, set_shown, set_values, total_values, values_of

_OF_PERSON = select(Standing).where(Standing.entry_id == bindparam("entry"))
_STANDING = _OF_PERSON.where(Standing.round_id == bindparam("round"))
_EXCLUDED = exists().where(
    Invalidation.entry_id == Entry.id, Invalidation.attempt_id.is_(None), Invalidation.lifted_at.is_(None)
)
# The weaker lock: who takes the person out holds the key of the entry and waits for the attempt that we hold.
_ENTRY = select(Entry, _EXCLUDED).where(Entry.id == bindparam("entry")).with_for_update(of=Entry, key_share=True)


def record_result(*, attempt: Attempt, result: Result, catalogue: Catalogue, now: datetime) -> None:
    """Keep the better of standing and this graded attempt. Runs in the submit's own transaction, behind its lock.

    While the round's boards are frozen only what ended before reaches the shown side. An excluded person gets none.
    """
    criteria, total = catalogue.rules.ranking, catalogue.total
    if total is None:
        standing, others = db.session.scalar(_STANDING, {"entry": attempt.entry_id, "round": attempt.round_id}), []
    else:
        others = list(db.session.scalars(_OF_PERSON, {"entry": attempt.entry_id}))
        standing = next((row for row in others if row.round_id == attempt.round_id), None)
    if standing is None:
        standing = _first_standing(attempt, attempt.round_id, result.submitted_at)
        if standing is None:
            return
        others.append(standing)
    side = Side(rank_key(result, criteria), result.correct, result.time_used, result.submitted_at)
    standing.attempts += 1
    if standing.rank_key is None or side.key < standing.rank_key:
        standing.attempt_id = attempt.id
        set_real(standing, side)
    frozen_at = catalogue.round(attempt.round_id).frozen_at(now)
    if frozen_at is None:
        set_shown(standing, real_side(standing))
    elif result.submitted_at < frozen_at and (standing.shown_key is None or side.key < standing.shown_key):
        set_shown(standing, side)
    if total is not None:
        _sum_up(standing, others, total.id, criteria)


def _first_standing(attempt: Attempt, round_id: int, ended_at: datetime) -> Standing | None:
    """A standing still without a result; None for who is excluded. The entry is locked: its unit stays its unit."""
    entry, excluded = db.session.execute(_ENTRY, {"entry": attempt.entry_id}).one()
    if excluded:
        return None
    entry.finished_at = entry.finished_at or ended_at
    standing = Standing(
        entry_id=entry.id, round_id=round_id, unit_id=entry.unit_id, group_id=entry.group_id, attempts=0
    )
    db.session.add(standing)
    return standing


def _sum_up(like: Standing, rows: Sequence[Standing], total_id: int, criteria: Sequence[Criterion]) -> None:
    total = next((row for row in rows if row.round_id == total_id), None)
    if total is None:
        total = Standing(entry_id=like.entry_id, round_id=total_id, unit_id=like.unit_id, group_id=like.group_id)
        db.session.add(total)
    set_values(total, total_values([values_of(row) for row in rows if row is not total], criteria))
