"""League tables of units, and a unit's own page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import Contest, Unit
from app.rules.unit_search import UnitSearch
from app.services import unit_boards
from app.services.catalogue import Catalogue
from tests.support.asking import one, words
from tests.support.people import learn_all, make_contestant, sit
from tests.support.stage import figures_in_memory
from tests.support.visitor import Visitor

NOW = datetime.now(UTC)
BOARD = "/bang-xep-hang"
BY_FINISHERS = f"{BOARD}?theo=hoan-thanh"


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


def chosen(visitor: Visitor) -> str:
    """The order that the page says it is in."""
    return words(one(visitor, "nav[aria-label='Xếp theo'] [aria-current]"))


def test_every_unit_has_a_line_also_of_an_empty_contest(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/").click("Xếp hạng")
    assert visitor.path == "/bang-xep-hang"
    assert rows(visitor) == [["1", unit.full_name, "0", "0", "–", "–"] for unit in contest.units]


def test_by_registered_people(life: None, visitor: Visitor, contest: Catalogue) -> None:
    names = [unit.full_name for unit in contest.units]
    assert rows(visitor.visit("/bang-xep-hang")) == [
        ["1", names[0], "3", "0", "0,0 %", "–"],
        ["2", names[1], "1", "1", "100,0 %", "8,0"],
        ["2", names[2], "1", "0", "0,0 %", "–"],
        ["4", names[3], "0", "0", "–", "–"],
        ["4", names[4], "0", "0", "–", "–"],
        ["4", names[5], "0", "0", "–", "–"],
    ]
    assert "6 phường, xã, đặc khu · 5 người đăng ký · 1 người hoàn thành." in visitor.text


def test_by_finishers(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/bang-xep-hang").click("Hoàn thành")
    assert (visitor.path, chosen(visitor)) == ("/bang-xep-hang", "Hoàn thành")
    assert rows(visitor)[0][:2] == ["1", contest.units[1].full_name]
    assert [row[0] for row in rows(visitor)] == ["1"] + ["2"] * 5


def test_on_paper_the_board_s_own_address_stands(visitor: Visitor) -> None:
    assert words(one(visitor.visit(BOARD), ".on-paper")) == f"Địa chỉ trang: {BOARD}"
    assert words(one(visitor.visit(BY_FINISHERS), ".on-paper")) == f"Địa chỉ trang: {BY_FINISHERS}"
    of_a_kind = f"{BOARD}/ca-nhan?dot=1&loai=phuong"
    assert words(one(visitor.visit(of_a_kind), ".on-paper")) == f"Địa chỉ trang: {of_a_kind}"


@pytest.mark.parametrize("order", ["Câu đúng", "Tỷ lệ hoàn thành"])
def test_one_person_leads_no_board_of_ratios(life: None, visitor: Visitor, order: str) -> None:
    visitor.visit("/bang-xep-hang").click(order)
    assert chosen(visitor) == order
    assert [row[0] for row in rows(visitor)] == ["–"] * 6
    assert "Đơn vị có từ 2 người hoàn thành mới được xếp hạng" in visitor.text


def test_a_ratio_ranks_who_is_large_enough(life: None, app: Flask, visitor: Visitor, contest: Catalogue) -> None:
    with app.app_context():
        entry = make_contestant(contest, now=NOW, unit=1)
        learn_all(entry, contest, now=NOW)
        sit(entry, contest, started=NOW - timedelta(minutes=9), ended=NOW, wrong=1)
    assert rows(visitor.visit(f"{BOARD}?theo=cau-dung"))[0] == [
        "1", contest.units[1].full_name, "2", "2", "100,0 %", "7,5"
    ]  # fmt: skip


def test_by_kind(life: None, visitor: Visitor, contest: Catalogue) -> None:
    """Places are among those that are shown, and the order stays."""
    visitor.visit(BY_FINISHERS).click("Xã")
    assert [row[:2] for row in rows(visitor)] == [["1", "Xã Cẩm Giang"], ["2", "Xã Cẩm Giàng"]]
    assert chosen(visitor) == "Hoàn thành"
    assert len(rows(visitor.click("Tất cả"))) == 6


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cam giang", ["Xã Cẩm Giang", "Xã Cẩm Giàng"]),
        ("ngo quyen", ["Phường Lê Chân", "Phường Ngô Quyền"]),
        ("xyz", []),
    ],
)
def test_finding_a_unit_keeps_its_place(life: None, visitor: Visitor, typed: str, found: list[str]) -> None:
    """With marks or without, by a plain form whose address can be shared."""
    visitor.visit(BY_FINISHERS).submit("Tìm", tim=typed)
    assert sorted(row[1] for row in rows(visitor)) == found
    assert one(visitor, "#tim")["value"] == typed
    places = {row[1]: row[0] for row in rows(visitor)}
    assert places.get("Xã Cẩm Giang", "1") == "1"
    assert places.get("Phường Ngô Quyền", "2") == "2"
    if not found:
        assert "Không có đơn vị nào tên như vậy" in visitor.text
    else:
        assert len(rows(visitor.click("Xem tất cả đơn vị"))) == 6


def test_every_unit_of_that_name_is_found(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A board is no list to choose from: that one shows a few."""
    monkeypatch.setattr(UnitSearch.search, "__kwdefaults__", {"most": 1})
    assert len(rows(visitor.visit(f"{BOARD}?tim=cam+giang"))) == 2
    assert [row[1] for row in rows(visitor.visit(f"{BOARD}?tim=an&loai=phuong"))] == ["Phường Hải An", "Phường Lê Chân"]


def test_one_letter_is_too_few(visitor: Visitor) -> None:
    assert "Gõ ít nhất hai chữ cái" in visitor.visit(f"{BOARD}?tim=c").text
    assert "ít chữ hơn" not in visitor.text


@pytest.mark.parametrize(
    "query", ["theo=ten", "theo=dan-so", "loai=quan", "cum=1", "dot=9", "dot=x", "dot=0"], ids=lambda query: query
)
def test_what_is_not_offered_is_not_found(visitor: Visitor, query: str) -> None:
    """Populations of the small contest are not complete; it has one round and no clusters."""
    assert visitor.visit(f"{BOARD}?{query}").status == 404


def test_a_round_s_own_results(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit(f"{BOARD}?theo=hoan-thanh&dot=1")
    assert rows(visitor)[0][:4] == ["1", contest.units[1].full_name, "1", "1"]
    assert contest.rounds[0].name in words(one(visitor, "caption"))


def test_a_contest_without_clusters_leads_to_its_units(visitor: Visitor) -> None:
    assert visitor.visit("/bang-xep-hang/cum").path == BOARD
    assert "Cụm thi đua" not in visitor.text


@pytest.fixture
def in_clusters(app: Flask, contest: Catalogue) -> Iterator[None]:
    """Units 0 and 1 are a cluster, unit 2 another one; all populations are known."""

    def write(names: list[str | None], population: int | None) -> None:
        with app.app_context():
            for unit, name in zip(contest.units, names, strict=False):
                row = db.session.get_one(Unit, unit.id)
                row.cluster = name
                row.population = unit.population or population
            db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
            db.session.commit()

    write(["Cụm một", "Cụm một", "Cụm hai", None, None, None], 9000)
    yield
    write([None] * 6, None)


def test_counts_above_a_board_are_the_board_s(
    life: None, in_clusters: None, visitor: Visitor, contest: Catalogue
) -> None:
    """Of a kind and of a cluster; whoever looks for a name still sees among how many the places are."""
    assert (
        "1 phường, xã, đặc khu · 3 người đăng ký · 0 người hoàn thành." in visitor.visit(f"{BOARD}?loai=dac-khu").text
    )
    assert "2 phường, xã, đặc khu · 4 người đăng ký · 1 người hoàn thành." in visitor.visit(f"{BOARD}?cum=2").text
    assert "2 phường, xã, đặc khu" in visitor.submit("Tìm", tim=contest.units[0].name).text
    assert len(rows(visitor)) == 1


def test_a_kind_that_a_cluster_lacks(in_clusters: None, visitor: Visitor) -> None:
    """Nothing was typed, so nothing is said of a name."""
    visitor.visit(f"{BOARD}?cum=1&loai=phuong")
    assert (visitor.status, rows(visitor)) == (200, [])
    assert "Ở đây không có đơn vị nào. Hãy" in visitor.text
    assert len(rows(visitor.click("xem tất cả đơn vị"))) == 6


def test_clusters(life: None, in_clusters: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit(BOARD).click("Cụm thi đua")
    assert (visitor.path, visitor.h1) == ("/bang-xep-hang/cum", "Bảng xếp hạng các cụm thi đua")
    assert [row[:5] for row in rows(visitor)] == [["1", "Cụm một", "2", "4", "1"], ["2", "Cụm hai", "1", "1", "0"]]
    visitor.click("Hoàn thành")
    assert chosen(visitor) == "Hoàn thành"
    visitor.click("Cụm một")
    assert [row[:2] for row in rows(visitor)] == [["1", contest.units[1].full_name], ["2", contest.units[0].full_name]]
    assert words(one(visitor, "caption")) == "Cụm một"


def test_by_population(life: None, in_clusters: None, app: Flask, visitor: Visitor, contest: Catalogue) -> None:
    with app.app_context():
        entry = make_contestant(contest, now=NOW, unit=1)
        learn_all(entry, contest, now=NOW)
        sit(entry, contest, started=NOW - timedelta(minutes=9), ended=NOW)
    visitor.visit(BOARD).click("Trên 1.000 dân")
    assert rows(visitor)[0] == ["1", contest.units[1].full_name, "2", "2", "100,0 %", "8,0", "0,2"]
    assert "và từ 1.000 dân mới được xếp hạng" in visitor.text


@pytest.mark.usefixtures("life", "in_clusters")
def test_why_a_place_by_population_is_missing(
    app: Flask, visitor: Visitor, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One unit's population is not known, so its cluster's is not: neither is too small."""
    monkeypatch.setattr(unit_boards, "_ENOUGH_POPULATIONS", 0.5)
    with app.app_context():
        db.session.get_one(Unit, contest.units[1].id).population = None
        db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
        db.session.commit()
    for path, name in ((BOARD, contest.units[1].full_name), (f"{BOARD}/cum", "Cụm một")):
        assert ["–", name] in [row[:2] for row in rows(visitor.visit(f"{path}?theo=dan-so"))]
        assert "Chưa biết đủ số dân thì cũng không có hạng." in visitor.text
    assert "số dân" not in visitor.visit(f"{BOARD}?theo=ty-le").text


def test_a_unit_s_own_page(life: None, visitor: Visitor, contest: Catalogue) -> None:
    unit = contest.units[1]
    visitor.visit("/bang-xep-hang").click(unit.full_name)
    assert (visitor.path, visitor.h1) == (f"/bang-xep-hang/don-vi/{unit.code}", unit.full_name)
    figures = [words(figure) for figure in visitor.page.select(".figures .figure")]
    assert figures == ["1 người đăng ký Hạng 2 toàn thành phố", "1 người hoàn thành 100,0 %"]
    assert [row[:3] for row in rows(visitor)] == [["1", "Lê Thị Xong", "8"]]


def test_a_unit_s_figures_tell_their_own_moment(app: Flask, visitor: Visitor, contest: Catalogue) -> None:
    """They are counted now and then, its people at every making of the page."""
    counted = datetime(2026, 11, 12, 8, 30, tzinfo=UTC)
    with time_machine.travel(counted, tick=False) as clock, figures_in_memory(app):
        clock.shift(timedelta(minutes=2))
        visitor.visit(f"/bang-xep-hang/don-vi/{contest.units[1].code}")
    assert "Số liệu tính đến 15h30 ngày 12/11/2026." in visitor.text


def test_a_unit_without_finishers_says_so(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit(f"/bang-xep-hang/don-vi/{contest.units[0].code}")
    assert "Chưa có ai thi xong." in visitor.text
    assert rows(visitor) == []


@pytest.mark.parametrize("code", ["99999", "khong-co", "11383x"])
def test_a_unit_that_is_not_there(visitor: Visitor, code: str) -> None:
    assert visitor.visit(f"/bang-xep-hang/don-vi/{code}").status == 404


@pytest.mark.parametrize("path", ["/bang-xep-hang", "/bang-xep-hang/cum", "/bang-xep-hang/don-vi/11383"])
def test_wrong_method(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path).status_code == 405
