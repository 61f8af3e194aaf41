"""Downloading results."""

import csv
import io

import pytest
from flask import Flask, current_app
from openpyxl import load_workbook

from app.extensions import db
from app.models import Account, Entry
from app.organiser import views
from app.services import results
from app.services.catalogue import Catalogue
from tests.rooms.organiser.conftest import audit
from tests.support.visitor import Visitor

PAGE = "/quan-tri/ket-qua"


def _download(desk: Visitor, button: str) -> bytes:
    """The whole file; as a server does, the answer is closed afterwards."""
    with desk.visit(PAGE).submit(button).response as response:
        assert response.status_code == 200
        return bytes(response.data)


def test_the_page_says_what_there_is(desk: Visitor, finisher: Entry, contest: Catalogue) -> None:
    desk.visit(PAGE)
    assert finisher.id
    assert f"{contest.rounds[0].name} Từ 00h00" in desk.text
    assert "1 người có kết quả" in desk.text
    assert "Đợt thi chưa kết thúc" in desk.text


@pytest.mark.usefixtures("finisher")
def test_csv(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    data, response = _download(desk, "Tải tệp CSV"), desk.response
    assert response.mimetype == "text/csv"
    assert response.headers["Cache-Control"] == "no-store"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=ket-qua-cuoc-thi-nho-dot-1-")
    assert disposition.isascii()
    assert data.startswith(b"\xef\xbb\xbf")
    heading, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert heading[:2] == ["Hạng", "Họ và tên"]
    questions = contest.rules.exam.questions
    assert row[:4] == ["1", "Nguyễn Thị Hồng Ánh", "10903", "Xã Cẩm Giàng"]
    assert row[4].startswith("•••• •••• ")
    assert row[5:9] == [str(questions - 1), str(questions), "125", "2 phút 05 giây"]
    assert row[10] == "1"
    assert audit(app) == [("results.download", f"round:{contest.rounds[0].id}", "csv")]


@pytest.mark.usefixtures("finisher")
def test_xlsx(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    data = _download(desk, "Tải tệp Excel")
    assert desk.response.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert desk.response.headers["Content-Disposition"].endswith(".xlsx")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:3] == [1, "Nguyễn Thị Hồng Ánh", "10903"]
    assert audit(app) == [("results.download", f"round:{contest.rounds[0].id}", "xlsx")]


@pytest.mark.parametrize("button", ["Tải tệp CSV", "Tải tệp Excel"])
def test_no_whole_number_and_no_phone_leave(desk: Visitor, app: Flask, finisher: Entry, button: str) -> None:
    with app.app_context():
        account = db.session.get_one(Account, finisher.account_id)
        local = "0" + account.phone.removeprefix("+84")
    data = _download(desk, button)
    if button.endswith("Excel"):
        rows = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
        data = repr(list(rows)).encode()
    text = data.decode("utf-8-sig")
    assert "Nguyễn Thị Hồng Ánh" in text
    assert local not in text
    assert account.phone not in text
    assert "00000000" not in text


def test_an_empty_round_is_a_file_with_headings(desk: Visitor) -> None:
    assert len(_download(desk, "Tải tệp CSV").decode("utf-8-sig").splitlines()) == 1


@pytest.mark.usefixtures("finisher")
def test_others_may_write_while_the_file_is_made(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has one pen; whoever holds it for seconds stops every exam of the city."""
    real, reached = results.write_results, []

    def write(*args: object, **values: object) -> int:
        count = real(*args, **values)  # type: ignore[arg-type]
        _, turn = current_app.extensions["direct"]
        if turn is not None:
            turn.take()  # raises when this very request has it
            turn.give()
        reached.append(count)
        return count

    monkeypatch.setattr(views, "write_results", write)
    assert _download(desk, "Tải tệp CSV")
    assert reached == [1]
