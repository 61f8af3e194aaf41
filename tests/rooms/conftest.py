"""People at the doors of the rooms, and a contest with other settings."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Contest, Entry
from app.services.catalogue import Catalogue
from app.web.portal import portal
from tests.support.people import learn_all, make_contestant, sign_in, sign_in_staff
from tests.support.visitor import Visitor

NAME = "Nguyễn Thị Hồng Ánh"
SetRules = Callable[..., Catalogue]


@pytest.fixture
def contestant(app: Flask, contest: Catalogue, visitor: Visitor) -> Entry:
    """Nguyễn Thị Hồng Ánh; `visitor` is her browser, signed in."""
    with app.app_context():
        entry = make_contestant(contest, now=datetime.now(UTC), name=NAME)
        sign_in(visitor, app, entry.account)
    return entry


@pytest.fixture
def learned(app: Flask, contest: Catalogue, contestant: Entry) -> Entry:
    """She has finished every lesson."""
    with app.app_context():
        learn_all(contestant, contest, now=datetime.now(UTC))
    return contestant


@pytest.fixture
def other(app: Flask, contest: Catalogue) -> Visitor:
    """The browser of another contestant who has finished every lesson."""
    browser = Visitor(app)
    with app.app_context():
        entry = make_contestant(contest, now=datetime.now(UTC), name="Trần Văn Khác")
        learn_all(entry, contest, now=datetime.now(UTC))
        sign_in(browser, app, entry.account)
    return browser


@pytest.fixture
def organiser(app: Flask) -> Visitor:
    """An organiser's browser, signed in; an organiser has no entry in the contest."""
    browser = Visitor(app)
    sign_in_staff(browser, app)
    return browser


@pytest.fixture
def set_rules(app: Flask) -> Iterator[SetRules]:
    """`set_rules(exam={"reveal": "all"})` as if another pack had been loaded; `days` moves the window. Undone after."""

    def current() -> Contest:
        return db.session.scalars(select(Contest).where(Contest.is_current)).one()

    def write(settings: dict[str, Any], shifted_days: int) -> None:
        row = current()
        row.settings, row.shifted_days = settings, shifted_days
        row.content_version += 1
        db.session.commit()

    def change(*, days: int = 0, **tables: dict[str, Any]) -> Catalogue:
        with app.app_context():
            row = current()
            changed = {name: row.settings.get(name, {}) | values for name, values in tables.items()}
            write(row.settings | changed, row.shifted_days + days)
            return portal().catalogues.get()

    with app.app_context():
        before = current()
        settings, shifted_days = before.settings, before.shifted_days
    yield change
    with app.app_context():
        write(settings, shifted_days)


@pytest.fixture
def finish_round(set_rules: SetRules, contest: Catalogue) -> Callable[[], Catalogue]:
    """Move the contest into the past."""
    days = (contest.closes_at - datetime.now(UTC)) // timedelta(days=1) + 1
    return lambda: set_rules(days=-days)
