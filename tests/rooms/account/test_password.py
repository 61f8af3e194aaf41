"""Changing the password: the old one, a good new one, and every other device has to sign in again."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, Entry, Session
from tests.support import people
from tests.support.asking import asked_and_back, asked_to_sign_in, count, look, only_own_forms, refused, summary, words
from tests.support.people import PASSWORD
from tests.support.visitor import Visitor

PHONE = "0900 000 002"
NEW = "một câu thật riêng"


def sign_in(browser: Visitor, password: str) -> Visitor:
    return browser.visit("/dang-nhap").submit("Đăng nhập", identifier=PHONE, password=password)


def change(browser: Visitor, old: str = PASSWORD, new: str = NEW) -> Visitor:
    """Through the real form."""
    return browser.visit("/toi/mat-khau").submit("Đổi mật khẩu", old=old, new=new)


def test_the_new_one_opens_and_the_old_one_does_not(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    visitor.visit("/toi").click("Đổi mật khẩu")
    visitor.submit("Đổi mật khẩu", old=PASSWORD, new=NEW)
    assert visitor.path == "/toi/thiet-bi"
    assert "Đã đổi mật khẩu. Mọi thiết bị khác đã được đăng xuất." in visitor.text
    assert sign_in(Visitor(app), PASSWORD).status == 422
    assert sign_in(Visitor(app), NEW).path == "/toi"
    (record,) = look(app, lambda: list(db.session.scalars(select(AuditRecord))))
    assert (record.action, record.actor_id, record.subject) == (
        "password.change",
        contestant.account_id,
        f"account:{contestant.account_id}",
    )


def test_the_recovery_code_changes_with_it(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    def nonce() -> str | None:
        return look(app, lambda: db.session.get_one(Account, contestant.account_id).recovery_nonce)

    before = nonce()
    change(visitor)
    assert "Mã khôi phục cũ không còn dùng được" in visitor.text
    assert None not in (before, nonce())
    assert before != nonce()


def test_staff_have_no_recovery_code(organiser: Visitor, app: Flask) -> None:
    change(organiser)
    assert "Mã khôi phục" not in organiser.text
    assert look(app, lambda: db.session.scalars(select(Account.recovery_nonce)).all()) == [None]


def test_other_sessions_end_and_this_one_goes_on(
    contestant: Entry, visitor: Visitor, other: Visitor, app: Flask
) -> None:
    phone, tablet = Visitor(app), Visitor(app)
    for browser in (phone, tablet):
        people.sign_in(browser, app, look(app, lambda: db.session.get_one(Account, contestant.account_id)))
    assert count(app, Session)[0] == 4
    change(visitor)
    assert count(app, Session)[0] == 2
    assert visitor.visit("/toi").path == "/toi"
    assert other.visit("/toi").path == "/toi"
    for browser in (phone, tablet):
        asked_to_sign_in(browser.client.get("/toi"), back="/toi")


@pytest.mark.parametrize(
    "case",
    [
        (("", NEW), "old", "Nhập mật khẩu đang dùng."),
        (("sai mất rồi", NEW), "old", "Mật khẩu đang dùng chưa đúng. Hãy nhập lại."),
        ((PASSWORD, ""), "new", "Đặt một mật khẩu."),
        ((PASSWORD, "bảy kýt"), "new", "Mật khẩu cần ít nhất 8 ký tự."),
        ((PASSWORD, "x1" * 101), "new", "Mật khẩu dài nhiều nhất 200 ký tự."),
        ((PASSWORD, PASSWORD), "new", "Mật khẩu mới phải khác mật khẩu đang dùng."),
        ((PASSWORD, "0900000002"), "new", "không dùng tên, số điện thoại hay số căn cước của bạn."),
        ((PASSWORD, "nguyen thi hong anh"), "new", "không dùng tên, số điện thoại hay số căn cước của bạn."),
        ((PASSWORD, "Mật Khẩu 123"), "new", "Mật khẩu này nhiều người dùng"),
    ],
)
def test_a_fault_is_told_and_changes_nothing(
    contestant: Entry, visitor: Visitor, app: Flask, case: tuple[tuple[str, str], str, str]
) -> None:
    typed, field, message = case
    tablet = sign_in(Visitor(app), PASSWORD)
    change(visitor, *typed)
    refused(visitor, field, message)
    assert list(summary(visitor)) == [f"#{field}"]
    assert (visitor.value("old"), visitor.value("new")) == ("", "")
    assert tablet.visit("/toi").path == "/toi"
    assert sign_in(Visitor(app), PASSWORD).path == "/toi"


def test_the_own_citizen_number_is_refused_too(visitor: Visitor, app: Flask, contestant: Entry) -> None:
    from app.services.change_password import own_words  # noqa: PLC0415
    from app.web.portal import keyring  # noqa: PLC0415

    with app.app_context():
        number = own_words(account_id=contestant.account_id, keyring=keyring())[-1]
    assert len(number) == 12
    change(visitor, new=number)
    refused(visitor, "new", "không dùng tên, số điện thoại hay số căn cước của bạn.")
    assert number not in visitor.response.text


def test_guessing_on_a_phone_that_was_left_open(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        for _ in range(4):
            change(visitor, old="đoán mò")
        change(visitor, old="đoán mò")
        refused(visitor, "old", "Mật khẩu đang dùng chưa đúng. Thử lại sau 30 giây.")
        change(visitor)
        assert (visitor.status, visitor.response.headers["Retry-After"]) == (429, "30")
        assert "Thử lại sau 30 giây." in words(visitor.page.select("main [role=alert]")[0])
        clock.shift(30)
        assert change(visitor).path == "/toi/thiet-bi"
        assert sign_in(Visitor(app), NEW).path == "/toi"


def test_staff_too(organiser: Visitor) -> None:
    assert change(organiser).path == "/toi/thiet-bi"


def test_not_signed_in(contestant: Entry, app: Flask) -> None:
    asked_and_back(app, "/toi/mat-khau")


def test_only_own_forms(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    only_own_forms(visitor, "/toi/mat-khau", {"old": PASSWORD, "new": NEW})
    assert sign_in(Visitor(app), PASSWORD).path == "/toi"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/toi/mat-khau").status_code == 405
