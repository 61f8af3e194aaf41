"""The front page: what it is, its dates, the live figures, the two top tens, the one big button."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import Contest, Round, VisitHour
from app.services.catalogue import Catalogue
from tests.rooms.conftest import SetRules
from tests.support.asking import count, one, words
from tests.support.people import learn_all, make_contestant, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC)


def top(visitor: Visitor, label: str) -> list[str]:
    """Lines of one top ten."""
    return [words(line) for line in one(visitor, f"ol[aria-label='{label}']").select("li")]


def test_an_empty_contest_invites(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/")
    assert visitor.status == 200
    assert visitor.h1 == contest.name
    assert contest.tagline in visitor.text
    assert "Chưa có ai đăng ký. Hãy là người đầu tiên." in visitor.text
    assert "Chưa có ai thi xong. Hãy là người đầu tiên." in visitor.text
    assert not visitor.page.select("ol.bars")


def test_the_big_button_leads_to_registration_and_one_link_to_sign_in(visitor: Visitor) -> None:
    assert words(one(visitor.visit("/"), ".hero .button.primary")) == "Đăng ký dự thi"
    assert visitor.click("Đăng ký dự thi").path == "/dang-ky"
    assert visitor.visit("/").click("Đăng nhập").path == "/dang-nhap"


def test_dates_are_told_as_people_say_them(visitor: Visitor, contest: Catalogue) -> None:
    zone = contest.rules.zone
    first, last = contest.opens_at.astimezone(zone), (contest.closes_at - timedelta(days=1)).astimezone(zone)
    assert f"Từ ngày {first:%d/%m/%Y} đến hết ngày {last:%d/%m/%Y}" in words(one(visitor.visit("/"), ".dates"))


def test_figures_and_top_tens_follow_what_people_did(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        for unit, name in ((0, "Trần Văn Một"), (0, "Trần Văn Hai"), (1, "Trần Văn Ba")):
            entry = make_contestant(contest, now=NOW, name=name, unit=unit)
        learn_all(entry, contest, now=NOW)
        sit(entry, contest, started=NOW - timedelta(minutes=9), ended=NOW)
        sit(entry, contest, started=NOW - timedelta(minutes=3), ended=NOW, seed=2)
    visitor.visit("/")
    figures = [words(figure) for figure in visitor.page.select(".figures .figure")]
    for said in ("3 người đã đăng ký", "1 người đã hoàn thành", "1 phường, xã, đặc khu", "2 lượt thi"):
        assert any(figure.startswith(said) for figure in figures), (said, figures)
    assert "tính đến" in visitor.text.lower()
    names = [unit.full_name for unit in contest.units]
    assert top(visitor, "Mười đơn vị có nhiều người đăng ký nhất") == [f"1 {names[0]} 2", f"2 {names[1]} 1"]
    assert top(visitor, "Mười đơn vị có nhiều người hoàn thành nhất") == [f"1 {names[1]} 1"]
    assert visitor.click(names[1]).h1 == names[1]


def test_an_end_that_is_not_a_midnight_is_told_to_the_minute(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    def extend(minutes: int) -> None:
        with app.app_context():
            db.session.execute(update(Round).values(extended_minutes=minutes))
            db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
            db.session.commit()

    extend(570)
    dates = words(one(visitor.visit("/"), ".dates"))
    extend(0)
    last = (contest.closes_at + timedelta(minutes=570)).astimezone(contest.rules.zone)
    assert dates.endswith(f"đến trước 09h30 ngày {last:%d/%m/%Y}")


def test_a_moved_window_is_told(visitor: Visitor, contest: Catalogue, set_rules: SetRules) -> None:
    assert contest.shifted
    assert "bản chạy thử" in visitor.visit("/").text
    own = set_rules(days=-_shift(contest))
    assert not own.shifted
    assert "bản chạy thử" not in visitor.visit("/").text


def _shift(contest: Catalogue) -> int:
    return (contest.opens_at.astimezone(contest.rules.zone).date() - datetime(2025, 10, 11, tzinfo=UTC).date()).days


def test_looking_writes_nothing(visitor: Visitor, app: Flask) -> None:
    visitor.visit("/")
    assert count(app, VisitHour) == [0]


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/").status_code == 405
