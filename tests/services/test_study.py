"""Learning."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Entry, LessonRead
from app.services.catalogue import Catalogue
from app.services.study import finish_lesson, lessons_read
from tests.support.people import holder_of, make_contestant
from tests.support.racing import race


def read(who: Entry, contest: Catalogue, lesson_id: int, *, now: datetime) -> bool:
    """By the hand of this person."""
    holder = holder_of(who.account_id, now=now)
    return finish_lesson(holder=holder, contest_id=contest.contest_id, lesson_id=lesson_id, now=now)


def test_lessons_are_noted_for_the_one_who_read_them(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    me, other = (make_contestant(contest, now=noon) for _ in range(2))
    first, second, *_ = sorted(contest.lesson_ids)
    assert all(read(me, contest, lesson_id, now=noon) for lesson_id in (first, second))
    assert read(other, contest, second, now=noon)
    assert lessons_read(entry_id=me.id) == {first, second}
    assert lessons_read(entry_id=other.id) == {second}


def test_the_first_time_counts(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    me = make_contestant(contest, now=noon)
    lesson_id = min(contest.lesson_ids)
    assert all(read(me, contest, lesson_id, now=noon + timedelta(minutes=minutes)) for minutes in (0, 5))
    assert db.session.scalars(select(LessonRead.read_at)).all() == [noon]


def test_two_taps_at_once_are_one(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    me, lesson_id = make_contestant(contest, now=noon), min(contest.lesson_ids)
    holder = holder_of(me.account_id, now=noon)

    def tap() -> bool:
        return finish_lesson(holder=holder, contest_id=contest.contest_id, lesson_id=lesson_id, now=noon)

    assert race(deeds, [tap] * 4) == [True] * 4
    assert lessons_read(entry_id=me.id) == {lesson_id}


def test_who_takes_no_part_notes_nothing(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """A session that has ended, somebody shut out, a contest that this person never entered."""
    me, shut_out = (make_contestant(contest, now=noon) for _ in range(2))
    lesson_id = min(contest.lesson_ids)
    holder_of(me.account_id, now=noon - timedelta(days=31))
    assert not read(me, contest, lesson_id, now=noon)
    db.session.get_one(Account, shut_out.account_id).disabled_at = noon
    assert not read(shut_out, contest, lesson_id, now=noon)
    other = make_contestant(contest, now=noon)
    holder = holder_of(other.account_id, now=noon)
    assert not finish_lesson(holder=holder, contest_id=contest.contest_id + 1, lesson_id=lesson_id, now=noon)
    assert db.session.scalars(select(LessonRead)).all() == []
