"""Earning the certificate: what is missing, the one button, the one certificate."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Certificate, Entry, Story, StoryState
from app.services.catalogue import Catalogue
from app.services.invalidate import Target
from tests.support.people import learn_all, make_contestant, sign_in, sign_in_staff, sit
from tests.support.results import take_out
from tests.support.stories import make_story
from tests.support.visitor import Visitor

NOW = datetime.now(UTC)


def finish_all(entry: Entry, contest: Catalogue) -> None:
    """All that the certificate asks for."""
    learn_all(entry, contest, now=NOW)
    sit(entry, contest, started=NOW - timedelta(minutes=9), ended=NOW)
    make_story(entry, contest, now=NOW)


def certificates() -> int:
    """How many have been issued."""
    return db.session.scalar(select(func.count()).select_from(Certificate)) or 0


@pytest.fixture
def entry(app: Flask, contest: Catalogue, visitor: Visitor) -> Entry:
    """A contestant who is signed in and has done nothing yet."""
    with app.app_context():
        found = make_contestant(contest, now=NOW, name="Nguyễn Thị Hồng Ánh")
        sign_in(visitor, app, found.account)
        return found


def test_each_missing_step_has_its_link_and_there_is_no_button(entry: Entry, visitor: Visitor) -> None:
    visitor.visit("/chung-nhan")
    assert visitor.status == 200
    assert "Bạn còn 3 việc" in visitor.text
    targets = {str(a["href"]) for a in visitor.page.select("main a")}
    assert {"/hoc", "/thi", "/lan-toa/gui"} <= targets
    assert not visitor.page.select("main form")


def test_steps_that_are_done_are_ticked(entry: Entry, app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    with app.app_context():
        learn_all(entry, contest, now=NOW)
    visitor.visit("/chung-nhan")
    assert "Bạn còn 2 việc" in visitor.text
    assert [item["class"] for item in visitor.page.select(".road li")] == [["done"], ["next"], ["waiting"]]


def test_a_refused_story_has_to_be_told_again(entry: Entry, app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    with app.app_context():
        finish_all(entry, contest)
        db.session.query(Story).update({"state": StoryState.REFUSED})
        db.session.commit()
    visitor.visit("/chung-nhan")
    assert "chưa được duyệt" in visitor.text
    assert not visitor.page.select("main form")


def test_not_earned_none_is_issued(entry: Entry, app: Flask, visitor: Visitor) -> None:
    token = visitor.visit("/toi").value("csrf_token")
    visitor.post("/chung-nhan", {"csrf_token": token})
    assert visitor.status == 409
    assert "Bạn còn 3 việc" in visitor.text
    with app.app_context():
        assert certificates() == 0


def test_looking_issues_nothing(entry: Entry, app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    with app.app_context():
        finish_all(entry, contest)
    visitor.visit("/chung-nhan")
    assert "Nhận giấy chứng nhận" in [button.get_text() for button in visitor.page.select("main button")]
    with app.app_context():
        assert certificates() == 0


def test_earned_one_press_gives_it(entry: Entry, app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    with app.app_context():
        finish_all(entry, contest)
    visitor.visit("/chung-nhan").submit("Nhận giấy chứng nhận")
    assert [answer.status_code for answer in visitor.response.history] == [303]
    assert "Nguyễn Thị Hồng Ánh" in visitor.text
    with app.app_context():
        code = db.session.scalars(select(Certificate.code)).one()
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in visitor.text
    assert f"http://localhost/xac-minh/{code}" in visitor.text


def test_a_second_press_gives_the_same_one(entry: Entry, app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    with app.app_context():
        finish_all(entry, contest)
    token = visitor.visit("/chung-nhan").value("csrf_token")
    first = visitor.submit("Nhận giấy chứng nhận").text
    visitor.post("/chung-nhan", {"csrf_token": token})
    assert [answer.status_code for answer in visitor.response.history] == [303]
    assert visitor.text == first
    with app.app_context():
        assert certificates() == 1


def test_who_is_not_signed_in_is_asked_to(visitor: Visitor) -> None:
    visitor.visit("/chung-nhan")
    assert visitor.path == "/dang-nhap"
    visitor.post("/chung-nhan", {"csrf_token": visitor.value("csrf_token")})
    assert visitor.path == "/dang-nhap"


def test_staff_have_none(app: Flask, visitor: Visitor) -> None:
    sign_in_staff(visitor, app)
    assert visitor.client.get("/chung-nhan").headers["Location"] == "/quan-tri"


def test_a_press_without_a_token_is_refused(entry: Entry, visitor: Visitor) -> None:
    assert visitor.client.post("/chung-nhan").status_code == 400


def test_wrong_method(visitor: Visitor) -> None:
    assert visitor.client.put("/chung-nhan").status_code == 405


def test_who_is_excluded_reads_why_there_is_no_button(
    entry: Entry, app: Flask, contest: Catalogue, visitor: Visitor
) -> None:
    with app.app_context():
        finish_all(entry, contest)
        take_out(Target(entry.id, None), contest, now=NOW)
    visitor.visit("/chung-nhan")
    assert "Kết quả của bạn đã bị hủy" in visitor.text
    assert not visitor.page.select("main form")
    assert visitor.post("/chung-nhan", {"csrf_token": visitor.csrf()}).status == 409
