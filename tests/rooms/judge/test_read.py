"""The judge reads stories; who wrote them is not told, and what others may not read is not shown."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.extensions import db
from app.judge import views
from app.models import Role, Story, StoryState
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from tests.support.people import make_contestant, sign_in_staff
from tests.support.visitor import Visitor


@pytest.fixture
def desk(app: Flask, visitor: Visitor) -> Visitor:
    """A browser in which a judge is signed in."""
    sign_in_staff(visitor, app, Role.JUDGE)
    assert visitor.path == "/giam-khao"
    return visitor


def tell(app: Flask, contest: Catalogue, body: str, *, state: StoryState, on_wall: bool = True) -> None:
    """A story as it stands."""
    with app.app_context():
        entry = make_contestant(contest, now=datetime.now(UTC), name="Phạm Thị Tác Giả")
        db.session.add(
            Story(
                entry_id=entry.id,
                kind=StoryKind.STORY,
                body=body,
                on_wall=on_wall,
                state=state,
                told_at=datetime.now(UTC),
            )
        )
        db.session.commit()


def test_nothing_to_read_yet(desk: Visitor) -> None:
    assert "Chưa có bài nào để đọc" in desk.text


def test_what_may_be_read(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    tell(app, contest, "Bài đang chờ", state=StoryState.WAITING)
    tell(app, contest, "Bài đã duyệt", state=StoryState.PUBLISHED)
    tell(app, contest, "Bài bị từ chối", state=StoryState.REFUSED)
    tell(app, contest, "Bài không đăng", state=StoryState.WAITING, on_wall=False)
    desk.visit("/giam-khao")
    assert [quote.get_text(strip=True) for quote in desk.page.select("blockquote")] == ["Bài đã duyệt", "Bài đang chờ"]
    assert "Phạm Thị Tác Giả" not in desk.text
    assert not desk.page.select("main form")


def test_page_by_page(desk: Visitor, app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "WALL_PAGE", 2)
    for number in range(3):
        tell(app, contest, f"Bài thứ {number}", state=StoryState.PUBLISHED)
    desk.visit("/giam-khao")
    assert len(desk.page.select("blockquote")) == 2
    desk.click("Trang sau")
    assert [quote.get_text(strip=True) for quote in desk.page.select("blockquote")] == ["Bài thứ 0"]
    assert not desk.page.select("[rel=next]")
    assert desk.visit("/giam-khao?sau=x").status == 200
