"""The staff's second step: setting it up, proving it, and what a half-open session cannot do."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, Role, Session
from app.services.keyring import Keyring
from app.services.staff import change_role, disable_staff, reset_second_factor
from app.web.portal import portal
from tests.support.asking import OUTSIDE, asked_to_sign_in, count, hops, look, refused
from tests.support.people import (
    PASSWORD,
    SECOND_FACTOR,
    make_staff,
    prove_second_factor,
    shown_secret,
    sign_in,
    sign_in_staff,
    totp_code,
)
from tests.support.visitor import Visitor

SETUP = f"{SECOND_FACTOR}/thiet-lap"
WRONG = "Mã chưa đúng hoặc đã dùng rồi."


@pytest.fixture
def staff(app: Flask, clock: time_machine.Traveller) -> Account:
    """An organiser who has never signed in."""
    with app.app_context():
        return make_staff(now=datetime.now(UTC))


def half_in(visitor: Visitor, tiep: str = "") -> Visitor:
    """The password was right."""
    visitor.visit("/dang-nhap" + (f"?tiep={tiep}" if tiep else ""))
    return visitor.submit("Đăng nhập", identifier="0900 000 009", password=PASSWORD)


def secret_of(app: Flask, staff: Account) -> str:
    """What the authenticator app holds."""

    def read() -> str:
        keys, found = portal().keyring, db.session.get_one(Account, staff.id)
        assert isinstance(keys, Keyring)
        assert found.totp_cipher is not None
        return keys.unseal_text(found.totp_cipher, place=f"accounts.totp_cipher.{staff.id}")

    return look(app, read)


def token(visitor: Visitor) -> str:
    """The session's token in the cookie."""
    with visitor.client.session_transaction() as session:
        return str(session["_user_id"])


def test_the_first_sign_in_sets_it_up(app: Flask, staff: Account, visitor: Visitor) -> None:
    half_in(visitor, tiep="/quan-tri/ket-qua")
    assert (visitor.path, visitor.h1) == (SETUP, "Thiết lập xác thực hai bước")
    assert visitor.page.select_one("main svg[role=img]")
    secret = shown_secret(visitor)
    assert len(secret) == 32
    visitor.submit("Xác nhận và vào", code=totp_code(secret))
    assert hops(visitor) == [303]
    assert visitor.path == "/quan-tri/ket-qua"
    assert secret_of(app, staff) == secret
    assert count(app, Session) == [1]


def test_the_next_one_asks_for_a_code(
    app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    sign_in(visitor, app, staff)
    clock.shift(60)
    other = half_in(Visitor(app), tiep="/quan-tri/nhat-ky")
    assert (other.path, other.h1) == (SECOND_FACTOR, "Nhập mã xác thực")
    secret = secret_of(app, staff)
    assert secret not in other.response.text.replace(" ", "")
    assert other.visit(SETUP).path == SECOND_FACTOR
    half_in(other, tiep="/quan-tri/nhat-ky").submit("Đăng nhập", code=totp_code(secret))
    assert other.path == "/quan-tri/nhat-ky"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.JUDGE, Role.ORGANISER])
def test_each_role_comes_to_its_own_desk(app: Flask, visitor: Visitor, role: Role) -> None:
    sign_in_staff(visitor, app, role)
    desk = {Role.OFFICER: "/can-bo", Role.JUDGE: "/giam-khao", Role.ORGANISER: "/quan-tri"}[role]
    assert (visitor.path, visitor.status) == (desk, 200)
    for path in ("/dang-nhap", SECOND_FACTOR, SETUP):
        assert visitor.visit(path).path == desk


def test_half_a_session_opens_nothing(app: Flask, staff: Account, visitor: Visitor) -> None:
    half_in(visitor)
    for path in ("/quan-tri", "/quan-tri/thi-sinh", "/toi/mat-khau", "/toi/thiet-bi", "/toi"):
        answer = visitor.client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{SECOND_FACTOR}?tiep={path}")
    assert visitor.visit("/dang-ky").path == "/dang-ky"  # a stranger's page
    visitor.visit(SETUP).submit("Thôi, đăng xuất")
    assert visitor.path == "/"
    assert count(app, Session) == [0]


def test_a_contestant_has_no_second_factor(contestant: object, visitor: Visitor) -> None:
    for path in (SECOND_FACTOR, SETUP):
        assert visitor.visit(path).status == 404


def test_a_stranger_is_asked_to_sign_in(visitor: Visitor) -> None:
    for path in (SECOND_FACTOR, SETUP):
        asked_to_sign_in(visitor.client.get(path), back=path)


def test_each_step_has_a_session_of_its_own(app: Flask, staff: Account, visitor: Visitor) -> None:
    """Fixation: a token that somebody knew before a step is worth nothing after it."""
    half_in(visitor)
    half = token(visitor)
    thief = Visitor(app)
    with visitor.client.session_transaction() as session:
        known = dict(session)
    with thief.client.session_transaction() as session:
        session.update(known)
    assert thief.visit(SETUP).path == SETUP  # half in, with what was known
    prove_second_factor(visitor, app, staff)
    assert token(visitor) != half
    asked_to_sign_in(thief.client.get("/quan-tri"), back="/quan-tri")
    assert look(app, lambda: [row.second_factor_at is not None for row in db.session.scalars(select(Session))]) == [
        True
    ]


@pytest.mark.parametrize("target", OUTSIDE)
def test_nobody_is_sent_outside(app: Flask, staff: Account, visitor: Visitor, target: str) -> None:
    half_in(visitor)
    code, token = totp_code(shown_secret(visitor)), visitor.value("csrf_token")
    answer = visitor.client.post(SETUP, query_string={"tiep": target}, data={"code": code, "csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/quan-tri")


def test_a_code_is_good_once(app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller) -> None:
    sign_in(visitor, app, staff)
    clock.shift(60)
    code = totp_code(secret_of(app, staff))
    assert half_in(Visitor(app)).submit("Đăng nhập", code=code).path == "/quan-tri"
    other = half_in(Visitor(app)).submit("Đăng nhập", code=code)
    refused(other, "code", WRONG)
    assert other.value("code") == ""
    assert code not in other.text


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６"])
def test_no_code_at_all_is_no_guess(app: Flask, staff: Account, visitor: Visitor, code: str) -> None:
    half_in(visitor)
    for _ in range(7):
        visitor.submit("Xác nhận và vào", code=code)
        assert visitor.status == 422
        assert visitor.value("code") == ""
    prove_second_factor(visitor, app, staff)
    assert visitor.path == "/quan-tri"


def test_guessing_is_slow_also_from_many_browsers(
    app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    sign_in(visitor, app, staff)
    clock.shift(60)
    right = totp_code(secret_of(app, staff))
    wrong = "000000" if right != "000000" else "111111"
    answers = [half_in(Visitor(app)).submit("Đăng nhập", code=wrong).status for _ in range(6)]
    assert answers == [422] * 5 + [429]
    late = half_in(Visitor(app)).submit("Đăng nhập", code=right)
    assert (late.status, late.response.headers["Retry-After"]) == (429, "30")
    assert right not in late.response.text
    clock.shift(31)
    assert late.submit("Đăng nhập", code=totp_code(secret_of(app, staff))).path == "/quan-tri"


def test_a_lost_phone(app: Flask, staff: Account, visitor: Visitor) -> None:
    sign_in(visitor, app, staff)
    before = secret_of(app, staff)
    with app.app_context():
        reset_second_factor(account_id=staff.id, now=datetime.now(UTC))
        db.session.commit()
    assert visitor.visit("/quan-tri").path == "/dang-nhap"
    sign_in(visitor, app, staff)
    assert visitor.path == "/quan-tri"
    assert secret_of(app, staff) != before


@pytest.mark.parametrize("minutes", [29, 31])
def test_staff_who_do_nothing_for_half_an_hour_are_out(
    app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller, minutes: int
) -> None:
    sign_in(visitor, app, staff)
    clock.shift(timedelta(minutes=20))
    assert visitor.visit("/quan-tri").path == "/quan-tri"
    clock.shift(timedelta(minutes=minutes))
    assert visitor.visit("/quan-tri").path == ("/quan-tri" if minutes < 30 else "/dang-nhap")


def test_an_old_cookie_is_as_old_as_it_says(
    app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    """A cookie that was taken half an hour ago opens nothing, though its owner is still at work."""
    sign_in(visitor, app, staff)
    thief = Visitor(app)
    with visitor.client.session_transaction() as session:
        taken = dict(session)
    clock.shift(timedelta(minutes=20))
    visitor.visit("/quan-tri")
    clock.shift(timedelta(minutes=15))
    with thief.client.session_transaction() as session:
        session.update(taken)
    assert thief.visit("/quan-tri").path == "/dang-nhap"
    assert visitor.visit("/quan-tri").path == "/quan-tri"


def test_the_cookie_is_written_once_a_minute_and_a_get_writes_nothing(
    app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    sign_in(visitor, app, staff)
    assert "Set-Cookie" not in visitor.visit("/quan-tri").response.headers
    clock.shift(61)
    assert "Set-Cookie" in visitor.visit("/quan-tri").response.headers
    assert "Set-Cookie" not in visitor.visit("/quan-tri").response.headers


def test_twelve_hours_are_enough(app: Flask, staff: Account, visitor: Visitor, clock: time_machine.Traveller) -> None:
    sign_in(visitor, app, staff)
    for _ in range(28):
        clock.shift(timedelta(minutes=25))
        assert visitor.visit("/quan-tri").path == "/quan-tri"
    clock.shift(timedelta(minutes=25))
    assert visitor.visit("/quan-tri").path == "/dang-nhap"


def test_who_is_shut_out_or_gets_another_role_is_out_at_once(app: Flask, staff: Account, visitor: Visitor) -> None:
    sign_in(visitor, app, staff)
    with app.app_context():
        change_role(account_id=staff.id, role=Role.JUDGE, now=datetime.now(UTC))
        db.session.commit()
    assert visitor.visit("/quan-tri").path == "/dang-nhap"
    sign_in(visitor, app, staff)
    assert visitor.visit("/quan-tri").status == 404
    with app.app_context():
        disable_staff(account_id=staff.id, now=datetime.now(UTC))
        db.session.commit()
    assert visitor.visit("/giam-khao").path == "/dang-nhap"
    assert half_in(Visitor(app)).status == 422


def test_no_code_and_no_secret_in_the_audit(app: Flask, staff: Account, visitor: Visitor) -> None:
    sign_in(visitor, app, staff)
    lines = look(app, lambda: [(row.action, row.reason) for row in db.session.scalars(select(AuditRecord))])
    assert lines == [("staff.add", "organiser"), ("second_factor.set", "")]


@pytest.mark.parametrize("path", [SECOND_FACTOR, SETUP])
def test_only_own_forms(app: Flask, staff: Account, visitor: Visitor, path: str) -> None:
    half_in(visitor)
    answer = visitor.client.post(path, data={"code": "123456"})
    assert (answer.status_code, answer.headers["Location"]) == (303, SECOND_FACTOR)
    data = {"code": "123456", "csrf_token": visitor.csrf()}
    assert visitor.client.post(path, data=data, headers={"Origin": "https://ac-y.example"}).status_code == 403
    for method in ("put", "patch", "delete"):
        assert getattr(visitor.client, method)(path).status_code == 405
