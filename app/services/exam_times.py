"""Time given to people: extra minutes for one, a longer round for all, a pause with its time given back.

Each is a recorded deed with a reason.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Contest, Entry, FinalResult, Round
from app.services.audit import record


class AlreadyPaused(Exception):
    """All exams stand still already."""


class NotPaused(Exception):
    """Exams are not paused."""


class NothingToExtend(Exception):
    """No such round or person in this contest."""


class NextRoundOpens(Exception):
    """Rounds don't overlap: the next one opens before."""


class ResultSigned(Exception):
    """What the round decides is signed: who sat now would count on the boards, but not in the result."""


def give_extra_time(
    *, entry_id: int, contest_id: int, minutes: int, reason: str, actor_id: int | None, now: datetime
) -> Entry:
    """Set the extra minutes of a person for every attempt, the open one included. Raises NothingToExtend.

    Locks in the submit's order: the attempt, then the entry. A start holds the entry too, so one that came before us is
    found by the second look, and one behind us reads the new minutes.
    """
    fresh = {"populate_existing": True}
    running = select(Attempt).where(Attempt.entry_id == entry_id, Attempt.state == AttemptState.OPEN)
    running = running.with_for_update().execution_options(**fresh)
    db.session.scalars(running).all()
    whose = select(Entry).where(Entry.id == entry_id, Entry.contest_id == contest_id)
    entry = db.session.scalar(whose.with_for_update().execution_options(**fresh))
    if entry is None:
        raise NothingToExtend(entry_id)
    more = timedelta(minutes=minutes - entry.extra_minutes)
    for attempt in db.session.scalars(running):
        attempt.deadline_at += more
        attempt.closes_at += more
    entry.extra_minutes = minutes
    record(actor_id=actor_id, action=f"exam.extra_time {minutes}", subject=f"entry:{entry_id}", reason=reason, now=now)
    return entry


def extend_round(
    *, contest_id: int, number: int, minutes: int, reason: str, actor_id: int | None, now: datetime
) -> Round:
    """Let a round end `minutes` later than its pack says, in all.

    Raises NothingToExtend, ResultSigned and NextRoundOpens.
    """
    extended = db.session.scalar(select(Round).where(Round.contest_id == contest_id, Round.number == number))
    if extended is None or number == 0:
        raise NothingToExtend(number)
    decides = (Round.contest_id == contest_id, Round.number.in_([number, 0]), FinalResult.signed_at.is_not(None))
    if db.session.scalar(select(FinalResult.id).join(Round, Round.id == FinalResult.round_id).where(*decides).limit(1)):
        raise ResultSigned(number)
    ends, others = extended.closes_at + timedelta(minutes=minutes), (Round.contest_id == contest_id, Round.number > 0)
    between = (Round.opens_at >= extended.closes_at, Round.opens_at < ends)
    if db.session.scalar(select(Round.id).where(*others, *between).limit(1)):
        raise NextRoundOpens(number)
    extended.extended_minutes = minutes
    db.session.get_one(Contest, contest_id).content_changed()
    record(actor_id=actor_id, action=f"round.extend {minutes}", subject=f"round:{extended.id}", reason=reason, now=now)
    return extended


def pause_exams(*, contest_id: int, reason: str, actor_id: int | None, now: datetime) -> None:
    """All exam clocks stand still from now; nothing is closed, nothing starts, saves are still taken.

    Raises AlreadyPaused.
    """
    contest = db.session.get_one(Contest, contest_id, with_for_update=True)
    if contest.paused_at is not None:
        raise AlreadyPaused
    contest.paused_at = now
    record(actor_id=actor_id, action="exam.pause", subject=f"contest:{contest_id}", reason=reason, now=now)


def resume_exams(*, contest_id: int, actor_id: int | None, now: datetime) -> int:
    """Clocks run again; every open attempt gets the pause back. Returns how many. Raises NotPaused."""
    contest = db.session.get_one(Contest, contest_id, with_for_update=True)
    if contest.paused_at is None:
        raise NotPaused
    pause = now - contest.paused_at
    rounds = select(Round.id).where(Round.contest_id == contest_id)
    running = select(Attempt).where(Attempt.state == AttemptState.OPEN, Attempt.round_id.in_(rounds))
    attempts = db.session.scalars(running.order_by(Attempt.id).with_for_update()).all()
    for attempt in attempts:
        attempt.deadline_at += pause
        attempt.closes_at += pause
        attempt.given_back += int(pause.total_seconds())
    contest.paused_at = None
    seconds = int(pause.total_seconds())
    record(actor_id=actor_id, action="exam.resume", subject=f"contest:{contest_id}", reason=f"{seconds} s", now=now)
    return len(attempts)
