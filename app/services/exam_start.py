"""Starting an exam: who may, which paper, one open attempt a person."""

import random
from collections import Counter
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, QuestionVersion
from app.rules import clock
from app.rules.answers import blank
from app.rules.contest import Gate
from app.rules.drawing import draw
from app.rules.eligibility import History, Limits, Refusal, refusal
from app.rules.paper import Paper, read_paper, write_paper
from app.services.catalogue import Catalogue
from app.services.codes import new_code
from app.services.exam_submit import close_if_over
from app.services.study import lessons_read

_OPEN = select(Attempt).where(Attempt.entry_id == bindparam("entry"), Attempt.state == AttemptState.OPEN)
_attempts = Attempt.__table__.c
_HISTORY = select(
    func.count(),
    func.count().filter(_attempts.started_at >= bindparam("today")),
    func.max(_attempts.ended_at),
).where(_attempts.entry_id == bindparam("entry"), _attempts.round_id == bindparam("round"))
_PAPERS = select(_attempts.round_id, _attempts.paper).where(_attempts.entry_id == bindparam("entry"))
_EXTRA = select(Entry.__table__.c.extra_minutes).where(Entry.__table__.c.id == bindparam("entry"))
_MARK_USED = (
    update(QuestionVersion.__table__)  # type: ignore[arg-type]
    .where(QuestionVersion.__table__.c.id.in_(bindparam("drawn", expanding=True)), ~QuestionVersion.__table__.c.used)
    .values(used=True)
)


class MayNotStart(Exception):
    """An attempt may not start now; `refusal` says why and, where known, when it may."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


def refusal_now(*, entry_id: int, catalogue: Catalogue, now: datetime) -> Refusal | None:
    """Why this person may not start an attempt now, or None. Reads only."""
    exam, this_round = catalogue.rules.exam, catalogue.round_at(now)
    today = clock.local_midnight(now, catalogue.rules.zone)
    attempts, attempts_today, last_ended_at = db.session.execute(
        _HISTORY, {"entry": entry_id, "round": this_round.id, "today": today}
    ).one()
    missing = len(catalogue.lesson_ids - lessons_read(entry_id=entry_id)) if exam.gate is Gate.ALL_LESSONS else 0
    return refusal(
        History(missing, attempts, attempts_today, last_ended_at),
        Limits(
            gate=exam.gate is Gate.ALL_LESSONS,
            per_round=exam.attempts_per_round,
            per_day=exam.attempts_per_day,
            cooldown_minutes=exam.cooldown_minutes,
            paused=catalogue.paused_at is not None,
        ),
        opens_at=this_round.opens_at,
        closes_at=this_round.closes_at,
        tomorrow=clock.local_midnight(now, catalogue.rules.zone, days=1),
        next_round_at=catalogue.opening_after(this_round),
        now=now,
    )


def open_attempt(*, entry_id: int) -> Attempt | None:
    """The attempt this person has begun and not ended."""
    return db.session.scalar(_OPEN, {"entry": entry_id})


def start_attempt(
    *, entry_id: int, account_id: int, catalogue: Catalogue, now: datetime, rng: random.Random
) -> Attempt:
    """The open attempt of this person, or a new one with a paper of its own.

    Raises MayNotStart and rules.drawing.QuotaUnmet.
    """
    current = open_attempt(entry_id=entry_id)
    if current is not None and now >= current.closes_at:  # else two could close it at once, and both would rank it
        current = db.session.scalar(
            select(Attempt).where(Attempt.id == current.id).with_for_update().execution_options(populate_existing=True)
        )
    if current is not None and not close_if_over(attempt=current, catalogue=catalogue, now=now):
        return current
    if refused := refusal_now(entry_id=entry_id, catalogue=catalogue, now=now):
        raise MayNotStart(refused)
    attempt = _new_attempt(entry_id=entry_id, account_id=account_id, catalogue=catalogue, now=now, rng=rng)
    try:
        with db.session.begin_nested():
            db.session.add(attempt)
    except IntegrityError:  # a second tap was faster: its attempt is this one
        attempt = open_attempt(entry_id=entry_id) or attempt
    return attempt


def _papers_met(catalogue: Catalogue, papers: list[str]) -> Counter[int]:
    versions = (catalogue.versions.get(q.version_id) for text in papers for q in read_paper(text))
    return Counter(version.question_id for version in versions if version is not None)


def _new_attempt(*, entry_id: int, account_id: int, catalogue: Catalogue, now: datetime, rng: random.Random) -> Attempt:
    exam, this_round = catalogue.rules.exam, catalogue.round_at(now)
    papers = db.session.execute(_PAPERS, {"entry": entry_id}).all()
    met = _papers_met(catalogue, [row.paper for row in papers])
    paper = draw(catalogue.bank, exam.quota, met=met, rng=rng, shuffle=exam.shuffle)
    _mark_used(paper)
    extra = db.session.scalar(_EXTRA, {"entry": entry_id}) or 0
    deadline_at = clock.deadline(now, minutes=exam.minutes, extra_minutes=extra)
    return Attempt(
        entry_id=entry_id,
        account_id=account_id,
        round_id=this_round.id,
        number=1 + sum(row.round_id == this_round.id for row in papers),
        receipt=new_code(8),
        paper=write_paper(paper),
        answers=blank(len(paper)),
        started_at=now,
        deadline_at=deadline_at,
        closes_at=clock.closing(deadline_at, grace_seconds=exam.grace_seconds),
    )


def _mark_used(paper: Paper) -> None:
    """From now on these versions are never changed; touches rows only the first time each is drawn."""
    db.session.execute(_MARK_USED, {"drawn": [question.version_id for question in paper]})
