"""Starting an exam."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, QuestionKind, QuestionVersion, Standing
from app.rules.contest import Gate
from app.rules.eligibility import Reason
from app.rules.paper import PaperQuestion, read_paper
from app.services import exam_start
from app.services.catalogue import Catalogue
from app.services.exam_save import Sheet, save_answers
from app.services.exam_start import MayNotStart, open_attempt, refusal_now, start_attempt
from app.services.exam_submit import submit_attempt, sweep
from tests.support.people import holder_of, learn_all, make_contestant, right_answers, sit
from tests.support.racing import Meeting, race

MINUTE = timedelta(minutes=1)


def start(
    entry: Entry, contest: Catalogue, now: datetime, *, seed: int = 1, rng: random.Random | None = None
) -> Attempt:
    """Start. Commits."""
    attempt = start_attempt(
        entry_id=entry.id,
        account_id=entry.account_id,
        catalogue=contest,
        now=now,
        rng=rng or random.Random(seed),
    )
    db.session.commit()
    return attempt


def with_exam(contest: Catalogue, **settings: Any) -> Catalogue:
    """The contest under other rules."""
    return replace(contest, rules=replace(contest.rules, exam=replace(contest.rules.exam, **settings)))


def why_not(entry: Entry, contest: Catalogue, now: datetime) -> Reason:
    """The reason; the page before the exam says the same one."""
    with pytest.raises(MayNotStart) as refused:
        start(entry, contest, now)
    db.session.rollback()
    assert refusal_now(entry_id=entry.id, catalogue=contest, now=now) == refused.value.refusal
    return refused.value.refusal.reason


def test_a_fresh_attempt(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    attempt = start(entry, contest, noon)
    db.session.refresh(attempt)
    assert (attempt.entry_id, attempt.account_id, attempt.round_id) == (
        entry.id,
        entry.account_id,
        contest.rounds[0].id,
    )
    assert (attempt.number, attempt.state, attempt.answers, attempt.revision) == (1, AttemptState.OPEN, "-" * 8, 0)
    assert attempt.started_at == noon
    assert attempt.deadline_at == noon + 20 * MINUTE
    assert attempt.closes_at == noon + 22 * MINUTE
    assert len(attempt.receipt) == 8
    assert (attempt.ended_at, attempt.correct, attempt.time_used, attempt.saved_at) == (None, None, None, None)


def test_a_person_s_extra_minutes_are_hers_alone(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    entry.extra_minutes = 10
    db.session.commit()
    attempt = start(entry, contest, noon)
    assert (attempt.deadline_at, attempt.closes_at) == (noon + 30 * MINUTE, noon + 32 * MINUTE)


def test_the_paper_follows_the_quota_and_is_recorded_whole(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    paper = read_paper(start(entry, contest, noon).paper)
    bank = {candidate.version_id: candidate for candidate in contest.bank}
    taken = [bank[question.version_id] for question in paper]
    assert Counter((c.topic, c.difficulty) for c in taken) == Counter(contest.rules.exam.quota)
    for question in paper:
        version = contest.versions[question.version_id]
        assert sorted(question.order) == list(range(len(version.options)))
        if version.kind is QuestionKind.TRUE_FALSE:
            assert question.order == (0, 1)


def test_versions_are_used_from_the_first_draw_on(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    attempt = start(entry, contest, noon)
    db.session.expire_all()
    used = set(db.session.scalars(select(QuestionVersion.id).where(QuestionVersion.used)))
    assert used == {question.version_id for question in read_paper(attempt.paper)}


def test_coming_back_gives_the_same_attempt_with_what_was_saved(
    entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    first = start(entry, contest, noon)
    holder = holder_of(entry.account_id, now=noon)
    save_answers(holder=holder, attempt_id=first.id, sheet=Sheet("B" + "-" * 7, "a", 1, 0), now=noon + MINUTE)
    db.session.expire_all()
    again = start(entry, contest, noon + 21 * MINUTE, seed=99)
    assert (again.id, again.paper, again.answers) == (first.id, first.paper, "B-------")
    assert again.deadline_at == noon + 20 * MINUTE


def test_when_the_grace_is_over_the_old_one_is_graded_and_a_new_one_starts(
    entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    old = start(entry, contest, noon)
    new = start(entry, contest, noon + 22 * MINUTE, seed=2)
    db.session.refresh(old)
    assert old.state is AttemptState.TIMED_OUT
    assert (old.correct, old.time_used, old.ended_at) == (0, 1200, old.closes_at)
    assert (new.number, new.state) == (2, AttemptState.OPEN)
    assert db.session.get_one(Standing, (entry.id, old.round_id)).attempts == 1
    opened = open_attempt(entry_id=entry.id)
    assert opened is not None
    assert opened.id == new.id


def test_one_meets_the_whole_shelf_before_a_question_comes_again(
    entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    """Easy questions: 4 a topic, 2 a paper; after two attempts each was met once."""
    for number in range(2):
        sit(entry, contest, started=noon + number * MINUTE, ended=noon + (number + 0.5) * MINUTE, seed=number)
    papers = db.session.scalars(select(Attempt.paper)).all()
    met = Counter(q.version_id for paper in papers for q in read_paper(paper))
    easy = [met[c.version_id] for c in contest.bank if c.difficulty == "easy"]
    assert easy == [1] * 8


def test_the_window(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    assert why_not(entry, contest, contest.opens_at - MINUTE) is Reason.NOT_OPEN
    assert why_not(entry, contest, contest.closes_at) is Reason.CLOSED
    late = start(entry, contest, contest.closes_at - MINUTE)
    assert late.deadline_at == contest.closes_at + 19 * MINUTE  # started in time, it may finish


def test_nobody_starts_while_exams_are_paused(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    assert why_not(entry, replace(contest, paused_at=noon), noon) is Reason.PAUSED


def test_the_gate_counts_the_lessons_that_are_missing(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    person = make_contestant(contest, now=noon)
    refused = refusal_now(entry_id=person.id, catalogue=contest, now=noon)
    assert refused is not None
    assert (refused.reason, refused.missing) == (Reason.LESSONS, len(contest.lesson_ids))
    assert why_not(person, contest, noon) is Reason.LESSONS
    start(person, with_exam(contest, gate=Gate.NONE), noon)


def test_attempts_of_the_round(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    strict = with_exam(contest, attempts_per_round=1)
    sit(entry, strict, started=noon, ended=noon + MINUTE)
    assert why_not(entry, strict, noon + 2 * MINUTE) is Reason.ATTEMPTS_USED
    assert start(entry, contest, noon + 2 * MINUTE).number == 2


def test_attempts_of_the_day_begin_again_at_midnight_in_vietnam(
    entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    strict = with_exam(contest, attempts_per_day=1)
    sit(entry, strict, started=noon, ended=noon + MINUTE)
    midnight = contest.opens_at + timedelta(days=2)
    assert why_not(entry, strict, midnight - MINUTE) is Reason.DAY_USED
    refused = refusal_now(entry_id=entry.id, catalogue=strict, now=noon + 2 * MINUTE)
    assert refused is not None
    assert refused.until == midnight
    assert start(entry, strict, midnight).number == 2


def test_cool_down(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    slow = with_exam(contest, cooldown_minutes=30)
    sit(entry, slow, started=noon, ended=noon + MINUTE)
    assert why_not(entry, slow, noon + 30 * MINUTE) is Reason.COOLDOWN
    assert start(entry, slow, noon + 31 * MINUTE).number == 2


def test_the_limits_of_one_do_not_touch_another(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    strict = with_exam(contest, attempts_per_round=1, attempts_per_day=1, cooldown_minutes=30)
    sit(entry, strict, started=noon, ended=noon + MINUTE)
    other = make_contestant(contest, now=noon)
    learn_all(other, contest, now=noon)
    assert start(other, strict, noon + 2 * MINUTE).number == 1


def test_a_bank_that_is_too_small_starts_nothing(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    assert why_not(entry, with_exam(contest, quota={("an-toan", "hard"): 3}), noon) is Reason.BANK_SHORT
    assert open_attempt(entry_id=entry.id) is None


def test_a_race_of_two_starts_gives_one_attempt(deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime) -> None:
    """Both have seen no open attempt before either writes, where the database lets them (Postgres)."""
    meeting = Meeting(2)
    entry_id, account_id = entry.id, entry.account_id

    class Dice(random.Random):
        met = False

        def shuffle(self, x: Any) -> None:
            if not self.met:
                self.met = True
                meeting.wait()
            super().shuffle(x)

    def run(seed: int) -> tuple[int, str]:
        attempt = start_attempt(entry_id=entry_id, account_id=account_id, catalogue=contest, now=noon, rng=Dice(seed))
        db.session.commit()
        return attempt.id, attempt.paper

    outcomes = race(deeds, [lambda: run(1), lambda: run(2)])
    assert isinstance(outcomes[0], tuple), outcomes
    assert outcomes[0] == outcomes[1]
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_many_people_start_at_once(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """All papers mark the same few versions as used: nobody is shut out by another's lock."""
    people = [make_contestant(contest, now=noon) for _ in range(8)]
    for person in people:
        learn_all(person, contest, now=noon)
    ids = [(person.id, person.account_id) for person in people]

    def run(entry_id: int, account_id: int) -> int:
        attempt = start_attempt(
            entry_id=entry_id, account_id=account_id, catalogue=contest, now=noon, rng=random.Random(entry_id)
        )
        db.session.commit()
        return attempt.entry_id

    outcomes = race(deeds, [lambda one=one: run(*one) for one in ids])  # type: ignore[misc]
    assert outcomes == [entry_id for entry_id, _ in ids]


def test_the_first_papers_of_all_are_drawn_at_once(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """Each marks the versions it drew, which are in the others' papers too: in one order, whichever way they are read.

    Postgres reads them along an index or as they lie, as the table's size suggests at the moment.
    """
    versions = list(db.session.scalars(select(QuestionVersion.id).order_by(QuestionVersion.id.desc())))
    paper = tuple(PaperQuestion(version, (0, 1)) for version in versions)

    def mark(ways: str) -> None:
        if db.engine.dialect.name == "postgresql":
            for way in ("seqscan", "bitmapscan", "indexscan"):
                db.session.execute(text(f"SET LOCAL enable_{way} = {'on' if way in ways else 'off'}"))
        exam_start._mark_used(paper)
        db.session.commit()

    for _ in range(6):
        for version in versions:  # the last one lies first
            db.session.execute(update(QuestionVersion).where(QuestionVersion.id == version).values(used=False))
        ways = ["seqscan", "indexscan"] * 3
        assert race(deeds, [lambda way=way: mark(way) for way in ways]) == [None] * len(ways)  # type: ignore[misc]


def test_a_start_and_a_sweep_close_an_old_attempt_once(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    """The sweep has graded but not committed when the person comes back: who comes second must wait and see it."""
    sit(entry, contest, started=noon, ended=noon + MINUTE)
    start(entry, contest, noon + 2 * MINUTE)
    entry_id, account_id, later, meeting = entry.id, entry.account_id, noon + 60 * MINUTE, Meeting(2)

    def swept() -> int:
        closed = sweep(catalogue=contest, now=later)
        meeting.wait()  # half a second in which the other one runs into our lock
        db.session.commit()
        return closed

    def started() -> int:
        meeting.until_begun()
        attempt = start_attempt(
            entry_id=entry_id, account_id=account_id, catalogue=contest, now=later, rng=random.Random(3)
        )
        db.session.commit()
        return attempt.number

    assert race(deeds, [swept, started]) == [1, 3]
    standing = db.session.scalars(select(Standing).execution_options(populate_existing=True)).one()
    assert standing.attempts == 2


def test_an_older_clock_of_another_tab_is_no_cool_down(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    """A start that waited its turn behind the submit carries an earlier moment than the submit."""
    sit(entry, contest, started=noon, ended=noon + MINUTE)
    assert start(entry, contest, noon + MINUTE - timedelta(milliseconds=20)).number == 2


def test_after_submitting_nothing_is_open(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    attempt = start(entry, contest, noon)
    sheet = Sheet(right_answers(attempt, contest), "a", 1, 0)
    submit_attempt(
        account_id=entry.account_id, attempt_id=attempt.id, sheet=sheet, catalogue=contest, now=noon + MINUTE
    )
    db.session.commit()
    assert open_attempt(entry_id=entry.id) is None
