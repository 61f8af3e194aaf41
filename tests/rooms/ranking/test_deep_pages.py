"""A page behind a line of a board: its places are those of now, whoever made the address and whenever."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Entry, Standing
from app.services import rank
from app.services.catalogue import Catalogue, UnitInfo
from app.services.ladder_making import make_ladders
from tests.support.asking import words
from tests.support.people import learn_all, make_contestant, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(microsecond=0)
Finish = Callable[[str, int], Entry]


@pytest.fixture
def unit(contest: Catalogue) -> UnitInfo:
    """The one with a group, which is one of several of its kind."""
    found = contest.units_by_id[contest.groups[0].unit_id]
    assert sum(each.type is found.type for each in contest.units) > 1
    return found


@pytest.fixture
def finish(app: Flask, contest: Catalogue, unit: UnitInfo) -> Finish:
    """`finish("Người Hai", 1)`: somebody of the unit and its group, with a result that has one wrong answer."""

    def make(name: str, wrong: int) -> Entry:
        with app.app_context():
            entry = make_contestant(contest, now=NOW, name=name, unit=contest.units.index(unit))
            entry.group_id = contest.groups[0].id
            learn_all(entry, contest, now=NOW)
            sit(entry, contest, started=NOW - timedelta(hours=1), ended=NOW - timedelta(minutes=50), wrong=wrong)
            return entry

    return make


@pytest.fixture(params=["city", "kind", "unit", "group"])
def board(request: pytest.FixtureRequest, contest: Catalogue, unit: UnitInfo) -> str:
    """Address of a board on which they all stand."""
    return {
        "city": "/bang-xep-hang/ca-nhan?",
        "kind": f"/bang-xep-hang/ca-nhan?loai={unit.type.value.replace('_', '-')}&",
        "unit": f"/bang-xep-hang/don-vi/{unit.code}?",
        "group": f"/bang-xep-hang/nhom/{contest.groups[0].id}?",
    }[str(request.param)]


def mark(app: Flask, entry: Entry) -> str:
    """The page behind this person, as boards write it."""
    with app.app_context():
        key = db.session.scalars(select(Standing.shown_key).where(Standing.entry_id == entry.id)).one()
    return f"sau={key}_{entry.id}"


def lines(visitor: Visitor) -> list[tuple[str, str]]:
    """Place and name of each line of people."""
    cells = [row.select("th, td") for row in visitor.page.select(".table:last-of-type tbody tr")]
    return [(words(place), words(name)[:9]) for place, name, *_ in cells]


def test_places_follow_who_came_before_meanwhile(
    app: Flask, contest: Catalogue, visitor: Visitor, finish: Finish, board: str
) -> None:
    finish("Người Một", 0)
    second, _, _ = finish("Người Hai", 1), finish("Người Hòa", 1), finish("Người Sau", 2)
    with app.app_context():
        make_ladders(round_id=contest.rounds[0].id, catalogue=contest)
    address = board + mark(app, second)
    assert lines(visitor.visit(address)) == [("2", "Người Hòa"), ("4", "Người Sau")]
    finish("Người Mới", 0)
    assert lines(visitor.visit(address)) == [("3", "Người Hòa"), ("5", "Người Sau")]


def test_an_address_gives_nobody_a_place(app: Flask, visitor: Visitor, finish: Finish, board: str) -> None:
    """It once told how many stood before: whoever wrote one could show himself as the first."""
    first, _ = finish("Người Một", 0), finish("Người Hai", 1)
    assert visitor.visit(f"{board}{mark(app, first)}_0_0").status == 404
    assert lines(visitor.visit(f"{board}sau=0_0")) == [("1", "Người Một"), ("2", "Người Hai")]


def test_a_full_last_page_leads_nowhere(
    visitor: Visitor, finish: Finish, board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind it was a page that said nobody had finished yet."""
    monkeypatch.setattr(rank.people_board, "__kwdefaults__", {"behind": None, "size": 2})
    for wrong in range(4):
        finish(f"Người {wrong}", wrong)
    assert len(lines(visitor.visit(board))) == 2
    (following,) = visitor.page.select("a[rel=next]")
    assert len(lines(visitor.visit(str(following["href"])))) == 2
    assert visitor.page.select("a[rel=next]") == []


def test_behind_the_last_line(visitor: Visitor, finish: Finish, board: str) -> None:
    """An address grows old: people move away and are deleted."""
    finish("Người Một", 0)
    visitor.visit(f"{board}sau=99999_1")
    assert visitor.status == 200
    assert "Người Một" not in visitor.text
    assert "Chưa có ai thi xong" not in visitor.text
    visitor.click("Xem từ đầu bảng")
    assert lines(visitor) == [("1", "Người Một")]
