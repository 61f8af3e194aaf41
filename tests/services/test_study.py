"""Learning."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import LessonRead
from app.services.catalogue import Catalogue
from app.services.study import finish_lesson, lessons_read
from tests.support.people import make_contestant
from tests.support.racing import race


def test_lessons_are_noted_for_the_one_who_read_them(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    me, other = (make_contestant(contest, now=noon) for _ in range(2))
    first, second, *_ = sorted(contest.lesson_ids)
    for lesson_id in (first, second):
        finish_lesson(entry_id=me.id, lesson_id=lesson_id, now=noon)
    finish_lesson(entry_id=other.id, lesson_id=second, now=noon)
    db.session.commit()
    assert lessons_read(entry_id=me.id) == {first, second}
    assert lessons_read(entry_id=other.id) == {second}


def test_the_first_time_counts(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    me = make_contestant(contest, now=noon)
    lesson_id = min(contest.lesson_ids)
    for minutes in (0, 5):
        finish_lesson(entry_id=me.id, lesson_id=lesson_id, now=noon + timedelta(minutes=minutes))
        db.session.commit()
    assert db.session.scalars(select(LessonRead.read_at)).all() == [noon]


def test_two_taps_at_once_are_one(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    entry_id, lesson_id = make_contestant(contest, now=noon).id, min(contest.lesson_ids)

    def tap() -> str:
        finish_lesson(entry_id=entry_id, lesson_id=lesson_id, now=noon)
        db.session.commit()
        return "noted"

    assert race(deeds, [tap] * 4) == ["noted"] * 4
    assert lessons_read(entry_id=entry_id) == {lesson_id}
