"""A paper that is handed in while the same person's results are taken out, given back, graded again or deleted.

Whoever comes first, the standing is what the attempts are worth in the end, and nobody is turned away by a deadlock.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, InvalidationReason, Question, QuestionVersion, Standing
from app.rules.paper import read_paper
from app.services import delete_person as deleting
from app.services import exam_submit, standing_values, standings
from app.services import invalidate as taking_out
from app.services import void_question as regrading
from app.services.catalogue import Catalogue
from app.services.exam_save import Sheet
from app.services.invalidate import Target, restore
from app.services.rebuild import rebuild_part
from app.services.standings_rebuilt import rebuild_people
from app.services.void_question import void_question
from tests.support.people import begin, right_answers, sit
from tests.support.racing import Meeting, race
from tests.support.results import take_out

MINUTE = timedelta(minutes=1)
Deed = Callable[[], object]


@pytest.fixture(params=["first attempt", "third attempt"])
def open_attempt(request: pytest.FixtureRequest, entry: Entry, contest: Catalogue, noon: datetime) -> Attempt:
    """Somebody sits, with nothing or with two results so far."""
    if request.param == "third attempt":
        for n in range(2):
            started = noon - (60 - 20 * n) * MINUTE
            sit(entry, contest, started=started, ended=started + 9 * MINUTE, wrong=3 - n, seed=n)
    return begin(entry, contest, now=noon, seed=7)


def submitting(attempt: Attempt, contest: Catalogue, now: datetime, *, wrong: int = 0) -> Deed:
    """Hand in, in a transaction of its own."""
    who = {"account_id": attempt.account_id, "attempt_id": attempt.id}
    sheet = Sheet(right_answers(attempt, contest, wrong=wrong), "trang", 1, attempt.revision)

    def submit() -> object:
        done = exam_submit.submit_attempt(**who, sheet=sheet, catalogue=contest, now=now)
        db.session.commit()
        return done.state

    return submit


def excluding(entry_id: int, contest: Catalogue, now: datetime) -> Deed:
    """Take everything of a person out; returns the number of the act."""

    def exclude() -> object:
        return take_out(Target(entry_id, None), contest, now=now, code=InvalidationReason.EXCLUDED).id

    return exclude


def giving_back(act: int, contest: Catalogue, now: datetime) -> Deed:
    """Give it back."""

    def lift() -> object:
        restore(invalidation_id=act, reason="", actor_id=None, catalogue=contest, now=now)
        db.session.commit()
        return None

    return lift


def meet(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> None:
    """Before any of these steps all runners meet: each has locked what it locks before."""
    meeting = Meeting(len(places))
    for module, name in places:
        step = getattr(module, name)

        def waited(*args: Any, step: Any = step, **values: Any) -> Any:
            meeting.wait()
            return step(*args, **values)

        monkeypatch.setattr(module, name, waited)


def assert_counted_right(contest: Catalogue, now: datetime) -> None:
    """A recount from the attempts finds what is kept."""
    db.session.rollback()
    assert rebuild_part(after=0, catalogue=contest, now=now).different == ()


def standing_of(entry_id: int) -> Standing | None:
    db.session.rollback()
    return db.session.scalar(select(Standing).where(Standing.entry_id == entry_id))


def test_excluded_while_handing_in(
    deeds: Flask, open_attempt: Attempt, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, entry_id = noon + MINUTE, open_attempt.entry_id
    meet(monkeypatch, (exam_submit, "record_result"), (taking_out, "rebuild_people"))
    runners = [submitting(open_attempt, contest, now), excluding(entry_id, contest, now)]
    state, act = race(deeds, runners)
    assert state is AttemptState.SUBMITTED
    assert isinstance(act, int)
    assert standing_of(entry_id) is None
    assert_counted_right(contest, now)
    giving_back(act, contest, now)()
    kept = standing_of(entry_id)
    assert kept is not None
    assert (kept.attempt_id, kept.attempts) == (open_attempt.id, open_attempt.number)


def test_given_back_while_handing_in(
    deeds: Flask, open_attempt: Attempt, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, entry_id = noon + MINUTE, open_attempt.entry_id
    act = excluding(entry_id, contest, now)()
    assert isinstance(act, int)
    submit = submitting(open_attempt, contest, now)
    meet(monkeypatch, (exam_submit, "record_result"), (taking_out, "rebuild_people"))
    assert race(deeds, [submit, giving_back(act, contest, now)]) == [AttemptState.SUBMITTED, None]
    kept = standing_of(entry_id)
    assert kept is not None
    assert (kept.attempt_id, kept.attempts) == (open_attempt.id, open_attempt.number)
    assert_counted_right(contest, now)


def test_another_attempt_taken_out_while_handing_in(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    best = sit(entry, contest, started=noon - 20 * MINUTE, ended=noon - 10 * MINUTE)
    mine, now = begin(entry, contest, now=noon, seed=7), noon + MINUTE
    submit = submitting(mine, contest, now, wrong=3)
    best_id, entry_id = best.id, entry.id

    def remove() -> object:
        take_out(Target(entry_id, best_id), contest, now=now)
        return None

    meet(monkeypatch, (exam_submit, "record_result"), (taking_out, "rebuild_people"))
    assert race(deeds, [submit, remove]) == [AttemptState.SUBMITTED, None]
    kept = standing_of(entry_id)
    assert kept is not None
    assert (kept.attempt_id, kept.attempts) == (mine.id, 1)
    assert_counted_right(contest, now)


def counting_against(
    service: ModuleType, who: Entry, contest: Catalogue, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], object]:
    """Somebody who counts this person again, and takes the locks for that when the service's deed is half done."""
    entry_id, meeting = who.id, Meeting(2)

    def counted(*args: Any, **values: Any) -> object:
        meeting.wait()
        time.sleep(0.2)  # the other one stands before what this deed holds by now
        return rebuild_people(*args, **values)

    def recount() -> object:
        meeting.wait()
        rebuild_people([entry_id], catalogue=contest, now=now)
        db.session.commit()
        return None

    monkeypatch.setattr(service, "rebuild_people", counted)
    return recount


@pytest.mark.parametrize("whole", [False, True])
def test_taken_out_while_somebody_counts_again(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    """Who takes out has written that down, which holds the keys of entry and attempt; who counts has the attempts."""
    sit(entry, contest, started=noon - 40 * MINUTE, ended=noon - 30 * MINUTE, wrong=2)
    best = sit(entry, contest, started=noon - 20 * MINUTE, ended=noon - 10 * MINUTE, seed=7)
    entry_id, target = entry.id, Target(entry.id, None if whole else best.id)
    recount = counting_against(taking_out, entry, contest, noon, monkeypatch)

    def remove() -> object:
        take_out(target, contest, now=noon)
        return None

    assert race(deeds, [recount, remove]) == [None, None]
    kept = standing_of(entry_id)
    assert (kept is None) is whole
    assert_counted_right(contest, noon)


def move(entry: Entry, contest: Catalogue) -> None:
    entry.unit_id = contest.units[3].id


def rename(entry: Entry, contest: Catalogue) -> None:
    entry.account.full_name = "Người Mẫu Đổi Tên"


def leave_boards(entry: Entry, contest: Catalogue) -> None:
    entry.on_boards = False


def changing(
    change: Callable[[Entry, Catalogue], None],
    entry_id: int,
    contest: Catalogue,
    *,
    before: Deed = lambda: None,
    after: Deed = lambda: None,
) -> Deed:
    """Change something of a person that boards show."""

    def deed() -> object:
        before()
        change(db.session.get_one(Entry, entry_id), contest)
        db.session.flush()
        after()
        db.session.commit()
        return None

    return deed


def assert_shown_as_the_person_is(entry_id: int, contest: Catalogue, now: datetime) -> None:
    kept = standing_of(entry_id)
    assert kept is not None
    entry = db.session.get_one(Entry, entry_id, populate_existing=True)
    db.session.refresh(entry.account)
    assert (kept.unit_id, kept.shown_name) == (entry.unit_id, entry.shown_name)
    assert_counted_right(contest, now)


def meet_before_the_standing(attempt: Attempt, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hands in waits there, and writes it when the other one has changed something and not yet committed."""
    step: Any = standings._first_standing if attempt.number == 1 else standing_values.set_real

    def waited(*args: Any) -> Any:
        meeting.wait()
        return step(*args)

    monkeypatch.setattr(standings, step.__name__, waited)


def meet_behind_the_standing(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hands in has written it, and commits when the other one stands before what this deed holds by now."""
    record = standings.record_result

    def recorded(**values: Any) -> None:
        record(**values)
        db.session.flush()
        meeting.wait()
        time.sleep(0.2)

    monkeypatch.setattr(exam_submit, "record_result", recorded)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("change", [move, rename, leave_boards])
def test_changed_while_handing_in(
    deeds: Flask,
    open_attempt: Attempt,
    contest: Catalogue,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
    *,
    change: Callable[[Entry, Catalogue], None],
    late: bool,
) -> None:
    """Before the standing is written, or `late`, behind it; neither is committed when the other comes."""
    entry_id, now, meeting = open_attempt.entry_id, noon + MINUTE, Meeting(2)
    submit = submitting(open_attempt, contest, now)
    if late:
        meet_behind_the_standing(meeting, monkeypatch)
        deed = changing(change, entry_id, contest, before=meeting.wait)
    else:
        meet_before_the_standing(open_attempt, meeting, monkeypatch)
        deed = changing(change, entry_id, contest, after=meeting.wait)
    assert race(deeds, [submit, deed]) == [AttemptState.SUBMITTED, None]
    assert_shown_as_the_person_is(entry_id, contest, now)


@pytest.mark.parametrize("first", [rename, leave_boards])
def test_renamed_while_the_name_comes_back_to_the_boards(
    deeds: Flask,
    entry: Entry,
    contest: Catalogue,
    noon: datetime,
    first: Callable[[Entry, Catalogue], None],
) -> None:
    sit(entry, contest, started=noon - 20 * MINUTE, ended=noon - 10 * MINUTE)
    entry.on_boards = first is leave_boards
    meeting, entry_id = Meeting(2), entry.id

    def agree(entry: Entry, contest: Catalogue) -> None:
        entry.on_boards = first is not leave_boards

    def stay() -> None:
        meeting.wait()
        time.sleep(0.2)

    one, other = (rename, agree) if first is rename else (agree, rename)
    deeds_at_once = [
        changing(one, entry_id, contest, after=stay),
        changing(other, entry_id, contest, before=meeting.wait),
    ]
    assert race(deeds, deeds_at_once) == [None, None]
    assert_shown_as_the_person_is(entry_id, contest, noon)


def test_deleted_while_handing_in(
    deeds: Flask, open_attempt: Attempt, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id, entry_id, now = open_attempt.account_id, open_attempt.entry_id, noon + MINUTE
    submit = submitting(open_attempt, contest, now)

    def delete() -> object:
        deleting.delete_person(account_id=account_id, actor_id=None, reason="", now=now)
        db.session.commit()
        return None

    meeting, ranking, step = Meeting(2), standings.record_result, deleting._delete

    def ranked(**values: Any) -> None:
        meeting.wait()
        ranking(**values)

    def gone(table: Any, which: Any) -> None:
        step(table, which)
        if table is Standing:
            meeting.wait()

    monkeypatch.setattr(exam_submit, "record_result", ranked)
    monkeypatch.setattr(deleting, "_delete", gone)
    handed_in, deleted = race(deeds, [submit, delete])
    assert deleted is None
    assert handed_in is AttemptState.SUBMITTED or isinstance(handed_in, exam_submit.UnknownAttempt)
    assert standing_of(entry_id) is None
    assert db.session.scalar(select(Entry.id).where(Entry.id == entry_id)) is None


def test_a_question_voided_while_handing_in_is_right_after_the_second_look(
    deeds: Flask, open_attempt: Attempt, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hands in knows the contest as it stood up to some seconds ago."""
    now, attempt_id = noon + MINUTE, open_attempt.id
    version = read_paper(open_attempt.paper)[0].version_id
    ref = db.session.scalar(select(Question.ref).join(QuestionVersion).where(QuestionVersion.id == version))
    assert ref is not None
    submit = submitting(open_attempt, contest, now, wrong=1)

    def void() -> object:
        void_question(ref=ref, contest_id=contest.contest_id, reason="", actor_id=None, catalogue=contest, now=now)
        db.session.commit()
        return None

    meet(monkeypatch, (exam_submit, "record_result"), (exam_submit, "marks_of"))
    assert race(deeds, [submit, void]) == [AttemptState.SUBMITTED, None]
    void()
    done = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    assert done.correct == contest.rules.exam.questions
    assert_counted_right(contest, now)


def test_graded_again_while_somebody_counts_again(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first paper doesn't hold the question, the second does: both take the locks in one order."""
    papers = [
        sit(entry, contest, started=noon - (40 - 20 * n) * MINUTE, ended=noon - (30 - 20 * n) * MINUTE, wrong=8, seed=n)
        for n in range(2)
    ]
    first, second = ({question.version_id for question in read_paper(attempt.paper)} for attempt in papers)
    version = min(second - first)
    ref = db.session.scalar(select(Question.ref).join(QuestionVersion).where(QuestionVersion.id == version))
    recount = counting_against(regrading, entry, contest, noon, monkeypatch)

    def void() -> object:
        void_question(
            ref=str(ref), contest_id=contest.contest_id, reason="", actor_id=None, catalogue=contest, now=noon
        )
        db.session.commit()
        return None

    assert race(deeds, [recount, void]) == [None, None]
    assert_counted_right(contest, noon)
