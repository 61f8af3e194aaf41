"""Registering into a group: from the list of the unit, or by a join code."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.account.register_form import RegisterForm
from app.extensions import db
from app.models import Entry
from app.services.catalogue import Catalogue
from tests.support.asking import look, one, refused, words
from tests.support.people import PASSWORD, registration
from tests.support.visitor import Visitor

UNIT, OTHER, WITHOUT = "11329", "11383", "10888"


def fill_in(visitor: Visitor, unit: str, **fields: Any) -> Visitor:
    """Come by the search for this unit, so that its groups are there."""
    return visitor.visit(f"/dang-ky?don-vi={unit}").submit("Đăng ký", **registration(unit=unit) | fields)


def group(app: Flask) -> str | None:
    """The group of the only contestant."""

    def read() -> str | None:
        found = db.session.scalars(select(Entry)).one().group
        return found.full_name if found else None

    return look(app, read)


def group_id(contest: Catalogue, name: str) -> str:
    """What the list sends for it."""
    return str(next(group.id for group in contest.groups if group.full_name == name))


def test_the_list_of_the_unit_by_kinds(visitor: Visitor) -> None:
    visitor.visit(f"/dang-ky?don-vi={UNIT}")
    kinds = {
        str(kind["label"]): [words(option) for option in kind.select("option")]
        for kind in visitor.page.select("#group optgroup")
        if kind["label"]
    }
    assert kinds == {
        "Thôn": ["Thôn Đông"],
        "Tổ dân phố": ["Tổ dân phố số 1", "Tổ dân phố số 2"],
        "Trường": ["Trường THCS Ngô Quyền"],
    }
    assert visitor.value("group") == ""


@pytest.mark.parametrize("path", ["/dang-ky", f"/dang-ky?don-vi={WITHOUT}", "/dang-ky?don-vi=99999"])
def test_without_groups_to_choose_from_there_is_no_list(visitor: Visitor, path: str) -> None:
    visitor.visit(path)
    assert not visitor.page.select("#group")
    assert visitor.page.select("#join_code")


def test_without_groups_in_the_contest_there_is_neither(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.test_request_context():
        form = RegisterForm(replace(contest, groups=()), this_year=2026, unit=UNIT, meta={"csrf": False})
        assert "group" not in form
        assert "join_code" not in form


def test_chosen_from_the_list(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, UNIT, group=group_id(contest, "Tổ dân phố số 2"))
    assert group(app) == "Tổ dân phố số 2"
    assert "Phường Ngô Quyền, Tổ dân phố số 2" in visitor.visit("/toi").text


@pytest.mark.parametrize("code", ["NQTHCS", "nq-thcs", " nq thcs "])
def test_by_its_code_however_it_is_typed(visitor: Visitor, app: Flask, code: str) -> None:
    fill_in(visitor, UNIT, join_code=code)
    assert group(app) == "Trường THCS Ngô Quyền"


def test_the_code_decides_over_the_list(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, UNIT, group=group_id(contest, "Thôn Đông"), join_code="NQ01")
    assert group(app) == "Tổ dân phố số 1"


def test_it_is_nobody_s_duty(visitor: Visitor, app: Flask) -> None:
    fill_in(visitor, UNIT)
    assert (visitor.path, group(app)) == ("/toi/ma-khoi-phuc", None)


def test_a_code_of_another_unit_is_told_with_its_place(visitor: Visitor, app: Flask) -> None:
    fill_in(visitor, UNIT, join_code="LCUB")
    refused(visitor, "join_code", "Mã này là của Cơ quan UBND phường, Phường Lê Chân.")
    assert (visitor.value("join_code"), visitor.value("unit")) == ("LCUB", UNIT)
    visitor.submit("Đăng ký", unit=OTHER, group="", password=PASSWORD)
    assert group(app) == "Cơ quan UBND phường"


def test_an_unknown_code_is_told(visitor: Visitor, app: Flask) -> None:
    fill_in(visitor, WITHOUT, join_code="NQ99")
    refused(visitor, "join_code", "Không có nhóm nào mang mã này.")
    visitor.submit("Đăng ký", join_code="", password=PASSWORD)
    assert group(app) is None


@pytest.mark.parametrize("forged", ["{other}", "0", "x", "99999999999"])
def test_a_group_of_another_unit_is_refused(visitor: Visitor, app: Flask, contest: Catalogue, forged: str) -> None:
    """Also what the list held before another unit was chosen."""
    typed = forged.format(other=group_id(contest, "Cơ quan UBND phường"))
    fill_in(visitor, UNIT, group=typed)
    refused(visitor, "group", "Nhóm này không thuộc nơi bạn chọn.")
    assert look(app, lambda: db.session.scalar(select(Entry))) is None


def test_the_list_comes_back_with_the_form_of_the_unit_chosen(visitor: Visitor, contest: Catalogue) -> None:
    chosen = group_id(contest, "Thôn Đông")
    fill_in(visitor, UNIT, group=chosen, phone="1")
    assert visitor.value("group") == chosen
    visitor.submit("Đăng ký", unit=OTHER, group="", phone="1", password=PASSWORD)
    assert "Cơ quan UBND phường" in words(one(visitor, "#group"))


def test_with_htmx_the_groups_come_with_the_unit(visitor: Visitor) -> None:
    place = one(visitor.visit("/dang-ky"), "#noi-o")
    assert (place["hx-get"], place["hx-include"], place["hx-trigger"]) == ("/dang-ky", "#unit", "change from:#unit")
    answer = visitor.client.get("/dang-ky", query_string={"unit": UNIT}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "HX-Request" in answer.headers["Vary"]
    assert "Tổ dân phố số 1" in answer.text
    assert "<html" not in answer.text
