"""Registering: one person, one account, one form."""

import unicodedata
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Consent, Entry, Purpose, Role, Session
from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME
from tests.support.asking import count, hops, look, one, only_own_forms, refused, summary, title, words
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, citizen_number, register_by_form, registration
from tests.support.visitor import Visitor

WRITTEN = (Account, Entry, Consent, Session)


def account(app: Flask) -> Account:
    """The only one there is."""
    return look(app, lambda: db.session.scalars(select(Account)).one())


def fill_in(visitor: Visitor, contest: Catalogue, **changes: str | None) -> dict[str, str | None]:
    """The form without a fault but for the changes."""
    return register_by_form(visitor, contest, **changes)


def test_it_makes_account_entry_and_consents_and_signs_in(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    typed = fill_in(visitor, contest, unit="11383")
    assert (visitor.path, visitor.h1) == ("/toi", f"Chào {NAME}")
    made = account(app)
    assert (made.full_name, made.phone, made.role) == (NAME, "+84900000001", Role.CONTESTANT)
    assert made.name_search == "nguyen thi hong anh"
    with app.app_context():
        entry = db.session.scalars(select(Entry)).one()
        assert (entry.account_id, entry.unit.code, entry.on_boards) == (made.id, "11383", True)
        assert entry.accepted_rules == contest.rules_version
        consents = {row.purpose: row.text_version for row in db.session.scalars(select(Consent))}
        assert consents == {Purpose.CONTEST: contest.rules_version, Purpose.BOARDS: contest.rules_version}
        assert unsealed(made) == typed["citizen_id"]


def test_neither_number_nor_password_stands_in_the_database_as_typed(
    visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    typed = fill_in(visitor, contest)
    made = account(app)
    held = " ".join(str(value) for value in vars(made).values())
    assert str(typed["citizen_id"]) not in held
    assert PASSWORD not in held
    assert made.password_hash.startswith("$argon2id$")


def test_what_phones_send_decomposed_is_stored_composed(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    password = unicodedata.normalize("NFD", PASSWORD)
    fill_in(
        visitor, contest, full_name=unicodedata.normalize("NFD", f"  {NAME.replace(' ', '   ')} "), password=password
    )
    assert account(app).full_name == NAME
    visitor.submit("Đăng xuất")
    visitor.visit("/dang-nhap").submit("Đăng nhập", identifier="0900000001", password=PASSWORD)
    assert visitor.path == "/toi"


@pytest.mark.parametrize("typed", ["+84 900 000 001", "0900.000.001", "84900000001"])
def test_a_phone_may_be_written_in_any_way(visitor: Visitor, app: Flask, contest: Catalogue, typed: str) -> None:
    fill_in(visitor, contest, phone=typed)
    assert account(app).phone == "+84900000001"


def test_a_family_shares_one_phone(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest)
    fill_in(Visitor(app), contest, full_name="Trần Văn Mẫu")
    assert count(app, Account) == [2]


FAULTS: list[tuple[str, str | None, str]] = [
    ("full_name", "", "Nhập họ và tên của bạn."),
    ("full_name", "A", "Họ và tên chỉ gồm chữ cái"),
    ("full_name", "Nguyễn Văn 8", "Họ và tên chỉ gồm chữ cái"),
    ("full_name", "<script>alert(1)</script>", "Họ và tên chỉ gồm chữ cái"),
    ("full_name", "Nguyễn " * 20, "từ 2 đến 80 ký tự"),
    ("phone", "", "Nhập số điện thoại của bạn."),
    ("phone", "0123 456 789", "Số điện thoại gồm 10 số"),
    ("phone", "09000000011", "Số điện thoại gồm 10 số"),
    ("citizen_id", "", "Nhập đủ 12 số trên thẻ căn cước."),
    ("citizen_id", "00109900001", "Nhập đủ 12 số trên thẻ căn cước."),
    ("citizen_id", "0010990000012", "Nhập đủ 12 số trên thẻ căn cước."),
    ("citizen_id", "00109900000A", "Nhập đủ 12 số trên thẻ căn cước."),
    ("citizen_id", "031 234 567", "Số chứng minh nhân dân cũ (9 số) không còn dùng được."),
    ("unit", "", "Chọn phường, xã hoặc đặc khu nơi bạn ở."),
    ("unit", "99999", "Chọn một mục trong danh sách."),
    ("password", "", "Đặt một mật khẩu."),
    ("password", "bảy kýt", "Mật khẩu cần ít nhất 8 ký tự."),
    ("password", "x1" * 101, "Mật khẩu dài nhiều nhất 200 ký tự."),
    ("password", "aaaaaaaaaa", "Mật khẩu này dễ đoán."),
    ("consent_contest", None, "Bạn cần đánh dấu ô đồng ý này thì mới dự thi được."),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0]}={str(fault[1])[:16]}")
def test_a_fault_is_told_and_nothing_typed_is_lost(
    visitor: Visitor, app: Flask, contest: Catalogue, fault: tuple[str, str | None, str]
) -> None:
    field, typed, message = fault
    fields = fill_in(visitor, contest, **{field: typed})
    refused(visitor, field, message)
    assert list(summary(visitor)) == [f"#{field}"]
    for name, value in fields.items():
        if name in ("full_name", "phone", "citizen_id", "consent_contest", "consent_boards"):
            assert visitor.value(name) == (" ".join(value.split()) if value is not None else None), name
    if field != "unit":
        assert visitor.value("unit") == fields["unit"]
    assert visitor.value("password") == ""
    assert "Hãy nhập lại, ít nhất 8 ký tự." in words(one(visitor, "#password-hint"))
    assert "alert(1)</script>" not in visitor.response.text
    assert count(app, *WRITTEN) == [0, 0, 0, 0]


def test_the_form_is_clean_at_first(visitor: Visitor) -> None:
    visitor.visit("/dang-ky")
    assert (visitor.status, visitor.h1) == (200, "Đăng ký dự thi")
    assert title(visitor).startswith("Đăng ký dự thi")
    assert not visitor.page.select("[role=alert], .fault, [aria-invalid]")
    assert visitor.value("consent_contest") is None
    assert visitor.value("consent_boards") is None
    assert [group["label"] for group in visitor.page.select("#unit optgroup") if group["label"]] != []


def test_all_faults_are_told_at_once_in_the_order_of_the_form(visitor: Visitor) -> None:
    visitor.visit("/dang-ky").submit("Đăng ký")
    fields = ["unit", "full_name", "phone", "citizen_id", "password", "consent_contest"]
    assert list(summary(visitor)) == [f"#{field}" for field in fields]


def test_mended_it_goes_through(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, phone="123")
    visitor.submit("Đăng ký", phone="0900 000 001", password=PASSWORD)
    assert visitor.path == "/toi/ma-khoi-phuc"
    assert account(app).full_name == NAME


def own_passwords() -> dict[str, dict[str, str]]:
    """Passwords made of what others know."""
    number = citizen_number()
    return {
        "name": {"password": NAME},
        "name without marks": {"password": "nguyen thi hong anh"},
        "given name": {"password": "Hồng Ánh"},
        "name and a year": {"password": f"{NAME}88"},
        "phone": {"password": "0900000001"},
        "dotted phone": {"phone": "0900.000.001", "password": "0900000001"},
        "citizen number": {"citizen_id": number, "password": number},
    }


@pytest.mark.parametrize("made_of", own_passwords())
def test_a_password_made_of_own_data_is_refused(visitor: Visitor, app: Flask, contest: Catalogue, made_of: str) -> None:
    fill_in(visitor, contest, **own_passwords()[made_of])
    refused(visitor, "password", "không dùng tên, số điện thoại hay số căn cước của bạn.")
    assert count(app, *WRITTEN) == [0, 0, 0, 0]


def test_marks_and_signs_make_a_good_password(visitor: Visitor, contest: Catalogue) -> None:
    fill_in(visitor, contest, password="$!^@*#%&")  # not as they stand on the keyboard: that run is common
    assert visitor.path == "/toi"


@pytest.mark.parametrize("spaced", [False, True])
def test_a_taken_number_is_told_without_saying_whose(
    visitor: Visitor, app: Flask, contest: Catalogue, spaced: bool
) -> None:
    first = fill_in(Visitor(app), contest, full_name="Phạm Thị Trước", phone="0911 111 111")
    before = count(app, *WRITTEN)
    number = str(first["citizen_id"])
    typed = f"{number[:3]} {number[3:]}" if spaced else number
    fill_in(visitor, contest, citizen_id=typed)
    refused(visitor, "citizen_id", "Số căn cước này đã được đăng ký.")
    assert visitor.value("citizen_id") == typed
    assert visitor.value("full_name") == NAME
    for whose in ("Phạm", "Trước", "0911", "111 111"):
        assert whose not in visitor.text
    assert count(app, *WRITTEN) == before
    assert visitor.visit("/toi").path == "/dang-nhap"


def test_the_box_for_boards_is_a_choice(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, consent_boards=None)
    assert visitor.path == "/toi"
    assert "Thí sinh ẩn danh" in visitor.text
    assert look(app, lambda: list(db.session.scalars(select(Consent.purpose)))) == [Purpose.CONTEST]
    assert look(app, lambda: db.session.scalars(select(Entry.on_boards)).one()) is False


def test_what_an_older_cookie_held_is_worth_nothing_afterwards(
    visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    visitor.visit("/dang-ky")
    planted = visitor.client.get_cookie("lantoa")
    fill_in(visitor, contest)
    fresh = visitor.client.get_cookie("lantoa")
    assert planted is not None
    assert fresh is not None
    assert planted.value != fresh.value
    visitor.client.set_cookie("lantoa", planted.value)
    assert visitor.visit("/toi").path == "/dang-nhap"


def test_who_is_signed_in_needs_no_form(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit("/dang-ky")
    assert (hops(visitor), visitor.path) == ([303], "/toi")


def test_only_own_forms(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fields: dict[str, Any] = registration(unit=contest.units[0].code)
    only_own_forms(visitor, "/dang-ky", fields)
    assert count(app, *WRITTEN) == [0, 0, 0, 0]


@pytest.mark.parametrize("headers", [{"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, {}])
def test_own_forms_get_in(visitor: Visitor, contest: Catalogue, headers: dict[str, str]) -> None:
    fields = registration(unit=contest.units[0].code) | {"csrf_token": visitor.csrf()}
    assert visitor.client.post("/dang-ky", data=fields, headers=headers).status_code == 303


def test_nul_is_dropped(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, full_name=f"{NAME}\0")
    assert account(app).full_name == NAME


def test_too_much_is_told(visitor: Visitor, app: Flask) -> None:
    answer = visitor.client.post("/dang-ky", data={"csrf_token": visitor.csrf(), "full_name": "A" * 300_000})
    assert answer.status_code == 413
    assert count(app, Account) == [0]


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/dang-ky").status_code == 405
