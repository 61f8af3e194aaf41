"""What only the organiser is told."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.extensions import db
from app.rules.clock import local_midnight
from app.services.catalogue import Catalogue
from app.services.desk_figures import DeskFigures, read_desk_figures, stories_waiting
from tests.support.finishers import finish
from tests.support.people import begin, learn_all, make_contestant

HAI_PHONG = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("now", "days", "expected"),
    [
        (datetime(2025, 10, 21, 16, 59, tzinfo=UTC), 0, datetime(2025, 10, 20, 17, tzinfo=UTC)),
        (datetime(2025, 10, 21, 17, 0, tzinfo=UTC), 0, datetime(2025, 10, 21, 17, tzinfo=UTC)),
        (datetime(2025, 10, 21, 17, 0, tzinfo=UTC), 1, datetime(2025, 10, 22, 17, tzinfo=UTC)),
        (datetime(2025, 12, 31, 20, 0, tzinfo=UTC), -1, datetime(2025, 12, 30, 17, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_the_contests_own_midnight(now: datetime, days: int, expected: datetime) -> None:
    assert local_midnight(now, HAI_PHONG, days=days) == expected


@pytest.mark.usefixtures("deeds")
def test_an_empty_contest(contest: Catalogue) -> None:
    assert read_desk_figures(catalogue=contest, now=datetime.now(UTC)) == DeskFigures(0, 0, 0, 0)


def test_today_and_right_now(deeds: Flask, contest: Catalogue) -> None:
    midnight = local_midnight(datetime.now(UTC), contest.rules.zone)
    now = midnight + timedelta(hours=10)
    early, late = (make_contestant(contest, now=midnight + timedelta(seconds=s)) for s in (-1, 0))
    for entry in (early, late):
        learn_all(entry, contest, now=now)
        begin(entry, contest, now=now)
    grace = timedelta(minutes=contest.rules.exam.minutes, seconds=contest.rules.exam.grace_seconds)
    assert read_desk_figures(catalogue=contest, now=now) == DeskFigures(1, 2, 0, 0)
    # Nobody has swept them up yet, but their time is over.
    assert read_desk_figures(catalogue=contest, now=now + grace).open_attempts == 0


def test_stories_and_certificates(deeds: Flask, contest: Catalogue) -> None:
    now = datetime.now(UTC)
    entry = make_contestant(contest, now=now)
    certificate = finish(entry, contest, now=now).certificate
    assert stories_waiting(contest_id=contest.contest_id) == 1
    assert read_desk_figures(catalogue=contest, now=now) == DeskFigures(1, 0, 1, 1)
    assert read_desk_figures(catalogue=contest, now=now) != read_desk_figures(
        catalogue=contest, now=now + timedelta(days=1)
    )
    certificate.revoked_at = now
    db.session.commit()
    assert read_desk_figures(catalogue=contest, now=now).certificates == 0
    assert stories_waiting(contest_id=contest.contest_id + 1) == 0
