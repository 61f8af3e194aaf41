"""Changing my ward and my group by myself."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Entry
from app.services.catalogue import Catalogue
from tests.rooms.conftest import SetRules
from tests.support.asking import asked_and_back, look, one, only_own_forms, refused, sent_to_the_desk, words
from tests.support.visitor import Visitor

PATH, UNIT = "/toi/don-vi", "11329"


def move(visitor: Visitor, unit: str, **fields: str) -> Visitor:
    return visitor.visit(f"{PATH}?unit={unit}").submit("Lưu thay đổi", unit=unit, **fields)


def place(app: Flask) -> tuple[str, str | None]:
    """Where the only contestant stands."""

    def read() -> tuple[str, str | None]:
        entry = db.session.scalars(select(Entry)).one()
        return entry.unit.code, entry.group.full_name if entry.group else None

    return look(app, read)


def test_another_ward_and_a_group_there(contestant: Entry, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    visitor.visit("/toi").click("Đổi phường, xã")
    assert f"Bạn đang dự thi cho {contest.units[0].full_name}." in visitor.text
    assert visitor.value("unit") == contest.units[0].code
    assert "Bạn còn đổi được 2 lần" in visitor.text
    group = str(next(each.id for each in contest.groups if each.full_name == "Thôn Đông"))
    assert move(visitor, UNIT, group=group).path == "/toi"
    assert "Phường Ngô Quyền, Thôn Đông" in visitor.text
    assert place(app) == (UNIT, "Thôn Đông")
    visitor.visit(PATH)
    assert (visitor.value("unit"), visitor.value("group")) == (UNIT, group)
    assert "Bạn còn đổi được 1 lần" in visitor.text


def test_by_a_join_code(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    move(visitor, UNIT, join_code="nq01")
    assert place(app) == (UNIT, "Tổ dân phố số 1")
    move(visitor, "11383")
    assert place(app) == ("11383", None)


def test_after_the_last_time_an_officer_is_named(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    move(visitor, "11383")
    move(visitor, UNIT)
    assert "Mỗi người tự đổi nhiều nhất 2 lần. Nếu cần đổi, hãy mang thẻ căn cước đến UBND" in visitor.visit(PATH).text
    visitor.submit("Lưu thay đổi", unit="11383", group="")
    assert visitor.status == 409
    assert "Bạn không tự đổi được nữa" in visitor.text
    visitor.visit(PATH).submit("Lưu thay đổi", join_code="NQTHCS")  # the group is free to choose
    assert place(app) == (UNIT, "Trường THCS Ngô Quyền")


def test_after_the_cut_off_there_is_no_form(
    contestant: Entry, visitor: Visitor, app: Flask, set_rules: SetRules
) -> None:
    set_rules(registration={"unit_change_until": "2020-01-31"})
    visitor.visit(PATH)
    assert "Hạn tự đổi là hết ngày" in visitor.text
    assert not visitor.page.select("form[method=post][action='/toi/don-vi']")
    before = place(app)
    visitor.post(PATH, {"csrf_token": visitor.csrf(), "unit": "11383"})
    assert (visitor.status, place(app)) == (409, before)


def test_where_nobody_may_that_is_said(contestant: Entry, visitor: Visitor, set_rules: SetRules) -> None:
    set_rules(registration={"unit_changes": 0})
    assert "Cuộc thi này không cho tự đổi phường, xã." in visitor.visit(PATH).text


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("unit", "", "Chọn phường, xã hoặc đặc khu nơi bạn ở."),
        ("unit", "99999", "Chọn một mục trong danh sách."),
        ("join_code", "LCUB", "Mã này là của Cơ quan UBND phường, Phường Lê Chân."),
        ("join_code", "KHONGCO", "Không có nhóm nào mang mã này."),
    ],
)
def test_a_fault_is_told(contestant: Entry, visitor: Visitor, field: str, typed: str, message: str) -> None:
    visitor.visit(f"{PATH}?unit={UNIT}").submit("Lưu thay đổi", **{"unit": UNIT} | {field: typed})
    refused(visitor, field, message)


def test_with_htmx_the_groups_come_with_the_unit(contestant: Entry, visitor: Visitor) -> None:
    assert one(visitor.visit(PATH), "#noi-o")["hx-get"] == PATH
    answer = visitor.client.get(PATH, query_string={"unit": UNIT}, headers={"HX-Request": "true"})
    assert "Tổ dân phố số 1" in answer.text
    assert "<html" not in answer.text


def test_looking_at_another_ward_moves_nobody(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    before = place(app)
    assert "Thôn Đông" in words(one(visitor.visit(f"{PATH}?unit={UNIT}"), "#group"))
    assert place(app) == before


def test_doors(contestant: Entry, app: Flask, visitor: Visitor) -> None:
    asked_and_back(app, PATH)
    only_own_forms(visitor, PATH, {"unit": UNIT})
    assert visitor.client.put(PATH).status_code == 405


def test_an_organiser_without_an_entry(organiser: Visitor) -> None:
    sent_to_the_desk(organiser, PATH)
