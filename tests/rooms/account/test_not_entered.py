"""What belongs to the account is open to who has not entered this contest: data, consents, requests, code, devices."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Consent, DataRequest, Entry, Purpose
from app.services.catalogue import Catalogue
from tests.rooms.account.conftest import Return, may_sign_in
from tests.rooms.conftest import NAME
from tests.support.asking import count, look, one, words
from tests.support.people import PASSWORD
from tests.support.visitor import Visitor

DATA = "/toi/du-lieu"


def withdrawn(app: Flask) -> set[Purpose]:
    return look(app, lambda: set(db.session.scalars(select(Consent.purpose).where(Consent.withdrawn_at.is_not(None)))))


def test_the_way_to_each(back: Return, visitor: Visitor) -> None:
    back()
    for label, path in (
        ("Mã khôi phục", "/toi/ma-khoi-phuc"),
        ("Đổi mật khẩu", "/toi/mat-khau"),
        ("Thiết bị đang đăng nhập", "/toi/thiet-bi"),
        ("Dữ liệu của tôi", DATA),
        ("Sửa họ tên, số điện thoại", f"{DATA}/sua"),
    ):
        assert visitor.visit("/toi").click(label).path == path
        assert visitor.status == 200
    assert visitor.visit("/toi").submit("Đăng xuất").path == "/"


def test_what_is_kept_from_the_earlier_contest(back: Return, visitor: Visitor) -> None:
    back()
    visitor.visit(DATA)
    assert "Bạn chưa dự cuộc thi này" in visitor.text
    for said in (NAME, "0900 000 002", "•••• •••• ", "Phường Mẫu Trước"):
        assert said in visitor.text
    assert not visitor.page.select("a[href='/toi/don-vi']")
    content = json.loads(visitor.client.get(f"{DATA}/tai-ve.json").data)
    assert [row["contest"] for row in content["entries"]] == ["Cuộc thi trước"]
    assert visitor.click("Dự thi").path == "/toi/du-thi"


def test_once_entered_nothing_is_said_of_it(back: Return, visitor: Visitor, contest: Catalogue) -> None:
    back()
    visitor.submit("Dự thi", consent_contest="y").visit(DATA)
    assert "Bạn chưa dự cuộc thi này" not in visitor.text
    assert contest.units[0].full_name in words(one(visitor, "[aria-labelledby=thong-tin]"))
    content = json.loads(visitor.client.get(f"{DATA}/tai-ve.json").data)
    assert [row["contest"] for row in content["entries"]] == ["Cuộc thi trước", contest.name]


def test_what_was_agreed_to_is_withdrawn(back: Return, visitor: Visitor, app: Flask) -> None:
    entry = back()
    visitor.visit(DATA)
    offered = {str(button["value"]) for button in visitor.page.select("[name=dong-y]")}
    assert offered == {"withdraw.boards", "withdraw.contact"}
    assert "đồng ý thêm" not in visitor.text  # what no button offers
    for value in sorted(offered):
        visitor.post(f"{DATA}/dong-y", {"dong-y": value, "csrf_token": visitor.csrf()})
        assert visitor.path == DATA
    assert withdrawn(app) == {Purpose.BOARDS, Purpose.CONTACT}
    assert look(app, lambda: db.session.get_one(Entry, entry.id).on_boards) is False


def test_nobody_agrees_to_a_contest_that_is_over(back: Return, visitor: Visitor, app: Flask) -> None:
    back()
    before = count(app, Consent)
    visitor.post(f"{DATA}/dong-y", {"dong-y": "give.story", "csrf_token": visitor.csrf()})
    assert (visitor.status, count(app, Consent)) == (404, before)


def test_the_name_is_corrected(back: Return, visitor: Visitor, app: Flask) -> None:
    entry = back()
    visitor.visit(f"{DATA}/sua").submit("Lưu", full_name="Nguyễn Thị Hồng Anh", password=None)
    assert (visitor.path, visitor.status) == (DATA, 200)
    assert look(app, lambda: db.session.get_one(Account, entry.account_id).full_name) == "Nguyễn Thị Hồng Anh"


@pytest.mark.parametrize("kind", ["withdraw", "delete"])
def test_a_request_is_asked_and_carried_out(
    back: Return, visitor: Visitor, organiser: Visitor, app: Flask, kind: str
) -> None:
    back()
    visitor.visit(f"{DATA}/yeu-cau").submit("Gửi yêu cầu", kind=kind, password=PASSWORD)
    assert (visitor.path, visitor.status) == (DATA, 200)
    asked = look(app, lambda: db.session.scalars(select(DataRequest.id)).one())
    organiser.visit(f"/quan-tri/yeu-cau/{asked}/thuc-hien")
    if kind == "delete":
        organiser.submit("Xóa người này")
        assert not may_sign_in(app, PASSWORD)
        assert count(app, Entry) == [0]
    else:
        organiser.submit("Thực hiện", words="Đã rút.")
        assert withdrawn(app) == {Purpose.BOARDS, Purpose.CONTACT}


def test_the_recovery_code_is_shown(back: Return, visitor: Visitor) -> None:
    back()
    assert one(visitor.visit("/toi/ma-khoi-phuc"), "main code")


def test_the_password_is_changed(back: Return, visitor: Visitor, app: Flask) -> None:
    back()
    visitor.visit("/toi/mat-khau").submit("Đổi mật khẩu", old=PASSWORD, new="một câu thật riêng của tôi")
    assert (visitor.path, visitor.status) == ("/toi/thiet-bi", 200)
    browser = Visitor(app)
    browser.visit("/dang-nhap").submit("Đăng nhập", identifier="0900 000 002", password="một câu thật riêng của tôi")
    assert browser.path == "/toi/du-thi"
