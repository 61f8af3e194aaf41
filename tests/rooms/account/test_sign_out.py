"""Signing out ends this browser's session and no other."""

from flask import Flask

from app.models import Entry, Session
from tests.support.asking import asked_to_sign_in, count, hops, only_own_forms
from tests.support.people import PASSWORD
from tests.support.visitor import Visitor


def test_it_ends_this_browser_s_session(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    held = visitor.client.get_cookie("lantoa")
    assert held is not None
    visitor.visit("/toi").submit("Đăng xuất")
    assert (hops(visitor), visitor.path) == ([303], "/")
    assert count(app, Session) == [0]
    visitor.client.set_cookie("lantoa", held.value)
    assert visitor.visit("/toi").path == "/dang-nhap"


def test_other_devices_stay_signed_in(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    tablet = Visitor(app)
    tablet.visit("/dang-nhap").submit("Đăng nhập", identifier="0900 000 002", password=PASSWORD)
    visitor.visit("/toi").submit("Đăng xuất")
    assert tablet.visit("/toi").path == "/toi"


def test_staff_too(organiser: Visitor, app: Flask) -> None:
    organiser.visit("/quan-tri").submit("Đăng xuất")
    assert organiser.path == "/"
    assert count(app, Session) == [0]


def test_a_page_left_open_asks_to_sign_in(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit("/toi")
    token = visitor.value("csrf_token")
    visitor.submit("Đăng xuất")
    headers = {"Referer": "http://localhost/toi"}
    asked_to_sign_in(visitor.client.post("/dang-xuat", data={"csrf_token": token}, headers=headers), back="/toi")


def test_only_own_forms(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    only_own_forms(visitor, "/dang-xuat", {})
    assert visitor.visit("/toi").path == "/toi"


def test_a_link_cannot_sign_out(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.client.get("/dang-xuat").status_code == 405
    assert visitor.visit("/toi").path == "/toi"
