"""The inbox of requests about personal data."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, DataRequest, Entry, RequestKind, RequestState
from app.services.catalogue import Catalogue
from tests.support.claims import make_claim
from tests.support.people import begin, learn_all, make_contestant, sign_in, sign_in_staff
from tests.support.requests import make_request
from tests.support.visitor import Visitor

INBOX = "/quan-tri/yeu-cau"


def _ask(app: Flask, contest: Catalogue, entry: Entry, kind: RequestKind, *, days_ago: int = 0, text: str = "") -> int:
    now = datetime.now(UTC) - timedelta(days=days_ago)
    with app.app_context():
        return make_request(entry, contest, kind, now=now, text=text).id


def _found(app: Flask, request_id: int) -> DataRequest:
    with app.app_context():
        return db.session.get_one(DataRequest, request_id)


@pytest.fixture
def request_id(app: Flask, contest: Catalogue, entry: Entry) -> int:
    """A request to be deleted, of today."""
    return _ask(app, contest, entry, RequestKind.DELETE, text="Tôi không thi nữa")


@pytest.mark.parametrize("page", [INBOX, f"{INBOX}/1", f"{INBOX}/1/thuc-hien"])
def test_nobody_else_comes_in(app: Flask, contest: Catalogue, visitor: Visitor, page: str) -> None:
    assert visitor.visit(page).path == "/dang-nhap"
    with app.app_context():
        account = make_contestant(contest, now=datetime.now(UTC)).account
    sign_in(visitor, app, account)
    assert visitor.visit(page).status == 404


@pytest.mark.parametrize("path", ["", "/thuc-hien", "/khac"])
def test_an_unknown_request(desk: Visitor, path: str) -> None:
    assert desk.visit(f"{INBOX}/999{path}").status == 404


def test_overdue_first_and_marked(app: Flask, desk: Visitor, contest: Catalogue, entry: Entry, request_id: int) -> None:
    _ask(app, contest, entry, RequestKind.COPY, days_ago=30)
    desk.visit("/quan-tri").click("Yêu cầu về dữ liệu")
    cards = [card.get_text(" ") for card in desk.page.select("article.card")]
    assert ["Lấy bản sao" in cards[0], "Quá hạn" in cards[0], "Quá hạn" in cards[1]] == [True, True, False]
    assert "Báo đã nhận chậm nhất hết ngày" in cards[1]


def test_acknowledged(app: Flask, desk: Visitor, entry: Entry, request_id: int) -> None:
    desk.visit(INBOX).click("Xóa dữ liệu").submit("Báo đã nhận")
    assert (desk.path, desk.status) == (INBOX, 200)
    assert _found(app, request_id).state is RequestState.ACKNOWLEDGED
    assert "Thực hiện chậm nhất hết ngày" in desk.text


def test_extended_once(app: Flask, desk: Visitor, request_id: int) -> None:
    before = _found(app, request_id).due_at
    desk.visit(f"{INBOX}/{request_id}").click("Kéo dài hạn").submit("Kéo dài", words="")
    assert desk.status == 422
    desk.submit("Kéo dài", words="Cần xem thẻ")
    assert desk.path == INBOX
    assert _found(app, request_id).due_at - before == timedelta(days=20)
    assert "Kéo dài hạn" not in desk.visit(f"{INBOX}/{request_id}").text
    desk.visit(f"{INBOX}/{request_id}/gia-han").submit("Kéo dài", words="Nữa")
    assert desk.status == 409
    assert "một lần" in desk.text


def test_refused_with_a_reason_that_the_person_reads(app: Flask, desk: Visitor, entry: Entry, request_id: int) -> None:
    desk.visit(f"{INBOX}/{request_id}").click("Từ chối").submit("Từ chối", words="Gọi 0912345678 trước")
    assert desk.status == 422
    assert desk.value("words") == "Gọi 0912345678 trước"
    desk.submit("Từ chối", words="Chưa xác nhận được đúng là bạn")
    assert desk.path == INBOX
    person = Visitor(app)
    with app.app_context():
        account = db.session.get_one(Account, entry.account_id)
    sign_in(person, app, account)
    assert "Không thực hiện" in person.visit("/toi/du-lieu").text
    assert "Chưa xác nhận được đúng là bạn" in person.text


def test_deleted(app: Flask, desk: Visitor, contest: Catalogue, entry: Entry, request_id: int) -> None:
    person = Visitor(app)
    with app.app_context():
        account = db.session.get_one(Account, entry.account_id)
    sign_in(person, app, account)
    desk.visit(f"{INBOX}/{request_id}").click("Thực hiện")
    assert "không lấy lại được" in desk.text
    desk.submit("Xóa người này")
    assert (desk.path, desk.status) == (INBOX, 200)
    assert "người đã xóa" in desk.text
    with app.app_context():
        assert db.session.get(Account, entry.account_id) is None
        subjects = db.session.execute(select(AuditRecord.action, AuditRecord.subject)).all()
    assert ("person.delete", f"account:{entry.account_id}") in [tuple(row) for row in subjects]
    assert person.visit("/toi").path == "/dang-nhap"
    desk.visit(f"{INBOX}/{request_id}")
    assert desk.status == 200
    assert "Trang của người yêu cầu" not in desk.text


def test_somebody_was_faster(app: Flask, desk: Visitor, request_id: int) -> None:
    second = Visitor(app)
    sign_in_staff(second, app, phone="+84900000008")
    second.visit(f"{INBOX}/{request_id}/tu-choi")
    desk.visit(f"{INBOX}/{request_id}/thuc-hien").submit("Xóa người này")
    second.submit("Từ chối", words="Không đủ căn cứ")
    assert second.status == 409
    assert "đã được trả lời" in second.text
    assert second.visit(f"{INBOX}/{request_id}/thuc-hien").status == 409
    assert _found(app, request_id).state is RequestState.DONE


def test_an_open_exam_is_warned_of(
    app: Flask, desk: Visitor, contest: Catalogue, entry: Entry, request_id: int
) -> None:
    assert "đang làm bài thi" not in desk.visit(f"{INBOX}/{request_id}/thuc-hien").text
    with app.app_context():
        learn_all(entry, contest, now=datetime.now(UTC))
        begin(entry, contest, now=datetime.now(UTC))
    assert "đang làm bài thi" in desk.visit(f"{INBOX}/{request_id}/thuc-hien").text


def test_an_open_claim_comes_first(
    app: Flask, desk: Visitor, contest: Catalogue, entry: Entry, request_id: int
) -> None:
    with app.app_context():
        make_claim(db.session.get_one(Entry, entry.id), contest, now=datetime.now(UTC))
    desk.visit(f"{INBOX}/{request_id}/thuc-hien").submit("Xóa người này")
    assert desk.status == 409
    assert "báo trùng" in desk.text
    assert _found(app, request_id).state is RequestState.NEW


def test_restricted(app: Flask, desk: Visitor, contest: Catalogue, entry: Entry) -> None:
    request_id = _ask(app, contest, entry, RequestKind.RESTRICT)
    desk.visit(f"{INBOX}/{request_id}").click("Thực hiện").submit("Thực hiện", words="Đã ẩn tên của bạn")
    assert desk.path == INBOX
    with app.app_context():
        assert not db.session.get_one(Entry, entry.id).on_boards
    assert _found(app, request_id).answer == "Đã ẩn tên của bạn"


@pytest.mark.parametrize("deed", ["tiep-nhan", "thuc-hien", "gia-han", "tu-choi"])
def test_wrong_method(desk: Visitor, request_id: int, deed: str) -> None:
    assert desk.client.put(f"{INBOX}/{request_id}/{deed}").status_code == 405
