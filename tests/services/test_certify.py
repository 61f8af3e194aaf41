"""Certificates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Certificate, Entry, Story, StoryState
from app.rules.contest import Step, StoryKind
from app.services import certify as certify_module
from app.services import invalidate as invalidate_module
from app.services.catalogue import Catalogue
from app.services.certify import NotEarned, certify, find_certificate, my_certificate, read_progress
from app.services.codes import is_code, new_code
from app.services.invalidate import Target
from tests.support.people import learn_all, make_contestant, sit
from tests.support.racing import Meeting, race
from tests.support.results import take_out

MINUTE = timedelta(minutes=1)


def asking(contest: Catalogue, *requires: Step, min_correct: int = 0) -> Catalogue:
    """The contest with other conditions."""
    certificate = replace(contest.rules.certificate, requires=requires, min_correct=min_correct)
    return replace(contest, rules=replace(contest.rules, certificate=certificate))


def tell(entry: Entry, now: datetime, state: StoryState = StoryState.WAITING) -> Story:
    """A story in some state. Commits."""
    story = Story(
        entry_id=entry.id,
        kind=StoryKind.SLOGAN,
        body="Học số để sống vui",
        on_wall=True,
        state=state,
        told_at=now,
    )
    db.session.add(story)
    db.session.commit()
    return story


def missing(entry: Entry, contest: Catalogue, now: datetime) -> list[Step]:
    """What the deed says is missing; the progress of my page says the same."""
    with pytest.raises(NotEarned) as refused:
        certify(entry_id=entry.id, catalogue=contest, now=now)
    assert my_certificate(entry_id=entry.id) is None
    assert read_progress(entry_id=entry.id).missing(contest) == refused.value.missing
    return refused.value.missing


@pytest.fixture
def earned(entry: Entry, contest: Catalogue, noon: datetime) -> Entry:
    """All three steps done, seven of eight right."""
    sit(entry, contest, started=noon, ended=noon + MINUTE, wrong=1)
    tell(entry, noon)
    return entry


def test_steps_are_missing_until_they_are_done(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    entry = make_contestant(contest, now=noon)
    assert missing(entry, contest, noon) == [Step.LESSONS, Step.EXAM, Step.STORY]
    learn_all(entry, contest, now=noon)
    assert missing(entry, contest, noon) == [Step.EXAM, Step.STORY]
    sit(entry, contest, started=noon, ended=noon + MINUTE, wrong=8)
    assert missing(entry, contest, noon) == [Step.STORY]
    story = tell(entry, noon, StoryState.REFUSED)
    assert missing(entry, contest, noon) == [Step.STORY]
    story.state = StoryState.WAITING
    db.session.commit()
    assert certify(entry_id=entry.id, catalogue=contest, now=noon).entry_id == entry.id


@pytest.mark.parametrize("state", [StoryState.WAITING, StoryState.PUBLISHED])
def test_a_story_counts_once_it_is_sent(entry: Entry, contest: Catalogue, noon: datetime, state: StoryState) -> None:
    tell(entry, noon, state)
    certify(entry_id=entry.id, catalogue=asking(contest, Step.STORY), now=noon)


def test_only_what_the_contest_asks_for(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    entry = make_contestant(contest, now=noon)
    assert missing(entry, asking(contest, Step.STORY, Step.LESSONS), noon) == [Step.STORY, Step.LESSONS]
    certificate = certify(entry_id=entry.id, catalogue=asking(contest), now=noon)
    assert certificate.correct is None


def test_enough_right_answers_in_the_best_result(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    strict = asking(contest, Step.EXAM, min_correct=6)
    sit(entry, contest, started=noon, ended=noon + MINUTE, wrong=3)
    assert missing(entry, strict, noon) == [Step.EXAM]
    sit(entry, contest, started=noon + 2 * MINUTE, ended=noon + 3 * MINUTE, wrong=2)
    sit(entry, contest, started=noon + 4 * MINUTE, ended=noon + 5 * MINUTE, wrong=7)
    assert certify(entry_id=entry.id, catalogue=strict, now=noon).correct == 6


def test_what_is_certified(earned: Entry, contest: Catalogue, noon: datetime) -> None:
    certificate = certify(entry_id=earned.id, catalogue=contest, now=noon)
    db.session.commit()
    db.session.refresh(certificate)
    assert (certificate.full_name, certificate.unit_name) == (earned.account.full_name, contest.units[0].full_name)
    assert (certificate.correct, certificate.questions, certificate.issued_at) == (7, 8, noon)
    assert is_code(certificate.code, 12)
    assert (certificate.revoked_at, certificate.revoked_reason) == (None, "")


def test_it_is_issued_once_and_stays_as_it_was_printed(earned: Entry, contest: Catalogue, noon: datetime) -> None:
    first = certify(entry_id=earned.id, catalogue=contest, now=noon)
    db.session.commit()
    earned.account.full_name = "Tên Khác"
    db.session.commit()
    sit(earned, contest, started=noon + 2 * MINUTE, ended=noon + 3 * MINUTE)
    again = certify(entry_id=earned.id, catalogue=contest, now=noon + 5 * MINUTE)
    db.session.commit()
    db.session.expire_all()
    assert again.id == first.id
    assert (again.full_name, again.correct, again.issued_at) == ("Trần Văn Mẫu", 7, noon)


def test_an_issued_one_stays_when_the_conditions_grow(earned: Entry, contest: Catalogue, noon: datetime) -> None:
    first = certify(entry_id=earned.id, catalogue=contest, now=noon)
    strict = asking(contest, Step.EXAM, min_correct=8)
    assert certify(entry_id=earned.id, catalogue=strict, now=noon).id == first.id


def test_two_taps_at_once_issue_one(
    deeds: Flask, earned: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have found none before either writes, where the database lets them (Postgres)."""
    meeting, entry_id = Meeting(2), earned.id

    def slow_code(length: int) -> str:
        meeting.wait()
        return new_code(length)

    monkeypatch.setattr("app.services.certify.new_code", slow_code)

    def run() -> str:
        code = certify(entry_id=entry_id, catalogue=contest, now=noon).code
        db.session.commit()
        return code

    first, second = race(deeds, [run, run])
    assert first == second
    assert db.session.scalars(select(Certificate.code)).all() == [first]


def certifying_them(entry_id: int, contest: Catalogue, now: datetime) -> Callable[[], None]:
    """Press the button."""

    def press() -> None:
        certify(entry_id=entry_id, catalogue=contest, now=now)
        db.session.commit()

    return press


def excluding(entry_id: int, contest: Catalogue, now: datetime) -> Callable[[], None]:
    """Take everything out."""

    def exclude() -> None:
        take_out(Target(entry_id, None), contest, now=now)

    return exclude


def behind(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, step: str, deed: Callable[[], None]
) -> Callable[[], None]:
    """The deed, begun while the other one stands before this late step of its own for half a second."""
    meeting, usual = Meeting(2), getattr(module, step)

    def slowly(*args: Any, **values: Any) -> Any:
        meeting.wait()
        return usual(*args, **values)

    def begin_late() -> None:
        meeting.until_begun()
        deed()

    monkeypatch.setattr(module, step, slowly)
    return begin_late


def test_who_is_excluded_while_a_certificate_is_made_loses_it(
    deeds: Flask, earned: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = behind(monkeypatch, certify_module, "new_code", excluding(earned.id, contest, noon))
    assert race(deeds, [certifying_them(earned.id, contest, noon), late]) == [None, None]
    assert db.session.scalars(select(Certificate.revoked_at)).all() == [noon]


def test_who_presses_the_button_while_excluded_gets_none(
    deeds: Flask, earned: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = behind(monkeypatch, invalidate_module, "follow_conditions", certifying_them(earned.id, contest, noon))
    excluded, pressed = race(deeds, [excluding(earned.id, contest, noon), late])
    assert excluded is None
    assert isinstance(pressed, NotEarned)
    assert not db.session.scalars(select(Certificate)).all()


def test_it_is_found_by_its_code_in_its_contest(earned: Entry, contest: Catalogue, noon: datetime) -> None:
    certificate = certify(entry_id=earned.id, catalogue=contest, now=noon)
    certificate.revoked_at = noon
    db.session.commit()
    found = find_certificate(code=certificate.code, contest_id=contest.contest_id)
    assert found is not None
    assert found.id == certificate.id
    assert find_certificate(code=certificate.code, contest_id=contest.contest_id + 1) is None
    assert find_certificate(code=certificate.code[:-1], contest_id=contest.contest_id) is None
    assert find_certificate(code="", contest_id=contest.contest_id) is None


def test_progress_of_one_who_has_done_nothing_and_of_one_who_has_all(
    earned: Entry, contest: Catalogue, noon: datetime
) -> None:
    nobody = read_progress(entry_id=make_contestant(contest, now=noon).id)
    assert (nobody.lessons_read, nobody.best_correct, nobody.attempts) == (frozenset(), None, 0)
    assert (nobody.story, nobody.certified) == (None, None)
    sit(earned, contest, started=noon + 2 * MINUTE, ended=noon + 3 * MINUTE, wrong=4)
    assert certify(entry_id=earned.id, catalogue=contest, now=noon).revoked_at is None
    progress = read_progress(entry_id=earned.id)
    assert (progress.lessons_read, progress.best_correct, progress.attempts) == (contest.lesson_ids, 7, 2)
    assert (progress.story, progress.certified) == (StoryState.WAITING, True)
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_who_is_excluded_earns_none_whatever_it_asks_for(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    """Also a certificate that asks for no exam: not the first one, and not back the one that was revoked."""
    easy, other = asking(contest, Step.LESSONS), make_contestant(contest, now=noon)
    for each in (entry, other):
        learn_all(each, contest, now=noon)
    certify(entry_id=entry.id, catalogue=easy, now=noon)
    for each in (entry, other):
        take_out(Target(each.id, None), easy, now=noon)
    assert certify(entry_id=entry.id, catalogue=easy, now=noon).revoked_at == noon
    with pytest.raises(NotEarned):
        certify(entry_id=other.id, catalogue=easy, now=noon)
    assert read_progress(entry_id=other.id).excluded
