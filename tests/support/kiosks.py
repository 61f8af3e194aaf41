"""A browser that is a kiosk."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Entry, Kiosk
from app.services.catalogue import Catalogue
from app.services.handover import open_handover
from app.services.kiosks import make_code
from app.web.portal import keyring
from tests.support.people import bare_entry, make_contestant
from tests.support.visitor import Visitor

NAME = "Bàn số ba"


def code_for(app: Flask, contest: Catalogue, *, unit: int = 0, age: timedelta = timedelta()) -> str:
    """A code as an officer makes it, so long ago."""
    with app.app_context():
        unit_id = contest.units[unit].id
        code = make_code(unit_id=unit_id, name=NAME, actor_id=None, keyring=keyring(), now=datetime.now(UTC) - age)
        db.session.commit()
    return code


def enrol(browser: Visitor, app: Flask, contest: Catalogue, *, unit: int = 0) -> int:
    """Make this browser a kiosk of the unit; returns its row's id."""
    browser.visit("/kiosk").submit("Mở kiosk", code=code_for(app, contest, unit=unit))
    assert browser.h1 == "Mời bạn chọn", browser.text
    with app.app_context():
        return max(db.session.scalars(select(Kiosk.id)))


def make_kiosk(contest: Catalogue, entry: Entry, *, now: datetime) -> dict[str, object]:
    """A kiosk without a browser, and a way to the phone for somebody: `kiosk_id`, `token`. Commits."""
    unit_id = contest.units[0].id
    kiosk = Kiosk(unit_id=unit_id, name=NAME, token_hash="0" * 64, enrolled_at=now, seen_at=now)
    db.session.add(kiosk)
    db.session.flush()
    token = open_handover(account_id=entry.account_id, kiosk_id=kiosk.id, now=now)
    db.session.commit()
    return {"kiosk_id": kiosk.id, "token": token}


def register_many(app: Flask, contest: Catalogue, kiosk_id: int, count: int, *, ago: timedelta) -> None:
    """So many people were registered on the kiosk, so long ago."""
    now = datetime.now(UTC) - ago
    with app.app_context():
        first = make_contestant(contest, now=now)
        first.kiosk_id = kiosk_id
        for _ in range(count - 1):
            db.session.add(bare_entry(contest.contest_id, first.unit_id, now=now, kiosk_id=kiosk_id))
        db.session.commit()
