"""Boards of groups and of kinds of units, and finding somebody on a board."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.extensions import db
from app.models import Entry
from app.ranking import views as ranking_views
from app.services import throttle
from app.services.catalogue import Catalogue, GroupInfo
from tests.support.people import learn_all, make_contestant, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(microsecond=0)
SEARCH = "/bang-xep-hang/tim"


@pytest.fixture
def group(contest: Catalogue) -> GroupInfo:
    """A group of the small contest."""
    return contest.groups[0]


@pytest.fixture
def people(app: Flask, contest: Catalogue, group: GroupInfo) -> list[Entry]:
    """Best first: two of the group's unit, the first of them in it; one of another kind; one nameless."""
    of_group = next(place for place, unit in enumerate(contest.units) if unit.id == group.unit_id)
    kind = contest.units[of_group].type
    elsewhere = next(place for place, unit in enumerate(contest.units) if unit.type is not kind)
    made = []
    with app.app_context():
        for wrong, (name, unit) in enumerate(
            [("Đỗ Thị Ánh", of_group), ("Đỗ Thị An", of_group), ("Trần Văn Ân", elsewhere), ("Đỗ Thị Ẩn", of_group)]
        ):
            entry = make_contestant(contest, now=NOW, name=name, unit=unit, on_boards=name != "Đỗ Thị Ẩn")
            if wrong == 0:
                entry.group_id = group.id
            learn_all(entry, contest, now=NOW)
            sit(entry, contest, started=NOW - timedelta(hours=1), ended=NOW - timedelta(minutes=50), wrong=wrong)
            made.append(entry)
        db.session.commit()
    return made


def names(visitor: Visitor) -> list[str]:
    return [row.get_text().strip() for row in visitor.page.select("tbody th")]


def test_from_the_unit_to_its_group(
    people: list[Entry], visitor: Visitor, contest: Catalogue, group: GroupInfo
) -> None:
    visitor.visit(f"/bang-xep-hang/don-vi/{contest.units_by_id[group.unit_id].code}")
    visitor.click(group.full_name)
    assert (visitor.path, visitor.status) == (f"/bang-xep-hang/nhom/{group.id}", 200)
    assert names(visitor) == ["Đỗ Thị Ánh"]
    assert "1 người." in visitor.text


def test_a_group_that_is_not_there(visitor: Visitor) -> None:
    assert visitor.visit("/bang-xep-hang/nhom/99999").status == 404


def test_one_kind_of_unit(people: list[Entry], visitor: Visitor, contest: Catalogue) -> None:
    kind = contest.units_by_id[people[2].unit_id].type.value.replace("_", "-")
    visitor.visit(f"/bang-xep-hang/ca-nhan?loai={kind}")
    (found,) = names(visitor)
    assert found.startswith("Trần Văn Ân")
    assert visitor.page.select("tbody td")[0].get_text() == "1"  # the place among them
    assert visitor.visit("/bang-xep-hang/ca-nhan?loai=quan").status == 404


def test_a_name_without_marks_on_the_city_s_board(people: list[Entry], visitor: Visitor) -> None:
    visitor.visit("/bang-xep-hang/ca-nhan").submit("Tìm", tim="do thi an")
    assert visitor.path == SEARCH
    assert [name.split("\n")[0][:10] for name in names(visitor)] == [
        "Đỗ Thị Ánh",
        "Đỗ Thị An" + names(visitor)[1][9:10],
    ]
    assert "Đỗ Thị Ẩn" not in visitor.page.select_one("main").get_text()  # type: ignore[union-attr]


def test_within_a_unit_and_a_group(people: list[Entry], visitor: Visitor, contest: Catalogue, group: GroupInfo) -> None:
    unit = contest.units_by_id[group.unit_id].code
    visitor.visit(f"/bang-xep-hang/don-vi/{unit}").submit("Tìm", tim="Trần")
    assert "Không thấy ai có họ tên bắt đầu như vậy trên bảng này." in visitor.text
    visitor.visit(f"/bang-xep-hang/nhom/{group.id}").submit("Tìm", tim="đỗ thị")
    assert len(names(visitor)) == 1


def test_one_address_asks_so_many_times_and_no_more(
    people: list[Entry], visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking_views, "_SEARCHES", 3)
    with time_machine.travel(NOW, tick=False) as clock:
        assert [visitor.visit(f"{SEARCH}?tim=do+thi").status for _ in range(4)] == [200, 200, 429, 429]
        assert (visitor.response.headers["Retry-After"], visitor.h1) == ("30", "Vừa có quá nhiều yêu cầu")
        assert visitor.visit(SEARCH).status == 200  # the empty form costs nothing
        other = visitor.client.get(f"{SEARCH}?tim=do+thi", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
        assert other.status_code == 200
        clock.shift(throttle.WINDOW)
        assert visitor.visit(f"{SEARCH}?tim=do+thi").status == 200


def test_nothing_typed_asks_for_a_name(visitor: Visitor) -> None:
    assert "Gõ họ tên, bắt đầu từ họ." in visitor.visit(SEARCH).text


@pytest.mark.parametrize("query", ["dot=7", "don-vi=99999", "nhom=99999", "nhom=x"])
def test_a_board_that_is_not_there(visitor: Visitor, query: str) -> None:
    assert visitor.visit(f"{SEARCH}?{query}").status == 404


def test_wrong_method(visitor: Visitor, group: GroupInfo) -> None:
    for path in (SEARCH, f"/bang-xep-hang/nhom/{group.id}"):
        assert visitor.client.post(path, data={"csrf_token": visitor.csrf()}).status_code == 405
