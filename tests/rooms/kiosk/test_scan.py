"""The card's code at registration and at signing in: number and name, and not a trace of the rest."""

import logging

import pytest
from flask import Flask

from app.services.catalogue import Catalogue
from tests.support.people import PASSWORD, citizen_number, registration
from tests.support.visitor import Visitor

ADDRESS = "Số 1 phố Không Ai Biết, Hải Phòng"
READ = "Đọc thẻ"


def _scan(number: str, name: str = "NGUYỄN THỊ MẪU", year: int = 2000) -> str:
    return f"{number}|000000000|{name}|0102{year}|{'Nam' if int(number[3]) % 2 == 0 else 'Nữ'}|{ADDRESS}|05062021\n"


def test_registering_with_a_scan(
    app: Flask, kiosk: Visitor, contest: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    number = citizen_number()
    with caplog.at_level(logging.DEBUG):
        kiosk.visit("/dang-ky").submit(READ, card=_scan(number))
    assert kiosk.status == 200
    assert (kiosk.value("citizen_id"), kiosk.value("full_name")) == (number, "Nguyễn Thị Mẫu")
    assert kiosk.value("unit") == contest.units[0].code  # the ward where it stands
    assert ADDRESS not in kiosk.response.text + caplog.text
    assert "05062021" not in kiosk.response.text + caplog.text
    fields = registration(citizen_id=number, unit=contest.units[0].code, full_name=str(kiosk.value("full_name")))
    kiosk.submit("Đăng ký", **{name: value for name, value in fields.items() if name != "citizen_checked"})
    assert kiosk.status == 422  # no office issues such a number: looked at again
    kiosk.submit("Đăng ký", password=PASSWORD, citizen_checked=number)
    assert kiosk.h1 == "Mã khôi phục của bạn"
    assert "In trang này" in kiosk.text


def test_a_card_that_does_not_agree_with_its_number(kiosk: Visitor) -> None:
    kiosk.visit("/dang-ky").submit(READ, card=_scan(citizen_number(), year=1991))
    assert kiosk.status == 200
    assert "Ngày sinh hoặc giới tính trên thẻ không khớp với số" in kiosk.text


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        ("GD4000000000017|4e677579e1bb85|01/02/1989|2", "Đây là mã trên thẻ bảo hiểm y tế"),
        ("https://example.vn", "Không đọc được mã"),
        ("", "Không đọc được mã"),
    ],
)
@pytest.mark.parametrize("path", ["/dang-ky", "/dang-nhap"])
def test_what_is_no_card(kiosk: Visitor, path: str, scan: str, words: str) -> None:
    kiosk.visit(path).submit(READ, card=scan)
    assert kiosk.status == 422
    assert words in kiosk.page.select_one("#card-error").get_text()  # type: ignore[union-attr]
    assert kiosk.value("card") == ""


def test_signing_in_with_a_scan(kiosk: Visitor, contest: Catalogue) -> None:
    number = citizen_number()
    kiosk.visit("/dang-nhap?tiep=/hoc").submit(READ, card=_scan(number))
    assert (kiosk.status, kiosk.value("identifier")) == (200, number)
    assert ADDRESS not in kiosk.response.text
    assert kiosk.form_with("Đăng nhập")["action"] == "/dang-nhap?tiep=/hoc"


@pytest.mark.usefixtures("app")
def test_at_home_there_is_no_such_field(visitor: Visitor) -> None:
    for path in ("/dang-ky", "/dang-nhap"):
        assert not visitor.visit(path).page.select("#card")
