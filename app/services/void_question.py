"""Taking a question out: right for everybody, every paper that held it graded again, standings made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.extensions import db
from app.models import Attempt, AttemptState, Contest, Question, QuestionVersion
from app.rules.grading import correct_count
from app.services.audit import record
from app.services.catalogue import Catalogue
from app.services.exam_submit import marks_of
from app.services.standings_rebuilt import rebuild_people


class NoSuchQuestion(Exception):
    """No question of the exam's bank has this id."""


@dataclass(frozen=True, slots=True)
class Regraded:
    """How many attempts held the question, and how many of them count differently now."""

    attempts: int
    changed: int


def void_question(
    *, ref: str, contest_id: int, reason: str, actor_id: int | None, catalogue: Catalogue, now: datetime
) -> Regraded:
    """Void a question by its stable id; a voided one is drawn no more.

    Done twice, the second time grades those who handed in meanwhile and were graded as if nothing had happened: a
    process knows the contest as it stood up to CatalogueCache.every seconds ago.

    Raises NoSuchQuestion.
    """
    question = db.session.scalar(select(Question).where(Question.contest_id == contest_id, Question.ref == ref))
    if question is None:
        raise NoSuchQuestion(ref)
    if question.voided_at is None:
        question.voided_at = now
        db.session.get_one(Contest, contest_id).content_changed()
        record(actor_id=actor_id, action="question.void", subject=f"question:{question.id}", reason=reason, now=now)
    versions = db.session.scalars(select(QuestionVersion.id).where(QuestionVersion.question_id == question.id)).all()
    return _regrade(versions, catalogue, now)


def _regrade(versions: Sequence[int], catalogue: Catalogue, now: datetime) -> Regraded:
    padded = " " + Attempt.paper
    holds = or_(*(padded.contains(f" {version}.") for version in versions))
    graded = (Attempt.state != AttemptState.OPEN, holds)
    # Every paper of these people, in the order of rebuild_people: with two orders two would wait for each other.
    theirs = select(Attempt.id).where(Attempt.entry_id.in_(select(Attempt.entry_id).where(*graded)))
    db.session.execute(theirs.order_by(Attempt.id).with_for_update(key_share=True))
    attempts = db.session.scalars(select(Attempt).where(*graded).execution_options(populate_existing=True)).all()
    changed = []
    for attempt in attempts:
        correct = correct_count(marks_of(attempt=attempt, catalogue=catalogue, voided=frozenset(versions)))
        if correct != attempt.correct:
            attempt.correct = correct
            changed.append(attempt)
    db.session.flush()
    rebuild_people({attempt.entry_id for attempt in changed}, catalogue=catalogue, now=now)
    return Regraded(len(attempts), len(changed))
