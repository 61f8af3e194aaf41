"""An exam that a kiosk lost goes on elsewhere, and whoever comes next finds nothing of it; on either database."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry
from app.services.catalogue import Catalogue
from tests.rooms.kiosk.conftest import NAME, Come
from tests.support.asking import look, one
from tests.support.kiosks import enrol
from tests.support.people import learn_all, make_contestant, sign_in
from tests.support.visitor import Visitor

SAVE, DONE = "Lưu và xem thời gian", "Xong, xóa màn hình"


@pytest.fixture
def learned(app: Flask, contest: Catalogue, entry: Entry) -> Entry:
    """The contestant has finished every lesson."""
    with app.app_context():
        learn_all(db.session.get_one(Entry, entry.id), contest, now=datetime.now(UTC))
    return entry


@pytest.fixture
def sitting(come: Come, learned: Entry) -> Visitor:
    """The kiosk with the paper of somebody who has answered two questions."""
    kiosk = come(learned.account).visit("/thi").submit("Bắt đầu làm bài")
    return kiosk.submit(SAVE, q1="1", q3="0")


@pytest.fixture
def elsewhere(app: Flask, contest: Catalogue, sitting: Visitor) -> Visitor:
    """Another kiosk, nobody signed in."""
    browser = Visitor(app)
    enrol(browser, app, contest)
    return browser


def _attempts(app: Flask) -> list[Attempt]:
    return look(app, lambda: list(db.session.scalars(select(Attempt).order_by(Attempt.id))))


def test_cut_off_it_goes_on_at_another_kiosk(app: Flask, sitting: Visitor, elsewhere: Visitor, learned: Entry) -> None:
    paper = sitting.path
    sitting.client.delete_cookie("lantoa")  # a power cut: the browser's session ends, the kiosk's own cookie lasts
    sign_in(elsewhere, app, learned.account)
    elsewhere.visit("/thi").submit("Làm tiếp")
    assert elsewhere.path == paper
    assert [elsewhere.value(f"q{number}") for number in (1, 2, 3)] == ["1", None, "0"]
    elsewhere.submit(SAVE, q2="0")
    assert "Đã lưu 3/8" in elsewhere.text
    elsewhere.submit("Nộp bài").submit("Nộp bài")
    assert (elsewhere.path, elsewhere.h1) == (f"{paper}/ket-qua", "Kết quả bài thi")
    (attempt,) = _attempts(app)
    assert (attempt.state, attempt.entry_id) == (AttemptState.SUBMITTED, learned.id)

    assert sitting.visit(paper).path == "/dang-nhap"
    assert NAME not in sitting.text
    assert NAME not in one(sitting, "aside.kiosk-bar").get_text()  # a kiosk still, with nobody


def test_the_page_that_stayed_open_overwrites_nothing(
    app: Flask, sitting: Visitor, elsewhere: Visitor, learned: Entry
) -> None:
    sign_in(elsewhere, app, learned.account)
    elsewhere.visit("/thi").submit("Làm tiếp").submit(SAVE, q1="0", q2="0")
    (before,) = _attempts(app)
    assert sitting.submit(SAVE, q1="1").status == 409
    (after,) = _attempts(app)
    assert (after.answers, after.revision) == (before.answers, before.revision)


def test_the_next_person_sits_an_exam_of_their_own(
    app: Flask, contest: Catalogue, sitting: Visitor, come: Come, learned: Entry
) -> None:
    paper = sitting.path
    sitting.submit(DONE)
    with app.app_context():
        second = make_contestant(contest, now=datetime.now(UTC), name="Trần Văn Sau")
        learn_all(second, contest, now=datetime.now(UTC))
        account, second_id = second.account, second.id
    kiosk = come(account)
    assert kiosk.visit(paper).status == 404
    assert not [button for button in kiosk.visit("/thi").page.find_all("button") if "Làm tiếp" in button.get_text()]
    kiosk.submit("Bắt đầu làm bài")
    assert kiosk.path != paper
    assert [kiosk.value(f"q{number}") for number in range(1, 9)] == [None] * 8
    kiosk.submit(SAVE, q2="0")
    assert NAME not in kiosk.text
    kiosk.submit(DONE)
    first, other = _attempts(app)
    assert (first.entry_id, other.entry_id) == (learned.id, second_id)
    assert first.state is other.state is AttemptState.OPEN

    come(learned.account).visit("/thi").submit("Làm tiếp")
    assert kiosk.path == paper
    assert [kiosk.value(f"q{number}") for number in (1, 2, 3)] == ["1", None, "0"]
