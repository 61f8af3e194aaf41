"""A device becomes a kiosk by a code, is known by its cookie alone, and can be taken back."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AuditRecord, Entry, Kiosk, KioskCode
from app.services.catalogue import Catalogue
from tests.support.asking import look
from tests.support.kiosks import NAME, code_for, enrol
from tests.support.people import sign_in
from tests.support.visitor import Visitor


def test_a_code_makes_a_kiosk(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    code = code_for(app, contest)
    visitor.visit("/kiosk")
    assert visitor.h1 == "Mở kiosk trên máy này"
    visitor.submit("Mở kiosk", code=f" {code[:4]}-{code[4:].lower()} ")
    assert (visitor.status, visitor.path, visitor.h1) == (200, "/kiosk", "Mời bạn chọn")
    assert contest.units[0].full_name in visitor.text
    assert [a.get_text() for a in visitor.page.select(".three a")] == [
        "Đăng ký dự thi",
        "Đăng nhập",
        "Xác minh giấy chứng nhận",
    ]
    cookie = visitor.client.get_cookie("lantoa-kiosk")
    assert cookie is not None
    assert cookie.http_only
    kiosk = look(app, lambda: db.session.scalars(select(Kiosk)).one())
    assert (kiosk.name, kiosk.unit_id) == (NAME, contest.units[0].id)
    assert cookie.value not in (kiosk.token_hash, "")
    deeds = look(app, lambda: list(db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id))))
    assert deeds == ["kiosk.code", "kiosk.enrol"]


def test_the_cookie_lasts_a_year(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    enrolment = visitor.visit("/kiosk").client.post(
        "/kiosk", data={"csrf_token": visitor.csrf(), "code": code_for(app, contest)}
    )
    (set_cookie,) = [c for c in enrolment.headers.getlist("Set-Cookie") if c.startswith("lantoa-kiosk=")]
    assert "Max-Age=31536000" in set_cookie
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    code = code_for(app, contest)
    visitor.visit("/kiosk").submit("Mở kiosk", code=code)
    for used in (code, code_for(app, contest, age=timedelta(minutes=15, seconds=1))):
        other = Visitor(app).visit("/kiosk").submit("Mở kiosk", code=used)
        assert other.status == 422
        assert "đã dùng hoặc đã quá 15 phút" in other.text
        assert other.client.get_cookie("lantoa-kiosk") is None
    assert look(app, lambda: len(list(db.session.scalars(select(Kiosk))))) == 1


def test_the_code_is_kept_as_a_mark(app: Flask, contest: Catalogue) -> None:
    code = code_for(app, contest)
    row = look(app, lambda: db.session.scalars(select(KioskCode)).one())
    assert code not in repr(vars(row))


def test_guessing_is_throttled(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    visitor.visit("/kiosk").submit("Mở kiosk", code="")
    assert "Nhập mã do cán bộ tạo" in visitor.text
    for _ in range(5):
        visitor.submit("Mở kiosk", code="0000-0000")
        assert visitor.status == 422
    visitor.submit("Mở kiosk", code=code_for(app, contest))
    assert visitor.status == 429
    assert int(visitor.response.headers["Retry-After"]) > 0


def test_neither_a_parameter_nor_a_made_up_cookie_makes_one(app: Flask, kiosk_id: int) -> None:
    other = Visitor(app)
    other.client.set_cookie("lantoa-kiosk", "x" * 22)
    assert other.visit(f"/kiosk?kiosk={kiosk_id}").h1 == "Mở kiosk trên máy này"
    assert other.visit("/").status == 200
    assert "Xong, xóa màn hình" not in other.text
    for path in ("/kiosk/xong", "/dang-ky/the", "/dang-nhap/the"):
        assert other.post(path, {"csrf_token": other.csrf()}).status == 404
    assert other.visit("/kiosk/het-gio").status == 404


def test_whose_browser_it_was_is_forgotten(app: Flask, contest: Catalogue, entry: Entry) -> None:
    private = Visitor(app)
    sign_in(private, app, entry.account)
    assert private.client.get_cookie("lantoa-may") is not None
    enrol(private, app, contest)
    assert private.client.get_cookie("lantoa-may") is None
    assert private.visit("/toi").path == "/dang-nhap"


def test_enrolled_twice_is_enrolled_once(app: Flask, contest: Catalogue, kiosk: Visitor) -> None:
    code = code_for(app, contest)
    kiosk.post("/kiosk", {"csrf_token": kiosk.csrf(), "code": code})
    assert kiosk.h1 == "Mời bạn chọn"
    assert look(app, lambda: len(list(db.session.scalars(select(Kiosk))))) == 1


def test_a_wrong_method(kiosk: Visitor) -> None:
    assert kiosk.client.get("/kiosk/xong").status_code == 405
    assert kiosk.client.post("/kiosk/het-gio").status_code == 405
