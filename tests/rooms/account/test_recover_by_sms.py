"""In again by a code that is sent to the phone, where there is a gateway; and how it withstands abuse."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, Entry, OneTimeCode, Role, Session, SmsMessage, SmsState
from app.services.catalogue import Catalogue
from tests.rooms.account.conftest import PHONE, code_of, may_sign_in
from tests.support.asking import asked_to_sign_in, count, hops, look, one, only_own_forms, refused, words
from tests.support.gateway import PHONE as E164
from tests.support.gateway import Postman, postman_at
from tests.support.people import PASSWORD, make_contestant
from tests.support.racing import race
from tests.support.stage import catalogue_in_memory
from tests.support.statements import counted
from tests.support.visitor import Visitor

NEW = "một câu thật riêng"
ASK, ENTER = "/quen-mat-khau/tin-nhan", "/quen-mat-khau/ma"
NEXT = "/toi/ma-khoi-phuc"  # the code that is good from now on
pytestmark = pytest.mark.usefixtures("clock")
GONE = "Mã này đã quá 5 phút, đã dùng, hoặc đã thử sai quá nhiều. Hãy xin mã khác."


@pytest.fixture(autouse=True)
def postman(app: Flask) -> Iterator[Postman]:
    """The portal has a gateway."""
    with postman_at(app) as found:
        yield found


def last_four(app: Flask, entry: Entry) -> str:
    return look(app, lambda: db.session.get_one(Account, entry.account_id).citizen_last_four or "")


def ask(browser: Visitor, four: str, phone: str = PHONE) -> Visitor:
    """Ask for a code through the real form."""
    return browser.visit(ASK).submit("Gửi mã", phone=phone, last_four=four)


def enter(browser: Visitor, code: str, new: str = NEW) -> Visitor:
    """Type the code through the real form."""
    return browser.visit(ENTER).submit("Đặt mật khẩu mới", code=code, new=new)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_in_again(app: Flask, owner: Entry, visitor: Visitor, postman: Postman) -> None:
    phone, before = Visitor(app), code_of(app, owner)
    phone.visit("/dang-nhap").submit("Đăng nhập", identifier=PHONE, password=PASSWORD)
    visitor.visit("/quen-mat-khau")
    assert "một trong ba cách" in visitor.text
    visitor.click("Gửi mã đến điện thoại").submit("Gửi mã", phone=PHONE, last_four=last_four(app, owner))
    assert (hops(visitor), visitor.path) == ([303], ENTER)
    code = postman.code()
    assert [to for to, _ in postman.phones.came] == [E164]
    visitor.submit("Đặt mật khẩu mới", code=f"{code[:3]} {code[3:]}", new=NEW)
    assert visitor.path == NEXT
    assert words(one(visitor, ".slip code")) == code_of(app, owner) != before
    asked_to_sign_in(phone.client.get("/toi"), back="/toi")
    assert (may_sign_in(app, PASSWORD), may_sign_in(app, NEW)) == (False, True)
    record = look(app, lambda: db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).first())
    assert record is not None
    assert (record.action, record.reason) == ("password.recover", "bằng tin nhắn")


def test_of_a_family_on_one_phone_the_digits_choose(
    app: Flask, contest: Catalogue, owner: Entry, visitor: Visitor, postman: Postman
) -> None:
    with app.app_context():
        child = make_contestant(contest, now=datetime.now(UTC), name="Trần Thị Con")
    ask(visitor, last_four(app, child))
    assert "Trần" not in visitor.text
    enter(visitor, postman.code())
    assert visitor.visit("/toi").h1 == "Chào Trần Thị Con"
    assert may_sign_in(app, PASSWORD)  # her father, on the same number


def test_a_replay_opens_nothing(app: Flask, owner: Entry, visitor: Visitor, postman: Postman) -> None:
    ask(visitor, last_four(app, owner))
    cookie = visitor.client.get_cookie("lantoa")
    assert cookie is not None
    code = postman.code()
    enter(visitor, code)
    thief = Visitor(app)
    thief.client.set_cookie("lantoa", cookie.value)
    refused(enter(thief, code, NEW + " khác"), "code", GONE)
    assert may_sign_in(app, NEW)


def test_a_code_of_another_browser(app: Flask, owner: Entry, visitor: Visitor, postman: Postman) -> None:
    ask(visitor, last_four(app, owner))
    code, thief = postman.code(), Visitor(app)
    assert thief.visit(ENTER).path == ASK
    data = {"csrf_token": thief.csrf(), "code": code, "new": NEW}
    assert thief.client.post(ENTER, data=data).status_code == 422
    ask(thief, "0000", phone="0900 009 999")
    assert enter(thief, code).status == 422
    assert enter(visitor, code).path == NEXT


def test_five_guesses_and_then_not_even_the_right_one(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman
) -> None:
    ask(visitor, last_four(app, owner))
    code = postman.code()
    for left in (4, 3, 2, 1):
        refused(enter(visitor, wrong(code)), "code", f"Mã chưa đúng. Còn {left} lần thử.")
    for typed in (wrong(code), code):
        refused(enter(visitor, typed), "code", GONE)
    assert code not in visitor.response.text
    assert may_sign_in(app, PASSWORD)


def test_five_minutes(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, clock: time_machine.Traveller
) -> None:
    ask(visitor, last_four(app, owner))
    code = postman.code()
    clock.shift(timedelta(minutes=5))
    refused(enter(visitor, code), "code", GONE)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_a_slip_of_the_finger_is_no_guess(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, typed: str
) -> None:
    ask(visitor, last_four(app, owner))
    code = postman.code()
    for _ in range(6):
        assert enter(visitor, typed).status == 422
    assert enter(visitor, code).path == NEXT


@pytest.mark.parametrize("new", ["", "ngắn", "matkhau123", "Trần Văn Mẫu", "0900 000 002"])
def test_with_a_password_that_is_guessed_first_the_code_stays_good(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, new: str
) -> None:
    ask(visitor, last_four(app, owner))
    code = postman.code()
    enter(visitor, code, new)
    assert visitor.status == 422
    assert one(visitor, "#new-error")
    assert (visitor.value("code"), visitor.value("new")) == ("", "")
    assert enter(visitor, code).path == NEXT


def test_used_at_once_in_two_tabs_it_is_used_once(app: Flask, owner: Entry, visitor: Visitor, postman: Postman) -> None:
    ask(visitor, last_four(app, owner))
    code, cookie = postman.code(), visitor.client.get_cookie("lantoa")
    assert cookie is not None
    token = visitor.value("csrf_token")

    def press(new: str) -> int:
        client = app.test_client()
        client.set_cookie("lantoa", cookie.value)
        return client.post(ENTER, data={"csrf_token": token, "code": code, "new": new}).status_code

    with app.app_context():
        outcomes = race(app, [partial(press, f"{NEW} {n}") for n in range(4)])
    assert sorted(map(str, outcomes)) == ["303", "422", "422", "422"]
    assert count(app, Session) == [1]


# Asking.


@pytest.mark.parametrize("phone", [PHONE, "0900 009 999"])
def test_the_same_answer_and_the_same_work_for_known_and_unknown(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, phone: str
) -> None:
    data = {"phone": phone, "last_four": last_four(app, owner), "csrf_token": visitor.visit(ASK).value("csrf_token")}
    with catalogue_in_memory(app), counted(app) as statements:
        answer = visitor.client.post(ASK, data=data)
    assert (answer.status_code, answer.headers["Location"]) == (303, ENTER)
    assert len(answer.headers.getlist("Set-Cookie")) == 1
    # Postgres waits its turn with one more.
    shape = [statement.split()[0] for statement in statements if "pg_advisory_xact_lock" not in statement]
    assert shape == SHAPE, statements
    assert (count(app, OneTimeCode, SmsMessage), postman.woken) == ([1, 1], 1)
    assert (postman.code() != "") == (phone == PHONE)
    states = look(app, lambda: list(db.session.scalars(select(SmsMessage.state))))
    assert states == [SmsState.SENT if phone == PHONE else SmsState.REJECTED]
    visitor.visit(ENTER)
    assert "Nếu số điện thoại và 4 số cuối khớp với một tài khoản" in visitor.text
    refused(enter(visitor, "000000"), "code", "Mã chưa đúng. Còn 4 lần thử.")


SHAPE = [
    *("SELECT", "INSERT", "SELECT"),  # who has to wait, one more counted, whose it is
    *("SELECT",) * 5,  # codes of the phone and of its neighbours; the breaker: resumed when, how many, how many used
    *("INSERT", "INSERT"),
]


@pytest.mark.parametrize("made", ["wrong digits", "disabled", "staff", "two alike"])
def test_who_gets_no_code(app: Flask, contest: Catalogue, visitor: Visitor, postman: Postman, made: str) -> None:
    with app.app_context():
        account = make_contestant(contest, now=datetime.now(UTC)).account
        four = account.citizen_last_four or ""
        match made:
            case "wrong digits":
                four = f"{(int(four) + 1) % 10**4:04d}"
            case "disabled":
                account.disabled_at = datetime.now(UTC)
            case "staff":
                account.role = Role.JUDGE
            case "two alike":
                make_contestant(contest, now=datetime.now(UTC)).account.citizen_last_four = four
        db.session.commit()
    assert ask(visitor, four).path == ENTER
    assert postman.code() == ""


def test_asking_again(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, clock: time_machine.Traveller
) -> None:
    four = last_four(app, owner)
    ask(visitor, four)
    first = postman.code()
    ask(Visitor(app), four)
    ask(visitor, four)
    assert (visitor.status, visitor.response.headers["Retry-After"]) == (429, "60")
    told = "Chưa gửi thêm mã được. Nếu đã có mã thì nhập mã đó; nếu chưa, xin mã khác sau 1 phút."
    assert words(one(visitor, "main [role=alert] li")) == told
    assert (visitor.value("phone"), visitor.value("last_four")) == (PHONE, four)
    assert postman.code() == ""
    clock.shift(60)
    ask(visitor, four)
    second = postman.code()
    if first != second:
        assert enter(visitor, first).status == 422
    assert enter(visitor, second).path == NEXT


@pytest.mark.parametrize("phone", [PHONE, "0900 009 999"])
def test_pumping_one_number_from_many_browsers(
    app: Flask, owner: Entry, postman: Postman, clock: time_machine.Traveller, phone: str
) -> None:
    """Known or not: three an hour, and whoever knocks on and on waits for that, too."""
    four, codes = last_four(app, owner), []
    for _ in range(40):
        codes.append(ask(Visitor(app), four, phone).status)
        clock.shift(60)
    assert codes.count(200) == 3
    assert set(codes) == {200, 429}
    assert len(postman.phones.came) <= 3


def test_pumping_neighbours(app: Flask, visitor: Visitor) -> None:
    outcomes = [ask(visitor, "1234", f"09123450{number:02d}").status for number in range(12)]
    assert outcomes == [200] * 10 + [429] * 2
    assert visitor.response.headers["Retry-After"] == "600"


def test_pumping_from_one_address(app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.recover._ASKED", 6)
    outcomes = [ask(Visitor(app), "1234", f"0912{number}45000").status for number in range(8)]
    assert outcomes == [200] * 6 + [429] * 2


def test_the_breaker_is_told_plainly_and_logged(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        row = {"purpose": "recovery", "account_id": owner.account_id, "prefix_mark": "p", "browser_mark": "b"}
        moment = datetime.now(UTC) - timedelta(minutes=10)
        row |= {"code_mark": "c", "tries": 0, "created_at": moment, "expires_at": moment + timedelta(minutes=5)}
        db.session.execute(OneTimeCode.__table__.insert(), [row | {"phone_mark": str(n)} for n in range(100)])  # type: ignore[attr-defined]
        db.session.commit()
    for phone in (PHONE, "0900 009 999"):
        ask(visitor, last_four(app, owner), phone)
        assert visitor.status == 503
        told = "Hôm nay tạm ngừng gửi mã qua tin nhắn. Hãy dùng mã khôi phục, hoặc đến UBND phường, xã."
        assert words(one(visitor, "main [role=alert] li")) == told
    assert caplog.messages == ["no more codes by short message: trong 100 mã gần nhất chỉ 0 mã được dùng"] * 2
    assert postman.code() == ""


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("phone", "", "Nhập số điện thoại đã đăng ký."),
        ("phone", "12", "Số điện thoại gồm 10 số"),
        ("last_four", "", "Nhập 4 số cuối trên thẻ căn cước."),
        ("last_four", "123", "Nhập đúng 4 số cuối"),
        ("last_four", "12a4", "Nhập đúng 4 số cuối"),
    ],
)
def test_what_was_typed_is_kept(visitor: Visitor, field: str, typed: str, told: str) -> None:
    fields = {"phone": PHONE, "last_four": "1234"} | {field: typed}
    visitor.visit(ASK).submit("Gửi mã", **fields)
    refused(visitor, field, told)
    assert {name: visitor.value(name) for name in fields} == fields


def test_neither_phone_nor_code_stands_in_address_cookie_page_or_log(
    app: Flask, owner: Entry, visitor: Visitor, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(visitor, last_four(app, owner))
        code = postman.code()
        enter(visitor, wrong(code))
        after_wrong = visitor.response.text
        enter(visitor, code)
    cookie = visitor.client.get_cookie("lantoa")
    assert cookie is not None
    everything = f"{caplog.text} {after_wrong} {cookie.value} {visitor.response.request.url}"
    assert not [word for word in (code, "900000002", "900 000 002") if word in everything]


def test_only_own_forms(app: Flask, owner: Entry, visitor: Visitor, postman: Postman) -> None:
    only_own_forms(visitor, ASK, {"phone": PHONE, "last_four": last_four(app, owner)})
    only_own_forms(visitor, ENTER, {"code": "123456", "new": NEW})
    assert count(app, OneTimeCode, SmsMessage) == [0, 0]


@pytest.mark.parametrize("path", [ASK, ENTER])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, path: str, method: str) -> None:
    assert getattr(visitor.client, method)(path).status_code == 405
