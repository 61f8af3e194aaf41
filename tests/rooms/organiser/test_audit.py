"""The organiser reads the audit."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.models import Entry
from app.organiser import audit, audit_words
from app.services.audit import record
from app.services.catalogue import Catalogue
from tests.support.visitor import Visitor


@pytest.fixture
def lines(app: Flask, desk: Visitor, entry: Entry) -> None:
    """Two deeds of the operator's."""
    with app.app_context():
        for action, subject, reason in (
            ("exam.pause", "contest:1", "Mất điện"),
            ("exam.extra_time 30", "entry:1", "Mắt kém"),
        ):
            record(actor_id=None, action=action, subject=subject, reason=reason, now=datetime.now(UTC))
        db.session.commit()


def _rows(desk: Visitor) -> list[list[str]]:
    return [[cell.get_text() for cell in row.select("td")] for row in desk.page.select("main tbody tr")]


@pytest.mark.usefixtures("lines")
def test_newest_first(desk: Visitor) -> None:
    desk.visit("/quan-tri").click("Nhật ký")
    rows = _rows(desk)
    assert rows[0] == ["Người vận hành", "Cho thêm phút 30", "lượt dự thi 1", "Mắt kém"]
    assert rows[1] == ["Người vận hành", "Tạm dừng thi", "cuộc thi 1", "Mất điện"]
    assert [row[1] for row in rows[2:]] == ["Thiết lập xác thực", "Thêm tài khoản bàn làm việc"]
    assert rows[3][3] == "Ban Tổ chức"


@pytest.mark.usefixtures("lines")
def test_a_look_is_read_here(desk: Visitor, entry: Entry) -> None:
    desk.visit(f"/quan-tri/thi-sinh/{entry.id}/so-can-cuoc").submit("Xem số căn cước", reason="Đối chiếu giải")
    desk.visit("/quan-tri/nhat-ky").submit("Lọc", viec="citizen.look")
    (row,) = _rows(desk)
    assert row[1:] == ["Xem số căn cước", f"tài khoản {entry.account_id}", "Đối chiếu giải"]
    assert row[0].startswith("Lê Thị Tổ Chức (số ")


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"viec": "exam.extra_time"}, 1),
        ({"muc": "cuộc thi 1"}, 1),
        ({"muc": "contest:1"}, 1),
        ({"muc": "cuộc thi 2"}, 0),
        ({"nguoi": "không phải số"}, 4),
        ({"nguoi": "999999"}, 0),
    ],
)
def test_filters(desk: Visitor, fields: dict[str, str], found: int) -> None:
    desk.visit("/quan-tri/nhat-ky").submit("Lọc", **fields)
    assert len(_rows(desk)) == found
    for name, text in fields.items():
        assert desk.value(name) == text


def test_a_round_has_the_number_that_everybody_knows(
    app: Flask, desk: Visitor, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of its row is another one in a portal's second contest, and of a total always."""
    (only,) = contest.rounds
    rounds = (replace(only, id=7), replace(only, id=8, number=2))
    several = replace(contest, rounds=rounds, total=replace(only, id=9, number=0))
    monkeypatch.setattr(audit_words, "catalogue", lambda: several)
    with app.app_context():
        for row in (7, 8, 9, 1):
            record(actor_id=None, action="final.sign", subject=f"round:{row}", reason="0 giải", now=datetime.now(UTC))
        db.session.commit()
    desk.visit("/quan-tri/nhat-ky").submit("Lọc", viec="final.sign")
    shown = [row[2] for row in _rows(desk)]
    assert shown == ["đợt thi của cuộc thi khác, bản ghi 1", "tổng các đợt", "đợt thi 2", "đợt thi 1"]
    for words in shown[1:]:
        desk.visit("/quan-tri/nhat-ky").submit("Lọc", muc=words)
        assert [row[2] for row in _rows(desk)] == [words]


@pytest.mark.usefixtures("lines")
def test_page_by_page(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "AUDIT_PAGE", 3)
    desk.visit("/quan-tri/nhat-ky")
    first = _rows(desk)
    desk.click("Trang sau")
    assert len(first) == 3
    assert len(_rows(desk)) == 1
    desk.click("Trang trước")
    assert _rows(desk) == first
