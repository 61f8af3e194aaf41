"""The organiser's texts: rules, guide, privacy; and the settings in force beside the rules."""

import pytest

from tests.rooms.conftest import SetRules
from tests.support.asking import one, title, words
from tests.support.visitor import Visitor

PAGES = [("/the-le", "Thể lệ"), ("/huong-dan", "Hướng dẫn dự thi"), ("/quyen-rieng-tu", "Quyền riêng tư")]


def facts(visitor: Visitor) -> dict[str, str]:
    """The settings that the rules page tells."""
    return {
        words(one(row, "dt")): words(one(row, "dd")) for row in visitor.visit("/the-le").page.select("dl.facts > div")
    }


@pytest.mark.parametrize(("path", "heading"), PAGES)
def test_the_text_stands_under_its_title(visitor: Visitor, path: str, heading: str) -> None:
    visitor.visit(path)
    assert (visitor.status, visitor.h1) == (200, heading)
    assert title(visitor).startswith(heading)


@pytest.mark.parametrize(("path", "heading"), PAGES)
def test_the_footer_leads_there(visitor: Visitor, path: str, heading: str) -> None:
    assert visitor.visit("/dang-nhap").click(heading.removesuffix(" dự thi")).path == path


def test_the_rules_say_what_is_in_force(visitor: Visitor) -> None:
    told = facts(visitor)
    assert told["Đề thi"] == "8 câu hỏi ngẫu nhiên, 20 phút"
    assert told["Số lượt thi"] == "Không giới hạn, lấy kết quả cao nhất"
    assert told["Nghỉ giữa hai lượt"] == "Không bắt buộc"
    assert told["Thứ tự xếp hạng"] == (
        "Nhiều câu đúng hơn; bằng nhau thì xét làm bài nhanh hơn; bằng nhau thì xét nộp bài sớm hơn"
    )


def test_they_follow_the_settings(visitor: Visitor, set_rules: SetRules) -> None:
    set_rules(
        exam={"minutes": 15, "attempts_per_round": 3, "cooldown_minutes": 30}, ranking={"key": ["correct", "attempts"]}
    )
    told = facts(visitor)
    assert told["Đề thi"] == "8 câu hỏi ngẫu nhiên, 15 phút"
    assert told["Số lượt thi"] == "3 lượt mỗi đợt"
    assert told["Nghỉ giữa hai lượt"] == "30 phút"
    assert told["Thứ tự xếp hạng"] == "Nhiều câu đúng hơn; bằng nhau thì xét đạt ở lượt thi sớm hơn"


def test_a_limit_a_day_is_one(visitor: Visitor, set_rules: SetRules) -> None:
    set_rules(exam={"attempts_per_day": 2})
    assert facts(visitor)["Số lượt thi"] == "2 lượt mỗi ngày"
    set_rules(exam={"attempts_per_round": 5})
    assert facts(visitor)["Số lượt thi"] == "5 lượt mỗi đợt, 2 lượt mỗi ngày"


@pytest.mark.parametrize("path", [path for path, _ in PAGES])
def test_wrong_method(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path).status_code == 405
