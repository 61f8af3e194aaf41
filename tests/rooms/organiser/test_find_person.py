"""Finding a person and looking at one."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import event

from app.desk import people
from app.extensions import db
from app.models import Entry, Story
from app.services import desk_people
from app.services.catalogue import Catalogue
from app.services.certify import certify
from tests.support.numbers import number_of
from tests.support.people import make_contestant
from tests.support.visitor import Visitor

SEARCH = "/quan-tri/thi-sinh"


def _names(visitor: Visitor) -> list[str]:
    return [link.get_text() for link in visitor.page.select("main tbody th a")]


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("text", ["hong anh", "Hồng Ánh", "  NGUYỄN THỊ  hồng ", "0900 000 002", "+84900000002"])
def test_by_name_or_phone(desk: Visitor, text: str) -> None:
    desk.visit(SEARCH).submit("Tìm", text=text)
    assert desk.status == 200
    assert _names(desk) == ["Nguyễn Thị Hồng Ánh"]


def test_by_the_whole_citizen_number_which_never_stands_in_an_address(desk: Visitor, app: Flask, entry: Entry) -> None:
    number = number_of(app, entry)
    desk.visit(SEARCH).submit("Tìm", text=number)
    assert _names(desk) == ["Nguyễn Thị Hồng Ánh"]
    assert desk.response.request.url == f"http://localhost{SEARCH}"
    assert desk.response.headers["Cache-Control"] == "no-store"
    (row,) = desk.page.select("main tbody tr")
    assert f"•••• •••• {number[-4:]}" in row.get_text()
    assert number not in row.get_text().replace(" ", "")
    assert not any(number in str(link.get("href")) for link in desk.page.find_all("a"))
    desk.click("Nguyễn Thị Hồng Ánh")
    assert desk.path == f"{SEARCH}/{entry.id}"


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Nhập họ tên, số điện thoại hoặc số căn cước."),
        ("   ", "Nhập ít nhất 2 chữ cái của tên."),
        ("a", "Nhập ít nhất 2 chữ cái của tên."),
        ("0900 000", "Nhập đủ 10 số điện thoại hoặc đủ 12 số căn cước."),
        ("00000000000", "Nhập đủ 10 số điện thoại hoặc đủ 12 số căn cước."),
        ("n" * 81, "Nhập nhiều nhất 80 ký tự."),
    ],
)
def test_what_cannot_be_searched(desk: Visitor, text: str, fault: str) -> None:
    desk.visit(SEARCH).submit("Tìm", text=text)
    assert desk.status == 422
    assert fault in desk.text
    assert desk.value("text") == text.strip()
    assert _names(desk) == []


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("text", ["không ai cả", "%", "__", "0911111111"])
def test_nobody_found(desk: Visitor, text: str) -> None:
    desk.visit(SEARCH).submit("Tìm", text=text * 2 if len(text) < 2 else text)
    assert desk.status == 200
    assert "Không tìm thấy ai" in desk.text


def test_staff_are_no_contestants(desk: Visitor) -> None:
    desk.visit(SEARCH).submit("Tìm", text="Lê Thị Tổ Chức")
    assert "Không tìm thấy ai" in desk.text


def test_many_people_cost_no_more_questions_than_one(
    desk: Visitor, app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_people, "FOUND_AT_MOST", 4)
    monkeypatch.setattr(people, "FOUND_AT_MOST", 4)
    asked: list[str] = []

    def ask(*found: object) -> None:
        asked.append(str(found[2]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", ask)
    counts = []
    for how_many in (1, 4):
        with app.app_context():
            for unit in range(how_many):
                make_contestant(contest, now=datetime.now(UTC), name="Phạm Thị Ví Dụ", unit=unit)
        desk.visit(SEARCH)
        asked.clear()
        desk.submit("Tìm", text="vi du")
        counts.append(len(asked))
    event.remove(engine, "before_cursor_execute", ask)
    assert len(_names(desk)) == 4
    assert "Chỉ hiện 4 người đầu" in desk.text
    assert counts[0] == counts[1] > 0


def test_a_person_at_the_start(desk: Visitor, entry: Entry) -> None:
    desk.visit(f"{SEARCH}/{entry.id}")
    assert desk.h1 == "Nguyễn Thị Hồng Ánh"
    for words in ("Xã Cẩm Giàng", "0900 000 002", "•••• ••••", "0/4 bài", "Chưa có lượt thi nào", "Chưa cấp"):
        assert words in desk.text
    assert f"Số thí sinh {entry.id} " in desk.text  # by which commands name the person


def test_a_person_who_has_done_everything(
    desk: Visitor, app: Flask, contest: Catalogue, finisher: Entry, story: Story
) -> None:
    with app.app_context():
        certificate = certify(entry_id=finisher.id, catalogue=contest, now=datetime.now(UTC))
        db.session.commit()
        code = certificate.code
    desk.visit(f"{SEARCH}/{finisher.id}")
    best = contest.rules.exam.questions - 1
    for words in (
        "4/4 bài",
        f"1 lượt, cao nhất {best}/{contest.rules.exam.questions} câu đúng",
        "2 phút 05 giây",
        "Chờ duyệt",
        story.body.splitlines()[1],
        f"{code[:4]}-{code[4:8]}-{code[8:]}",
    ):
        assert words in desk.text
