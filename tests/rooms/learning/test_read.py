"""Reading: topics and lessons are open to everybody."""

import pytest

from app.models import Entry
from app.services.catalogue import Catalogue
from tests.support.asking import one, title, words
from tests.support.people import PASSWORD
from tests.support.visitor import Visitor

FIRST = "/hoc/an-toan/mat-khau"
LAST = "/hoc/tien-ich/thanh-toan"


def test_a_stranger_finds_every_topic_and_lesson(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/").click("Học")
    assert (visitor.status, visitor.path) == (200, "/hoc")
    for topic in contest.topics:
        assert f"{topic.number}. {topic.title}" in visitor.text
        assert topic.summary in visitor.text
        for lesson in topic.lessons:
            assert visitor.visit("/hoc").click(lesson.title).h1 == lesson.title
        assert visitor.visit("/hoc").click(topic.title).h1 == topic.title
        visitor.visit("/hoc")


def test_a_topic_has_its_lessons_in_order(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/hoc/an-toan")
    links = [words(link) for link in visitor.page.select("ol.lessons a")]
    assert links == [lesson.title for lesson in contest.topics[0].lessons]
    assert visitor.click("Học").path == "/hoc"


def test_a_lesson_has_text_picture_source_and_date(visitor: Visitor, contest: Catalogue) -> None:
    lesson = contest.topics[0].lessons[0]
    visitor.visit(FIRST)
    assert (visitor.status, visitor.h1) == (200, lesson.title)
    assert title(visitor).startswith(lesson.title)
    assert visitor.page.select("article figure svg")
    assert f"Bài 1/2 · {lesson.minutes} phút đọc" in visitor.text
    assert f"Nội dung tính đến {lesson.as_of:%d/%m/%Y}." in visitor.text
    assert all(source in visitor.text for source in lesson.sources)


def test_a_stranger_is_invited_not_asked(visitor: Visitor) -> None:
    visitor.visit(FIRST)
    assert not visitor.page.select("main form")
    assert "Đăng nhập để ghi nhận bài học" in visitor.text
    assert visitor.click("Đọc bài tiếp theo").path == "/hoc/an-toan/tin-gia"
    assert "Đọc bài tiếp theo" not in visitor.visit(LAST).text
    assert "Đã học" not in visitor.visit("/hoc").text


@pytest.mark.parametrize("path", ["/hoc", FIRST])
def test_signing_in_leads_back_to_the_page(contestant: Entry, visitor: Visitor, path: str) -> None:
    visitor.visit("/toi").submit("Đăng xuất")
    visitor.visit(path)
    link = next(a for a in one(visitor, "main").select("a") if "Đăng nhập" in words(a))
    visitor.visit(str(link["href"])).submit("Đăng nhập", identifier="0900 000 002", password=PASSWORD)
    assert visitor.path == path


def test_staff_read_without_a_button(organiser: Visitor) -> None:
    organiser.visit(FIRST)
    assert organiser.status == 200
    assert "Tôi đã học xong bài này" not in organiser.text
    assert "Đăng nhập để ghi nhận" not in organiser.text


@pytest.mark.parametrize("path", ["/hoc/khong-co", "/hoc/an-toan/khong-co", "/hoc/an-toan/thanh-toan"])
def test_what_is_not_there_is_not_found(visitor: Visitor, path: str) -> None:
    assert visitor.visit(path).status == 404


@pytest.mark.parametrize(("path", "method"), [("/hoc", "post"), ("/hoc/an-toan", "post"), (FIRST, "put")])
def test_wrong_method(visitor: Visitor, path: str, method: str) -> None:
    assert getattr(visitor.client, method)(path).status_code == 405
