"""“This number is mine”: taking part at once, and what both sides read."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Claim, Entry
from app.services.catalogue import Catalogue
from app.services.claims import decide_claim
from app.services.throttle import clear
from app.web.portal import keyring, now
from tests.support.asking import count, look, refused
from tests.support.people import PASSWORD, learn_all, make_staff, register_by_form
from tests.support.visitor import Visitor

BUTTON = "Số này là của tôi"
TAKEN = "Số căn cước này đã được đăng ký."


@pytest.fixture
def holder(app: Flask, contest: Catalogue) -> tuple[Visitor, str]:
    """Who came first, and the number."""
    browser = Visitor(app)
    typed = register_by_form(browser, contest, full_name="Phạm Thị Trước", phone="0911 111 111")
    return browser, str(typed["citizen_id"])


def claim(visitor: Visitor, contest: Catalogue, number: str, **changes: str | None) -> Visitor:
    """Register, read that it is taken, say that it is one's own."""
    register_by_form(visitor, contest, citizen_id=number)
    return visitor.submit(BUTTON, password=PASSWORD, **changes)


def decide(app: Flask, *, move: bool) -> None:
    with app.app_context():
        officer, waiting = make_staff(now=now()), db.session.scalars(select(Claim)).one()
        decide_claim(
            claim_id=waiting.id, move=move, reason="Đã xem thẻ.", actor_id=officer.id, keyring=keyring(), now=now()
        )
        db.session.commit()


def test_the_claimant_learns_and_sits_the_exam_at_once(
    visitor: Visitor, app: Flask, contest: Catalogue, holder: tuple[Visitor, str]
) -> None:
    claim(visitor, contest, holder[1])
    assert visitor.path == "/toi/ma-khoi-phuc"
    assert count(app, Account, Entry, Claim) == [2, 2, 1]
    with app.app_context():
        entry = db.session.scalars(select(Entry).order_by(Entry.id.desc()).limit(1)).one()
        learn_all(entry, contest, now=now())
    visitor.visit("/thi").submit("Bắt đầu làm bài")
    assert visitor.path.startswith("/thi/")


def test_both_read_a_kind_word_and_no_name(visitor: Visitor, contest: Catalogue, holder: tuple[Visitor, str]) -> None:
    claim(visitor, contest, holder[1])
    mine, theirs = visitor.visit("/toi").text, holder[0].visit("/toi").text
    assert "Có người báo số căn cước này là của họ." in theirs
    assert "Số căn cước bạn nhập đang ở một tài khoản khác." in mine
    assert "Số căn cước Chưa có" in mine
    for told, other in ((mine, "Phạm"), (theirs, "Ánh"), (mine, holder[1]), (theirs, holder[1])):
        assert other not in told
    assert f"UBND {contest.units[0].full_name}" in mine


@pytest.mark.parametrize("move", [True, False])
def test_after_the_decision(
    visitor: Visitor, app: Flask, contest: Catalogue, holder: tuple[Visitor, str], move: bool
) -> None:
    claim(visitor, contest, holder[1])
    decide(app, move=move)
    winner, loser = (visitor, holder[0]) if move else (holder[0], visitor)
    assert not winner.visit("/toi").page.select("main .notice")
    assert f"•••• •••• {holder[1][-4:]}" in winner.text
    assert "Tài khoản này chưa có số căn cước" in loser.visit("/toi").text
    in_again = Visitor(app).visit("/dang-nhap").submit("Đăng nhập", identifier=holder[1], password=PASSWORD)
    assert in_again.h1 == winner.visit("/toi").h1


def test_the_button_is_there_only_when_the_number_is_taken(
    visitor: Visitor, contest: Catalogue, holder: tuple[Visitor, str]
) -> None:
    assert BUTTON not in visitor.visit("/dang-ky").text
    register_by_form(visitor, contest, phone="1")
    assert BUTTON not in visitor.text
    register_by_form(visitor, contest, citizen_id=holder[1])
    assert BUTTON in visitor.text


def test_without_the_password_it_is_asked_for_and_the_button_stays(
    visitor: Visitor, app: Flask, contest: Catalogue, holder: tuple[Visitor, str]
) -> None:
    register_by_form(visitor, contest, citizen_id=holder[1])
    visitor.submit(BUTTON)
    refused(visitor, "password", "Đặt một mật khẩu.")
    visitor.submit(BUTTON, password=PASSWORD)
    assert visitor.path == "/toi/ma-khoi-phuc"
    assert count(app, Claim) == [1]


def test_claiming_a_free_number_is_registering(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    form = visitor.visit("/dang-ky").form_with("Đăng ký")
    assert not form.select("[name=claim]")
    typed = register_by_form(Visitor(app), contest, phone="1") | {"claim": "1", "csrf_token": visitor.csrf()}
    typed |= {"phone": "0900 000 001"}
    assert visitor.client.post("/dang-ky", data=typed).status_code == 303
    assert count(app, Account, Claim) == [1, 0]
    assert look(app, lambda: db.session.scalars(select(Account.citizen_index)).one()) is not None


def test_a_fourth_claim_is_led_to_the_office(
    app: Flask, visitor: Visitor, contest: Catalogue, holder: tuple[Visitor, str]
) -> None:
    for browser in (*(Visitor(app) for _ in range(3)), visitor):
        with app.app_context():
            clear(keyring().mark("register", holder[1]))  # as if hours had passed
        claim(browser, contest, holder[1])
    refused(visitor, "citizen_id", "Đã có nhiều người báo số này là của họ. Hãy mang thẻ căn cước đến UBND")
    assert BUTTON not in visitor.text
    assert count(app, Account, Claim) == [4, 3]


def test_claims_are_counted_like_knocking(
    app: Flask, visitor: Visitor, contest: Catalogue, holder: tuple[Visitor, str]
) -> None:
    for _ in range(2):
        claim(Visitor(app), contest, holder[1])
    register_by_form(visitor, contest, citizen_id=holder[1])
    assert (visitor.status, TAKEN in visitor.text) == (422, True)
    visitor.submit(BUTTON, password=PASSWORD)
    assert visitor.status == 429
    assert count(app, Claim) == [2]
