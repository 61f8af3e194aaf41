"""The wall: approved stories with their author's consent, newest first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models import Story, StoryState
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.tell_story import WALL_PAGE
from tests.support.asking import title, words
from tests.support.people import make_contestant
from tests.support.visitor import Visitor

NOW = datetime.now(UTC)


@pytest.fixture
def put(app: Flask, contest: Catalogue) -> Any:
    """`put("words")` puts a published story on the wall; returns its id."""

    def one_story(body: str, *, name: str = "Trần Văn Mẫu", on_boards: bool = True, **columns: Any) -> int:
        with app.app_context():
            entry = make_contestant(contest, now=NOW, name=name, on_boards=on_boards)
            values = {"kind": StoryKind.STORY, "state": StoryState.PUBLISHED, "on_wall": True, "told_at": NOW} | columns
            story = Story(entry_id=entry.id, body=body, **values)
            db.session.add(story)
            db.session.commit()
            return story.id

    return one_story


def cards(visitor: Visitor) -> list[str]:
    """Texts on this page of the wall."""
    return [words(card) for card in visitor.page.select("article.story blockquote")]


def test_an_empty_wall_invites(visitor: Visitor) -> None:
    visitor.visit("/").click("Lan tỏa")
    assert (visitor.status, visitor.path) == (200, "/lan-toa")
    assert "Chưa có bài chia sẻ nào. Hãy là người đầu tiên." in visitor.text
    assert visitor.click("Gửi chia sẻ").path == "/dang-nhap"


def test_kind_name_unit_and_day(put: Any, visitor: Visitor, contest: Catalogue) -> None:
    told_at = datetime(2025, 10, 20, 18, tzinfo=UTC)
    put("Mẹ tôi tự đặt lịch khám.", kind=StoryKind.MESSAGE, told_at=told_at)
    card = words(visitor.visit("/lan-toa").page.select("article.story")[0])
    assert card == f"Thông điệp Mẹ tôi tự đặt lịch khám. Trần Văn Mẫu {contest.units[0].full_name} · 21/10/2025"


def test_without_consent_to_the_name_the_author_is_anonymous(put: Any, visitor: Visitor) -> None:
    story = put("Bài của người ẩn danh.", name="Phạm Thị Giấu Tên", on_boards=False)
    for path in ("/lan-toa", f"/lan-toa/{story}"):
        visitor.visit(path)
        assert "Thí sinh ẩn danh" in visitor.text
        assert "Giấu" not in visitor.response.text


@pytest.mark.parametrize(
    "columns",
    [{"state": StoryState.WAITING}, {"state": StoryState.REFUSED}, {"on_wall": False}],
    ids=["waiting", "refused", "without consent"],
)
def test_others_are_not_there(put: Any, visitor: Visitor, columns: dict[str, Any]) -> None:
    story = put("Không ai được đọc bài này.", **columns)
    assert cards(visitor.visit("/lan-toa")) == []
    assert visitor.visit(f"/lan-toa/{story}").status == 404


def test_a_script_is_only_text(put: Any, visitor: Visitor) -> None:
    nasty = '<script>alert(1)</script> <img src=x onerror="alert(2)"> <b hx-get="/toi">đậm</b>'
    story = put(nasty)
    for path in ("/lan-toa", f"/lan-toa/{story}"):
        assert cards(visitor.visit(path)) == [nasty]
        assert not visitor.page.select("blockquote script, blockquote img, blockquote b, script")


def test_a_line_is_a_paragraph(put: Any, visitor: Visitor) -> None:
    put("Dòng một.\r\n\r\nDòng hai.")
    visitor.visit("/lan-toa")
    assert [words(line) for line in visitor.page.select("blockquote p")] == ["Dòng một.", "Dòng hai."]


def test_a_long_story_is_cut_at_a_word_and_read_on_its_own_page(put: Any, visitor: Visitor) -> None:
    body = "nghiêng " * 99 + "hết."
    put(body, kind=StoryKind.STORY)
    shown = cards(visitor.visit("/lan-toa"))[0]
    assert shown.endswith("nghiêng …")
    assert len(shown) <= 302
    visitor.click("Đọc cả bài")
    assert cards(visitor) == [body]
    assert visitor.h1 == "Câu chuyện thật của Trần Văn Mẫu"
    assert title(visitor).startswith(visitor.h1)
    assert "Đọc cả bài" not in visitor.text


def test_newest_first_page_by_page_without_a_gap(put: Any, visitor: Visitor) -> None:
    total = WALL_PAGE + 3
    for number in range(total):  # two and two at the same moment
        put(f"Bài số {number}", told_at=NOW - timedelta(minutes=number // 2))
    visitor.visit("/lan-toa")
    first = cards(visitor)
    assert len(first) == WALL_PAGE
    visitor.click("Trang sau")
    second = cards(visitor)
    assert sorted(first + second) == sorted(f"Bài số {number}" for number in range(total))
    ages = [int(card.split()[-1]) // 2 for card in first + second]
    assert ages == sorted(ages)
    assert "Trang sau" not in visitor.text


@pytest.mark.parametrize(
    "mark",
    [
        "hom-qua",
        "2025-10-21",
        "2025-10-21T10:00:00_1",
        "2025-10-21T10:00:00+00:00_x",
        "2025-10-21T10:00:00+00:00_-1",
        f"2025-10-21T10:00:00+00:00_{2**31}",
        f"2025-10-21T10:00:00+00:00_{'9' * 5000}",
    ],
)
def test_a_mark_that_no_page_of_ours_made(visitor: Visitor, mark: str) -> None:
    assert visitor.visit("/lan-toa", query_string={"truoc": mark}).status == 404


@pytest.mark.parametrize("number", ["0", str(2**31 - 1), str(2**31), "9" * 30, "mot"])
def test_a_story_that_is_not_there(visitor: Visitor, number: str) -> None:
    assert visitor.visit(f"/lan-toa/{number}").status == 404


@pytest.mark.parametrize("path", ["/lan-toa", "/lan-toa/1"])
def test_wrong_method(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path).status_code == 405
