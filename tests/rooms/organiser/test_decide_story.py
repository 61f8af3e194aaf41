"""Approving and refusing stories."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.models import Entry, Story, StoryState
from app.services.catalogue import Catalogue
from tests.rooms.organiser.conftest import audit
from tests.support.people import make_contestant, make_staff
from tests.support.stories import decide, make_story
from tests.support.visitor import Visitor

LIST = "/quan-tri/chia-se"


def _now(app: Flask, story: Story) -> Story:
    with app.app_context():
        return db.session.get_one(Story, story.id)


def _decided_by_somebody_else(app: Flask, contest: Catalogue, story: Story, *, publish: bool) -> None:
    with app.app_context():
        other = make_staff(now=datetime.now(UTC), phone="+84900000010")
        reason = "" if publish else "Lý do của người khác."
        decide(story, contest, other, now=datetime.now(UTC), publish=publish, reason=reason)


def test_the_list_shows_what_one_needs_to_decide(desk: Visitor, story: Story) -> None:
    desk.visit(LIST)
    (card,) = desk.page.select("article")
    words = " ".join(card.get_text(" ").split())
    assert [p.get_text() for p in card.select("blockquote p")] == story.body.splitlines()
    for part in ("Câu chuyện thật", "Nguyễn Thị Hồng Ánh", "Xã Cẩm Giàng", "Đồng ý đăng , cùng họ tên và đơn vị."):
        assert part in words


def test_oldest_first(desk: Visitor, app: Flask, contest: Catalogue, story: Story) -> None:
    with app.app_context():
        other = make_contestant(contest, now=datetime.now(UTC), name="Trần Văn Mẫu")
        make_story(other, contest, now=datetime.now(UTC), on_wall=False)
    desk.visit(LIST)
    first, second = desk.page.select("article")
    assert first["id"] == f"bai-{story.id}"
    assert "Không đồng ý đăng" in second.get_text()
    assert "Duyệt, không đăng" in second.get_text()


def test_approving_puts_it_on_the_wall(desk: Visitor, app: Flask, story: Story) -> None:
    desk.visit(LIST).submit("Duyệt và đăng")
    assert (desk.status, desk.path) == (200, LIST)
    assert "Đã duyệt một bài." in desk.text
    assert "Không còn bài nào chờ duyệt" in desk.text
    assert _now(app, story).state is StoryState.PUBLISHED
    assert audit(app) == [("story.publish", f"story:{story.id}", "")]
    assert story.body.splitlines()[0] in desk.visit("/lan-toa").text


@pytest.mark.parametrize(
    ("reason", "words", "told"),
    [
        ("loi-le", "", "Lời lẽ trong bài chưa phù hợp để đăng."),
        ("khac", "Bạn bỏ tên người\nhàng xóm nhé.", "Bạn bỏ tên người hàng xóm nhé."),
        ("loi-le", "Xem câu cuối.", "Lời lẽ trong bài chưa phù hợp để đăng. Xem câu cuối."),
    ],
)
def test_refusing_tells_the_author_why(
    desk: Visitor, app: Flask, story: Story, *, reason: str, words: str, told: str
) -> None:
    desk.visit(LIST).click("Từ chối")
    assert story.body.splitlines()[0] in desk.text
    desk.submit("Từ chối bài này", reason=reason, words=words)
    assert desk.path == LIST
    assert "Đã từ chối một bài." in desk.text
    after = _now(app, story)
    assert (after.state, after.reason) == (StoryState.REFUSED, told)
    assert audit(app) == [("story.refuse", f"story:{story.id}", told)]


@pytest.mark.parametrize(
    ("reason", "words", "fault"),
    [
        (None, "Câu này giữ lại", "Chọn một lý do."),
        ("khac", "   ", "Ghi lý do, để tác giả biết cần sửa gì."),
        ("loi-le", "a" * 301, "Lời nhắn dài nhiều nhất 300 ký tự."),
        ("khong-co", "Câu này giữ lại", ""),
    ],
)
def test_no_refusal_without_a_reason(
    desk: Visitor, app: Flask, story: Story, *, reason: str | None, words: str, fault: str
) -> None:
    desk.visit(f"{LIST}/{story.id}/tu-choi").submit("Từ chối bài này", reason=reason, words=words)
    assert desk.status == 422
    assert fault in desk.text
    assert desk.page.title is not None
    assert desk.page.title.get_text().startswith("Lỗi: ")
    assert desk.value("words") == words.strip()
    assert _now(app, story).state is StoryState.WAITING
    assert audit(app) == []
    desk.submit("Từ chối bài này", reason="lac-de", words="")
    assert _now(app, story).state is StoryState.REFUSED


@pytest.mark.parametrize(("publish", "verdict"), [(True, "đã được duyệt lúc"), (False, "đã bị từ chối lúc")])
def test_decided_meanwhile(
    desk: Visitor, app: Flask, contest: Catalogue, story: Story, *, publish: bool, verdict: str
) -> None:
    desk.visit(LIST)
    _decided_by_somebody_else(app, contest, story, publish=publish)
    before = audit(app)
    desk.submit("Duyệt và đăng")
    assert desk.status == 409
    assert verdict in desk.text
    assert "không thay đổi gì" in desk.text
    assert _now(app, story).state is (StoryState.PUBLISHED if publish else StoryState.REFUSED)
    assert audit(app) == before


def test_decided_meanwhile_while_one_was_writing_a_refusal(
    desk: Visitor, app: Flask, contest: Catalogue, story: Story
) -> None:
    desk.visit(f"{LIST}/{story.id}/tu-choi")
    _decided_by_somebody_else(app, contest, story, publish=True)
    desk.submit("Từ chối bài này", reason="lac-de")
    assert desk.status == 409
    assert _now(app, story).state is StoryState.PUBLISHED
    assert desk.visit(f"{LIST}/{story.id}/tu-choi").status == 409


def test_words_that_nobody_read_are_not_approved(
    desk: Visitor, app: Flask, contest: Catalogue, entry: Entry, story: Story
) -> None:
    desk.visit(LIST)
    with app.app_context():
        make_story(entry, contest, now=datetime.now(UTC), body="Những lời khác hẳn, gửi sau khi đã được đọc.")
    desk.submit("Duyệt và đăng")
    assert desk.status == 409
    assert "Tác giả vừa sửa bài này" in desk.text
    assert "Những lời khác hẳn" in desk.text
    assert _now(app, story).state is StoryState.WAITING
    desk.submit("Duyệt và đăng")
    assert _now(app, story).state is StoryState.PUBLISHED


@pytest.mark.parametrize("told_at", ["", "hôm qua", "2026-11-22T10:00:00"])
def test_a_page_that_was_tampered_with(desk: Visitor, app: Flask, story: Story, told_at: str) -> None:
    desk.visit(LIST).submit("Duyệt và đăng", told_at=told_at)
    assert desk.status == 400
    assert _now(app, story).state is StoryState.WAITING


def test_markup_in_a_story_stays_text(desk: Visitor, app: Flask, story: Story) -> None:
    with app.app_context():
        found = db.session.get_one(Story, story.id)
        found.body = "<script>alert(1)</script> <b>đậm</b>"
        db.session.commit()
    desk.visit(LIST)
    assert not desk.page.select("article script, article blockquote b")
    assert "<script>alert(1)</script>" in desk.text
