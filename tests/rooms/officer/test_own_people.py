"""The officer's own people: figures, search, lists, one person; those of other units do not exist."""

import pytest
from flask import Flask
from sqlalchemy import delete

from app.extensions import db
from app.models import Claim, Entry, StaffUnit
from app.services import desk_people
from app.services.catalogue import Catalogue
from tests.rooms.conftest import SetRules
from tests.rooms.officer.conftest import audit
from tests.support.numbers import number_of
from tests.support.people import make_contestant
from tests.support.visitor import Visitor

BASE = "/can-bo"


def _names(visitor: Visitor) -> list[str]:
    return [link.get_text() for link in visitor.page.select("main tbody th a")]


def test_figures_of_the_own_units(
    desk: Visitor, contest: Catalogue, entry: Entry, finisher: Entry, elsewhere: Entry
) -> None:
    desk.visit(BASE)
    assert [heading.get_text() for heading in desk.page.select("main h2")] == [contest.units[0].full_name]
    assert [figure.get_text() for figure in desk.page.select(".figure b")] == ["2", "1", "0", "1"]
    assert contest.units[1].full_name not in desk.text


def test_figures_that_go_on_while_the_public_ones_stand_still_say_so(
    desk: Visitor, finisher: Entry, set_rules: SetRules
) -> None:
    assert "đứng yên" not in desk.visit(BASE).text
    set_rules(boards={"freeze_hours_before_end": 1000})
    assert [figure.get_text() for figure in desk.visit(BASE).page.select(".figure b")] == ["1", "1", "0", "0"]
    assert "Số liệu công khai đứng yên từ" in desk.text


@pytest.mark.parametrize("by", ["name", "phone", "number"])
def test_search_finds_nobody_of_another_unit(
    desk: Visitor, app: Flask, entry: Entry, elsewhere: Entry, by: str
) -> None:
    texts = {"name": "hong anh", "phone": "0900 000 002", "number": number_of(app, entry)}
    desk.visit(f"{BASE}/thi-sinh").submit("Tìm", text=texts[by])
    (link,) = desk.page.select("main tbody th a")
    assert link["href"] == f"{BASE}/thi-sinh/{entry.id}"
    desk.submit("Tìm", text=number_of(app, elsewhere))
    assert "Không tìm thấy ai" in desk.text


def test_a_person(desk: Visitor, finisher: Entry, app: Flask) -> None:
    desk.visit(f"{BASE}/thi-sinh/{finisher.id}")
    assert desk.h1 == "Trần Văn Xong"
    for words in ("0900 000 002", "•••• ••••", "4/4 bài", "2 phút 05 giây", "Dự thi, mỗi người một tài khoản"):
        assert words in desk.text
    assert number_of(app, finisher) not in desk.text.replace(" ", "")


def test_every_address_of_another_units_person_is_nothing(
    desk: Visitor, app: Flask, contest: Catalogue, entry: Entry, elsewhere: Entry
) -> None:
    """Read from the map, so that an address that comes later is asked too."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("officer.") and "entry_id" in rule.arguments
    ]
    assert len(rules) == 7
    fields = {
        "csrf_token": desk.visit(BASE).value("csrf_token"),
        "reason": "Đã xem thẻ",
        "full_name": "Tên Khác",
        "phone": "0900 000 003",
        "unit": contest.units[0].code,
    }
    for rule in rules:
        for whose, wanted in ((elsewhere, 404), (entry, 200)):
            path = rule.rule.replace("<int:entry_id>", str(whose.id))
            if "GET" in (rule.methods or ()):
                assert desk.visit(path).status == wanted, path
            elif wanted == 404:
                assert desk.post(path, fields).status == 404, path
    assert audit(app, "citizen.look") == audit(app, "password.reset") == []


def test_lists(desk: Visitor, contest: Catalogue, entry: Entry, finisher: Entry, elsewhere: Entry) -> None:
    for stage, names in (
        ("da-hoan-thanh", ["Trần Văn Xong"]),
        ("chua-thi", []),
        ("chua-hoc-xong", ["Nguyễn Thị Hồng Ánh"]),
    ):
        desk.visit(f"{BASE}/danh-sach").submit("Xem danh sách", **{"tinh-trang": stage})
        assert (desk.status, _names(desk)) == (200, names)
    for query in (f"don-vi={contest.units[1].code}", "don-vi=0", "tinh-trang=la"):
        assert desk.visit(f"{BASE}/danh-sach?{query}").status == 404


def test_a_list_page_by_page(desk: Visitor, app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_people, "ROLL_PAGE", 2)
    names = ["Mẫu Văn An", "Mẫu Văn Ánh", "Mẫu Văn Đức"]
    with app.app_context():
        for name in reversed(names):
            make_contestant(contest, now=contest.opens_at, name=name)
    desk.visit(f"{BASE}/danh-sach?tinh-trang=chua-hoc-xong")
    assert _names(desk) == names[:2]
    assert _names(desk.click("Trang sau")) == names[2:]
    assert _names(desk.click("Trang trước")) == names[:2]
    assert not desk.page.select("[rel=prev]")
    assert "Mau" not in desk.response.request.url


def test_an_officer_whose_units_were_taken_away(desk: Visitor, app: Flask, entry: Entry, claim: Claim) -> None:
    with app.app_context():
        db.session.execute(delete(StaffUnit))
        db.session.commit()
    assert "chưa được giao đơn vị nào" in desk.visit(BASE).text
    for path in (f"/thi-sinh/{entry.id}", "/danh-sach", f"/tranh-chap/{claim.id}"):
        assert desk.visit(BASE + path).status == 404
