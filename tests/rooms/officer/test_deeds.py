"""What an officer does for one of her people, each with a reason that the audit keeps."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Channel, Claim, Consent, Entry, Purpose
from app.services.catalogue import Catalogue
from app.services.recovery_code import recovery_code
from app.web.portal import keyring
from tests.rooms.officer.conftest import audit
from tests.support.asking import look, one, refused, words
from tests.support.numbers import number_of
from tests.support.people import PASSWORD, sign_in
from tests.support.visitor import Visitor

_PUBLIC = Purpose.GUARDIAN_PUBLIC
SHAPE = re.compile(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b")


@pytest.fixture
def person(desk: Visitor, entry: Entry) -> Visitor:
    """The desk, looking at one of the own people."""
    return desk.visit(f"/can-bo/thi-sinh/{entry.id}")


def test_a_new_password(person: Visitor, app: Flask, entry: Entry) -> None:
    phone = Visitor(app)
    sign_in(phone, app, entry.account)
    person.click("Cấp mật khẩu mới").submit("Cấp mật khẩu mới", reason="Quên mật khẩu, đã xem thẻ")
    assert (person.status, person.response.headers["Cache-Control"]) == (200, "no-store")
    (password,) = SHAPE.findall(person.text)
    assert phone.visit("/toi").path == "/dang-nhap"
    assert phone.submit("Đăng nhập", identifier="0900000002", password=PASSWORD).status == 422
    assert phone.submit("Đăng nhập", identifier="0900000002", password=password).path == "/toi"
    assert audit(app, "password.reset") == [(f"account:{entry.account_id}", "Quên mật khẩu, đã xem thẻ")]


def test_the_whole_number_once(person: Visitor, app: Flask, entry: Entry) -> None:
    number = number_of(app, entry)
    grouped = f"{number[:3]} {number[3]} {number[4:6]} {number[6:]}"
    person.click("Xem số căn cước")
    assert grouped not in person.text
    assert audit(app, "citizen.look") == []
    person.submit("Xem số căn cước", reason="Đối chiếu danh sách nhận giải")
    assert (person.status, person.response.headers["Cache-Control"]) == (200, "no-store")
    assert grouped in person.text
    assert number not in person.response.request.url + str(person.response.headers)
    assert audit(app, "citizen.look") == [(f"account:{entry.account_id}", "Đối chiếu danh sách nhận giải")]
    for path in (person.path, f"/can-bo/thi-sinh/{entry.id}"):
        assert grouped not in person.visit(path).text


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("", "Ghi lý do, ví dụ"),
        ("   ", "Ghi lý do, ví dụ"),
        ("a" * 301, "Lý do dài nhiều nhất 300 ký tự."),
        ("Gọi số 0912 345 678", "Bỏ số điện thoại, số căn cước ra khỏi lý do"),
        ("Thẻ 031 0 89 123456", "Bỏ số điện thoại, số căn cước ra khỏi lý do"),
    ],
)
@pytest.mark.parametrize("deed", ["mat-khau", "so-can-cuoc", "sua"])
def test_nothing_without_a_good_reason(
    person: Visitor, app: Flask, entry: Entry, *, deed: str, reason: str, fault: str
) -> None:
    buttons = {"mat-khau": "Cấp mật khẩu mới", "so-can-cuoc": "Xem số căn cước", "sua": "Lưu thông tin"}
    person.visit(f"/can-bo/thi-sinh/{entry.id}/{deed}").submit(buttons[deed], reason=reason)
    refused(person, "reason", fault)
    assert person.value("reason") == reason.strip()
    assert not SHAPE.findall(person.text)
    assert number_of(app, entry) not in person.text.replace(" ", "")
    assert [audit(app, action) for action in ("password.reset", "citizen.look")] == [[], []]


def test_a_correction(person: Visitor, app: Flask, entry: Entry) -> None:
    person.click("Sửa thông tin")
    assert (person.value("full_name"), person.value("phone")) == ("Nguyễn Thị Hồng Ánh", "0900 000 002")
    person.submit("Lưu thông tin", full_name="Nguyễn Thị Hồng  Anh", phone="+84 900 000 003", reason="Gõ sai tên")
    assert (person.path, person.h1) == (f"/can-bo/thi-sinh/{entry.id}", "Nguyễn Thị Hồng Anh")
    assert "0900 000 003" in person.text
    assert audit(app, "person.correct name phone") == [(f"account:{entry.account_id}", "Gõ sai tên")]
    person.visit("/can-bo/thi-sinh").submit("Tìm", text="hồng anh")
    assert "Nguyễn Thị Hồng Anh" in person.text


def test_who_moves_away_is_no_longer_hers(person: Visitor, app: Flask, contest: Catalogue, entry: Entry) -> None:
    person.click("Sửa thông tin").submit("Lưu thông tin", unit=contest.units[1].code, reason="Đã chuyển nhà")
    assert person.path == "/can-bo/thi-sinh"
    assert person.visit(f"/can-bo/thi-sinh/{entry.id}").status == 404
    assert look(app, lambda: db.session.get_one(Entry, entry.id).unit_id) == contest.units[1].id


def test_a_correction_that_is_none(person: Visitor, app: Flask, entry: Entry) -> None:
    person.click("Sửa thông tin")
    person.submit("Lưu thông tin", full_name="Ánh 2", phone="12", unit="00000", reason="Đã xem thẻ")
    refused(person, "full_name", "Họ và tên chỉ gồm chữ cái")
    refused(person, "phone", "Số điện thoại gồm 10 số")
    assert (person.value("full_name"), person.value("phone"), person.value("reason")) == ("Ánh 2", "12", "Đã xem thẻ")
    account = look(app, lambda: db.session.get_one(Account, entry.account_id))
    assert (account.full_name, account.phone) == ("Nguyễn Thị Hồng Ánh", "+84900000002")


@pytest.mark.usefixtures("entry", "elsewhere")
@pytest.mark.parametrize("kind", ["CSV", "Excel"])
def test_the_list_as_a_file(desk: Visitor, app: Flask, contest: Catalogue, finisher: Entry, kind: str) -> None:
    number = number_of(app, finisher)
    with desk.visit("/can-bo/danh-sach").submit(f"Tải tệp {kind}").response as answer:
        data, headers = bytes(answer.data), answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert re.search(rf"thi-sinh-{contest.units[0].code}-\d{{8}}-\d{{4}}\.(csv|xlsx)", headers["Content-Disposition"])
    if kind == "CSV":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    else:
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        rows = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows] == ["Họ và tên", "Nguyễn Thị Hồng Ánh", "Trần Văn Xong"]
    assert rows[2][1] == "0900 000 002"
    assert rows[2][4:7] == ["4", "4", str(contest.rules.exam.questions)]
    assert not any(number in cell or number[-4:] in cell for row in rows for cell in row)
    ending = "csv" if kind == "CSV" else "xlsx"
    assert audit(app, "export") == [(f"unit:{contest.units[0].id}", ending)]


def test_no_file_of_another_unit(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    token = desk.visit("/can-bo/danh-sach").value("csrf_token")
    desk.post("/can-bo/danh-sach/csv", {"csrf_token": token, "don-vi": contest.units[1].code})
    assert desk.status == 404
    assert audit(app, "export") == []


def test_words_of_the_correction_page(person: Visitor) -> None:
    person.click("Sửa thông tin")
    assert "Đã xem thẻ" not in words(one(person, "main form"))
    assert "Giấy chứng nhận đã cấp vẫn giữ tên" in person.text


def test_a_number_that_was_mistyped(person: Visitor, app: Flask, entry: Entry) -> None:
    person.click("Sửa thông tin").submit("Lưu thông tin", card_number="000 1 90 000777", reason="Gõ sai số, đã xem thẻ")
    assert person.path == f"/can-bo/thi-sinh/{entry.id}"
    assert number_of(app, entry) == "000190000777"
    assert "0777" in person.text
    assert "000190000777" not in person.text.replace(" ", "")
    assert audit(app, "person.number") == [(f"account:{entry.account_id}", "Gõ sai số, đã xem thẻ")]


def test_the_same_number_again_changes_nothing(person: Visitor, app: Flask, entry: Entry) -> None:
    number = number_of(app, entry)
    person.click("Sửa thông tin").submit("Lưu thông tin", card_number=number, reason="Đã xem thẻ")
    assert (number_of(app, entry), audit(app, "person.number")) == (number, [])


def test_a_number_that_is_none_or_somebody_elses(person: Visitor, app: Flask, entry: Entry, elsewhere: Entry) -> None:
    mine, theirs = number_of(app, entry), number_of(app, elsewhere)
    for typed, fault in (("0312", "Nhập đủ 12 số"), (theirs, "Số này đang ở một tài khoản khác")):
        person.visit(f"/can-bo/thi-sinh/{entry.id}/sua")
        person.submit("Lưu thông tin", full_name="Tên Khác", card_number=typed, reason="Đã xem thẻ")
        refused(person, "card_number", fault)
        assert (person.value("card_number"), person.value("full_name")) == ("", "Tên Khác")
        assert "Nguyễn Thị Hồng Ánh" in person.h1
    assert (number_of(app, entry), audit(app, "person.number")) == (mine, [])


def test_a_claim_is_decided_before_a_number_is_written(desk: Visitor, app: Flask, claim: Claim) -> None:
    claimant = look(
        app, lambda: db.session.scalars(select(Entry.id).where(Entry.account_id == claim.claimant_id)).one()
    )
    desk.visit(f"/can-bo/thi-sinh/{claimant}/sua")
    desk.submit("Lưu thông tin", card_number="000190000777", reason="Đã xem thẻ")
    refused(desk, "card_number", "Có người đang báo trùng số")


def test_a_guardian_speaks_at_the_desk(person: Visitor, app: Flask, entry: Entry) -> None:
    person.click("Sửa thông tin")
    assert not person.page.select("[name=guardian_public]")  # of age
    with app.app_context():
        row = Consent(entry_id=entry.id, purpose=Purpose.GUARDIAN, text_version="1", channel=Channel.SELF)
        row.given_at = datetime.now(UTC)
        db.session.add(row)
        db.session.get_one(Entry, entry.id).on_boards = False
        db.session.commit()
    person.visit(person.path).submit("Lưu thông tin", guardian_public="y", reason="Mẹ em có mặt")
    assert look(app, lambda: db.session.get_one(Entry, entry.id).on_boards)
    (given,) = look(app, lambda: db.session.scalars(select(Consent).where(Consent.purpose == _PUBLIC)).all())
    assert given.recorded_by is not None
    assert audit(app, "consent.guardian") == [(f"entry:{entry.id}", "Mẹ em có mặt")]
    assert not person.click("Sửa thông tin").page.select("[name=guardian_public]")


def test_a_new_password_ends_the_recovery_code(person: Visitor, app: Flask, entry: Entry) -> None:
    before = look(app, lambda: recovery_code(db.session.get_one(Account, entry.account_id), keyring()))
    person.click("Cấp mật khẩu mới").submit("Cấp mật khẩu mới", reason="Người khác đã vào tài khoản")
    after = look(app, lambda: recovery_code(db.session.get_one(Account, entry.account_id), keyring()))
    assert before != after


def test_what_was_written_comes_back_after_half_an_hour(person: Visitor, app: Flask, entry: Entry) -> None:
    person.click("Sửa thông tin")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        person.submit("Lưu thông tin", full_name="Tên Mới", card_number="000190000777", reason="Đã xem <b>thẻ</b>")
        assert (person.status, person.h1) == (403, "Chưa lưu: bạn để yên quá 30 phút")
        assert "Tên Mới" in person.text
        assert "Đã xem <b>thẻ</b>" in person.text
        assert "000190000777" not in person.response.text
        assert person.click("Đăng nhập lại").path == "/dang-nhap"
        person.visit(f"/can-bo/thi-sinh/{entry.id}")
        assert person.path == "/dang-nhap"
    assert look(app, lambda: db.session.get_one(Account, entry.account_id).full_name) == "Nguyễn Thị Hồng Ánh"


def test_a_stranger_s_words_do_not_come_back(app: Flask, entry: Entry) -> None:
    stranger = Visitor(app)
    token = stranger.visit("/dang-nhap").csrf()
    answer = stranger.client.post(f"/can-bo/thi-sinh/{entry.id}/sua", data={"csrf_token": token, "reason": "Lời lạ"})
    assert (answer.status_code, answer.headers["Location"][:10]) == (303, "/dang-nhap")
