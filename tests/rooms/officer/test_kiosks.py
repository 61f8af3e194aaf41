"""Kiosks at the desk: a code, what is done on each, taking back, going on."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Kiosk, KioskCode
from app.services.catalogue import Catalogue
from tests.rooms.officer.conftest import audit
from tests.support.asking import look, refused
from tests.support.kiosks import NAME, enrol, register_many
from tests.support.visitor import Visitor

SHAPE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")


@pytest.fixture
def kiosk_id(app: Flask, contest: Catalogue) -> int:
    """A kiosk of her unit."""
    return enrol(Visitor(app), app, contest)


def _kiosk(app: Flask) -> Kiosk:
    return look(app, lambda: db.session.scalars(select(Kiosk)).one())


def test_a_code_is_shown_once(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    desk.visit("/can-bo").click("Kiosk").submit("Tạo mã mở kiosk", name="Sảnh một cửa")
    assert (desk.status, desk.h1, desk.response.headers["Cache-Control"]) == (200, "Mã mở kiosk", "no-store")
    (code,) = SHAPE.findall(desk.text)
    assert audit(app, "kiosk.code") == [(f"unit:{contest.units[0].id}", "Sảnh một cửa")]
    assert not SHAPE.findall(desk.click("Về danh sách kiosk").text)
    assert Visitor(app).visit("/kiosk").submit("Mở kiosk", code=code).h1 == "Mời bạn chọn"
    assert audit(app, "kiosk.enrol") == [(f"kiosk:{_kiosk(app).id}", "Sảnh một cửa")]
    assert "Sảnh một cửa" in desk.visit("/can-bo/kiosk").text


@pytest.mark.parametrize(
    ("name", "fault"), [("", "Đặt tên theo chỗ để máy."), ("a" * 61, "nhiều nhất 60"), ("0912345678", "Bỏ số")]
)
def test_a_bad_name(desk: Visitor, app: Flask, name: str, fault: str) -> None:
    desk.visit("/can-bo/kiosk").submit("Tạo mã mở kiosk", name=name)
    refused(desk, "name", fault)
    assert desk.value("name") == name
    assert look(app, lambda: list(db.session.scalars(select(KioskCode)))) == []


def test_only_for_the_own_units(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    desk.visit("/can-bo/kiosk").submit("Tạo mã mở kiosk", name="Sảnh", unit=contest.units[1].code)
    assert desk.status == 422
    other = enrol(Visitor(app), app, contest, unit=1)
    assert NAME not in desk.visit("/can-bo/kiosk").text
    assert desk.visit(f"/can-bo/kiosk/{other}").status == 404
    for deed in ("thu-hoi", "cho-tiep"):
        assert desk.post(f"/can-bo/kiosk/{other}/{deed}", {"csrf_token": desk.csrf(), "reason": "x"}).status == 404


def test_taken_back_at_once(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    browser = Visitor(app)
    kiosk_id = enrol(browser, app, contest)
    desk.visit("/can-bo/kiosk").click(NAME).submit("Thu hồi kiosk")
    refused(desk, "reason", "Ghi lý do, ví dụ")
    assert browser.visit("/kiosk").h1 == "Mời bạn chọn"
    desk.submit("Thu hồi kiosk", reason="Máy chuyển đi")
    assert "Đã thu hồi lúc" in desk.text
    assert browser.visit("/kiosk").h1 == "Mở kiosk trên máy này"
    assert audit(app, "kiosk.revoke") == [(f"kiosk:{kiosk_id}", "Máy chuyển đi")]
    again = desk.post(f"/can-bo/kiosk/{kiosk_id}/thu-hoi", {"csrf_token": desk.csrf(), "reason": "Lần nữa"})
    assert again.status == 409
    assert len(audit(app, "kiosk.revoke")) == 1


def test_the_alarm(desk: Visitor, app: Flask, contest: Catalogue, kiosk_id: int) -> None:
    for count, told in ((24, False), (1, True)):
        register_many(app, contest, kiosk_id, count, ago=timedelta())
        assert ("1 kiosk cần xem" in desk.visit("/can-bo").text) is told
        assert ("Nhiều người đăng ký trong một giờ" in desk.visit(f"/can-bo/kiosk/{kiosk_id}").text) is told


def test_the_stop_is_lifted_with_a_reason(desk: Visitor, app: Flask, contest: Catalogue, kiosk_id: int) -> None:
    register_many(app, contest, kiosk_id, 80, ago=timedelta())
    desk.visit(f"/can-bo/kiosk/{kiosk_id}")
    assert "Kiosk đang tạm dừng đăng ký" in desk.text
    desk.submit("Đã xem, cho đăng ký tiếp", reason="Trường đưa cả khối đến, đã hỏi")
    assert "Kiosk đang tạm dừng đăng ký" not in desk.text
    assert "kiosk cần xem" not in desk.visit("/can-bo").text
    assert audit(app, "kiosk.lift") == [(f"kiosk:{kiosk_id}", "Trường đưa cả khối đến, đã hỏi")]


def test_a_day_and_an_hour_later(desk: Visitor, app: Flask, contest: Catalogue, kiosk_id: int) -> None:
    register_many(app, contest, kiosk_id, 80, ago=timedelta(days=1))
    assert "kiosk cần xem" not in desk.visit("/can-bo").text
