"""Somebody with an account from an earlier contest comes to the kiosk."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Entry
from app.services.catalogue import Catalogue
from tests.rooms.kiosk.conftest import Come
from tests.support.asking import count, look, refused
from tests.support.earlier import to_earlier_contest
from tests.support.kiosks import register_many
from tests.support.numbers import unsealed
from tests.support.people import registration
from tests.support.visitor import Visitor

PATH, PRESS = "/toi/du-thi", "Dự thi"


@pytest.fixture
def earlier(app: Flask, contest: Catalogue, entry: Entry) -> Entry:
    """Has not entered this contest yet."""
    with app.app_context():
        to_earlier_contest(db.session.get_one(Entry, entry.id), unit=contest.units[1].code)
    return entry


def test_it_counts_as_the_kiosk_s(app: Flask, come: Come, earlier: Entry, contest: Catalogue, kiosk_id: int) -> None:
    kiosk = come(earlier.account)
    assert (kiosk.path, kiosk.value("unit")) == (PATH, contest.units[1].code)
    assert kiosk.submit(PRESS, consent_contest="y").path == "/toi"
    here = select(Entry).where(Entry.contest_id == contest.contest_id)
    made = look(app, lambda: db.session.scalars(here).one())
    assert (made.account_id, made.kiosk_id, made.assisted_by) == (earlier.account_id, kiosk_id, None)
    assert look(app, lambda: db.session.get_one(Entry, earlier.id).kiosk_id) is None


def test_the_day_is_full(app: Flask, come: Come, earlier: Entry, contest: Catalogue, kiosk_id: int) -> None:
    register_many(app, contest, kiosk_id, 80, ago=timedelta())
    before = count(app, Entry)
    kiosk = come(earlier.account)
    assert "tạm dừng" in kiosk.text
    kiosk.submit(PRESS, consent_contest="y", consent_boards="y")
    assert kiosk.status == 422
    assert "Hôm nay máy này đã đăng ký 80 người" in kiosk.text
    assert (kiosk.value("consent_boards"), count(app, Entry)) == ("y", before)


def test_an_officer_who_registers_them_reads_the_way(app: Flask, officer: Visitor, earlier: Entry) -> None:
    with app.app_context():
        number = unsealed(db.session.get_one(Entry, earlier.id).account)
    fields = registration(citizen_id=number)
    officer.submit(
        "Đăng ký và hiện phiếu", **{name: fields[name] for name in fields if name not in ("unit", "password")}
    )
    refused(officer, "citizen_id", "từ cuộc thi trước: mời người đó tự đăng nhập")
    assert count(app, Entry) == [1]
