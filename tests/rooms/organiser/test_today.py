"""The organiser's first page."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.models import Entry, Story
from app.rules.clock import local_midnight
from app.services.catalogue import Catalogue
from app.web.formatters import moment
from tests.rooms.conftest import SetRules
from tests.support.people import make_contestant
from tests.support.visitor import Visitor


def _figures(visitor: Visitor) -> dict[str, str]:
    found = {}
    for figure in visitor.page.select(".figure"):
        number, words = figure.get_text(" ", strip=True).split(" ", 1)
        found[words] = number
    return found


@pytest.mark.usefixtures("finisher")
def test_figures_and_the_time_they_stand_at(desk: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        yesterday = local_midnight(datetime.now(UTC), contest.rules.zone) - timedelta(minutes=1)
        make_contestant(contest, now=yesterday)
        before = moment(datetime.now(UTC))
    desk.visit("/quan-tri")
    with app.app_context():
        after = moment(datetime.now(UTC))
    assert _figures(desk) == {
        "người đã đăng ký (hôm nay thêm 1)": "2",
        "người đã thi xong": "1",
        "lượt thi đã chấm": "1",
        "lượt đang làm bài": "0",
        "giấy chứng nhận đã cấp": "0",
    }
    assert f"Tính đến {before}" in desk.text or f"Tính đến {after}" in desk.text
    assert "Không có việc nào đang chờ" in desk.text


def test_figures_that_stand_still_say_so_and_lead_to_the_real_ones(
    desk: Visitor, set_rules: SetRules, request: pytest.FixtureRequest
) -> None:
    assert "đứng yên" not in desk.visit("/quan-tri").text
    set_rules(boards={"freeze_hours_before_end": 1000})
    request.getfixturevalue("finisher")
    assert _figures(desk.visit("/quan-tri"))["người đã thi xong"] == "0"
    assert "là số công khai, đứng yên từ" in desk.text
    assert "1 người có kết quả" in desk.click("số thật ở trang tải kết quả").text


def test_a_story_that_waits_is_one_click_away(desk: Visitor, story: Story) -> None:
    desk.visit("/quan-tri")
    assert "1 bài chia sẻ chờ duyệt" in desk.text
    desk.click("Đọc và duyệt")
    assert desk.path == "/quan-tri/chia-se"
    assert story.body.split()[0] in desk.text


def test_the_navigation_marks_where_one_is(desk: Visitor, entry: Entry) -> None:
    for path, label in (("", "Hôm nay"), ("/chia-se", "Bài chia sẻ"), (f"/thi-sinh/{entry.id}", "Thí sinh")):
        desk.visit(f"/quan-tri{path}")
        (current,) = desk.page.select(".desk-nav [aria-current]")
        assert current.get_text() == label
