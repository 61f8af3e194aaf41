"""Signing in: with phone or citizen number, and on to where one wanted to go."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import Account, Entry, Session
from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME
from tests.support.asking import OUTSIDE, asked_to_sign_in, count, hops, one, only_own_forms, refused, title, words
from tests.support.people import PASSWORD, make_contestant, register_by_form
from tests.support.visitor import Visitor

PHONE = "0900 000 002"  # of people.make_contestant
WRONG = "Số điện thoại, số căn cước hoặc mật khẩu chưa đúng."


@pytest.fixture
def known(app: Flask, contest: Catalogue) -> Entry:
    """Somebody who has registered."""
    with app.app_context():
        return make_contestant(contest, now=datetime.now(UTC), name=NAME)


def try_in(visitor: Visitor, identifier: str, password: str = PASSWORD, at: str = "/dang-nhap") -> Visitor:
    """Fill in and send."""
    return visitor.visit(at).submit("Đăng nhập", identifier=identifier, password=password)


@pytest.mark.parametrize("identifier", [PHONE, "0900000002", "+84 900 000 002", " 0900.000.002 "])
def test_by_phone_in_any_writing(known: Entry, visitor: Visitor, identifier: str) -> None:
    try_in(visitor, identifier)
    assert (hops(visitor), visitor.path) == ([303], "/toi")
    assert NAME in visitor.h1


def test_by_citizen_number(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    number = str(register_by_form(Visitor(app), contest)["citizen_id"])
    try_in(visitor, f"{number[:3]} {number[3:6]} {number[6:]}")
    assert visitor.path == "/toi"


def test_a_password_typed_on_another_keyboard_is_the_same(known: Entry, visitor: Visitor) -> None:
    assert try_in(visitor, PHONE, unicodedata.normalize("NFD", PASSWORD)).path == "/toi"


def test_in_a_family_with_one_phone_the_password_says_who(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    people = {"Trần Văn Cha": "mùa hè ra biển", "Phạm Thị Mẹ": "cá rô kho tộ"}
    for name, password in people.items():
        register_by_form(Visitor(app), contest, full_name=name, password=password)
    for name, password in people.items():
        browser = Visitor(app)
        assert name in try_in(browser, "0900 000 001", password).h1
    assert try_in(visitor, "0900 000 001", "không của ai cả").status == 422


@pytest.mark.parametrize(
    ("identifier", "password"),
    [(PHONE, "không phải mật khẩu này"), ("0900 000 003", PASSWORD), ("000999999999", PASSWORD), ("ai đó", PASSWORD)],
)
def test_what_was_wrong_stays_untold(
    known: Entry, visitor: Visitor, app: Flask, identifier: str, password: str
) -> None:
    try_in(visitor, identifier, password)
    assert visitor.status == 422
    assert title(visitor).startswith("Lỗi: ")
    assert WRONG in words(one(visitor, "main [role=alert]"))
    assert not visitor.page.select(".fault")
    assert (visitor.value("identifier"), visitor.value("password")) == (identifier, "")
    assert count(app, Session) == [0]


def test_empty_fields_are_told(visitor: Visitor) -> None:
    try_in(visitor, "", "")
    refused(visitor, "identifier", "Nhập số điện thoại hoặc số căn cước.")
    refused(visitor, "password", "Nhập mật khẩu.")


def test_the_password_alone_missing_keeps_the_number(visitor: Visitor) -> None:
    try_in(visitor, PHONE, "")
    refused(visitor, "password", "Nhập mật khẩu.")
    assert visitor.value("identifier") == PHONE


def test_a_wrong_try_keeps_the_way_on(known: Entry, visitor: Visitor) -> None:
    try_in(visitor, PHONE, "sai mất rồi", at="/dang-nhap?tiep=/hoc/an-toan")
    visitor.submit("Đăng nhập", identifier=PHONE, password=PASSWORD)
    assert visitor.path == "/hoc/an-toan"


def test_on_to_where_one_wanted_to_go(known: Entry, visitor: Visitor) -> None:
    try_in(visitor, PHONE, at="/dang-nhap?tiep=/bang-xep-hang?theo%3Dhoan-thanh")
    assert visitor.response.request.full_path == "/bang-xep-hang?theo=hoan-thanh"


@pytest.mark.parametrize("target", OUTSIDE)
def test_it_cannot_lead_out_of_the_portal(known: Entry, visitor: Visitor, target: str) -> None:
    page = visitor.visit("/dang-nhap", query_string={"tiep": target})
    assert page.form_with("Đăng nhập")["action"] == "/dang-nhap"
    answer = visitor.client.post(
        "/dang-nhap",
        query_string={"tiep": target},
        data={"identifier": PHONE, "password": PASSWORD, "csrf_token": visitor.csrf()},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/toi")
    again = visitor.client.get("/dang-nhap", query_string={"tiep": target})
    assert (again.status_code, again.headers["Location"]) == (303, "/toi")


def test_who_is_signed_in_goes_on_at_once(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.visit("/dang-nhap").path == "/toi"
    assert visitor.visit("/dang-nhap?tiep=/thi").path == "/thi"


def test_a_disabled_account_is_shut_out_also_where_it_is_signed_in(
    contestant: Entry, visitor: Visitor, app: Flask
) -> None:
    assert visitor.visit("/toi").path == "/toi"
    with app.app_context():
        db.session.execute(update(Account).values(disabled_at=datetime.now(UTC)))
        db.session.commit()
    assert visitor.visit("/toi").path == "/dang-nhap"
    assert WRONG in try_in(Visitor(app), PHONE).text


def test_a_session_ends_with_its_time(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(Session).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        db.session.commit()
    asked_to_sign_in(visitor.client.get("/toi"), back="/toi")


def test_each_sign_in_has_a_session_of_its_own(known: Entry, visitor: Visitor, app: Flask) -> None:
    visitor.visit("/dang-nhap")
    planted = visitor.client.get_cookie("lantoa")
    assert planted is not None
    first = Visitor(app)
    for browser in (visitor, first):
        try_in(browser, PHONE)
    assert count(app, Session) == [2]
    visitor.client.set_cookie("lantoa", planted.value)
    assert visitor.visit("/toi").path == "/dang-nhap"
    assert first.visit("/toi").path == "/toi"


def test_an_invented_token_opens_nothing(visitor: Visitor) -> None:
    with visitor.client.session_transaction() as session:
        session["_user_id"] = "doan-mo"
    asked_to_sign_in(visitor.client.get("/toi"), back="/toi")


def test_only_own_forms(known: Entry, visitor: Visitor, app: Flask) -> None:
    only_own_forms(visitor, "/dang-nhap", {"identifier": PHONE, "password": PASSWORD})
    assert count(app, Session) == [0]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/dang-nhap").status_code == 405


@pytest.mark.parametrize(
    "headers", [{"Referer": "http://["}, {"HX-Request": "true", "HX-Current-URL": "http://[", "Referer": "http://["}]
)
def test_a_page_that_has_no_address_is_no_way_back(visitor: Visitor, headers: dict[str, str]) -> None:
    answer = visitor.client.post("/toi/don-vi", headers=headers)
    assert answer.headers.get("Location", answer.headers.get("HX-Redirect")) == "/dang-nhap"


def test_an_origin_that_is_no_address_is_foreign(visitor: Visitor) -> None:
    data = {"csrf_token": visitor.csrf()}
    assert visitor.client.post("/dang-nhap", data=data, headers={"Origin": "http://["}).status_code == 403
