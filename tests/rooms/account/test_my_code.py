"""My recovery code: after registering at once, later by the password."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Entry
from app.services.catalogue import Catalogue
from app.services.codes import shown_code
from app.services.recovery_code import recovery_code
from app.web.portal import keyring
from tests.support.asking import asked_and_back, look, one, only_own_forms, refused, sent_to_the_desk, words
from tests.support.people import PASSWORD, register_by_form, registration
from tests.support.visitor import Visitor

PATH = "/toi/ma-khoi-phuc"


def code_of(app: Flask) -> str:
    """Of the only account, as it is shown."""
    return look(app, lambda: shown_code(recovery_code(db.session.scalars(select(Account)).one(), keyring())))


def shown(visitor: Visitor) -> str:
    return words(one(visitor, ".slip code"))


def test_registration_leads_to_it_and_on_to_my_page(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    visitor.visit("/dang-ky").submit("Đăng ký", **registration(unit=contest.units[0].code))
    assert (visitor.path, visitor.h1) == (PATH, "Mã khôi phục của bạn")
    assert shown(visitor) == code_of(app)
    assert visitor.response.headers["Cache-Control"] == "no-store"
    assert visitor.click("vào trang của tôi").path == "/toi"


def test_a_quarter_of_an_hour_later_the_password_is_asked(
    visitor: Visitor, app: Flask, contest: Catalogue, clock: time_machine.Traveller
) -> None:
    register_by_form(visitor, contest)
    clock.shift(timedelta(minutes=14))
    assert shown(visitor.visit("/toi").click("Mã khôi phục")) == code_of(app)
    clock.shift(timedelta(minutes=1))
    assert code_of(app) not in visitor.visit(PATH).text
    visitor.submit("Xem mã khôi phục", password=PASSWORD)
    assert (visitor.status, shown(visitor)) == (200, code_of(app))
    assert visitor.response.headers["Cache-Control"] == "no-store"
    assert code_of(app) not in visitor.visit(PATH).text


@pytest.fixture
def left_open(contestant: Entry, visitor: Visitor, clock: time_machine.Traveller) -> Visitor:
    """Her phone, signed in since this morning."""
    clock.shift(timedelta(hours=3))
    return visitor.visit(PATH)


@pytest.mark.parametrize(("typed", "message"), [("", "Nhập mật khẩu."), ("không phải", "Mật khẩu chưa đúng.")])
def test_a_phone_left_open_gives_it_to_nobody_else(left_open: Visitor, app: Flask, typed: str, message: str) -> None:
    left_open.submit("Xem mã khôi phục", password=typed)
    refused(left_open, "password", message)
    assert code_of(app) not in left_open.text
    assert left_open.value("password") == ""


def test_guessing_has_to_wait_as_for_a_new_password(left_open: Visitor, app: Flask) -> None:
    for _ in range(5):
        left_open.visit(PATH).submit("Xem mã khôi phục", password="không phải")
    assert "Thử lại sau 30 giây." in left_open.text
    left_open.visit(PATH).submit("Xem mã khôi phục", password=PASSWORD)
    assert (left_open.status, left_open.response.headers["Retry-After"]) == (429, "30")
    assert code_of(app) not in left_open.text
    left_open.visit("/toi/mat-khau").submit("Đổi mật khẩu", old=PASSWORD, new="một câu thật riêng")
    assert left_open.status == 429


def test_who_never_had_one_gets_one_by_the_password(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    with app.app_context():
        db.session.get_one(Account, contestant.account_id).recovery_nonce = None
        db.session.commit()
    assert not visitor.visit(PATH).page.select(".slip")
    assert look(app, lambda: db.session.get_one(Account, contestant.account_id).recovery_nonce) is None
    visitor.submit("Xem mã khôi phục", password=PASSWORD)
    assert shown(visitor) == code_of(app)


def test_doors(contestant: Entry, app: Flask, visitor: Visitor) -> None:
    asked_and_back(app, PATH)
    only_own_forms(visitor, PATH, {"password": PASSWORD})
    assert visitor.client.delete(PATH).status_code == 405


def test_an_organiser_without_an_entry(organiser: Visitor) -> None:
    sent_to_the_desk(organiser, PATH)
