"""From the kiosk to the own phone by a QR code."""

import re
from datetime import UTC, datetime, timedelta

import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AuditRecord, Entry, Handover, Session
from app.services.catalogue import Catalogue
from app.services.handover import open_handover
from tests.rooms.kiosk.conftest import NAME, Come
from tests.support.asking import look
from tests.support.people import PASSWORD, make_contestant, sign_in
from tests.support.visitor import Visitor


def _token(app: Flask, entry: Entry, kiosk_id: int) -> str:
    """What the picture says; the page shows it as a picture only."""
    with app.app_context():
        token = open_handover(account_id=entry.account_id, kiosk_id=kiosk_id, now=datetime.now(UTC))
        db.session.commit()
    return token


def test_the_picture_is_the_answer_of_the_press(app: Flask, come: Come, entry: Entry) -> None:
    kiosk = come(entry.account).visit("/toi").click("Làm tiếp trên điện thoại của tôi")
    assert not kiosk.page.select(".qr svg")
    assert look(app, lambda: db.session.scalars(select(Handover)).all()) == []
    kiosk.submit("Hiện mã QR")
    assert (kiosk.status, kiosk.response.headers["Cache-Control"]) == (200, "no-store")
    assert kiosk.page.select_one(".qr svg")["aria-label"] == "Mã QR để quét bằng điện thoại của bạn"  # type: ignore[index]
    row = look(app, lambda: db.session.scalars(select(Handover)).one())
    assert row.expires_at - row.created_at == timedelta(minutes=10)
    assert row.token_hash not in kiosk.response.text


def test_on_the_phone(app: Flask, come: Come, entry: Entry, kiosk_id: int) -> None:
    kiosk = come(entry.account)
    token = _token(app, entry, kiosk_id)
    assert re.fullmatch(r"[\w-]{22}", token)  # 128 bits
    phone = Visitor(app).visit(f"/kiosk/nhan/{token}")
    for _preview in range(2):  # looking uses nothing up
        assert (phone.visit(f"/kiosk/nhan/{token}").status, phone.h1) == (200, "Đăng nhập trên máy này")
    assert NAME in phone.text
    phone.submit("Đăng nhập trên máy này")
    assert (phone.path, phone.status) == ("/toi", 200)
    assert phone.client.get_cookie("lantoa-may") is not None
    assert kiosk.visit("/toi").path == "/toi"  # nothing ends there
    for late in (Visitor(app).visit(f"/kiosk/nhan/{token}"), phone):
        assert late.post(f"/kiosk/nhan/{token}", {"csrf_token": late.csrf()}).status == 410
        assert late.h1 == "Mã QR không còn dùng được"
    deeds = look(app, lambda: list(db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id))))
    assert deeds[-2:] == ["kiosk.handover", "kiosk.handover_taken"]


def test_the_recovery_code_is_not_given_to_whoever_held_the_phone(app: Flask, entry: Entry, kiosk_id: int) -> None:
    """Somebody else may have held it before a kiosk that was left open."""
    phone = Visitor(app)
    phone.visit(f"/kiosk/nhan/{_token(app, entry, kiosk_id)}").submit("Đăng nhập trên máy này")
    assert phone.path == "/toi"
    phone.click("Mã khôi phục")
    assert not phone.page.select(".slip")
    assert phone.submit("Xem mã khôi phục", password=PASSWORD).page.select(".slip")


def test_after_ten_minutes(app: Flask, entry: Entry, kiosk_id: int) -> None:
    token = _token(app, entry, kiosk_id)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10, seconds=1), tick=False):
        assert Visitor(app).visit(f"/kiosk/nhan/{token}").status == 410


def test_a_newer_picture_takes_the_older_ones_worth(app: Flask, entry: Entry, kiosk_id: int) -> None:
    older, newer = _token(app, entry, kiosk_id), _token(app, entry, kiosk_id)
    assert Visitor(app).visit(f"/kiosk/nhan/{older}").status == 410
    assert Visitor(app).visit(f"/kiosk/nhan/{newer}").status == 200


def test_a_made_up_token(app: Flask) -> None:
    assert Visitor(app).visit("/kiosk/nhan/AAAAAAAAAAAAAAAAAAAAAA").status == 410


def test_not_onto_another_kiosk(app: Flask, kiosk: Visitor, entry: Entry, kiosk_id: int) -> None:
    token = _token(app, entry, kiosk_id)
    assert kiosk.visit(f"/kiosk/nhan/{token}").status == 404
    assert kiosk.post(f"/kiosk/nhan/{token}", {"csrf_token": kiosk.csrf()}).status == 404


def test_not_from_a_phone(app: Flask, entry: Entry, visitor: Visitor) -> None:
    phone = Visitor(app)
    sign_in(phone, app, entry.account)
    assert phone.visit("/kiosk/dien-thoai").status == 404
    assert "Làm tiếp trên điện thoại" not in phone.visit("/toi").text


def test_on_a_phone_where_somebody_else_was_signed_in_the_day_before(
    app: Flask, contest: Catalogue, entry: Entry, kiosk_id: int
) -> None:
    """A family shares it. The other one's session ends in the same transaction, and nothing writes beside that."""
    phone, now = Visitor(app), datetime.now(UTC)
    with app.app_context():
        father = make_contestant(contest, now=now, name="Cha Mẫu").account
        db.session.expunge_all()
    with time_machine.travel(now - timedelta(days=1), tick=False):
        sign_in(phone, app, father)
    phone.visit(f"/kiosk/nhan/{_token(app, entry, kiosk_id)}").submit("Đăng nhập trên máy này")
    assert (phone.path, phone.status) == ("/toi", 200)
    owners = look(app, lambda: db.session.scalars(select(Session.account_id)).all())
    assert owners == [entry.account_id]
