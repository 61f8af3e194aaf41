"""The board of people: best first, shared places, names by consent, page by page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from app.extensions import db
from app.models import Account, Entry, Standing
from app.ranking import views as ranking_views
from app.rules.ranking import Result, rank_key
from app.services.catalogue import Catalogue
from app.services.rank import PAGE, Page, people_board
from tests.rooms.conftest import SetRules
from tests.support.asking import words
from tests.support.people import bare_entry, learn_all, make_contestant, sit
from tests.support.results import bare_attempt
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(microsecond=0)
BOARD = "/bang-xep-hang/ca-nhan"


def finish(contest: Catalogue, name: str, *, wrong: int = 0, seconds: int = 300, on_boards: bool = True) -> Entry:
    """Somebody with a result of an hour ago. Needs an application context; commits."""
    entry = make_contestant(contest, now=NOW, name=name, on_boards=on_boards)
    learn_all(entry, contest, now=NOW)
    ended = NOW - timedelta(hours=1)
    sit(entry, contest, started=ended - timedelta(seconds=seconds), ended=ended, wrong=wrong)
    return entry


def lines(visitor: Visitor) -> list[tuple[str, str]]:
    """Place and name of each line."""
    found = [[words(cell) for cell in row.select("th, td")] for row in visitor.page.select("tbody tr")]
    return [(row[0], row[1].split(" Phường")[0].split(" Xã")[0].split(" Đặc khu")[0]) for row in found]


def test_nobody_yet(visitor: Visitor) -> None:
    visitor.visit("/bang-xep-hang").click("Cá nhân")
    assert (visitor.status, visitor.path) == (200, BOARD)
    assert "Chưa có ai thi xong. Hãy là người đầu tiên." in visitor.text


def test_nobody_when_it_is_over(visitor: Visitor, finish_round: Callable[[], Catalogue]) -> None:
    """It invites no longer."""
    finish_round()
    assert "Không có ai thi xong trong đợt này." in visitor.visit(BOARD).text
    assert "người đầu tiên" not in visitor.text


def test_a_board_is_never_older_than_it_says(
    visitor: Visitor, contest: Catalogue, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells the moment before it was read: whoever hands in meanwhile may be missing."""
    with app.app_context():
        finish(contest, "Trần Văn Mẫu")
    with time_machine.travel(datetime(2026, 11, 12, 8, 29, 59, tzinfo=UTC), tick=False) as clock:

        def slowly(**values: Any) -> Page:
            board = people_board(**values)
            clock.shift(2)
            return board

        monkeypatch.setattr(ranking_views, "people_board", slowly)
        assert "Tính đến 15h29 ngày 12/11/2026." in visitor.visit(BOARD).text


def test_more_correct_then_less_time_and_equal_results_share_a_place(
    visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    with app.app_context():
        finish(contest, "Thứ Ba", wrong=1, seconds=100)
        finish(contest, "Thứ Hai", seconds=301)
        finish(contest, "Nhất Một")
        finish(contest, "Nhất Hai")
    visitor.visit(BOARD)
    assert lines(visitor) == [("1", "Nhất Một"), ("1", "Nhất Hai"), ("3", "Thứ Hai"), ("4", "Thứ Ba")]
    cells = [words(cell) for cell in visitor.page.select("tbody tr")[0].select("th, td")]
    assert cells[1] == f"Nhất Một {contest.units[0].full_name}"
    assert cells[2:4] == ["8", "5 phút 00 giây"]


def test_what_ranks_is_shown(visitor: Visitor, app: Flask, set_rules: SetRules) -> None:
    """Where the attempt's number does, its column too: else a board whose order nobody can follow."""
    contest = set_rules(ranking={"key": ["correct", "attempts"]})
    ended = NOW - timedelta(minutes=30)
    with app.app_context():
        sit(finish(contest, "Lần Hai", wrong=3), contest, started=ended - timedelta(minutes=9), ended=ended)
        finish(contest, "Lần Đầu")
    visitor.visit(BOARD)
    assert lines(visitor) == [("1", "Lần Đầu"), ("2", "Lần Hai")]
    assert words(visitor.page.select("thead th")[-1]) == "Thứ tự lượt thi"
    assert [words(row.select("td")[-1]) for row in visitor.page.select("tbody tr")] == ["1", "2"]
    set_rules(ranking={"key": ["time_used", "submitted_at", "correct", "attempts"]})  # nobody is ranked anew yet
    assert {words(row.select("td")[-1]) for row in visitor.visit(BOARD).page.select("tbody tr")} == {"–"}
    set_rules(ranking={"key": ["correct"]})
    assert "Thứ tự lượt thi" not in visitor.visit(BOARD).text


def test_without_consent_the_place_is_kept_and_the_name_is_not(
    visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    with app.app_context():
        finish(contest, "Phạm Thị Giấu Tên", on_boards=False)
        finish(contest, "Trần Văn Sau", wrong=1)
    for path in (BOARD, f"/bang-xep-hang/don-vi/{contest.units[0].code}"):
        visitor.visit(path)
        assert lines(visitor) == [("1", "Thí sinh ẩn danh"), ("2", "Trần Văn Sau")]
        assert "Giấu" not in visitor.response.text


def test_nothing_else_of_a_person_is_told(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        account = db.session.get_one(Account, finish(contest, "Trần Văn Mẫu").account_id)
        db.session.commit()
    page = visitor.visit(BOARD).response.text
    assert str(account.citizen_last_four) not in page
    assert account.phone.removeprefix("+84") not in page.replace(" ", "")


def fill(contest: Catalogue, total: int) -> None:
    """Results of many people by rows alone; every third shares its place with the one before. Commits."""
    like = make_contestant(contest, now=NOW)
    for number in range(total):
        entry = bare_entry(
            contest.contest_id, like.unit_id, now=NOW, name=f"Người {number}", on_boards=True, finished_at=NOW
        )
        db.session.add(entry)
        db.session.flush()
        result = Result(5, 100 + number - (number % 3 == 2), NOW)
        key = rank_key(result, contest.rules.ranking)
        attempt = bare_attempt(entry, contest.rounds[0].id, result, receipt=f"{number:08d}")
        db.session.add(
            Standing(
                entry_id=entry.id,
                round_id=contest.rounds[0].id,
                unit_id=like.unit_id,
                rank_key=key,
                attempt_id=attempt.id,
                correct=5,
                time_used=result.time_used,
                submitted_at=NOW,
                attempts=1,
                shown_key=key,
                shown_correct=5,
                shown_time_used=result.time_used,
                shown_submitted_at=NOW,
            )
        )
    db.session.commit()


def test_page_by_page_places_go_on_without_a_gap(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    total = 2 * PAGE + 1  # the first page ends between two who share a place
    with app.app_context():
        fill(contest, total)
    visitor.visit(f"{BOARD}?dot=1")
    found = lines(visitor)
    assert len(found) == PAGE
    for size in (PAGE, 1):
        visitor.click("Trang sau")
        assert len(lines(visitor)) == size
        found += lines(visitor)
    assert [name for _, name in found] == [f"Người {number}" for number in range(total)]
    assert [int(place) for place, _ in found] == [n + 1 - (n % 3 == 2) for n in range(total)]
    assert "Trang sau" not in visitor.text


def test_the_next_page_s_address_names_the_round(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    """Without it another round's people would stand there with these places as soon as that round runs."""
    with app.app_context():
        fill(contest, PAGE + 1)
    (following,) = visitor.visit(BOARD).page.select("a[rel=next]")
    assert parse_qs(urlsplit(str(following["href"])).query)["dot"] == ["1"]


@pytest.mark.parametrize(
    "mark",
    ["x", "1_2_3", "1_2_3_4", "1_x", "1_-2", "\0_1", "_1", f"1_{2**31}", f"1_{'9' * 5000}"],
)
def test_a_mark_that_no_page_of_ours_made(visitor: Visitor, mark: str) -> None:
    assert visitor.visit(BOARD, query_string={"sau": mark}).status == 404


def test_a_round_that_is_not_there(visitor: Visitor) -> None:
    assert visitor.visit(f"{BOARD}?dot=1").status == 200
    assert visitor.visit(f"{BOARD}?dot=2").status == 404
    assert visitor.visit(f"{BOARD}?dot={'9' * 30}").status == 404


def test_wrong_method(visitor: Visitor) -> None:
    assert visitor.client.post(BOARD).status_code == 405
