"""A voided question is right for everybody, on every paper that held it, and the boards follow."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Question, QuestionVersion, Standing
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from app.services.catalogue_reading import read_current
from app.services.exam_submit import marks_of
from app.services.void_question import NoSuchQuestion, void_question
from tests.support.people import learn_all, make_contestant, sit

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def attempts(deeds: Flask, contest: Catalogue) -> list[Attempt]:
    """Four people, one attempt each, everything wrong; so any voided question gives each holder one more."""
    made = []
    for seed in range(4):
        entry = make_contestant(contest, now=NOW)
        learn_all(entry, contest, now=NOW)
        many = contest.rules.exam.questions
        made.append(sit(entry, contest, started=NOW, ended=NOW + timedelta(minutes=5 + seed), wrong=many, seed=seed))
    return made


def a_question_of(attempt: Attempt) -> str:
    """The stable id of the first question of a paper."""
    version = read_paper(attempt.paper)[0].version_id
    ref = db.session.scalar(select(Question.ref).join(QuestionVersion).where(QuestionVersion.id == version))
    assert ref is not None
    return ref


def holders(ref: str, attempts: list[Attempt]) -> list[int]:
    """Which of these attempts hold the question."""
    versions = set(db.session.scalars(select(QuestionVersion.id).join(Question).where(Question.ref == ref)))
    return [a.id for a in attempts if versions & {q.version_id for q in read_paper(a.paper)}]


def test_voiding_regrades_every_holder_and_nobody_else(attempts: list[Attempt], contest: Catalogue) -> None:
    ref = a_question_of(attempts[0])
    before = {a.id: a.correct for a in attempts}
    regraded = void_question(
        ref=ref, contest_id=contest.contest_id, reason="hai đáp án", actor_id=None, catalogue=contest, now=NOW
    )
    db.session.commit()
    expected = holders(ref, attempts)
    assert regraded.attempts == len(expected) >= 1
    for attempt in attempts:
        more = 1 if attempt.id in expected else 0
        assert attempt.correct == (before[attempt.id] or 0) + more
        standing = db.session.get_one(Standing, (attempt.entry_id, attempt.round_id))
        assert standing.correct == attempt.correct
    after = read_current()
    assert ref not in {after_ref(c.question_id) for c in after.bank}  # drawn no more
    for attempt in attempts:
        marks = marks_of(attempt=attempt, catalogue=after)
        assert sum(mark.right for mark in marks) == attempt.correct  # a later look agrees


def after_ref(question_id: int) -> str:
    return db.session.get_one(Question, question_id).ref


def test_voiding_twice_changes_nothing_more(attempts: list[Attempt], contest: Catalogue) -> None:
    ref = a_question_of(attempts[0])
    for turn in range(2):
        regraded = void_question(
            ref=ref, contest_id=contest.contest_id, reason="", actor_id=None, catalogue=read_current(), now=NOW
        )
        db.session.commit()
        assert (regraded.changed > 0) is (turn == 0)


def test_an_unknown_question_is_refused(deeds: Flask, contest: Catalogue) -> None:
    with pytest.raises(NoSuchQuestion):
        void_question(
            ref="khong-co", contest_id=contest.contest_id, reason="", actor_id=None, catalogue=contest, now=NOW
        )
