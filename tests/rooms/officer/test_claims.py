"""Claims: the officer looks at the card, types its number, and decides."""

import pytest
from flask import Flask

from app.extensions import db
from app.models import Account, Claim, ClaimState, Entry
from app.services.catalogue import Catalogue
from tests.rooms.officer.conftest import audit
from tests.support.asking import look, refused
from tests.support.numbers import number_of
from tests.support.people import sign_in_staff
from tests.support.visitor import Visitor


def _numbers(app: Flask, claim: Claim) -> tuple[str | None, str | None]:
    """Last four digits of claimant and holder."""
    return look(
        app,
        lambda: (
            db.session.get_one(Account, claim.claimant_id).citizen_last_four,
            db.session.get_one(Account, claim.holder_id).citizen_last_four,
        ),
    )


def test_it_is_told_and_compared(desk: Visitor, app: Flask, claim: Claim, elsewhere: Entry) -> None:
    number = number_of(app, elsewhere)
    assert "1 người báo trùng số căn cước" in desk.visit("/can-bo").text
    desk.click("Xem và quyết định").click("Lý Thị Báo")
    assert desk.path == f"/can-bo/tranh-chap/{claim.id}"
    for words in ("Lý Thị Báo", "Nguyễn Thị Hồng Ánh", f"•••• •••• {number[-4:]}"):
        assert words in desk.text
    assert number not in desk.text.replace(" ", "")
    links = [str(link["href"]) for link in desk.page.select(".cols a")]
    assert len(links) == 1  # the holder is of another unit


def test_the_number_moves(desk: Visitor, app: Flask, claim: Claim, elsewhere: Entry) -> None:
    number = number_of(app, elsewhere)
    desk.visit(f"/can-bo/tranh-chap/{claim.id}")
    desk.submit("Ghi quyết định", decision="chuyen", card_number=f"{number[:6]} {number[6:]}", reason="Đã xem thẻ")
    assert (desk.status, desk.path) == (200, f"/can-bo/tranh-chap/{claim.id}")
    assert "Số căn cước đã chuyển cho người báo" in desk.text
    assert _numbers(app, claim) == (number[-4:], None)
    assert audit(app, "claim.move") == [(f"claim:{claim.id}", "Đã xem thẻ")]
    assert "Không có ai đang chờ" in desk.visit("/can-bo/tranh-chap").text


def test_the_number_stays(desk: Visitor, app: Flask, claim: Claim) -> None:
    before = _numbers(app, claim)
    desk.visit(f"/can-bo/tranh-chap/{claim.id}")
    desk.submit("Ghi quyết định", decision="giu", card_number="", reason="Không mang thẻ")
    assert "Số căn cước giữ nguyên" in desk.text
    assert _numbers(app, claim) == before
    assert audit(app, "claim.refuse") == [(f"claim:{claim.id}", "Không mang thẻ")]


@pytest.mark.parametrize(
    ("card", "fault"),
    [
        ("", "Nhập đủ 12 số đọc trên thẻ"),
        ("0001", "Nhập đủ 12 số đọc trên thẻ"),
        ("000999999999", "Số trên thẻ khác số đang báo trùng"),
    ],
)
def test_only_with_the_number_on_the_card(desk: Visitor, app: Flask, claim: Claim, card: str, fault: str) -> None:
    before = _numbers(app, claim)
    desk.visit(f"/can-bo/tranh-chap/{claim.id}")
    desk.submit("Ghi quyết định", decision="chuyen", card_number=card, reason="Đã xem thẻ")
    refused(desk, "card_number", fault)
    assert (desk.value("card_number"), desk.value("reason"), desk.value("decision")) == ("", "Đã xem thẻ", "chuyen")
    assert _numbers(app, claim) == before
    assert look(app, lambda: db.session.get_one(Claim, claim.id).state) is ClaimState.OPEN


def test_decided_meanwhile(desk: Visitor, app: Flask, claim: Claim) -> None:
    path = f"/can-bo/tranh-chap/{claim.id}"
    token = desk.visit(path).value("csrf_token")
    desk.submit("Ghi quyết định", decision="giu", reason="Không mang thẻ")
    desk.post(path, {"csrf_token": token, "decision": "giu", "reason": "Lần nữa"})
    assert desk.status == 409
    assert "Đã quyết định" in desk.text
    assert audit(app, "claim.refuse") == [(f"claim:{claim.id}", "Không mang thẻ")]


def test_another_unit_s_claim_is_nothing(desk: Visitor, app: Flask, contest: Catalogue, claim: Claim) -> None:
    with app.app_context():
        db.session.get_one(Claim, claim.id).unit_id = contest.units[1].id
        db.session.commit()
    path = f"/can-bo/tranh-chap/{claim.id}"
    assert "Không có ai đang chờ" in desk.visit("/can-bo/tranh-chap").text
    token = desk.value("csrf_token")
    assert desk.visit(path).status == 404
    assert desk.post(path, {"csrf_token": token, "decision": "giu", "reason": "Không mang thẻ"}).status == 404
    assert audit(app, "claim.refuse") == []


def test_the_organiser_reaches_all(app: Flask, contest: Catalogue, claim: Claim, elsewhere: Entry) -> None:
    browser, number = Visitor(app), number_of(app, elsewhere)
    sign_in_staff(browser, app)
    browser.click("Xem các báo trùng").click("Lý Thị Báo")
    assert len(browser.page.select(".cols a")) == 2
    browser.submit("Ghi quyết định", decision="chuyen", card_number=number, reason="Đã xem thẻ")
    assert _numbers(app, claim) == (number[-4:], None)
