"""The abuse table of signing in and registering: what an attacker tries, and what the owner still can do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Entry, Session, Throttle
from app.services import register as registering
from app.services import sign_in as signing_in
from app.services.catalogue import Catalogue
from app.services.passwords import Passwords
from app.web.portal import portal
from tests.rooms.account.conftest import PHONE
from tests.support.asking import count, look, one, summary, title, words
from tests.support.people import PASSWORD, citizen_number, make_contestant, register_by_form, registration
from tests.support.racing import race
from tests.support.visitor import Visitor

UNKNOWN = "0900 000 444"
WAIT = "Vừa có nhiều lần thử chưa đúng, nên cần đợi một chút. Thử lại sau"


def attempt(browser: Visitor, identifier: str = PHONE, password: str = "không phải", tiep: str = "") -> int:
    """One try through the real form; its status."""
    browser.visit("/dang-nhap" + (f"?tiep={tiep}" if tiep else ""))
    if browser.path != "/dang-nhap":
        return 303
    browser.submit("Đăng nhập", identifier=identifier, password=password)
    return 303 if browser.response.history else browser.status


def tries(app: Flask, times: int, identifier: str = PHONE, password: str = "không phải") -> list[int]:
    """Each from a browser that was never seen before."""
    return [attempt(Visitor(app), identifier, password) for _ in range(times)]


@pytest.mark.parametrize("identifier", [PHONE, UNKNOWN, "000999999999", "ai đó"])
def test_stuffing_one_account_from_many_browsers(app: Flask, owner: Entry, identifier: str) -> None:
    """Known or not, a number answers alike: five verdicts, then none, not even on the right password."""
    assert tries(app, 8, identifier) == [422] * 5 + [429] * 3
    assert attempt(Visitor(app), identifier, PASSWORD) == 429
    assert count(app, Session) == [0]


@pytest.mark.parametrize("identifier", [PHONE, UNKNOWN])
def test_what_is_said_does_not_tell_the_known_from_the_unknown(
    app: Flask, owner: Entry, clock: time_machine.Traveller, identifier: str
) -> None:
    browser = Visitor(app)
    for _ in range(4):
        attempt(browser, identifier)
        assert "giây" not in browser.text
    attempt(browser, identifier)
    wrong = "Số điện thoại, số căn cước hoặc mật khẩu chưa đúng. Kiểm tra lại rồi sau 30 giây thử lần nữa."
    assert (browser.status, words(one(browser, "main [role=alert] li"))) == (422, wrong)
    clock.shift(10)
    attempt(browser, identifier, tiep="/hoc")
    assert (browser.status, browser.response.headers["Retry-After"]) == (429, "20")
    assert words(one(browser, "main [role=alert] li")) == f"{WAIT} 20 giây."
    assert title(browser).startswith("Lỗi: Đăng nhập")
    assert (browser.value("identifier"), browser.value("password")) == (identifier, "")
    assert browser.form_with("Đăng nhập")["action"] == "/dang-nhap?tiep=/hoc"


@pytest.mark.parametrize("writing", [PHONE, "0900000002", "+84 900 000 002", "84900000002", "0900.000.002"])
def test_another_writing_of_the_number_is_the_same_number(app: Flask, owner: Entry, writing: str) -> None:
    assert tries(app, 5)[-1] == 422
    assert attempt(Visitor(app), writing) == 429


def test_waits_double_and_nobody_is_locked_out(app: Flask, owner: Entry, clock: time_machine.Traveller) -> None:
    tries(app, 4)
    for wait in ("30 giây", "1 phút", "2 phút", "4 phút", "8 phút", "15 phút", "15 phút"):
        browser = Visitor(app)
        assert attempt(browser) == 422
        assert f"sau {wait} thử lần nữa" in browser.text
        assert attempt(browser) == 429
        clock.shift(timedelta(seconds=int(browser.response.headers["Retry-After"])))
    assert attempt(Visitor(app), PHONE, PASSWORD) == 303
    assert count(app, Throttle)[0] >= 1  # the address's; the account's is cleared:
    assert tries(app, 5) == [422] * 5


def test_a_known_device_lets_the_owner_in_during_an_attack(app: Flask, owner: Entry) -> None:
    mine = Visitor(app)
    assert attempt(mine, PHONE, PASSWORD) == 303
    mine.visit("/toi").submit("Đăng xuất")
    assert tries(app, 7)[-1] == 429
    assert attempt(mine, PHONE, "gõ nhầm một lần") == 422
    assert attempt(mine, PHONE, PASSWORD) == 303
    assert attempt(Visitor(app), PHONE, PASSWORD) == 429


def test_a_known_device_has_no_more_tries_than_others(app: Flask, owner: Entry) -> None:
    mine = Visitor(app)
    attempt(mine, PHONE, PASSWORD)
    mine.visit("/toi").submit("Đăng xuất")
    assert [attempt(mine) for _ in range(7)] == [422] * 5 + [429] * 2
    assert attempt(Visitor(app), PHONE, PASSWORD) == 303  # the owner on another one is not held up by it


def test_who_registered_here_is_known_here(app: Flask, contest: Catalogue) -> None:
    mine = Visitor(app)
    register_by_form(mine, contest)
    mine.submit("Đăng xuất")
    tries(app, 6, "0900 000 001")
    assert attempt(mine, "0900 000 001", PASSWORD) == 303


def test_an_own_account_on_the_victim_s_phone_buys_no_guesses(app: Flask, contest: Catalogue, owner: Entry) -> None:
    """A phone is not checked: anybody may register with it, sign in with it, and try to wash the count or be known."""
    attacker = Visitor(app)
    register_by_form(attacker, contest, phone=PHONE, password="của kẻ trộm vặt")
    attacker.submit("Đăng xuất")
    assert tries(app, 4) == [422] * 4
    assert attempt(Visitor(app), PHONE, "của kẻ trộm vặt") == 303  # does not clear what stands against both
    assert tries(app, 2) == [422, 429]
    assert attempt(attacker, PHONE, PASSWORD) == 422  # the right one: this browser knows another account
    assert attempt(attacker, PHONE, "của kẻ trộm vặt") == 303


def test_a_new_password_makes_every_device_unknown(app: Flask, owner: Entry) -> None:
    mine, stolen = Visitor(app), Visitor(app)
    for browser in (mine, stolen):
        attempt(browser, PHONE, PASSWORD)
    mine.visit("/toi/mat-khau").submit("Đổi mật khẩu", old=PASSWORD, new="một câu thật riêng")
    mine.visit("/toi").submit("Đăng xuất")
    tries(app, 6)
    assert attempt(stolen, PHONE, "một câu thật riêng") == 429
    assert attempt(mine, PHONE, "một câu thật riêng") == 303


@pytest.mark.parametrize("cookie", ["", "x", "A" * 22 + "." + "0" * 24, "../../etc", "%00", "a" * 4000])
def test_a_device_cookie_of_one_s_own_making_helps_nobody(app: Flask, owner: Entry, cookie: str) -> None:
    tries(app, 5)
    browser = Visitor(app)
    browser.client.set_cookie("lantoa-may", cookie)
    assert attempt(browser, PHONE, PASSWORD) == 429


def test_a_stolen_device_cookie_opens_nothing_by_itself(app: Flask, owner: Entry) -> None:
    mine, thief = Visitor(app), Visitor(app)
    attempt(mine, PHONE, PASSWORD)
    cookie = mine.client.get_cookie("lantoa-may")
    assert cookie is not None
    thief.client.set_cookie("lantoa-may", cookie.value)
    assert thief.visit("/toi").path == "/dang-nhap"


@pytest.mark.parametrize("value", ["", "x", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "{cut}", "{flipped}"])
def test_a_tampered_session_cookie_is_a_stranger(app: Flask, owner: Entry, value: str) -> None:
    browser = Visitor(app)
    attempt(browser, PHONE, PASSWORD)
    cookie = browser.client.get_cookie("lantoa")
    assert cookie is not None
    flipped = cookie.value[:5] + ("A" if cookie.value[5] != "A" else "B") + cookie.value[6:]
    browser.client.set_cookie("lantoa", value.format(cut=cookie.value[:-3], flipped=flipped))
    assert browser.visit("/toi").path == "/dang-nhap"


def test_neither_cookie_holds_anything_of_the_person(app: Flask, contest: Catalogue) -> None:
    browser = Visitor(app)
    typed = register_by_form(browser, contest)
    for name in ("lantoa", "lantoa-may"):
        cookie = browser.client.get_cookie(name)
        assert cookie is not None
        assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
        for secret in (str(typed["citizen_id"]), "900000001", PASSWORD, "Ánh"):
            assert secret not in cookie.value
    device = browser.client.get_cookie("lantoa-may")
    assert device is not None
    assert len(device.value) < 60


def test_the_table_holds_nothing_that_was_typed(app: Flask, owner: Entry) -> None:
    tries(app, 2, "000123123123")
    rows = look(app, lambda: [vars(row) for row in db.session.scalars(select(Throttle))])
    assert len(rows) == 2
    for secret in ("000123123123", "127.0.0.1"):
        assert secret not in str(rows)


def test_many_accounts_from_one_address(app: Flask, owner: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ceiling is high, its wait short, and an owner's own phone is not held up by it."""
    assert signing_in._CEILING >= 900
    monkeypatch.setattr(signing_in, "_CEILING", 3)
    mine = Visitor(app)
    attempt(mine, PHONE, PASSWORD)
    mine.visit("/toi").submit("Đăng xuất")
    statuses = [attempt(Visitor(app), f"0900 000 {n}") for n in range(101, 105)]
    assert statuses == [422, 422, 422, 429]
    elsewhere = Visitor(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert attempt(elsewhere, PHONE, PASSWORD) == 303
    assert attempt(mine, PHONE, PASSWORD) == 303


def test_a_hall_of_300_signs_in_from_one_address_without_a_refusal(
    app: Flask, contest: Catalogue, clock: time_machine.Traveller
) -> None:
    """Each with a wrong try first, within ten minutes; also the doubled registrations stay below their ceiling."""
    with app.app_context():
        people = []
        for place in range(300):
            entry = make_contestant(contest, now=datetime.now(UTC))
            entry.account.phone = f"+849{place:08d}"
            people.append(f"09{place:08d}")
        db.session.commit()
    browser = Visitor(app)
    token = browser.csrf()
    for phone in people:
        clock.shift(2)
        statuses = []
        for password in ("nhầm", PASSWORD):
            fields = {"identifier": phone, "password": password, "csrf_token": token}
            fresh = app.test_client()
            session = browser.client.get_cookie("lantoa")
            assert session is not None
            fresh.set_cookie("lantoa", session.value)
            statuses.append(fresh.post("/dang-nhap", data=fields).status_code)
        assert statuses == [422, 303]
    assert registering._CEILING > 300


def test_registering_again_and_again_on_a_taken_number(
    app: Flask, contest: Catalogue, visitor: Visitor, clock: time_machine.Traveller
) -> None:
    taken = str(register_by_form(Visitor(app), contest)["citizen_id"])
    for _ in range(5):
        register_by_form(visitor, contest, citizen_id=taken)
        assert visitor.status == 422
        assert "Số căn cước này đã được đăng ký." in visitor.text
    typed = register_by_form(visitor, contest, citizen_id=taken)
    assert (visitor.status, visitor.response.headers["Retry-After"]) == (429, "30")
    assert f"{WAIT} 30 giây." in words(one(visitor, "main [role=alert]"))
    assert summary(visitor) == {}
    for field in ("full_name", "phone", "citizen_id", "unit", "consent_contest"):
        assert visitor.value(field) == typed[field]
    register_by_form(visitor, contest)  # a number of one's own
    assert visitor.path == "/toi"
    assert count(app, Account) == [2]


def test_asking_for_many_taken_numbers_from_one_address(
    app: Flask, contest: Catalogue, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "_CEILING", 3)
    numbers = [str(register_by_form(Visitor(app), contest)["citizen_id"]) for _ in range(4)]
    statuses = []
    for number in numbers:
        register_by_form(visitor, contest, citizen_id=number)
        statuses.append(visitor.status)
    assert statuses == [422, 422, 422, 429]


@pytest.mark.parametrize("identifier", [PHONE, UNKNOWN])
def test_many_at_once_get_no_more_verdicts_than_one_after_the_other(app: Flask, owner: Entry, identifier: str) -> None:
    """Workers that know nothing of each other: two applications on one database, ten tries in each, all together."""
    with app.app_context():
        settings = portal().settings
    from app import create_app  # noqa: PLC0415  the second worker

    other = create_app(replace(settings))
    browsers = [Visitor(which) for which in (app, other) for _ in range(10)]
    tokens = [browser.csrf() for browser in browsers]

    def deed(browser: Visitor, token: str) -> Callable[[], int]:
        fields = {"identifier": identifier, "password": "không phải", "csrf_token": token}
        return lambda: browser.client.post("/dang-nhap", data=fields).status_code

    with app.app_context():
        outcomes = race(app, [deed(b, t) for b, t in zip(browsers, tokens, strict=True)])
    with other.app_context():
        from app.extensions import all_engines  # noqa: PLC0415

        for engine in all_engines():
            engine.dispose()
    assert sorted(str(o) for o in outcomes) == ["422"] * 5 + ["429"] * 15


@pytest.mark.parametrize("identifier", [PHONE, UNKNOWN, "000999999999", "ai đó"])
def test_the_same_work_for_known_and_unknown(
    app: Flask, owner: Entry, monkeypatch: pytest.MonkeyPatch, identifier: str
) -> None:
    """Counted in hashes: one for each verdict, none for who has to wait."""
    hashes = 0
    matches = Passwords.matches

    def counting(self: Passwords, password_hash: str | None, password: str) -> bool:
        nonlocal hashes
        hashes += 1
        return matches(self, password_hash, password)

    monkeypatch.setattr(Passwords, "matches", counting)
    assert tries(app, 9, identifier) == [422] * 5 + [429] * 4
    assert hashes == 5


@pytest.mark.parametrize(
    "common", ["matkhau123", "Mật Khẩu 123", "12345678", "Hải Phòng 2025", "qwertyuiop", "linh123456"]
)
def test_a_common_password_is_refused(app: Flask, contest: Catalogue, visitor: Visitor, common: str) -> None:
    visitor.visit("/dang-ky")
    fields = registration(
        unit=contest.units[0].code, citizen_id=citizen_number(), phone="0977 654 319", password=common
    )
    visitor.submit("Đăng ký", **fields)
    assert visitor.status == 422
    assert "Mật khẩu này nhiều người dùng nên dễ bị đoán ra." in summary(visitor)["#password"]
    assert count(app, Account) == [0]
