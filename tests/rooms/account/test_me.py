"""My page: the six steps with the next one, my attempts, my data."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Certificate, Entry, Story, StoryState
from app.services.catalogue import Catalogue
from app.services.invalidate import Target
from tests.rooms.conftest import NAME, SetRules
from tests.support.asking import asked_and_back, look, one, sent_to_the_desk, words
from tests.support.people import sit
from tests.support.results import take_out
from tests.support.stories import make_story
from tests.support.visitor import Visitor

NOW = datetime.now(UTC)


def states(visitor: Visitor) -> list[str]:
    """States of the six steps."""
    return [str(step["class"][0]) for step in visitor.visit("/toi").page.select("ol.road > li")]


def button(visitor: Visitor) -> tuple[str, str]:
    """The one big button, and where it leads."""
    link = one(visitor, "ol.road a.button")
    return words(link), str(link["href"])


def hint(visitor: Visitor, number: int) -> str:
    """What a step says."""
    return words(visitor.page.select("ol.road > li")[number - 1].select("p")[0])


def test_her_data_with_the_number_masked(contestant: Entry, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/toi")
    assert visitor.h1 == f"Chào {NAME}"
    facts = {words(one(row, "dt")): words(one(row, "dd")) for row in visitor.page.select("dl.facts > div")}
    assert facts["Họ và tên"] == NAME
    assert facts["Số căn cước"].startswith("•••• •••• ")
    assert facts["Số điện thoại"] == "0900 000 002"
    assert facts["Đơn vị"] == contest.units[0].full_name
    assert facts["Tên trên bảng xếp hạng"] == "Hiện họ tên và đơn vị"
    assert not [word for word in visitor.text.split() if len(word) == 12 and word.isdigit()]


def test_after_registration_learning_is_next_and_the_exam_is_shut(contestant: Entry, visitor: Visitor) -> None:
    assert states(visitor) == ["done", "done", "next", "waiting", "waiting", "waiting"]
    assert button(visitor) == ("Bắt đầu học", "/hoc")
    assert hint(visitor, 3) == "Đã học 0/4 bài."
    assert hint(visitor, 4) == "Phòng thi mở khi bạn học xong 4 bài còn lại."
    assert not visitor.page.select("ol.road a[href='/thi']")
    assert "Các lượt thi của tôi" not in visitor.text


def test_learnt_the_exam_is_next(learned: Entry, visitor: Visitor) -> None:
    assert states(visitor) == ["done", "done", "done", "next", "waiting", "waiting"]
    assert button(visitor) == ("Vào phòng thi", "/thi")
    assert hint(visitor, 4) == "8 câu hỏi ngẫu nhiên, có tính giờ."


def test_without_a_gate_the_exam_has_its_link_at_once(contestant: Entry, visitor: Visitor, set_rules: SetRules) -> None:
    set_rules(exam={"gate": "none"})
    assert states(visitor)[2:4] == ["next", "waiting"]
    assert visitor.page.select("ol.road a[href='/thi']")


def test_sat_the_story_is_next_and_the_best_attempt_is_marked(
    learned: Entry, visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    with app.app_context():
        for hour, wrong in ((3, 2), (2, 0), (1, 3)):
            started = NOW - timedelta(hours=hour)
            sit(learned, contest, started=started, ended=started + timedelta(seconds=125), wrong=wrong, seed=hour)
        receipts = list(db.session.scalars(select(Attempt.receipt).order_by(Attempt.number.desc())))
    assert states(visitor) == ["done", "done", "done", "done", "next", "waiting"]
    assert button(visitor) == ("Gửi chia sẻ", "/lan-toa/gui")
    assert hint(visitor, 4) == "Đã xong. Kết quả cao nhất: 8/8 câu đúng, sau 3 lượt. Thi lại được để đạt cao hơn."
    rows = [words(row) for row in visitor.page.select("tbody tr")]
    assert [row.split(" ")[1] for row in rows] == ["3", "2", "1"]
    assert ["Cao nhất" in row for row in rows] == [False, True, False]
    assert "8/8 câu, 2 phút 05 giây" in rows[1]
    for row, receipt in zip(rows, receipts, strict=True):
        assert f"{receipt[:4]}-{receipt[4:]}" in row
    assert visitor.click("Lượt 2").h1 == "Kết quả bài thi"


def test_an_open_attempt_leads_back_to_its_paper(learned: Entry, visitor: Visitor) -> None:
    paper = visitor.visit("/thi").submit("Bắt đầu làm bài").path
    assert "Đang làm" in visitor.visit("/toi").text
    assert button(visitor) == ("Làm tiếp", "/thi")
    assert hint(visitor, 4) == "Bạn đang có một lượt thi làm dở. Đồng hồ vẫn chạy."
    assert visitor.click("Lượt 1").path == paper


STORIES = [
    (StoryState.WAITING, "done", "Đã xong. Đã gửi, đang chờ Ban Tổ chức đọc."),
    (StoryState.PUBLISHED, "done", "Đã xong. Bài của bạn đã được duyệt."),
    (StoryState.REFUSED, "waiting", "Bài chưa được duyệt. Xem lý do, sửa lại rồi gửi lần nữa."),
]


@pytest.mark.parametrize("became", STORIES, ids=lambda became: became[0].value)
def test_what_became_of_the_story(
    contestant: Entry, visitor: Visitor, app: Flask, contest: Catalogue, became: tuple[StoryState, str, str]
) -> None:
    state, step, said = became
    with app.app_context():
        make_story(contestant, contest, now=NOW, state=state)
    assert states(visitor)[4] == step
    assert hint(visitor, 5) == said


def test_all_done_the_certificate_is_next_then_nothing(
    learned: Entry, visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    with app.app_context():
        sit(learned, contest, started=NOW - timedelta(minutes=5), ended=NOW)
        make_story(learned, contest, now=NOW, state=StoryState.PUBLISHED)
    assert states(visitor) == ["done"] * 5 + ["next"]
    assert button(visitor) == ("Nhận giấy chứng nhận", "/chung-nhan")
    assert hint(visitor, 6) == "Bạn đã đủ điều kiện."
    visitor.click("Nhận giấy chứng nhận").submit("Nhận giấy chứng nhận")
    assert states(visitor) == ["done"] * 6
    assert not visitor.page.select("ol.road a.button")
    assert look(app, lambda: db.session.scalars(select(Certificate)).one())


def test_a_certificate_that_was_taken_back_is_not_called_ready(
    learned: Entry, visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    with app.app_context():
        attempt = sit(learned, contest, started=NOW - timedelta(minutes=5), ended=NOW)
        make_story(learned, contest, now=NOW, state=StoryState.PUBLISHED)
        attempt_id = attempt.id
    visitor.visit("/chung-nhan").submit("Nhận giấy chứng nhận")
    with app.app_context():
        take_out(Target(learned.id, attempt_id), contest, now=NOW)
    assert states(visitor)[5] != "done"
    assert hint(visitor, 6) == "Giấy của bạn không còn hiệu lực."


def test_looking_writes_nothing(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    visitor.visit("/toi")
    assert look(app, lambda: db.session.scalar(select(Story))) is None


def test_not_signed_in(contestant: Entry, app: Flask) -> None:
    asked_and_back(app, "/toi")


def test_an_organiser_without_an_entry(organiser: Visitor) -> None:
    sent_to_the_desk(organiser, "/toi")


def test_wrong_method(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.client.post("/toi", data={"csrf_token": visitor.csrf()}).status_code == 405
