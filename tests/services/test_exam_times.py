"""Extra time, extension, pause: time given back, never taken, always with a reason."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, AuditRecord, Contest, Entry, Round
from app.rules.eligibility import Reason
from app.services import exam_times
from app.services.catalogue import Catalogue
from app.services.catalogue_reading import read_current
from app.services.codes import new_code
from app.services.exam_save import SaveOutcome, Sheet, save_answers
from app.services.exam_start import MayNotStart, refusal_now, start_attempt
from app.services.exam_submit import close_if_over, submit_attempt, sweep
from app.services.standings import record_result
from tests.support.people import begin, holder_of, learn_all, make_contestant
from tests.support.racing import Meeting, race

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE = timedelta(minutes=1)
_CONTENT = select(Contest.content_version).where(Contest.is_current)


@pytest.fixture
def attempt(deeds: Flask, contest: Catalogue) -> Attempt:
    """An attempt begun NOW."""
    entry = make_contestant(contest, now=NOW)
    learn_all(entry, contest, now=NOW)
    return begin(entry, contest, now=NOW)


@pytest.fixture(autouse=True)
def unpaused(deeds: Flask) -> object:
    """Whatever a test did to the contest is undone."""
    yield
    db.session.rollback()
    current = db.session.scalars(select(Contest).where(Contest.is_current)).one()
    current.paused_at = None
    for each in db.session.scalars(select(Round)):
        each.extended_minutes = 0
    current.content_version += 1
    db.session.commit()


def reasons() -> list[tuple[str, str]]:
    """What the audit tells."""
    return [(line.action, line.reason) for line in db.session.scalars(select(AuditRecord).order_by(AuditRecord.id))]


def give(attempt: Attempt, contest: Catalogue, minutes: int) -> None:
    exam_times.give_extra_time(
        entry_id=attempt.entry_id,
        contest_id=contest.contest_id,
        minutes=minutes,
        reason="thị lực kém",
        actor_id=None,
        now=NOW,
    )
    db.session.commit()


def test_extra_time_moves_the_open_attempt_and_the_next(attempt: Attempt, contest: Catalogue) -> None:
    deadline, closes = attempt.deadline_at, attempt.closes_at
    give(attempt, contest, 10)
    assert (attempt.deadline_at, attempt.closes_at) == (deadline + 10 * MINUTE, closes + 10 * MINUTE)
    give(attempt, contest, 10)  # said twice, given once
    assert attempt.deadline_at == deadline + 10 * MINUTE
    submit_attempt(
        account_id=attempt.account_id, attempt_id=attempt.id, sheet=None, catalogue=contest, now=NOW + 29 * MINUTE
    )
    assert attempt.state is AttemptState.SUBMITTED
    following = start_attempt(
        entry_id=attempt.entry_id,
        account_id=attempt.account_id,
        catalogue=contest,
        now=NOW + 30 * MINUTE,
        rng=random.Random(2),
    )
    assert following.deadline_at - following.started_at == (contest.rules.exam.minutes + 10) * MINUTE
    assert reasons()[0] == ("exam.extra_time 10", "thị lực kém")


def test_extra_time_for_nobody_is_refused(deeds: Flask, contest: Catalogue) -> None:
    with pytest.raises(exam_times.NothingToExtend):
        exam_times.give_extra_time(
            entry_id=999_999, contest_id=contest.contest_id, minutes=5, reason="", actor_id=None, now=NOW
        )


def test_a_longer_round_is_open_longer(attempt: Attempt, contest: Catalogue) -> None:
    late = contest.closes_at + MINUTE
    refused = refusal_now(entry_id=attempt.entry_id, catalogue=contest, now=late)
    assert refused is not None
    assert refused.reason is Reason.CLOSED
    exam_times.extend_round(
        contest_id=contest.contest_id, number=1, minutes=60, reason="mạng nghẽn", actor_id=None, now=NOW
    )
    db.session.commit()
    longer = read_current()
    assert longer.closes_at == contest.closes_at + 60 * MINUTE
    assert refusal_now(entry_id=attempt.entry_id, catalogue=longer, now=late) is None
    with pytest.raises(exam_times.NothingToExtend):
        exam_times.extend_round(contest_id=contest.contest_id, number=9, minutes=1, reason="", actor_id=None, now=NOW)


def test_a_pause_gives_its_time_back(attempt: Attempt, contest: Catalogue) -> None:
    exam_times.pause_exams(contest_id=contest.contest_id, reason="mất điện", actor_id=None, now=NOW + 15 * MINUTE)
    db.session.commit()
    paused = read_current()
    later = NOW + 3 * 60 * MINUTE  # far past deadline and grace
    assert paused.exam_time(later) == NOW + 15 * MINUTE
    assert sweep(catalogue=paused, now=paused.exam_time(later)) == 0
    sheet = Sheet("B" * len(attempt.answers), "trang", 1, 0)
    db.session.commit()  # saving is a statement of its own, outside the session's transaction
    holder = holder_of(attempt.account_id, now=later)
    saved = save_answers(holder=holder, attempt_id=attempt.id, sheet=sheet, now=paused.exam_time(later))
    assert saved.outcome is SaveOutcome.SAVED
    other = make_contestant(paused, now=NOW)
    learn_all(other, paused, now=NOW)
    with pytest.raises(MayNotStart) as refused:
        start_attempt(entry_id=other.id, account_id=other.account_id, catalogue=paused, now=later, rng=random.Random(3))
    assert refused.value.refusal.reason is Reason.PAUSED

    deadline = attempt.deadline_at
    assert exam_times.resume_exams(contest_id=contest.contest_id, actor_id=None, now=later) == 1
    db.session.commit()
    db.session.refresh(attempt)
    pause = later - (NOW + 15 * MINUTE)
    assert attempt.deadline_at == deadline + pause
    running = read_current()
    assert not close_if_over(attempt=attempt, catalogue=running, now=later + 4 * MINUTE)
    submit_attempt(
        account_id=attempt.account_id, attempt_id=attempt.id, sheet=None, catalogue=running, now=later + 2 * MINUTE
    )
    assert attempt.time_used == 17 * 60  # 15 minutes before the pause, 2 after it


def test_pausing_twice_and_resuming_nothing_are_refused(deeds: Flask, contest: Catalogue) -> None:
    with pytest.raises(exam_times.NotPaused):
        exam_times.resume_exams(contest_id=contest.contest_id, actor_id=None, now=NOW)
    exam_times.pause_exams(contest_id=contest.contest_id, reason="thử", actor_id=None, now=NOW)
    with pytest.raises(exam_times.AlreadyPaused):
        exam_times.pause_exams(contest_id=contest.contest_id, reason="thử", actor_id=None, now=NOW)


class Interrupted(random.Random):
    """Chance of a start that lets something happen once the person was looked at and before anything is written."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(1)
        self._happens: Callable[[], object] | None = happens

    def shuffle(self, x: Any) -> None:
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        super().shuffle(x)


@pytest.fixture
def ready(deeds: Flask, contest: Catalogue) -> Entry:
    """Somebody who may start."""
    entry = make_contestant(contest, now=NOW)
    learn_all(entry, contest, now=NOW)
    return entry


def giving(entry_id: int, contest: Catalogue) -> Callable[[], None]:
    """Ten minutes more, in a transaction of its own."""

    def give() -> None:
        exam_times.give_extra_time(
            entry_id=entry_id, contest_id=contest.contest_id, minutes=10, reason="", actor_id=None, now=NOW
        )
        db.session.commit()

    return give


def only_deadline(contest: Catalogue) -> timedelta:
    """How long the only attempt has, beyond the usual."""
    attempt = db.session.scalars(select(Attempt).execution_options(populate_existing=True)).one()
    return attempt.deadline_at - attempt.started_at - contest.rules.exam.minutes * MINUTE


def test_minutes_given_while_a_paper_is_drawn_are_in_it(deeds: Flask, ready: Entry, contest: Catalogue) -> None:
    give, who = giving(ready.id, contest), {"entry_id": ready.id, "account_id": ready.account_id}
    rng = Interrupted(lambda: race(deeds, [give]))
    start_attempt(**who, catalogue=contest, now=NOW, rng=rng)
    db.session.commit()
    assert only_deadline(contest) == 10 * MINUTE


def test_minutes_given_while_an_attempt_is_being_written_reach_it(
    deeds: Flask, ready: Entry, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start knows how long it is to be, and has not said so yet."""
    give, who, meeting = giving(ready.id, contest), {"entry_id": ready.id, "account_id": ready.account_id}, Meeting(2)

    def slow_code(length: int) -> str:
        meeting.wait()  # half a second in which the other one begins
        return new_code(length)

    monkeypatch.setattr("app.services.exam_start.new_code", slow_code)

    def start() -> None:
        start_attempt(**who, catalogue=contest, now=NOW, rng=random.Random(1))
        db.session.commit()

    def give_then() -> None:
        meeting.until_begun()
        give()

    assert race(deeds, [start, give_then]) == [None, None]
    assert only_deadline(contest) == 10 * MINUTE


def test_minutes_and_a_first_paper_handed_in_do_not_lock_each_other_out(
    attempt: Attempt, deeds: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The submit holds the attempt and is about to take the entry."""
    who, meeting = {"account_id": attempt.account_id, "attempt_id": attempt.id}, Meeting(2)
    give = giving(attempt.entry_id, contest)

    def slowly(**values: Any) -> None:
        meeting.wait()
        record_result(**values)

    monkeypatch.setattr("app.services.exam_submit.record_result", slowly)

    def submit() -> None:
        submit_attempt(**who, sheet=None, catalogue=contest, now=NOW + MINUTE)
        db.session.commit()

    def give_then() -> None:
        meeting.until_begun()
        give()

    assert race(deeds, [submit, give_then]) == [None, None]


def test_two_deeds_at_once_are_two_versions_of_the_content(deeds: Flask, contest: Catalogue) -> None:
    """Else a process that saw the first number would take the second deed for known."""
    before, meeting = db.session.scalar(_CONTENT) or 0, Meeting(2)

    def extend(minutes: int) -> None:
        known = db.session.get_one(Contest, contest.contest_id)  # held, as a load holds it all the time
        meeting.wait()  # both have read the number, where the database lets them (Postgres)
        assert known.content_version >= before
        exam_times.extend_round(
            contest_id=contest.contest_id, number=1, minutes=minutes, reason="", actor_id=None, now=NOW
        )
        db.session.commit()

    assert race(deeds, [lambda: extend(5), lambda: extend(9)]) == [None, None]
    assert db.session.scalar(_CONTENT) == before + 2
