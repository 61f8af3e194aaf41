"""Starting an exam: who may, which paper, one open attempt a person."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import Hot, db, direct
from app.models import Attempt, AttemptState, Entry, QuestionVersion
from app.rules import clock
from app.rules.answers import blank
from app.rules.contest import Gate
from app.rules.drawing import draw
from app.rules.eligibility import History, Limits, Refusal, refusal
from app.rules.paper import Paper, read_paper, write_paper
from app.services.catalogue import Catalogue
from app.services.codes import RECEIPT_LENGTH, new_code
from app.services.exam_submit import close_if_over
from app.services.study import lessons_read

_SO_FAR = Hot(select(Attempt.__table__).where(Attempt.entry_id == bindparam("entry")))
# Held until the attempt is there: who gives extra time finds either it, or us waiting.
_EXTRA_MINUTES = (
    select(Entry.extra_minutes).where(Entry.id == bindparam("entry")).with_for_update(read=True, key_share=True)
)
_SITTING = Hot(
    select(Attempt.id)
    .where(
        Attempt.round_id == bindparam("round"), Attempt.state == AttemptState.OPEN, Attempt.closes_at > bindparam("now")
    )
    .limit(1)
)
_versions = QuestionVersion.__table__
_NEWLY_DRAWN = (
    select(_versions.c.id)
    .where(_versions.c.id.in_(bindparam("drawn", expanding=True)), ~_versions.c.used)
    .order_by(_versions.c.id)  # everybody locks in one order, or two who start at once may wait for each other
    .with_for_update()
)
_MARK_USED = update(_versions).where(_versions.c.id.in_(_NEWLY_DRAWN)).values(used=True)  # type: ignore[arg-type]


class MayNotStart(Exception):
    """An attempt may not start now; `refusal` says why and, where known, when it may."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def refusal_now(*, entry_id: int, catalogue: Catalogue, now: datetime) -> Refusal | None:
    """Why this person may not start an attempt now, or None. Reads only."""
    return _refusal(direct.all(_SO_FAR, {"entry": entry_id}), entry_id=entry_id, catalogue=catalogue, now=now)


def _refusal(so_far: Sequence[Any], *, entry_id: int, catalogue: Catalogue, now: datetime) -> Refusal | None:
    exam, this_round = catalogue.rules.exam, catalogue.round_at(now)
    today = clock.local_midnight(now, catalogue.rules.zone)
    attempts = [row for row in so_far if row.round_id == this_round.id]
    missing = len(catalogue.lesson_ids - lessons_read(entry_id=entry_id)) if exam.gate is Gate.ALL_LESSONS else 0
    return refusal(
        History(
            missing,
            len(attempts),
            sum(row.started_at >= today for row in attempts),
            max((row.ended_at for row in attempts if row.ended_at), default=None),
        ),
        Limits(
            gate=exam.gate is Gate.ALL_LESSONS,
            per_round=exam.attempts_per_round,
            per_day=exam.attempts_per_day,
            cooldown_minutes=exam.cooldown_minutes,
            paused=catalogue.paused_at is not None,
            short=bool(catalogue.shortages),
        ),
        opens_at=this_round.opens_at,
        closes_at=this_round.closes_at,
        tomorrow=clock.local_midnight(now, catalogue.rules.zone, days=1),
        next_round_at=catalogue.opening_after(this_round),
        now=now,
    )


def open_attempt(*, entry_id: int) -> Attempt | None:
    """The attempt this person has begun and not ended: a row to look at, outside of any session."""
    return _open(direct.all(_SO_FAR, {"entry": entry_id}))


def _open(so_far: Sequence[Any]) -> Attempt | None:
    return next((row for row in so_far if row.state is AttemptState.OPEN), None)


def somebody_sits(*, round_id: int, now: datetime) -> bool:
    """Whether anybody still has time left, also behind the round's end. `now` is the exam's clock."""
    return direct.first(_SITTING, {"round": round_id, "now": now}) is not None


def start_attempt(
    *, entry_id: int, account_id: int, catalogue: Catalogue, now: datetime, rng: random.Random
) -> Attempt:
    """The open attempt of this person, or a new one with a paper of its own.

    Raises MayNotStart.
    """
    so_far = direct.all(_SO_FAR, {"entry": entry_id})
    if running := _open(so_far):
        current = db.session.get_one(Attempt, running.id, populate_existing=True, with_for_update=True)
        if not close_if_over(attempt=current, catalogue=catalogue, now=now):
            return current
        so_far = db.session.execute(_SO_FAR.statement, {"entry": entry_id}).all()  # what is closed now counts
    if refused := _refusal(so_far, entry_id=entry_id, catalogue=catalogue, now=now):
        raise MayNotStart(refused)
    attempt = _new_attempt(so_far, entry_id=entry_id, catalogue=catalogue, now=now, rng=rng)
    attempt.account_id = account_id
    db.session.add(attempt)
    try:
        db.session.flush()
    except IntegrityError:  # a second tap was faster: whatever became of its attempt, the number is taken
        db.session.rollback()
        if direct.all(_SO_FAR, {"entry": entry_id}) == so_far:
            raise
        return start_attempt(entry_id=entry_id, account_id=account_id, catalogue=catalogue, now=now, rng=rng)
    return attempt


def _papers_met(catalogue: Catalogue, papers: list[str]) -> Counter[int]:
    versions = (catalogue.versions.get(q.version_id) for text in papers for q in read_paper(text))
    return Counter(version.question_id for version in versions if version is not None)


def _new_attempt(
    so_far: Sequence[Any], *, entry_id: int, catalogue: Catalogue, now: datetime, rng: random.Random
) -> Attempt:
    exam, this_round = catalogue.rules.exam, catalogue.round_at(now)
    met = _papers_met(catalogue, [row.paper for row in so_far if row.paper])
    paper = draw(catalogue.bank, exam.quota, met=met, rng=rng, shuffle=exam.shuffle)
    _mark_used(paper)
    extra_minutes = db.session.scalars(_EXTRA_MINUTES, {"entry": entry_id}).one()
    deadline_at = clock.deadline(now, minutes=exam.minutes, extra_minutes=extra_minutes)
    return Attempt(
        entry_id=entry_id,
        round_id=this_round.id,
        number=1 + sum(row.round_id == this_round.id for row in so_far),
        receipt=new_code(RECEIPT_LENGTH),
        paper=write_paper(paper),
        answers=blank(len(paper)),
        started_at=now,
        deadline_at=deadline_at,
        closes_at=clock.closing(deadline_at, grace_seconds=exam.grace_seconds),
    )


def _mark_used(paper: Paper) -> None:
    """From now on these questions never go to practice; touches rows only the first time each is drawn."""
    db.session.execute(_MARK_USED, {"drawn": [question.version_id for question in paper]})
