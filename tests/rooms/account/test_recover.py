"""In again by the recovery code."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import Account, AuditRecord, Entry, Session
from app.services import recover
from app.services.catalogue import Catalogue
from app.services.passwords import Passwords
from app.web.portal import keyring, portal
from tests.rooms.account.conftest import PHONE, code_of, may_sign_in
from tests.support.asking import asked_to_sign_in, count, look, one, only_own_forms, refused, words
from tests.support.numbers import number_of
from tests.support.people import PASSWORD, make_contestant, make_staff, sign_in
from tests.support.racing import Meeting, race
from tests.support.stage import catalogue_in_memory
from tests.support.statements import counted
from tests.support.visitor import Visitor

NEW = "một câu thật riêng"
NO_CODE = "7K3F-9QXM-2B4D"
WRONG = "Số điện thoại, số căn cước hoặc mã khôi phục chưa đúng. Kiểm tra lại rồi thử lần nữa."


def attempt(browser: Visitor, code: str, *, identifier: str = PHONE, new: str = NEW) -> Visitor:
    """One try through the real form."""
    return browser.visit("/quen-mat-khau").submit("Đặt mật khẩu mới", identifier=identifier, code=code, new=new)


def test_the_ways_there_are(visitor: Visitor) -> None:
    visitor.visit("/dang-nhap").click("Quên mật khẩu?")
    assert visitor.h1 == "Quên mật khẩu"
    assert [words(heading) for heading in visitor.page.select("main h2")] == ["Có mã khôi phục", "Không có mã nào"]
    assert "một trong hai cách" in visitor.text
    assert "UBND phường, xã, đặc khu nơi bạn ở" in visitor.text


def test_in_again_and_shown_the_next_code(app: Flask, owner: Entry, visitor: Visitor) -> None:
    old, phone = code_of(app, owner), Visitor(app)
    phone.visit("/dang-nhap").submit("Đăng nhập", identifier=PHONE, password=PASSWORD)
    attempt(visitor, old)
    assert visitor.path == "/toi/ma-khoi-phuc"
    following = code_of(app, owner)
    assert following in visitor.text
    assert old not in visitor.text
    assert visitor.visit("/toi").path == "/toi"
    asked_to_sign_in(phone.client.get("/toi"), back="/toi")
    assert (may_sign_in(app, PASSWORD), may_sign_in(app, NEW)) == (False, True)
    assert attempt(Visitor(app), old, new=NEW + " nữa").status == 422
    assert attempt(Visitor(app), following, new=NEW + " nữa").path == "/toi/ma-khoi-phuc"
    record = look(app, lambda: db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).first())
    assert record is not None
    assert (record.action, record.subject, record.actor_id, record.reason) == (
        "password.recover",
        f"account:{owner.account_id}",
        owner.account_id,
        "bằng mã khôi phục",
    )


@pytest.mark.parametrize("by", ["phone", "number"])
@pytest.mark.parametrize("writing", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_however_it_is_written(app: Flask, owner: Entry, visitor: Visitor, by: str, writing: object) -> None:
    number = number_of(app, owner)
    code = writing(code_of(app, owner))  # type: ignore[operator]
    assert attempt(visitor, code, identifier="+84900000002" if by == "phone" else number).path == "/toi/ma-khoi-phuc"


def test_of_a_family_on_one_phone_each_code_opens_its_own(
    app: Flask, contest: Catalogue, owner: Entry, visitor: Visitor
) -> None:
    with app.app_context():
        child = make_contestant(contest, now=datetime.now(UTC), name="Trần Thị Con")
    attempt(visitor, code_of(app, owner))
    assert visitor.visit("/toi").h1 == "Chào Trần Văn Mẫu"
    other = Visitor(app)
    attempt(other, code_of(app, child), new="một câu khác hẳn")
    assert other.visit("/toi").h1 == "Chào Trần Thị Con"
    assert visitor.visit("/toi").path == "/toi"


def test_who_is_signed_in_as_somebody_else_gets_a_fresh_session(app: Flask, owner: Entry, other: Visitor) -> None:
    before = other.client.get_cookie("lantoa")
    attempt(other, code_of(app, owner))
    after = other.client.get_cookie("lantoa")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert other.visit("/toi").h1 == "Chào Trần Văn Mẫu"
    assert count(app, Session) == [1]


@pytest.mark.parametrize("identifier", [PHONE, "0900 000 444", "000999999999", "ai đó"])
def test_the_same_answer_and_the_same_work_for_known_and_unknown(
    app: Flask, owner: Entry, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, identifier: str
) -> None:
    hashed: list[str] = []

    def hash_slowly(_self: Passwords, password: str) -> str:
        hashed.append(password)
        return "hash"

    monkeypatch.setattr(Passwords, "hash", hash_slowly)
    visitor.visit("/quen-mat-khau")
    with catalogue_in_memory(app), counted(app) as statements:
        visitor.submit("Đặt mật khẩu mới", identifier=identifier, code=NO_CODE, new=NEW)
    assert (visitor.status, words(one(visitor, "main [role=alert] li"))) == (422, WRONG)
    assert hashed == [NEW]
    asked = {PHONE: 4, "0900 000 444": 4, "000999999999": 4, "ai đó": 3}  # what is no number is looked up nowhere
    assert len(statements) == asked[identifier], statements
    assert visitor.value("identifier") == identifier
    assert (visitor.value("code"), visitor.value("new")) == ("", "")


@pytest.mark.parametrize("identifier", [PHONE, "0900 000 444"])
def test_guessing(app: Flask, owner: Entry, clock: time_machine.Traveller, identifier: str) -> None:
    codes = [attempt(Visitor(app), NO_CODE, identifier=identifier).status for _ in range(6)]
    assert codes == [422] * 5 + [429]
    browser = attempt(Visitor(app), code_of(app, owner), identifier=identifier)
    assert (browser.status, browser.response.headers["Retry-After"]) == (429, "30")
    clock.shift(30)
    assert attempt(Visitor(app), code_of(app, owner)).path == "/toi/ma-khoi-phuc"


def test_a_known_device_is_not_held_up_by_strangers(app: Flask, owner: Entry, visitor: Visitor) -> None:
    visitor.visit("/dang-nhap").submit("Đăng nhập", identifier=PHONE, password=PASSWORD)
    visitor.visit("/toi").submit("Đăng xuất")
    for _ in range(6):
        attempt(Visitor(app), NO_CODE)
    assert attempt(Visitor(app), code_of(app, owner)).status == 429
    assert attempt(visitor, code_of(app, owner)).path == "/toi/ma-khoi-phuc"


def test_wrong_codes_do_not_keep_anybody_from_signing_in(app: Flask, owner: Entry) -> None:
    for _ in range(6):
        attempt(Visitor(app), NO_CODE)
    assert may_sign_in(app, PASSWORD)


def test_a_slip_of_the_finger_is_no_guess(app: Flask, owner: Entry, visitor: Visitor) -> None:
    for _ in range(6):
        attempt(visitor, "7K3F-9QX")
        refused(visitor, "code", "Mã khôi phục gồm 12 chữ và số")
    assert attempt(visitor, code_of(app, owner)).path == "/toi/ma-khoi-phuc"


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("", "Đặt một mật khẩu."),
        ("ngắn", "Mật khẩu cần ít nhất 8 ký tự."),
        ("matkhau123", "nhiều người dùng"),
        ("0900000002", "dễ đoán"),
        ("Trần Văn Mẫu", "dễ đoán"),
    ],
)
def test_a_password_that_is_guessed_first(app: Flask, owner: Entry, visitor: Visitor, new: str, told: str) -> None:
    """The code stays good."""
    code = code_of(app, owner)
    attempt(visitor, code, new=new)
    refused(visitor, "new", told)
    assert code not in visitor.response.text
    assert attempt(visitor, code).path == "/toi/ma-khoi-phuc"


def test_whose_name_it_is_made_of_is_told_only_after_the_right_code(owner: Entry, visitor: Visitor) -> None:
    attempt(visitor, NO_CODE, new="Trần Văn Mẫu")
    assert words(one(visitor, "main [role=alert] li")) == WRONG


@pytest.mark.parametrize("nonce", [None, "x" * 32])
def test_disabled_accounts_and_those_without_a_code(
    app: Flask, owner: Entry, visitor: Visitor, nonce: str | None
) -> None:
    code = code_of(app, owner)
    with app.app_context():
        made = {"disabled_at": datetime.now(UTC)} if nonce else {"recovery_nonce": None}
        db.session.execute(update(Account).values(**made))
        db.session.commit()
    assert attempt(visitor, code).status == 422
    assert count(app, Session) == [0]


def test_staff_are_not_let_in_this_way(app: Flask, visitor: Visitor) -> None:
    with app.app_context():
        make_staff(now=datetime.now(UTC))
    assert attempt(visitor, NO_CODE, identifier="0900 000 009").status == 422


def test_a_code_that_is_used_twice_at_once_is_used_once(
    app: Flask, owner: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, meeting = code_of(app, owner), Meeting(4)
    monkeypatch.setattr(recover, "_refuse_guessable", lambda *_: meeting.wait())

    def once(new: str) -> int:
        recovered = recover.recover_by_recovery_code(
            identifier=PHONE, code=code, new=new, keyring=keyring(), passwords=portal().passwords, now=datetime.now(UTC)
        )
        db.session.commit()
        return recovered.account_id

    with app.app_context():
        outcomes = race(app, [partial(once, f"{NEW} {number}") for number in range(4)])
    assert sum(isinstance(outcome, int) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, recover.WrongRecoveryCode) for outcome in outcomes) == 3, outcomes


def test_only_own_forms(app: Flask, owner: Entry, visitor: Visitor) -> None:
    only_own_forms(visitor, "/quen-mat-khau", {"identifier": PHONE, "code": code_of(app, owner), "new": NEW})
    assert may_sign_in(app, PASSWORD)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/quen-mat-khau").status_code == 405


@pytest.mark.parametrize("path", ["/quen-mat-khau/tin-nhan", "/quen-mat-khau/ma"])
def test_without_a_gateway_there_are_no_such_pages(visitor: Visitor, path: str) -> None:
    assert visitor.visit("/quen-mat-khau").status == 200
    assert "tin nhắn" not in visitor.text
    assert visitor.visit(path).status == 404
    assert visitor.client.post(path, data={"csrf_token": visitor.csrf()}).status_code == 404


def test_on_the_phone_where_one_is_still_signed_in(app: Flask, owner: Entry, visitor: Visitor) -> None:
    """Since the day before: the session that ends is not noted as used beside the transaction that ends it."""
    with time_machine.travel(datetime.now(UTC) - timedelta(days=1), tick=False):
        sign_in(visitor, app, look(app, lambda: db.session.get_one(Account, owner.account_id)))
    attempt(visitor, code_of(app, owner))
    assert (visitor.status, visitor.path) == (200, "/toi/ma-khoi-phuc")
    assert count(app, Session) == [1]
