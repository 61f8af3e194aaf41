"""The end of a visit: nothing of the person stays, the kiosk stays a kiosk."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Entry, Kiosk, Session
from app.services.catalogue import Catalogue
from app.services.kiosks import revoke
from app.web import kiosk as kiosk_web
from app.web.portal import portal, settings
from tests.rooms.kiosk.conftest import NAME, Come
from tests.support.asking import look
from tests.support.people import PASSWORD, learn_all, make_contestant
from tests.support.visitor import Visitor

DONE = "Xong, xóa màn hình"


def _sessions(app: Flask) -> int:
    return look(app, lambda: db.session.scalar(select(func.count()).select_from(Session)) or 0)


def test_every_page_says_who_is_there_and_has_the_way_out(come: Come, entry: Entry) -> None:
    kiosk = come(entry.account)
    for path in ("/toi", "/", "/hoc", "/the-le", "/don-vi?tim=a", "/bang-xep-hang", "/thi", "/khong-co", "/kiosk"):
        kiosk.visit(path)
        (bar,) = kiosk.page.select("aside.kiosk-bar")
        assert NAME in bar.get_text(), path
        assert DONE in bar.get_text()
        assert kiosk.response.headers["Cache-Control"] == "no-store", path
        assert "set-cookie" not in kiosk.response.headers or "lantoa-may" not in str(kiosk.response.headers)


def test_done(app: Flask, come: Come, entry: Entry) -> None:
    kiosk = come(entry.account)
    before = kiosk.client.get_cookie("lantoa").value  # type: ignore[union-attr]
    device = kiosk.client.get_cookie("lantoa-kiosk")
    assert _sessions(app) == 1
    token = kiosk.visit("/toi").value("csrf_token")
    response = kiosk.client.post("/kiosk/xong", data={"csrf_token": token})
    assert (response.status_code, response.headers["Location"]) == (303, "/kiosk")
    assert response.headers["Clear-Site-Data"] == '"storage"'
    (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("lantoa=")]
    assert "HttpOnly" in cookie
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie
    assert not cookie.startswith("lantoa=;")  # overwritten, not deleted
    assert kiosk.client.get_cookie("lantoa").value != before  # type: ignore[union-attr]
    assert kiosk.client.get_cookie("lantoa-kiosk") == device
    assert _sessions(app) == 0
    assert kiosk.visit("/toi").path == "/dang-nhap"
    assert NAME not in kiosk.text


def test_two_in_a_row(app: Flask, come: Come, entry: Entry, contest: Catalogue) -> None:
    with app.app_context():
        second = make_contestant(contest, now=datetime.now(UTC), name="Trần Văn Sau").account
    come(entry.account).visit("/toi").submit(DONE)
    kiosk = come(second)
    assert "Trần Văn Sau" in kiosk.text
    assert NAME not in kiosk.text


def test_signing_out_is_the_same(app: Flask, come: Come, entry: Entry) -> None:
    kiosk = come(entry.account).visit("/toi")
    response = kiosk.client.post("/dang-xuat", data={"csrf_token": kiosk.value("csrf_token")})
    assert (response.headers["Location"], response.headers["Clear-Site-Data"]) == ("/kiosk", '"storage"')
    assert _sessions(app) == 0


def test_nothing_is_left_by_those_who_only_looked(kiosk: Visitor) -> None:
    kiosk.visit("/co-chu/lon?back=/the-le")
    assert kiosk.client.get_cookie("co-chu").max_age is None  # type: ignore[union-attr]  # not after a power cut either
    kiosk.submit(DONE)
    assert kiosk.client.get_cookie("co-chu") is None


def test_no_cookie_of_a_known_device(come: Come, entry: Entry) -> None:
    assert come(entry.account).client.get_cookie("lantoa-may") is None


def test_a_session_ends_with_the_browser(kiosk: Visitor, entry: Entry) -> None:
    token = kiosk.visit("/dang-nhap").value("csrf_token")
    response = kiosk.client.post(
        "/dang-nhap", data={"csrf_token": token, "identifier": "0900000002", "password": PASSWORD}
    )
    (cookie,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith("lantoa=")]
    assert "Max-Age" not in cookie
    assert "Expires" not in cookie


def test_the_page_without_a_script_goes_by_itself(app: Flask, come: Come, entry: Entry) -> None:
    kiosk = come(entry.account).visit("/toi")
    (refresh,) = kiosk.page.select("head noscript meta[http-equiv=refresh]")
    assert refresh["content"] == "300; url=/kiosk/het-gio"
    response = kiosk.client.get("/kiosk/het-gio")
    assert (response.headers["Location"], response.headers["Clear-Site-Data"]) == ("/kiosk", '"storage"')
    assert kiosk.visit("/toi").path == "/dang-nhap"


def test_twenty_minutes_without_a_page(come: Come, entry: Entry) -> None:
    kiosk, now = come(entry.account), datetime.now(UTC)
    with time_machine.travel(now + timedelta(minutes=19), tick=False):
        assert kiosk.visit("/toi").path == "/toi"
    with time_machine.travel(now + timedelta(minutes=38), tick=False):
        assert kiosk.visit("/toi").path == "/toi"
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert kiosk.visit("/toi").path == "/dang-nhap"


def test_the_exam_has_its_own_rule(app: Flask, come: Come, entry: Entry, contest: Catalogue) -> None:
    """No page that reloads by itself, no copy on the device; saves count as being there, and the attempt stays open."""
    now = datetime.now(UTC)
    with app.app_context():
        learn_all(db.session.get_one(Entry, entry.id), contest, now=now)
    kiosk = come(entry.account).visit("/thi").submit("Bắt đầu làm bài")
    paper = kiosk.path
    assert not kiosk.page.select("meta[http-equiv=refresh]")
    assert kiosk.page.select("form#bai-thi[data-kiosk]")
    assert kiosk.page.select_one("aside.kiosk-bar")["data-idle"] == "300"  # type: ignore[index]
    kiosk.submit("Lưu và xem thời gian", q1="0")
    assert "Đã lưu 1/" in kiosk.text
    kiosk.submit(DONE)
    assert kiosk.visit(paper).path == "/dang-nhap"
    come(entry.account)
    assert "Đã lưu 1/" in kiosk.visit(paper).text
    with time_machine.travel(now + timedelta(minutes=21), tick=False):
        assert kiosk.submit("Lưu và xem thời gian").path == "/dang-nhap"


def test_a_revoked_kiosk_is_a_browser_and_nobody_is_signed_in(app: Flask, come: Come, entry: Entry) -> None:
    kiosk = come(entry.account)

    def take_back() -> None:
        revoke(db.session.scalars(select(Kiosk)).one(), actor_id=None, reason="Mất máy", now=datetime.now(UTC))
        db.session.commit()

    look(app, take_back)
    assert _sessions(app) == 0
    assert kiosk.visit("/toi").path == "/dang-nhap"
    assert not kiosk.page.select("aside.kiosk-bar")
    assert kiosk.visit("/kiosk").h1 == "Mở kiosk trên máy này"


@pytest.mark.parametrize("path", ["/dang-ky", "/dang-nhap", "/quen-mat-khau", "/xac-minh"])
def test_nothing_is_completed_on_a_kiosk(app: Flask, kiosk: Visitor, path: str) -> None:
    fields = "input:not([type=hidden]):not([type=checkbox]):not([type=radio])"
    assert {field.get("autocomplete") for field in kiosk.visit(path).page.select(fields)} == {"off"}
    at_home = Visitor(app).visit(path)
    if path == "/dang-nhap":
        assert at_home.page.select_one("#identifier")["autocomplete"] == "username"  # type: ignore[index]


def test_the_cookie_over_https(app: Flask) -> None:
    """Bound to the host."""
    with app.test_request_context():
        house = portal()
        usual = house.settings
        house.settings = replace(settings(), https=True)
        try:
            assert kiosk_web._cookie() == "__Host-lantoa-kiosk"
        finally:
            house.settings = usual
