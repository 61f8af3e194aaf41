"""Ending an attempt."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, Standing
from app.rules.paper import read_paper
from app.rules.ranking import Result, rank_key
from app.services.catalogue import Catalogue
from app.services.exam_save import Sheet, save_answers
from app.services.exam_submit import OlderPage, UnknownAttempt, close_if_over, marks_of, submit_attempt, sweep
from tests.support.people import begin, holder_of, learn_all, make_contestant, right_answers
from tests.support.racing import Meeting, race

MINUTE = timedelta(minutes=1)


@pytest.fixture
def attempt(entry: Entry, contest: Catalogue, noon: datetime) -> Attempt:
    """An open attempt of eight questions, begun at noon."""
    return begin(entry, contest, now=noon)


def submit(attempt: Attempt, contest: Catalogue, at: datetime, sheet: Sheet | None = None) -> Attempt:
    """Submit. Commits."""
    done = submit_attempt(account_id=attempt.account_id, attempt_id=attempt.id, sheet=sheet, catalogue=contest, now=at)
    db.session.commit()
    return done


def save(attempt: Attempt, answers: str, page: str = "phone", number: int = 1, base: int = 0) -> None:
    save_answers(
        holder=holder_of(attempt.account_id, now=attempt.started_at),
        attempt_id=attempt.id,
        sheet=Sheet(answers, page, number, base),
        now=attempt.started_at + MINUTE,
    )
    db.session.refresh(attempt)
    db.session.commit()


def facts(attempt: Attempt) -> tuple[object, ...]:
    db.session.expire_all()
    return tuple(getattr(attempt, column.key) for column in Attempt.__table__.columns)


def standing_of(attempt: Attempt) -> Standing | None:
    db.session.expire_all()
    return db.session.get(Standing, (attempt.entry_id, attempt.round_id))


@pytest.mark.parametrize("minutes", [-5, 0.5])
def test_a_clock_that_is_put_back_makes_nobody_faster(
    attempt: Attempt, contest: Catalogue, noon: datetime, minutes: float
) -> None:
    """What was saved was saved: time that has passed by then counts."""
    save(attempt, right_answers(attempt, contest))
    done = submit(attempt, contest, noon + minutes * MINUTE)
    assert (done.time_used, done.ended_at) == (60, noon + MINUTE)
    kept = standing_of(attempt)
    assert kept is not None
    assert (kept.correct, kept.time_used, kept.submitted_at) == (8, 60, noon + MINUTE)


@pytest.mark.parametrize(("wrong", "seconds"), [(0, 61.9), (3, 600), (8, 1199)])
def test_the_last_sheet_is_graded_and_ranked(
    attempt: Attempt, contest: Catalogue, noon: datetime, wrong: int, seconds: float
) -> None:
    at = noon + timedelta(seconds=seconds)
    answers = right_answers(attempt, contest, wrong=wrong)
    done = submit(attempt, contest, at, Sheet(answers, "phone", 1, 0))
    db.session.refresh(done)
    assert (done.state, done.answers, done.ended_at) == (AttemptState.SUBMITTED, answers, at)
    assert (done.correct, done.time_used) == (8 - wrong, int(seconds))
    standing = standing_of(attempt)
    assert standing is not None
    assert (standing.attempt_id, standing.correct, standing.time_used) == (done.id, 8 - wrong, int(seconds))
    assert (standing.submitted_at, standing.attempts) == (at, 1)
    assert standing.rank_key == rank_key(Result(8 - wrong, int(seconds), at), contest.rules.ranking)
    assert db.session.get_one(Entry, attempt.entry_id).finished_at == at


def test_without_a_sheet_what_was_saved_counts(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    save(attempt, right_answers(attempt, contest, wrong=2))
    assert submit(attempt, contest, noon + 2 * MINUTE).correct == 6


def test_the_sheet_of_the_submit_beats_what_the_same_page_saved(
    attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    save(attempt, "-" * 8, number=7)
    done = submit(attempt, contest, noon + 2 * MINUTE, Sheet(right_answers(attempt, contest), "phone", 8, 0))
    assert (done.correct, done.saved_number, done.revision) == (8, 8, 2)


def test_a_late_double_of_an_older_submit_keeps_newer_choices(
    attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    save(attempt, right_answers(attempt, contest), number=7)
    assert submit(attempt, contest, noon + 2 * MINUTE, Sheet("-" * 8, "phone", 6, 0)).correct == 8


def test_submitting_again_gives_the_same_receipt_and_changes_nothing(
    attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    sheet = Sheet(right_answers(attempt, contest, wrong=1), "phone", 1, 0)
    before = facts(submit(attempt, contest, noon + MINUTE, sheet))
    better = Sheet(right_answers(attempt, contest), "phone", 2, 0)
    for again in (sheet, better, None, Sheet("B", "x", 0, 99)):
        assert facts(submit(attempt, contest, noon + 2 * MINUTE, again)) == before
    standing = standing_of(attempt)
    assert standing is not None
    assert (standing.correct, standing.attempts) == (7, 1)


def test_two_submits_at_once_grade_once(deeds: Flask, attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    sheet = Sheet(right_answers(attempt, contest), "phone", 1, 0)

    def run() -> tuple[str, int | None, datetime | None]:
        done = submit(attempt, contest, noon + MINUTE, sheet)
        return done.receipt, done.correct, done.ended_at

    mine = (attempt.receipt, 8, noon + MINUTE)
    assert race(deeds, [run] * 4) == [mine] * 4
    standing = standing_of(attempt)
    assert standing is not None
    assert standing.attempts == 1
    db.session.refresh(attempt)
    assert attempt.revision == 1


def test_a_submit_and_the_sweep_at_once_grade_once(
    deeds: Flask, attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    """The sweep holds the row, graded but not committed, when the late submit comes."""
    save(attempt, right_answers(attempt, contest))
    attempt_id, account_id, receipt = attempt.id, attempt.account_id, attempt.receipt
    later, meeting = noon + 30 * MINUTE, Meeting(2)
    sheet = Sheet("-" * 8, "phone", 2, 0)

    def swept() -> object:
        closed = sweep(catalogue=contest, now=later)
        meeting.wait()
        db.session.commit()
        return closed

    def submitted() -> object:
        meeting.until_begun()
        done = submit_attempt(account_id=account_id, attempt_id=attempt_id, sheet=sheet, catalogue=contest, now=later)
        db.session.commit()
        return done.receipt, done.state, done.correct

    assert race(deeds, [swept, submitted]) == [1, (receipt, AttemptState.TIMED_OUT, 8)]
    standing = standing_of(attempt)
    assert standing is not None
    assert standing.attempts == 1


def test_an_overtaken_page_cannot_submit_and_nothing_changes(
    attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    save(attempt, "B-------", "laptop")
    before = facts(attempt)
    with pytest.raises(OlderPage):
        submit(attempt, contest, noon + 2 * MINUTE, Sheet(right_answers(attempt, contest), "phone", 1, 0))
    db.session.commit()  # even a careless caller commits nothing
    assert facts(attempt) == before
    assert standing_of(attempt) is None
    assert submit(attempt, contest, noon + 3 * MINUTE, Sheet("B-------", "phone-again", 1, 1)).state == "submitted"


def test_a_stranger_s_attempt_is_unknown(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    stranger = make_contestant(contest, now=noon).account_id
    before = facts(attempt)
    for account_id, attempt_id in [(stranger, attempt.id), (attempt.account_id, attempt.id + 1)]:
        with pytest.raises(UnknownAttempt):
            submit_attempt(
                account_id=account_id, attempt_id=attempt_id, sheet=None, catalogue=contest, now=noon + MINUTE
            )
    assert facts(attempt) == before


@pytest.mark.parametrize("answers", ["", "B" * 7, "B" * 9])
def test_a_sheet_of_another_length_is_refused(
    attempt: Attempt, contest: Catalogue, noon: datetime, answers: str
) -> None:
    with pytest.raises(UnknownAttempt):
        submit(attempt, contest, noon + MINUTE, Sheet(answers, "phone", 1, 0))
    assert attempt.state is AttemptState.OPEN


@pytest.mark.parametrize(("seconds", "used"), [(1199, 1199), (1200, 1200), (1201, 1200), (1319, 1200)])
def test_in_the_grace_answers_count_but_the_time_is_the_limit(
    attempt: Attempt, contest: Catalogue, noon: datetime, seconds: int, used: int
) -> None:
    at = noon + timedelta(seconds=seconds)
    done = submit(attempt, contest, at, Sheet(right_answers(attempt, contest), "phone", 1, 0))
    assert (done.state, done.correct, done.time_used, done.ended_at) == (AttemptState.SUBMITTED, 8, used, at)


def test_after_the_grace_what_was_saved_is_graded_and_the_sheet_is_not(
    attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    save(attempt, right_answers(attempt, contest, wrong=5))
    done = submit(attempt, contest, noon + 50 * MINUTE, Sheet(right_answers(attempt, contest), "phone", 2, 0))
    assert (done.state, done.correct, done.time_used) == (AttemptState.TIMED_OUT, 3, 1200)
    assert done.ended_at == done.closes_at == noon + 22 * MINUTE
    standing = standing_of(attempt)
    assert standing is not None
    assert (standing.correct, standing.time_used, standing.submitted_at) == (3, 1200, noon + 22 * MINUTE)


def test_seconds_of_a_pause_do_not_rank(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    attempt.given_back = 300
    attempt.deadline_at += 5 * MINUTE
    attempt.closes_at += 5 * MINUTE
    db.session.commit()
    done = submit(attempt, contest, noon + 24 * MINUTE, Sheet(right_answers(attempt, contest), "phone", 1, 0))
    assert (done.correct, done.time_used) == (8, 19 * 60)


def test_closing_before_its_time_does_nothing(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    just_before = noon + 22 * MINUTE - timedelta(microseconds=1)
    assert not close_if_over(attempt=attempt, catalogue=contest, now=just_before)
    assert attempt.state is AttemptState.OPEN
    assert close_if_over(attempt=attempt, catalogue=contest, now=noon + 22 * MINUTE)
    assert close_if_over(attempt=attempt, catalogue=contest, now=noon + 23 * MINUTE)
    standing = standing_of(attempt)
    assert standing is not None
    assert standing.attempts == 1


def test_the_sweep_closes_what_is_over_once_oldest_first(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    attempts = []
    for number in range(5):
        person = make_contestant(contest, now=noon)
        learn_all(person, contest, now=noon)
        attempts.append(begin(person, contest, now=noon - number * MINUTE, seed=number))
    now = noon + 20 * MINUTE  # the first two have two minutes and one minute left
    assert sweep(catalogue=contest, now=now, limit=2) == 2
    db.session.commit()
    assert [one.state for one in attempts] == ["open", "open", "open", "timed_out", "timed_out"]
    assert sweep(catalogue=contest, now=now) == 1
    db.session.commit()
    assert sweep(catalogue=contest, now=now) == 0
    assert [one.state for one in attempts] == ["open", "open", *["timed_out"] * 3]
    assert sorted(db.session.scalars(select(Standing.attempts))) == [1, 1, 1]


def test_two_sweeps_at_once_share_the_work(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    for number in range(4):
        person = make_contestant(contest, now=noon)
        learn_all(person, contest, now=noon)
        begin(person, contest, now=noon, seed=number)

    def run() -> int:
        closed = sweep(catalogue=contest, now=noon + 60 * MINUTE)
        db.session.commit()
        return closed

    outcomes = race(deeds, [run, run])
    assert sum(one for one in outcomes if isinstance(one, int)) == 4, outcomes
    assert sorted(db.session.scalars(select(Standing.attempts))) == [1] * 4


def test_the_sweep_leaves_another_contest_s_attempts_to_their_own_keys(
    attempt: Attempt, contest: Catalogue, noon: datetime
) -> None:
    other = replace(contest, rounds=(replace(contest.rounds[0], id=contest.rounds[0].id + 1),), versions={})
    assert sweep(catalogue=other, now=noon + 60 * MINUTE) == 0
    db.session.commit()
    assert sweep(catalogue=contest, now=noon + 60 * MINUTE) == 1


def test_a_voided_question_is_right_for_everybody(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    first = read_paper(attempt.paper)[0].version_id
    sheet = Sheet(right_answers(attempt, contest, wrong=2), "phone", 1, 0)
    assert submit(attempt, replace(contest, voided=frozenset({first})), noon + MINUTE, sheet).correct == 7
    assert [mark.right for mark in marks_of(attempt=attempt, catalogue=contest)] == [False] * 2 + [True] * 6
    with_void = marks_of(attempt=attempt, catalogue=contest, voided=frozenset({first}))
    assert [mark.right for mark in with_void[:2]] == [True, False]
