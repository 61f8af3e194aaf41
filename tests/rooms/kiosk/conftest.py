"""A kiosk of the first unit, an officer of that unit, a contestant with a known number."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.models import Account, Entry, Role
from app.services.catalogue import Catalogue
from tests.support.kiosks import enrol
from tests.support.people import make_contestant, sign_in, sign_in_staff
from tests.support.visitor import Visitor

NAME = "Nguyễn Thị Hồng Ánh"
Come = Callable[[Account], Visitor]


@pytest.fixture
def kiosk_id(app: Flask, contest: Catalogue, visitor: Visitor) -> int:
    """`visitor` is the kiosk's browser."""
    return enrol(visitor, app, contest)


@pytest.fixture
def kiosk(visitor: Visitor, kiosk_id: int) -> Visitor:
    """The kiosk's browser, nobody signed in."""
    return visitor


@pytest.fixture
def entry(app: Flask, contest: Catalogue) -> Entry:
    """A contestant who has registered at home."""
    with app.app_context():
        found = make_contestant(contest, now=datetime.now(UTC), name=NAME)
        db.session.expunge_all()
        return found


@pytest.fixture
def come(app: Flask, kiosk: Visitor) -> Come:
    """Somebody comes to the kiosk and signs in."""

    def signed_in(account: Account) -> Visitor:
        sign_in(kiosk, app, account)
        return kiosk

    return signed_in


@pytest.fixture
def officer(app: Flask, kiosk: Visitor) -> Visitor:
    """The kiosk with an officer of its unit signed in, second factor and all."""
    sign_in_staff(kiosk, app, Role.OFFICER)
    return kiosk
