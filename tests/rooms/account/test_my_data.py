"""My data: seen, taken along, corrected; consents; what is asked of the organiser."""

import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, Consent, DataRequest, Entry, Purpose, RequestKind, Story
from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME
from tests.support.people import PASSWORD, begin, make_contestant, make_staff
from tests.support.stories import decide, make_story
from tests.support.visitor import Visitor

HERE = "/toi/du-lieu"
PAGES = [HERE, f"{HERE}/sua", f"{HERE}/yeu-cau", f"{HERE}/tai-ve.json", f"{HERE}/tai-ve.html"]
FORMS = [f"{HERE}/sua", f"{HERE}/yeu-cau", f"{HERE}/dong-y"]


def _account(app: Flask, entry: Entry) -> Account:
    with app.app_context():
        return db.session.get_one(Account, entry.account_id)


def _requests(app: Flask) -> list[RequestKind]:
    with app.app_context():
        return list(db.session.scalars(select(DataRequest.kind).order_by(DataRequest.id)))


@pytest.mark.parametrize("page", PAGES)
def test_strangers_sign_in_first(visitor: Visitor, contest: Catalogue, page: str) -> None:
    assert visitor.visit(page).path == "/dang-nhap"


@pytest.mark.parametrize("page", PAGES)
def test_staff_have_no_such_page(organiser: Visitor, page: str) -> None:
    assert organiser.visit(page).path == "/quan-tri"


@pytest.mark.parametrize("page", FORMS)
def test_wrong_method(visitor: Visitor, contestant: Entry, page: str) -> None:
    data = {"csrf_token": visitor.csrf()}
    assert visitor.client.delete(page, data=data).status_code == 405
    assert visitor.client.get(f"{HERE}/dong-y").status_code == 405
    assert visitor.client.post(HERE, data=data).status_code == 405


def test_everything_is_there(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit("/toi").click("Dữ liệu của tôi")
    assert visitor.path == HERE
    for words in (NAME, "0900 000 002", "•••• •••• ", "Hiện họ tên và đơn vị trên bảng xếp hạng", "phiên bản"):
        assert words in visitor.text


def test_the_same_to_take_along(app: Flask, contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(HERE)
    shown = visitor.client.get(f"{HERE}/tai-ve.json")
    assert shown.headers["Content-Disposition"] == 'attachment; filename="du-lieu-cua-toi.json"'
    assert shown.headers["Cache-Control"] == "no-store"
    content = json.loads(shown.data)
    assert content["account"][0]["full_name"] == NAME
    assert content["account"][0]["citizen_last_four"] == _account(app, contestant).citizen_last_four
    assert {row["purpose"] for row in content["consents"]} == {"contest", "boards"}
    readable = visitor.visit(f"{HERE}/tai-ve.html")
    assert NAME in readable.text
    assert readable.response.headers["Content-Disposition"].startswith("attachment")


def test_another_name_needs_no_password_and_is_recorded(app: Flask, contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(HERE).click("Sửa họ tên")
    assert visitor.value("full_name") == NAME
    visitor.submit("Lưu", full_name="Nguyễn Thị  Hồng Anh", password=None)
    assert (visitor.path, visitor.status) == (HERE, 200)
    assert "Đã sửa" in visitor.text
    account = _account(app, contestant)
    assert (account.full_name, account.name_search) == ("Nguyễn Thị Hồng Anh", "nguyen thi hong anh")
    with app.app_context():
        record = db.session.scalars(select(AuditRecord).where(AuditRecord.action.startswith("person.correct"))).one()
    assert (record.actor_id, record.subject) == (account.id, f"account:{account.id}")
    assert "Sửa họ tên" in visitor.visit(HERE).text


def test_another_phone_needs_the_password(app: Flask, contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(f"{HERE}/sua")
    visitor.submit("Lưu", phone="0912 345 678", password="")
    assert visitor.status == 422
    assert "Nhập mật khẩu để đổi" in visitor.text
    visitor.submit("Lưu", password="sai rồi")
    assert visitor.status == 422
    assert "Mật khẩu chưa đúng" in visitor.text
    assert visitor.value("phone") == "0912 345 678"
    assert not visitor.value("password")
    assert _account(app, contestant).phone == "+84900000002"
    visitor.submit("Lưu", password=PASSWORD)
    assert visitor.path == HERE
    assert _account(app, contestant).phone == "+84912345678"


def test_who_guesses_has_to_wait(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(f"{HERE}/sua")
    for _ in range(6):
        visitor.submit("Lưu", phone="0912 345 678", password="sai rồi")
    assert visitor.status == 429


@pytest.mark.parametrize(("field", "typed"), [("full_name", "7"), ("phone", "123"), ("full_name", ""), ("phone", "")])
def test_what_cannot_be(app: Flask, contestant: Entry, visitor: Visitor, field: str, typed: str) -> None:
    visitor.visit(f"{HERE}/sua").submit("Lưu", **{field: typed})
    assert visitor.status == 422
    assert visitor.value(field) == typed
    assert _account(app, contestant).full_name == NAME


def test_withdrawn_the_name_is_off_the_board_at_once(
    app: Flask, contest: Catalogue, learned: Entry, visitor: Visitor
) -> None:
    with app.app_context():
        now = datetime.now(UTC)
        decide(make_story(learned, contest, now=now), contest, make_staff(now=now), now=now)
    other = Visitor(app)
    assert NAME in other.visit("/lan-toa").text
    for label in ("Hiện họ tên và đơn vị trên bảng xếp hạng", "Đăng bài chia sẻ trên trang Lan tỏa"):
        visitor.visit(HERE)
        _press(visitor, f"Rút lại: {label}")
        assert "Đã rút lại" in visitor.text
        assert NAME not in other.visit("/lan-toa").text
    assert "Học số để sống vui" not in other.visit("/lan-toa").text
    with app.app_context():
        kept = db.session.scalars(select(Consent).where(Consent.purpose == Purpose.BOARDS)).one()
        assert kept.withdrawn_at is not None
        assert not db.session.scalars(select(Story.on_wall)).one()
    _press(visitor, "Đồng ý: Hiện họ tên và đơn vị trên bảng xếp hạng")
    with app.app_context():
        assert db.session.get_one(Entry, learned.id).on_boards


def _press(visitor: Visitor, label: str) -> None:
    """The button that is called so."""
    button = next(b for b in visitor.page.find_all("button") if b.get("aria-label") == label)
    form = button.find_parent("form")
    assert form is not None
    token = form.select("input[name=csrf_token]")[0]["value"]
    visitor.post(str(form["action"]), {"csrf_token": token, str(button["name"]): str(button["value"])})


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "withdraw",
        "withdraw.contest",
        "withdraw.guardian",
        "give.guardian_public",
        "give.guardian",
        "x.boards",
        "give.x",
    ],
)
def test_other_consents_are_not_changed_here(app: Flask, contestant: Entry, visitor: Visitor, forged: str) -> None:
    visitor.post(f"{HERE}/dong-y", {"csrf_token": visitor.csrf(), "dong-y": forged})
    assert visitor.status == 404
    with app.app_context():
        assert len(db.session.scalars(select(Consent)).all()) == 2


def test_the_contest_s_consent_leads_to_the_deletion(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(HERE).click("xin xóa tài khoản")
    assert visitor.value("kind") == "delete"


def test_asking_and_seeing_what_becomes_of_it(app: Flask, contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(HERE).click("Gửi yêu cầu").submit("Gửi yêu cầu", kind="copy")
    assert visitor.path == HERE
    assert "Lấy bản sao dữ liệu Đã gửi" in visitor.text
    assert _requests(app) == [RequestKind.COPY]
    visitor.visit(f"{HERE}/yeu-cau").submit("Gửi yêu cầu", kind="copy")
    assert visitor.status == 422
    assert "đang chờ trả lời" in visitor.text
    assert _requests(app) == [RequestKind.COPY]


def test_to_be_deleted_the_password_is_asked(app: Flask, contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(f"{HERE}/yeu-cau?loai=delete").submit("Gửi yêu cầu", text="Tôi không thi nữa")
    assert visitor.status == 422
    assert visitor.value("text") == "Tôi không thi nữa"
    visitor.submit("Gửi yêu cầu", password="sai rồi")
    assert visitor.status == 422
    assert _requests(app) == []
    visitor.submit("Gửi yêu cầu", password=PASSWORD)
    assert visitor.path == HERE
    assert _requests(app) == [RequestKind.DELETE]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "correct", "text": ""}, "Ghi điều chưa đúng"),
        ({"kind": "copy", "text": "Số của tôi là 0912 345 678"}, "Đừng ghi số căn cước hay số điện thoại"),
        ({"kind": "correct", "text": "Đúng ra là 000123456789"}, "Đừng ghi số căn cước hay số điện thoại"),
        ({"kind": "copy", "text": "x" * 1001}, "dài nhiều nhất"),
        ({"kind": "x", "text": ""}, "Chọn"),
    ],
)
def test_what_cannot_be_asked(
    app: Flask, contestant: Entry, visitor: Visitor, typed: dict[str, str], said: str
) -> None:
    visitor.visit(f"{HERE}/yeu-cau").submit("Gửi yêu cầu", **typed)
    assert visitor.status == 422
    assert said in visitor.text
    assert visitor.value("text") == typed["text"]
    assert _requests(app) == []


def test_an_open_exam_is_told_before_asking(app: Flask, contest: Catalogue, learned: Entry, visitor: Visitor) -> None:
    assert "lượt thi chưa nộp" not in visitor.visit(f"{HERE}/yeu-cau").text
    with app.app_context():
        begin(learned, contest, now=datetime.now(UTC))
    assert "lượt thi chưa nộp" in visitor.visit(f"{HERE}/yeu-cau").text


def test_others_data_are_not_in_it(app: Flask, contest: Catalogue, contestant: Entry, visitor: Visitor) -> None:
    with app.app_context():
        make_contestant(contest, now=datetime.now(UTC), name="Đinh Văn Người Khác")
    for page in (HERE, f"{HERE}/tai-ve.html", f"{HERE}/tai-ve.json"):
        assert "Đinh Văn" not in visitor.client.get(page).get_data(as_text=True)


def test_what_staff_did_is_told_without_their_name(
    app: Flask, contest: Catalogue, contestant: Entry, organiser: Visitor, visitor: Visitor
) -> None:
    organiser.visit(f"/quan-tri/thi-sinh/{contestant.id}").click("Xem số căn cước").submit(
        "Xem số căn cước", reason="Đối chiếu giải"
    )
    text = visitor.visit(HERE).text
    assert "Xem số căn cước đầy đủ" in text
    assert "Cán bộ, Ban Tổ chức" in text
    assert "Lê Thị Tổ Chức" not in text
