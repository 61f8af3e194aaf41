"""Taking a question out: right for everybody, every paper that held it graded again, standings made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.extensions import db
from app.models import Attempt, AttemptState, Contest, Question, QuestionVersion, Standing
from app.rules.grading import correct_count
from app.rules.ranking import Criterion, Result, rank_key
from app.services.audit import record
from app.services.catalogue import Catalogue
from app.services.exam_submit import marks_of


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
    """Void a question by its stable id; a voided one is drawn no more. Doing it twice changes nothing.

    Raises NoSuchQuestion.
    """
    question = db.session.scalar(select(Question).where(Question.contest_id == contest_id, Question.ref == ref))
    if question is None:
        raise NoSuchQuestion(ref)
    if question.voided_at is None:
        question.voided_at = now
        db.session.get_one(Contest, contest_id).content_version += 1
        record(actor_id=actor_id, action="question.void", subject=f"question:{question.id}", reason=reason, now=now)
    versions = db.session.scalars(select(QuestionVersion.id).where(QuestionVersion.question_id == question.id)).all()
    return _regrade(versions, catalogue.rules.ranking, voided=frozenset(versions), catalogue=catalogue)


def _regrade(
    versions: Sequence[int], criteria: Sequence[Criterion], *, voided: frozenset[int], catalogue: Catalogue
) -> Regraded:
    padded = " " + Attempt.paper
    holds = or_(*(padded.contains(f" {version}.") for version in versions))
    attempts = db.session.scalars(
        select(Attempt).where(Attempt.state != AttemptState.OPEN, holds).order_by(Attempt.id).with_for_update()
    ).all()
    changed = []
    for attempt in attempts:
        correct = correct_count(marks_of(attempt=attempt, catalogue=catalogue, voided=voided))
        if correct != attempt.correct:
            attempt.correct = correct
            changed.append(attempt)
    db.session.flush()
    for entry_id, round_id in sorted({(attempt.entry_id, attempt.round_id) for attempt in changed}):
        rebuild_standing(entry_id=entry_id, round_id=round_id, criteria=criteria)
    return Regraded(len(attempts), len(changed))


def rebuild_standing(*, entry_id: int, round_id: int, criteria: Sequence[Criterion]) -> Standing:
    """The standing of a person in a round, recomputed from all graded attempts."""
    attempts = db.session.scalars(
        select(Attempt).where(
            Attempt.entry_id == entry_id, Attempt.round_id == round_id, Attempt.state != AttemptState.OPEN
        )
    ).all()
    best, result = min(
        ((attempt, _result(attempt)) for attempt in attempts), key=lambda pair: rank_key(pair[1], criteria)
    )
    standing = db.session.get_one(Standing, (entry_id, round_id))
    standing.rank_key, standing.attempt_id = rank_key(result, criteria), best.id
    standing.correct, standing.time_used, standing.submitted_at = result.correct, result.time_used, result.submitted_at
    standing.attempts = len(attempts)
    return standing


def _result(attempt: Attempt) -> Result:
    if attempt.correct is None or attempt.time_used is None or attempt.ended_at is None:
        raise ValueError(f"attempt {attempt.id} is not graded")
    return Result(attempt.correct, attempt.time_used, attempt.ended_at, attempt.number)
