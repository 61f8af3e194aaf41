"""The PDF is its owner's alone."""

import io
from datetime import UTC, datetime

import pytest
from flask import Flask
from pypdf import PdfReader

from app.services.catalogue import Catalogue
from tests.rooms.certificate.conftest import Issued
from tests.support.people import make_contestant, sign_in
from tests.support.visitor import Visitor


def test_the_owner_downloads_it_from_her_page(app: Flask, issued: Issued, visitor: Visitor) -> None:
    sign_in(visitor, app, issued.owner)
    visitor.visit("/chung-nhan").click("Tải giấy chứng nhận")
    assert visitor.status == 200
    assert visitor.response.mimetype == "application/pdf"
    assert visitor.response.headers["Content-Disposition"] == (
        f'attachment; filename="giay-chung-nhan-{issued.grouped}.pdf"'
    )
    assert visitor.response.headers["Cache-Control"] == "no-store"
    text = PdfReader(io.BytesIO(visitor.response.data)).pages[0].extract_text()
    assert "Nguyễn Thị Hồng Ánh" in text
    assert issued.grouped in text
    assert f"http://localhost/xac-minh/{issued.code}" in text


def test_the_address_of_the_settings_beats_that_of_the_request(
    app: Flask, issued: Issued, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(visitor, app, issued.owner)
    told = app.extensions["lantoa"].settings.__class__(
        instance=app.extensions["lantoa"].settings.instance,
        database_url="",
        contest=app.extensions["lantoa"].settings.contest,
        base_url="https://thi.example.gov.vn",
        testing=True,
    )
    monkeypatch.setattr(app.extensions["lantoa"], "settings", told)
    data = visitor.visit(f"/chung-nhan/{issued.code}.pdf").response.data
    assert f"https://thi.example.gov.vn/xac-minh/{issued.code}" in PdfReader(io.BytesIO(data)).pages[0].extract_text()


@pytest.mark.parametrize("person", ["stranger", "certified"])
def test_another_person_s_is_not_found(
    app: Flask, contest: Catalogue, issued: Issued, visitor: Visitor, person: str
) -> None:
    if person == "certified":
        sign_in(visitor, app, issued.owner)
        code = "0000000000AB"
    else:
        with app.app_context():
            stranger = make_contestant(contest, now=datetime.now(UTC))
            sign_in(visitor, app, stranger.account)
        code = issued.code
    assert visitor.visit(f"/chung-nhan/{code}.pdf").status == 404


def test_who_is_not_signed_in_is_asked_to(issued: Issued, visitor: Visitor) -> None:
    assert visitor.visit(f"/chung-nhan/{issued.code}.pdf").path == "/dang-nhap"


def test_a_revoked_one_leads_to_the_reason(app: Flask, issued: Issued, visitor: Visitor) -> None:
    issued.change(revoked_at=datetime(2025, 11, 5, tzinfo=UTC), revoked_reason="Bài thi do người khác làm hộ.")
    sign_in(visitor, app, issued.owner)
    visitor.visit(f"/chung-nhan/{issued.code}.pdf")
    assert visitor.path == "/chung-nhan"
    assert "đã bị thu hồi" in visitor.text
    assert "05/11/2025" in visitor.text
    assert "Bài thi do người khác làm hộ." in visitor.text
    assert "Tải giấy" not in visitor.text


def test_a_name_that_the_font_cannot_print_is_told(app: Flask, issued: Issued, visitor: Visitor) -> None:
    issued.change(full_name="李 An")
    sign_in(visitor, app, issued.owner)
    visitor.visit(f"/chung-nhan/{issued.code}.pdf")
    assert visitor.status == 409
    assert "李" in visitor.text


def test_wrong_method(issued: Issued, visitor: Visitor) -> None:
    assert visitor.client.post(f"/chung-nhan/{issued.code}.pdf").status_code == 405
