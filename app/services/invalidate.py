"""Taking a result out, and giving it back: a recorded act that reaches standing, total, boards and certificate at once.

The person is told on my page and on the result, and may reply. Nothing is deleted: lifting an invalidation gives back
exactly what the attempts are worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from app.extensions import Hot, db, direct
from app.models import Attempt, AttemptState, Entry, Invalidation, InvalidationReason
from app.services.audit import record
from app.services.catalogue import Catalogue
from app.services.certify import follow_conditions
from app.services.standings_rebuilt import rebuild_people

_IN_FORCE = Hot(
    select(Invalidation.__table__)
    .where(Invalidation.entry_id == bindparam("entry"), Invalidation.lifted_at.is_(None))
    .order_by(Invalidation.at.desc(), Invalidation.id.desc())
)


class NothingToInvalidate(Exception):
    """No graded attempt with this receipt and no such person in this contest."""


class AlreadyInvalidated(Exception):
    """It doesn't count already."""


class NotInForce(Exception):
    """No such invalidation, or it is lifted already."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is taken out: one attempt, or without one everything of the entry."""

    entry_id: int
    attempt_id: int | None


def find_target(*, receipt: str | None = None, entry_id: int | None = None, catalogue: Catalogue) -> Target:
    """By the receipt of a graded attempt (see codes.typed_code), else by the entry. Raises NothingToInvalidate."""
    if receipt is not None:
        row = db.session.execute(
            select(Attempt.entry_id, Attempt.id)
            .join(Entry, Entry.id == Attempt.entry_id)
            .where(
                Attempt.receipt == receipt,
                Attempt.state != AttemptState.OPEN,
                Entry.contest_id == catalogue.contest_id,
            )
        ).first()
        if row is not None:
            return Target(row[0], row[1])
    if entry_id is not None:
        mine = (Entry.id == entry_id, Entry.contest_id == catalogue.contest_id)
        if db.session.scalar(select(Entry.id).where(*mine)) is not None:
            return Target(entry_id, None)
    raise NothingToInvalidate


def invalidate(
    *,
    target: Target,
    code: InvalidationReason,
    words: str,
    evidence: str,
    actor_id: int | None,
    catalogue: Catalogue,
    now: datetime,
) -> Invalidation:
    """Take it out. `words` are what the person reads, `evidence` stays with the organiser.

    Raises AlreadyInvalidated.
    """
    act = Invalidation(
        entry_id=target.entry_id,
        attempt_id=target.attempt_id,
        code=code,
        words=words,
        evidence=evidence,
        at=now,
        actor_id=actor_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(act)
    except IntegrityError:
        raise AlreadyInvalidated(target) from None
    _ripple(act, catalogue, now)
    record(actor_id=actor_id, action="result.invalidate", subject=_subject(act), reason=code.value, now=now)
    return act


def restore(
    *, invalidation_id: int, reason: str, actor_id: int | None, catalogue: Catalogue, now: datetime
) -> Invalidation:
    """Lift it: the result counts again, whatever it is worth now. Raises NotInForce."""
    act = db.session.scalar(
        select(Invalidation)
        .join(Entry, Entry.id == Invalidation.entry_id)
        .where(
            Invalidation.id == invalidation_id,
            Invalidation.lifted_at.is_(None),
            Entry.contest_id == catalogue.contest_id,
        )
        .with_for_update(of=Invalidation)
    )
    if act is None:
        raise NotInForce(invalidation_id)
    act.lifted_at, act.lifted_by, act.lifted_reason = now, actor_id, reason
    _ripple(act, catalogue, now)
    record(actor_id=actor_id, action="result.restore", subject=_subject(act), reason=reason, now=now)
    return act


def _ripple(act: Invalidation, catalogue: Catalogue, now: datetime) -> None:
    rebuild_people([act.entry_id], catalogue=catalogue, now=now)
    follow_conditions(act=act, catalogue=catalogue, now=now)
    db.session.flush()


def _subject(act: Invalidation) -> str:
    return f"attempt:{act.attempt_id}" if act.attempt_id is not None else f"entry:{act.entry_id}"


def reply(*, invalidation_id: int, entry_id: int, text: str, now: datetime) -> Invalidation | None:
    """Keep what the person says to it; a second reply takes the place of the first. None: not this person's."""
    act = find_own(invalidation_id=invalidation_id, entry_id=entry_id)
    if act is None:
        return None
    act.reply, act.replied_at = text, now
    db.session.flush()
    return act


def find_own(*, invalidation_id: int, entry_id: int) -> Invalidation | None:
    """An invalidation of this person that is in force."""
    return db.session.scalar(
        select(Invalidation).where(
            Invalidation.id == invalidation_id, Invalidation.entry_id == entry_id, Invalidation.lifted_at.is_(None)
        )
    )


def acts_of(*, contest_id: int, lifted: bool) -> Sequence[tuple[Invalidation, str | None]]:
    """What was taken out in a contest, newest first, each with the receipt of its attempt; with `lifted` also what was
    given back since."""
    statement = (
        select(Invalidation, Attempt.receipt)
        .join(Entry, Entry.id == Invalidation.entry_id)
        .outerjoin(Attempt, Attempt.id == Invalidation.attempt_id)
        .where(Entry.contest_id == contest_id)
        .order_by(Invalidation.id.desc())
    )
    if not lifted:
        statement = statement.where(Invalidation.lifted_at.is_(None))
    return [(act, receipt) for act, receipt in db.session.execute(statement)]


def in_force(*, entry_id: int) -> Sequence[Invalidation]:
    """What doesn't count of this person now, newest first: rows to look at, outside of any session."""
    return direct.all(_IN_FORCE, {"entry": entry_id})


def of_attempt(*, entry_id: int, attempt_id: int) -> Invalidation | None:
    """Why this attempt of this person doesn't count; None when it does."""
    return next((act for act in in_force(entry_id=entry_id) if act.attempt_id in (None, attempt_id)), None)
