"""Anybody verifies a certificate: by the QR code's address, or by typing the code."""

from datetime import UTC, datetime

import pytest

from tests.rooms.certificate.conftest import Issued
from tests.support.visitor import Visitor


def test_the_qr_code_s_address_tells_name_unit_and_day(issued: Issued, visitor: Visitor) -> None:
    visitor.visit(f"/xac-minh/{issued.code}")
    assert visitor.status == 200
    assert visitor.h1 == "Giấy chứng nhận này là thật"
    assert "Nguyễn Thị Hồng Ánh" in visitor.text
    assert issued.grouped in visitor.text
    assert "02/11/2025" in visitor.text


TYPED = ["7K3F9QXM2ABC", "7k3f-9qxm-2abc", " 7K3F 9QXM 2ABC ", "http://localhost/xac-minh/7K3F9QXM2ABC"]


@pytest.mark.parametrize("typed", TYPED)
def test_the_form_forgives_case_blanks_dashes_and_a_whole_address(issued: Issued, visitor: Visitor, typed: str) -> None:
    visitor.visit("/xac-minh").submit("Xác minh", ma=typed)
    assert [answer.status_code for answer in visitor.response.history] == [303]
    assert visitor.path == f"/xac-minh/{issued.code}"
    assert "Nguyễn Thị Hồng Ánh" in visitor.text


def test_the_address_forgives_them_too(issued: Issued, visitor: Visitor) -> None:
    assert visitor.visit("/xac-minh/7k3f-9qxm 2abc").h1 == "Giấy chứng nhận này là thật"


def test_the_footer_leads_to_an_empty_form(visitor: Visitor) -> None:
    visitor.visit("/").click("Xác minh giấy chứng nhận")
    assert visitor.status == 200
    assert visitor.value("ma") == ""
    assert not visitor.page.select(".error")


@pytest.mark.parametrize("typed", ["", "7K3F-9QXM", "7K3F-9QXM-2AB!", "7K3F-9QXM-2ABC-7"])
def test_what_cannot_be_a_code_is_told_at_the_field(visitor: Visitor, typed: str) -> None:
    visitor.visit("/xac-minh").submit("Xác minh", ma=typed)
    assert visitor.status == 422
    assert visitor.value("ma") == typed
    assert visitor.page.select("#ma[aria-invalid=true]")
    assert visitor.page.title is not None
    assert visitor.page.title.get_text().startswith("Lỗi: ")


def test_an_unknown_code_has_a_page_that_says_what_to_check(issued: Issued, visitor: Visitor) -> None:
    visitor.visit("/xac-minh/0000-0000-0000")
    assert visitor.status == 404
    assert visitor.h1 == "Không có giấy chứng nhận với mã này"
    assert "0000-0000-0000" in visitor.text
    assert "Nguyễn" not in visitor.text
    assert visitor.click("Nhập lại mã").path == "/xac-minh"


def test_markup_in_an_address_is_only_text(visitor: Visitor) -> None:
    visitor.visit("/xac-minh/<b>x<i>")
    assert visitor.status == 404
    assert "<b>x" in visitor.text


def test_a_revoked_one_says_so_with_reason_and_day(issued: Issued, visitor: Visitor) -> None:
    issued.change(revoked_at=datetime(2025, 11, 5, 20, tzinfo=UTC), revoked_reason="Bài thi do người khác làm hộ.")
    visitor.visit(f"/xac-minh/{issued.code}")
    assert visitor.status == 200
    assert visitor.h1 == "Giấy chứng nhận đã bị thu hồi"
    assert "06/11/2025" in visitor.text
    assert "Bài thi do người khác làm hộ." in visitor.text
    assert "có thật" not in visitor.text


def test_nothing_but_what_the_paper_says_is_told(issued: Issued, visitor: Visitor) -> None:
    visitor.visit(f"/xac-minh/{issued.code}")
    assert issued.owner.phone not in visitor.response.text
    assert str(issued.owner.citizen_last_four) not in visitor.text


@pytest.mark.parametrize("path", ["/xac-minh", "/xac-minh/7K3F9QXM2ABC"])
def test_wrong_method(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path).status_code == 405
