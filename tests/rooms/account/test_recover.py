"""A forgotten password: what to do, in person."""

from app.models import Entry
from tests.support.visitor import Visitor


def test_the_sign_in_page_leads_to_it_and_it_says_what_to_do(visitor: Visitor) -> None:
    visitor.visit("/dang-nhap").click("Quên mật khẩu?")
    assert (visitor.status, visitor.path, visitor.h1) == (200, "/quen-mat-khau", "Quên mật khẩu")
    assert "Mang thẻ căn cước đến UBND phường, xã, đặc khu nơi bạn ở." in visitor.text
    assert visitor.click("Quay lại đăng nhập").path == "/dang-nhap"


def test_it_asks_for_nothing(visitor: Visitor) -> None:
    assert not visitor.visit("/quen-mat-khau").page.select("form")


def test_it_is_there_for_who_is_signed_in_too(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.visit("/quen-mat-khau").status == 200


def test_wrong_method(visitor: Visitor) -> None:
    assert visitor.client.post("/quen-mat-khau").status_code == 405
