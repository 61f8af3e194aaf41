"""My own place, exact now."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask

from app.models import Entry
from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME, SetRules
from tests.support.asking import asked_and_back, sent_to_the_desk, words
from tests.support.people import learn_all, make_contestant, sign_in, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(microsecond=0)
MINE = "/bang-xep-hang/cua-toi"


def test_without_a_result_it_leads_to_the_exam(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit("/bang-xep-hang").click("Vị trí của tôi")
    assert (visitor.status, visitor.path, visitor.h1) == (200, MINE, "Vị trí của tôi")
    assert "Bạn chưa có kết quả ở đợt này nên chưa có vị trí." in visitor.text
    assert visitor.click("Vào phòng thi").path == "/thi"


def test_place_and_how_many_with_ties(learned: Entry, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    ended = NOW - timedelta(hours=1)
    with app.app_context():
        for name, wrong in (("Giỏi Hơn", 0), ("Bằng Nhau", 1), ("Kém Hơn", 2)):
            entry = make_contestant(contest, now=NOW, name=name)
            learn_all(entry, contest, now=NOW)
            sit(entry, contest, started=ended - timedelta(minutes=5), ended=ended, wrong=wrong)
        sit(learned, contest, started=ended - timedelta(minutes=5), ended=ended, wrong=1)
    city, unit = visitor.visit(MINE).page.select(".figure")
    assert words(city) == "Hạng 2 trên 4 người đã thi xong Toàn thành phố"
    assert words(unit) == f"Hạng 2 trên 4 người đã thi xong {contest.units[0].full_name}"
    assert f"{contest.rounds[0].name}. Tính đến" in visitor.text


def test_without_consent_i_still_see_my_own(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        entry = make_contestant(contest, now=NOW, on_boards=False)
        learn_all(entry, contest, now=NOW)
        sit(entry, contest, started=NOW - timedelta(minutes=5), ended=NOW)
        sign_in(visitor, app, entry.account)
    assert words(visitor.visit(MINE).page.select(".figure")[0]).startswith("Hạng 1 trên 1 người")


def test_while_boards_stand_still_a_late_result_has_no_place(
    learned: Entry, visitor: Visitor, app: Flask, set_rules: SetRules
) -> None:
    frozen = set_rules(boards={"freeze_hours_before_end": 1000})
    with app.app_context():
        sit(learned, frozen, started=NOW - timedelta(minutes=5), ended=NOW, wrong=1)
    assert visitor.visit(MINE).page.select(".figure") == []
    assert "Kết quả của bạn đã được ghi; vị trí hiện ra khi đợt thi kết thúc." in visitor.text
    result = visitor.visit("/toi").click("Lượt 1")
    assert "7/8 câu đúng" in result.text
    assert "Hiện ra khi bảng hết đứng yên" in result.text
    assert "đứng yên từ" in visitor.visit("/bang-xep-hang/ca-nhan").text
    assert NAME not in visitor.text


def test_a_result_that_is_about_to_be_shown_is_one(
    learned: Entry, visitor: Visitor, app: Flask, set_rules: SetRules, finish_round: Callable[[], Catalogue]
) -> None:
    """The round is over, the keeper has not come to it yet."""
    frozen = set_rules(boards={"freeze_hours_before_end": 1000})
    with app.app_context():
        sit(learned, frozen, started=NOW - timedelta(minutes=5), ended=NOW)
    finish_round()
    assert "Kết quả của bạn đã được ghi. Bảng đang được cập nhật" in visitor.visit(MINE).text
    assert "chưa có kết quả" not in visitor.text


def test_a_round_that_is_not_there(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.visit(f"{MINE}?dot=1").status == 200
    assert visitor.visit(f"{MINE}?dot=2").status == 404


def test_not_signed_in(contestant: Entry, app: Flask) -> None:
    asked_and_back(app, MINE)
    asked_and_back(app, f"{MINE}?dot=1")


def test_an_organiser_without_an_entry(organiser: Visitor) -> None:
    sent_to_the_desk(organiser, MINE)


def test_wrong_method(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.client.post(MINE, data={"csrf_token": visitor.csrf()}).status_code == 405
