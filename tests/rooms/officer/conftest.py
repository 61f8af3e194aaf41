"""An officer of the first unit at the desk, one of her people, and somebody of another unit."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Claim, Entry, Role
from app.services.catalogue import Catalogue
from tests.support.asking import look
from tests.support.audit import audited
from tests.support.claims import make_claim
from tests.support.people import learn_all, make_contestant, sign_in_staff, sit
from tests.support.visitor import Visitor


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    """A browser in which the officer is signed in."""
    sign_in_staff(visitor, app, Role.OFFICER)
    assert visitor.path == "/can-bo"
    return visitor


@pytest.fixture
def entry(app: Flask, contest: Catalogue) -> Entry:
    """A contestant of her unit who has done nothing yet."""
    with app.app_context():
        found = make_contestant(contest, now=datetime.now(UTC), name="Nguyễn Thị Hồng Ánh")
        db.session.expunge_all()
        return found


@pytest.fixture
def elsewhere(app: Flask, contest: Catalogue) -> Entry:
    """A contestant of another unit, with the same name."""
    with app.app_context():
        found = make_contestant(contest, now=datetime.now(UTC), name="Nguyễn Thị Hồng Ánh", unit=1)
        db.session.expunge_all()
        return found


@pytest.fixture
def finisher(app: Flask, contest: Catalogue) -> Entry:
    """A contestant of her unit with one attempt."""
    started = datetime.now(UTC) - timedelta(hours=2)
    with app.app_context():
        found = make_contestant(contest, now=started, name="Trần Văn Xong")
        learn_all(found, contest, now=started)
        sit(found, contest, started=started, ended=started + timedelta(seconds=125))
        db.session.expunge_all()
        return found


@pytest.fixture
def claim(app: Flask, contest: Catalogue, elsewhere: Entry) -> Claim:
    """Lý Thị Báo of her unit says that the number of somebody elsewhere is hers."""
    with app.app_context():
        made = make_claim(db.session.get_one(Entry, elsewhere.id), contest, now=datetime.now(UTC))
        db.session.expunge_all()
        return made


def audit(app: Flask, action: str) -> list[tuple[str, str]]:
    """Subject and reason of each line of this deed, all done by somebody."""
    lines = look(app, lambda: audited(action))
    assert all(line.actor_id is not None for line in lines)
    return [(line.subject, line.reason) for line in lines]
