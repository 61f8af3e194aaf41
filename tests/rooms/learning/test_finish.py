"""“Tôi đã học xong bài này”: progress, the way on, the gate to the exam."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Entry, LessonRead
from app.services.catalogue import Catalogue
from tests.support.asking import asked_to_sign_in, count, hops, look, only_own_forms, words
from tests.support.visitor import Visitor

BUTTON = "Tôi đã học xong bài này"
FIRST, SECOND = "/hoc/an-toan/mat-khau", "/hoc/an-toan/tin-gia"
LAST = "/hoc/tien-ich/thanh-toan"


def test_it_is_noted_and_leads_to_the_next_lesson(
    contestant: Entry, visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    before = datetime.now(UTC)
    visitor.visit(FIRST).submit(BUTTON)
    assert (hops(visitor), visitor.path) == ([303], SECOND)
    row = look(app, lambda: db.session.scalars(select(LessonRead)).one())
    assert (row.entry_id, row.lesson_id) == (contestant.id, contest.topics[0].lessons[0].id)
    assert before <= row.read_at <= datetime.now(UTC)


def test_the_last_lesson_of_a_topic_leads_to_the_next_topic(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.visit(SECOND).submit(BUTTON).path == "/hoc/tien-ich/dich-vu-cong"


def test_the_very_last_leads_to_my_page(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.visit(LAST).submit(BUTTON).path == "/toi"


def test_progress_is_shown(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(FIRST).submit(BUTTON)
    visitor.visit("/hoc")
    assert "Bạn đã học 1/4 bài." in visitor.text
    ticked = [words(item) for item in visitor.page.select("ol.lessons li") if "Đã học" in words(item)]
    assert len(ticked) == 1
    assert visitor.visit("/hoc/an-toan").page.select(".tag.done")


def test_a_read_lesson_has_no_button_but_the_way_on(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(FIRST).submit(BUTTON)
    visitor.visit(FIRST)
    assert not visitor.page.select("main form")
    assert visitor.click("Học bài tiếp theo").path == SECOND
    visitor.visit(LAST).submit(BUTTON)
    assert visitor.visit(LAST).click("Về trang của tôi").path == "/toi"


def test_read_twice_the_first_time_counts(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    token = visitor.visit(FIRST).value("csrf_token")
    visitor.submit(BUTTON)
    first = look(app, lambda: db.session.scalars(select(LessonRead.read_at)).one())
    visitor.post(FIRST, {"csrf_token": token})
    assert (hops(visitor), visitor.path) == ([303], SECOND)
    assert look(app, lambda: db.session.scalars(select(LessonRead.read_at)).one()) == first


def test_the_topics_lead_to_the_first_lesson_that_is_not_read(
    contestant: Entry, visitor: Visitor, other: Visitor
) -> None:
    assert other.visit("/hoc").click("Vào phòng thi").path == "/thi"
    assert visitor.visit("/hoc").click("Học bài đầu tiên").path == FIRST
    visitor.visit(SECOND).submit(BUTTON)
    assert visitor.visit("/hoc").click("Học bài tiếp theo").path == FIRST
    visitor.submit(BUTTON)
    assert visitor.visit("/hoc").click("Học bài tiếp theo").path not in (FIRST, SECOND)


def test_all_lessons_open_the_gate(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    visitor.visit(FIRST)
    for left in (4, 3, 2, 1):
        here = visitor.path
        assert f"Bạn còn {left} bài học chưa xong." in visitor.visit("/thi").text
        assert not visitor.page.select("main form")
        visitor.visit(here).submit(BUTTON)
    assert visitor.click("Vào phòng thi").path == "/thi"
    visitor.submit("Bắt đầu làm bài")
    assert count(app, Attempt) == [1]


def test_reading_alone_writes_nothing(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    for path in ("/hoc", "/hoc/an-toan", FIRST):
        visitor.visit(path)
    assert count(app, LessonRead) == [0]


def test_progress_is_each_person_s_own(contestant: Entry, visitor: Visitor, other: Visitor) -> None:
    assert "Bạn đã học 0/4 bài." in visitor.visit("/hoc").text
    assert "Bạn đã học 4/4 bài." in other.visit("/hoc").text


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_lesson(visitor: Visitor, app: Flask) -> None:
    headers = {"Referer": f"http://localhost{FIRST}"}
    asked_to_sign_in(visitor.client.post(FIRST, data={"csrf_token": visitor.csrf()}, headers=headers), back=FIRST)
    asked_to_sign_in(visitor.client.post(FIRST, headers=headers), back=FIRST)
    assert count(app, LessonRead) == [0]


def test_an_organiser_without_an_entry_has_no_progress(organiser: Visitor, app: Flask) -> None:
    organiser.post(FIRST, {"csrf_token": organiser.csrf()})
    assert (hops(organiser), organiser.path) == ([303], "/quan-tri")
    assert count(app, LessonRead) == [0]


@pytest.mark.parametrize("path", ["/hoc/khong-co/mat-khau", "/hoc/an-toan/khong-co", "/hoc/an-toan/thanh-toan"])
def test_a_lesson_that_is_not_there(contestant: Entry, visitor: Visitor, app: Flask, path: str) -> None:
    assert visitor.post(path, {"csrf_token": visitor.csrf()}).status == 404
    assert count(app, LessonRead) == [0]


def test_only_own_forms(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    only_own_forms(visitor, FIRST, {})
    assert count(app, LessonRead) == [0]
