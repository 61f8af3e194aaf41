"""Somebody whose account it is, and a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.extensions import db
from app.models import Account, Entry, Purpose
from app.services.catalogue import Catalogue
from app.services.codes import shown_code
from app.services.recovery_code import recovery_code
from app.web.portal import keyring
from tests.rooms.conftest import NAME
from tests.support.asking import look
from tests.support.earlier import to_earlier_contest
from tests.support.people import make_contestant, register_one, sign_in
from tests.support.visitor import Visitor

Return = Callable[..., Entry]
PHONE = "0900 000 002"  # of people.make_contestant


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands still until it is moved."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner(app: Flask, contest: Catalogue) -> Entry:
    """Whose account is attacked, or who forgot the password."""
    with app.app_context():
        return make_contestant(contest, now=datetime.now(UTC))


def code_of(app: Flask, entry: Entry) -> str:
    """The recovery code of now, as it is written down."""
    return look(app, lambda: shown_code(recovery_code(db.session.get_one(Account, entry.account_id), keyring())))


def may_sign_in(app: Flask, password: str, identifier: str = PHONE) -> bool:
    """Whether somebody comes in through the real form."""
    browser = Visitor(app)
    browser.visit("/dang-nhap").submit("Đăng nhập", identifier=identifier, password=password)
    return browser.path == "/toi"


@pytest.fixture
def back(app: Flask, contest: Catalogue, visitor: Visitor) -> Return:
    """Somebody who took part in an earlier contest, for the `unit` of a code; `visitor` is the browser, signed in."""

    def act(
        *, number: str | None = None, unit: str | None = None, changed: Callable[[Entry], object] = lambda _: None
    ) -> Entry:
        with app.app_context():
            consents = (Purpose.CONTEST, Purpose.BOARDS, Purpose.CONTACT)
            entry = register_one(contest, now=datetime.now(UTC), name=NAME, number=number, consents=consents)
            entry.account.phone = "+84900000002"
            changed(entry)
            to_earlier_contest(entry, unit=unit or contest.units[0].code)
            account = entry.account
        sign_in(visitor, app, account)
        return entry

    return act
