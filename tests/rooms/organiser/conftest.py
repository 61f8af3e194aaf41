"""An organiser at the desk, and people with stories and results."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Entry, Story
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from tests.support.asking import look
from tests.support.audit import audited
from tests.support.people import learn_all, make_contestant, sign_in_staff, sit
from tests.support.stories import make_story
from tests.support.visitor import Visitor

BODY = "Tôi đã dạy mẹ tôi tự xem bảo hiểm\ntrên điện thoại."


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    """A browser in which an organiser is signed in."""
    sign_in_staff(visitor, app)
    assert visitor.path == "/quan-tri"
    return visitor


@pytest.fixture
def entry(app: Flask, contest: Catalogue) -> Entry:
    """A contestant of Xã Cẩm Giàng who has done nothing yet."""
    with app.app_context():
        found = make_contestant(contest, now=datetime.now(UTC), name="Nguyễn Thị Hồng Ánh", unit=2)
        db.session.expunge_all()
        return found


@pytest.fixture
def story(app: Flask, contest: Catalogue, entry: Entry) -> Story:
    """Her story, which waits; she lets it be published."""
    with app.app_context():
        hour_ago = datetime.now(UTC) - timedelta(hours=1)
        told = make_story(entry, contest, now=hour_ago, kind=StoryKind.STORY, body=BODY)
        db.session.expunge_all()
        return told


@pytest.fixture
def finisher(app: Flask, contest: Catalogue, entry: Entry) -> Entry:
    """The same person after one attempt of 125 seconds with one wrong answer."""
    started = datetime.now(UTC) - timedelta(hours=2)
    with app.app_context():
        learn_all(entry, contest, now=started)
        sit(entry, contest, started=started, ended=started + timedelta(seconds=125), wrong=1)
    return entry


def audit(app: Flask) -> list[tuple[str, str, str]]:
    """Deed, subject and reason of whatever somebody did after signing in."""
    rows = look(app, lambda: audited("%"))
    done = [row for row in rows if row.actor_id is not None and row.action != "second_factor.set"]
    return [(row.action, row.subject, row.reason) for row in done]
