"""Boards of a contest with several rounds and their total."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import Attempt, Contest, Entry, Round, Unit
from app.services import freeze
from app.services.catalogue import Catalogue
from app.web.formatters import moment
from app.web.portal import portal
from tests.rooms.conftest import SetRules
from tests.rooms.ranking.conftest import NOW
from tests.support.asking import one, words
from tests.support.people import learn_all, make_contestant, sign_in, sit
from tests.support.visitor import Visitor

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST, SECOND = NOW - 5 * HOUR, NOW - HOUR  # when somebody sat
BOARD, PEOPLE, MINE = "/bang-xep-hang", "/bang-xep-hang/ca-nhan", "/bang-xep-hang/cua-toi"


@pytest.fixture
def people(app: Flask, two_rounds: Catalogue) -> list[Entry]:
    """The first finished in the first round alone, the second in both, the third in the second; a unit each."""
    with app.app_context():
        made = [make_contestant(two_rounds, now=NOW - 9 * HOUR, name=f"Người Mẫu {n}", unit=n) for n in range(3)]
        for number, entry in enumerate(made):
            learn_all(entry, two_rounds, now=NOW - 9 * HOUR)
            for started in ((FIRST,), (FIRST, SECOND), (SECOND,))[number]:
                sit(entry, two_rounds, started=started, ended=started + 9 * MINUTE)
        return made


def finished(visitor: Visitor) -> list[tuple[str, str]]:
    """Unit and how many finished, of the lines where anybody did."""
    rows = [[words(cell) for cell in row.select("th, td")] for row in visitor.page.select("tbody tr")]
    return [(row[1], row[3]) for row in rows if row[3] != "0"]


def test_units_of_the_whole_and_of_each_round(people: list[Entry], visitor: Visitor, two_rounds: Catalogue) -> None:
    """The order that was chosen stays, and the counts above the board are the board's."""
    names = [unit.full_name for unit in two_rounds.units[:3]]
    visitor.visit(BOARD)
    assert (visitor.status, words(one(visitor, "caption"))) == (200, "Các đơn vị · Cả hai đợt")
    assert words(one(visitor, "nav[aria-label='Đợt thi'] [aria-current]")) == "Cả hai đợt"
    visitor.click("Hoàn thành")
    for label, units in (("Đợt hai", [1, 2]), (two_rounds.rounds[0].name, [0, 1]), ("Cả hai đợt", [0, 1, 2])):
        (link,) = [a for a in visitor.page.select("nav[aria-label='Đợt thi'] a") if words(a) == label]
        visitor.visit(str(link["href"]))
        assert sorted(finished(visitor)) == sorted((names[place], "1") for place in units)
        assert words(one(visitor, "nav[aria-label='Xếp theo'] [aria-current]")) == "Hoàn thành"
        assert words(one(visitor, "nav[aria-label='Đợt thi'] [aria-current]")) == label
        assert words(one(visitor, "caption")) == f"Các đơn vị · {label}"
        assert f"6 phường, xã, đặc khu · 3 người đăng ký · {len(units)} người hoàn thành." in visitor.text


def test_clusters_of_the_whole_and_of_each_round(
    people: list[Entry], app: Flask, visitor: Visitor, two_rounds: Catalogue
) -> None:
    def write(cluster: str | None) -> None:
        with app.app_context():
            db.session.execute(update(Unit).where(Unit.id == two_rounds.units[0].id).values(cluster=cluster))
            db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
            db.session.commit()

    write("Cụm một")
    try:
        assert finished(visitor.visit(f"{BOARD}/cum?theo=hoan-thanh")) == [("Cụm một", "1")]
        visitor.click("Đợt hai")
        assert words(one(visitor, "tbody")).startswith("1 Cụm một 1 1 0")
        assert words(one(visitor, "nav[aria-label='Xếp theo'] [aria-current]")) == "Hoàn thành"
    finally:
        write(None)


def test_between_two_rounds_the_last_one_is_shown(app: Flask, visitor: Visitor, two_rounds: Catalogue) -> None:
    """Everybody looks how it ended; and nobody is invited to sit while no round is open."""
    opens_at = NOW + HOUR - timedelta(days=two_rounds.shifted_days)
    with app.app_context():
        entry, other = (make_contestant(two_rounds, now=NOW - 9 * HOUR, name=name) for name in ("Bùi Sáu", "Hồ Bảy"))
        learn_all(entry, two_rounds, now=NOW - 9 * HOUR)
        sit(entry, two_rounds, started=FIRST, ended=FIRST + 9 * MINUTE)
        db.session.execute(update(Round).where(Round.number == 2).values(opens_at=opens_at))
        db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
        db.session.commit()
        sign_in(visitor, app, entry.account)
    assert "Bùi Sáu" in visitor.visit(PEOPLE).text
    assert len(visitor.visit(MINE).page.select(".figure")) == 2
    for board in (PEOPLE, MINE):
        text = visitor.visit(board).click("Đợt hai").text
        assert f"Đợt này mở lúc {moment(NOW + HOUR, two_rounds.rules.zone)}." in text
        assert "người đầu tiên" not in text
        assert "Vào phòng thi" not in text
    outsider = Visitor(app)
    sign_in(outsider, app, other.account)
    assert "Bạn không có kết quả ở đợt này nên không có vị trí." in outsider.visit(MINE).text
    assert "Vào phòng thi" not in outsider.text


@pytest.fixture
def second_frozen(two_rounds: Catalogue, set_rules: SetRules) -> None:
    """The second round has stood still for up to an hour; what it has shown before stays."""
    set_rules(boards={"freeze_hours_before_end": int((two_rounds.closes_at - NOW) / HOUR) + 1})


@pytest.mark.usefixtures("second_frozen")
@pytest.mark.parametrize("board", [f"{PEOPLE}?", f"{BOARD}/tim?tim=nguoi&", f"{BOARD}/don-vi/{{unit}}?"])
def test_a_round_that_is_over_does_not_stand_still(
    people: list[Entry], visitor: Visitor, two_rounds: Catalogue, board: str
) -> None:
    path = board.format(unit=two_rounds.units[1].code)
    said = {number: "Bảng đứng yên" in visitor.visit(f"{path}dot={number}").text for number in (0, 1, 2)}
    assert said == {0: True, 1: False, 2: True}
    assert "Người Mẫu 1" in visitor.visit(f"{path}dot=1").text


@pytest.mark.usefixtures("second_frozen")
def test_while_a_round_stands_still_so_does_the_total(
    people: list[Entry], app: Flask, visitor: Visitor, two_rounds: Catalogue
) -> None:
    """Somebody who had a result in the first round alone betters it in the second, and so the total, unseen."""
    boards = [f"{PEOPLE}?", f"{BOARD}?", f"{BOARD}/don-vi/{two_rounds.units[0].code}?", f"{BOARD}/tim?tim=nguoi&"]
    running = ["/", "/so-lieu", "/so-lieu.json", *(f"{board}dot={number}" for board in boards for number in (0, 2))]
    paths = [*running, *(f"{board}dot=1" for board in boards)]

    def see() -> dict[str, bytes]:
        with time_machine.travel(NOW, tick=False):
            return {path: visitor.client.get(path).data for path in paths}

    before = see()
    with app.app_context():
        frozen = portal().catalogues.get()
        sit(people[0], frozen, started=NOW - 10 * MINUTE, ended=NOW)
        after = see()
        assert [path for path in paths if before[path] != after[path]] == []
        freeze.unfreeze(number=2, reason="", actor_id=None, catalogue=frozen, now=NOW)
        db.session.commit()
        freeze.thaw(catalogue=portal().catalogues.get(), now=NOW)
        db.session.commit()
    opened = see()
    assert [path for path in running if before[path] == opened[path]] == []


@pytest.mark.usefixtures("second_frozen")
def test_what_i_am_told_of_each_round(people: list[Entry], app: Flask, visitor: Visitor, two_rounds: Catalogue) -> None:
    """Nobody has a result that waits in a round that they were not in; a place in one that is over is the last."""
    sign_in(visitor, app, people[2].account)
    assert "Bạn không có kết quả ở đợt này" in visitor.visit(f"{MINE}?dot=1").text
    with app.app_context():
        query = select(Attempt.id).where(Attempt.entry_id == people[0].id)
        attempt_id = db.session.scalars(query).one()
    sign_in(other := Visitor(app), app, people[0].account)
    result = other.visit(f"/thi/{attempt_id}/ket-qua").text
    assert "Hạng 1 trên 2 người, theo kết quả cao nhất của bạn" in result
    assert "trước khi bảng đứng yên" not in result
