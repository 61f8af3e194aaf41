"""A new password for a contestant."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import AuditRecord, Entry, Session
from tests.support.asking import look
from tests.support.audit import audited
from tests.support.people import PASSWORD, sign_in
from tests.support.visitor import Visitor

SHAPE = re.compile(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b")


def _audit(app: Flask) -> list[AuditRecord]:
    return look(app, lambda: audited("password.reset"))


def _sessions(app: Flask, entry: Entry) -> int:
    with app.app_context():
        statement = select(func.count()).select_from(Session).where(Session.account_id == entry.account_id)
        return db.session.scalar(statement) or 0


@pytest.fixture
def her_phone(app: Flask, entry: Entry) -> Visitor:
    """A browser in which the contestant is signed in."""
    phone = Visitor(app)
    sign_in(phone, app, entry.account)
    assert phone.path == "/toi"
    return phone


def _sign_in(app: Flask, password: str) -> Visitor:
    return Visitor(app).visit("/dang-nhap").submit("Đăng nhập", identifier="0900000002", password=password)


def test_shown_once_and_old_sessions_are_dead(desk: Visitor, app: Flask, entry: Entry, her_phone: Visitor) -> None:
    desk.visit(f"/quan-tri/thi-sinh/{entry.id}").click("Cấp mật khẩu mới")
    assert _audit(app) == []
    desk.submit("Cấp mật khẩu mới", reason="Quên mật khẩu, đã xem thẻ")
    assert desk.status == 200
    assert desk.response.headers["Cache-Control"] == "no-store"
    (password,) = SHAPE.findall(desk.text)

    assert password not in desk.response.request.url
    assert password not in str(desk.response.headers)
    with desk.client.session_transaction() as session:
        assert password not in str(dict(session))
    for path in (desk.path, f"/quan-tri/thi-sinh/{entry.id}"):
        assert not SHAPE.findall(desk.visit(path).text)

    assert _sessions(app, entry) == 0
    assert her_phone.visit("/toi").path == "/dang-nhap"
    assert _sign_in(app, PASSWORD).status == 422
    assert _sign_in(app, password).path == "/toi"

    (record,) = _audit(app)
    assert (record.subject, record.reason) == (f"account:{entry.account_id}", "Quên mật khẩu, đã xem thẻ")
    assert record.actor_id is not None
    assert password not in record.reason


def test_the_organiser_stays_signed_in(desk: Visitor, entry: Entry) -> None:
    desk.visit(f"/quan-tri/thi-sinh/{entry.id}/mat-khau").submit("Cấp mật khẩu mới", reason="Quên mật khẩu")
    assert desk.visit("/quan-tri").h1 == "Hôm nay"


@pytest.mark.parametrize(
    ("reason", "fault"), [("", "Ghi lý do, ví dụ"), ("   ", "Ghi lý do, ví dụ"), ("a" * 301, "Lý do dài nhiều nhất")]
)
def test_no_password_without_a_reason(
    desk: Visitor, app: Flask, entry: Entry, her_phone: Visitor, *, reason: str, fault: str
) -> None:
    desk.visit(f"/quan-tri/thi-sinh/{entry.id}/mat-khau").submit("Cấp mật khẩu mới", reason=reason)
    assert desk.status == 422
    assert fault in desk.text
    assert desk.value("reason") == reason.strip()
    assert not SHAPE.findall(desk.text)
    assert _audit(app) == []
    assert her_phone.visit("/toi").path == "/toi"


def test_a_person_of_nowhere(desk: Visitor, app: Flask) -> None:
    answer = desk.post(
        "/quan-tri/thi-sinh/999999/mat-khau",
        {"csrf_token": desk.visit("/quan-tri").value("csrf_token"), "reason": "Quên"},
    )
    assert answer.status == 404
    assert _audit(app) == []
