"""Handing in around a pause of all exams."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import Attempt, AttemptState, Contest
from app.services import exam_times
from app.services.catalogue import Catalogue
from tests.rooms.exam.conftest import Running, just_now
from tests.support.stage import catalogue_in_memory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def at() -> datetime:
    """This second."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def paused(app: Flask, running: Running, contest: Catalogue, at: datetime) -> Iterator[None]:
    """Somebody began ten minutes ago; for the last five all exams have stood still."""
    with app.app_context():
        begun = {"started_at": at - 10 * MINUTE, "deadline_at": at + 10 * MINUTE, "closes_at": at + 12 * MINUTE}
        db.session.execute(update(Attempt).values(**begun))
        exam_times.pause_exams(contest_id=contest.contest_id, reason="mất điện", actor_id=None, now=at - 5 * MINUTE)
        db.session.commit()
    yield
    with app.app_context():
        db.session.execute(update(Contest).values(paused_at=None))
        db.session.commit()


def resume(app: Flask, contest: Catalogue, now: datetime) -> None:
    with app.app_context():
        exam_times.resume_exams(contest_id=contest.contest_id, actor_id=None, now=now)
        db.session.commit()


@pytest.mark.usefixtures("paused")
def test_in_the_pause_its_time_does_not_count(running: Running, contest: Catalogue, at: datetime) -> None:
    running.visitor.submit("Nộp bài", **running.right(contest))
    row = running.row()
    assert (row.state, row.time_used, row.ended_at) == (AttemptState.SUBMITTED, 300, at - 5 * MINUTE)


@pytest.mark.usefixtures("paused")
def test_right_behind_it_the_pause_is_taken_off_once(
    app: Flask, running: Running, contest: Catalogue, at: datetime
) -> None:
    """A process knows of the end up to some seconds late, and everybody waits for that moment to hand in."""
    with catalogue_in_memory(app):
        resume(app, contest, at)
        running.visitor.submit("Nộp bài", **running.right(contest))
    row = running.row()
    assert row.time_used is not None
    assert 300 <= row.time_used < 360
    assert just_now(row.ended_at)
