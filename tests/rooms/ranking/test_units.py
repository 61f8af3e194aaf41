"""League tables of units, and a unit's own page."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.services.catalogue import Catalogue
from tests.support.asking import one, words
from tests.support.people import learn_all, make_contestant, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC)
BY_FINISHERS = "/bang-xep-hang?theo=hoan-thanh"


@pytest.fixture
def life(app: Flask, contest: Catalogue) -> None:
    """Unit 0: three registered; unit 1: one, who has finished; unit 2: one."""
    with app.app_context():
        for unit in (0, 0, 0, 2):
            make_contestant(contest, now=NOW, unit=unit)
        entry = make_contestant(contest, now=NOW, unit=1, name="Lê Thị Xong")
        learn_all(entry, contest, now=NOW)
        sit(entry, contest, started=NOW - timedelta(minutes=9), ended=NOW)


def rows(visitor: Visitor) -> list[list[str]]:
    """Cells of the table."""
    return [[words(cell) for cell in row.select("th, td")] for row in visitor.page.select("tbody tr")]


def test_every_unit_has_a_line_also_of_an_empty_contest(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/").click("Xếp hạng")
    assert visitor.path == "/bang-xep-hang"
    assert rows(visitor) == [["1", unit.full_name, "0", "0", "–"] for unit in contest.units]


def test_by_registered_people(life: None, visitor: Visitor, contest: Catalogue) -> None:
    names = [unit.full_name for unit in contest.units]
    assert rows(visitor.visit("/bang-xep-hang")) == [
        ["1", names[0], "3", "0", "0,0 %"],
        ["2", names[1], "1", "1", "100,0 %"],
        ["2", names[2], "1", "0", "0,0 %"],
        ["4", names[3], "0", "0", "–"],
        ["4", names[4], "0", "0", "–"],
        ["4", names[5], "0", "0", "–"],
    ]
    assert "6 phường, xã, đặc khu · 5 người đăng ký · 1 người hoàn thành" in visitor.text


def test_by_finishers(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/bang-xep-hang").click("Đơn vị: người hoàn thành")
    assert rows(visitor)[0][:2] == ["1", contest.units[1].full_name]
    assert [row[0] for row in rows(visitor)] == ["1"] + ["2"] * 5
    assert words(one(visitor, ".tabs [aria-current=page]")) == "Đơn vị: người hoàn thành"


def test_another_order_is_not_found(visitor: Visitor) -> None:
    assert visitor.visit("/bang-xep-hang?theo=ten").status == 404


def test_a_unit_s_own_page(life: None, visitor: Visitor, contest: Catalogue) -> None:
    unit = contest.units[1]
    visitor.visit("/bang-xep-hang").click(unit.full_name)
    assert (visitor.path, visitor.h1) == (f"/bang-xep-hang/don-vi/{unit.code}", unit.full_name)
    figures = [words(figure) for figure in visitor.page.select(".figures .figure")]
    assert figures == ["1 người đăng ký Hạng 2 toàn thành phố", "1 người hoàn thành 100,0 %"]
    assert [row[:3] for row in rows(visitor)] == [["1", "Lê Thị Xong", "8"]]


def test_a_unit_without_finishers_says_so(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit(f"/bang-xep-hang/don-vi/{contest.units[0].code}")
    assert "Chưa có ai thi xong." in visitor.text
    assert rows(visitor) == []


@pytest.mark.parametrize("code", ["99999", "khong-co", "11383x"])
def test_a_unit_that_is_not_there(visitor: Visitor, code: str) -> None:
    assert visitor.visit(f"/bang-xep-hang/don-vi/{code}").status == 404


@pytest.mark.parametrize("path", ["/bang-xep-hang", "/bang-xep-hang/don-vi/11383"])
def test_wrong_method(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path).status_code == 405
