"""The figures page, and the same figures for programs."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.extensions import db
from app.models import Role
from app.services.catalogue import Catalogue
from app.services.visits import add_visits
from tests.rooms.conftest import SetRules
from tests.support.asking import one, words
from tests.support.people import learn_all, make_contestant, sign_in_staff, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
YESTERDAY = NOW - timedelta(days=1)
OPEN_DATA = ["/so-lieu.json", "/so-lieu.csv", "/so-lieu/ngay.csv"]


@pytest.fixture
def life(app: Flask, contest: Catalogue) -> None:
    """Three people in unit 0, one of whom has finished, since yesterday; one in unit 2, today; twelve visits."""
    with app.app_context():
        for unit, moment in [(0, YESTERDAY), (0, YESTERDAY), (2, NOW)]:
            make_contestant(contest, now=moment, unit=unit)
        entry = make_contestant(contest, now=YESTERDAY, unit=0)
        learn_all(entry, contest, now=YESTERDAY)
        sit(entry, contest, started=NOW - timedelta(minutes=9), ended=NOW, wrong=2)
        add_visits(contest_id=contest.contest_id, visits=12, now=NOW)
        db.session.commit()


def day(contest: Catalogue, moment: datetime) -> datetime:
    """In the contest's zone."""
    return moment.astimezone(contest.rules.zone)


def rows(visitor: Visitor, caption: str) -> dict[str, list[str]]:
    """First cell → the others."""
    (table,) = [table for table in visitor.page.select("table") if words(one_of(table, "caption")) == caption]
    lines = [[words(cell) for cell in row.select("th, td")] for row in table.select("tbody tr")]
    return {line[0]: line[1:] for line in lines}


def one_of(part: Any, selector: str) -> Any:
    """The only one below a part of the page."""
    (found,) = part.select(selector)
    return found


def test_one_comes_from_the_front_page(visitor: Visitor) -> None:
    assert visitor.visit("/").click("Xem mọi số liệu").path == "/so-lieu"
    assert visitor.h1 == "Số liệu cuộc thi"


def test_an_empty_contest(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/so-lieu")
    assert visitor.status == 200
    assert "Chưa có gì để vẽ." in visitor.text
    assert len(visitor.page.select(".tiles a")) == len(contest.units)
    assert {use["href"] for use in visitor.page.select(".tiles use")} == {"#m0"}


def test_figures_and_their_moment(life: None, visitor: Visitor) -> None:
    with time_machine.travel(datetime(2026, 11, 12, 8, 30, tzinfo=UTC), tick=False):
        visitor.visit("/so-lieu")
    assert [words(figure) for figure in visitor.page.select(".figure")] == [
        "4 người đã đăng ký",
        "1 người đã hoàn thành bài thi",
        "1 phường, xã, đặc khu có người hoàn thành",
        "1 lượt thi",
        "12 lượt truy cập",
    ]
    assert "Số liệu tính đến 15h30 ngày 12/11/2026." in visitor.text


def test_days_and_hours_as_tables(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/so-lieu")
    days = rows(visitor, "Bảng số theo ngày")
    assert days[f"{day(contest, YESTERDAY):%d/%m}"] == ["3", "0", "0", "0"]
    assert days[f"{day(contest, NOW):%d/%m}"] == ["1", "1", "1", "12"]
    assert next(iter(days)) == f"{day(contest, contest.opens_at):%d/%m}"
    hours = rows(visitor, "Bảng số theo giờ trong ngày, cộng mọi ngày")
    assert list(hours) == [f"{number}h" for number in range(24)]
    assert hours[f"{day(contest, NOW).hour}h"] == ["4", "1", "1", "12"]


def test_charts_say_what_they_show(life: None, visitor: Visitor, contest: Catalogue) -> None:
    charts = visitor.visit("/so-lieu").page.select("figure svg")
    labels = [str(chart["aria-label"]) for chart in charts]
    assert labels[0].startswith(f"Người đăng ký mỗi ngày: nhiều nhất 3 ({day(contest, YESTERDAY):%d/%m}).")
    assert [label.partition(":")[0] for label in labels[1:]] == [
        "Người hoàn thành lần đầu mỗi ngày",
        "Lượt thi mỗi ngày",
        "Lượt truy cập mỗi ngày",
        "Lượt thi theo giờ trong ngày",
        "Lượt truy cập theo giờ trong ngày",
    ]
    assert [str(chart.select("path")[0]["d"]).count("z") for chart in charts] == [2, 1, 1, 1, 1, 1], "a bar a day"


def test_tiles_by_kind_and_name_lead_to_units(life: None, visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/so-lieu")
    groups = [(words(kind), words(nav)) for kind, nav in zip(*map(visitor.page.select, ("h3", ".tiles")), strict=True)]
    assert groups[0] == ("Phường (3)", "Phường Hải An: 0 HA 0 Phường Lê Chân: 0 LC 0 Phường Ngô Quyền: 0 NQ 0")
    assert [kind for kind, _ in groups] == ["Phường (3)", "Xã (2)", "Đặc khu (1)"]
    steps = {words(one_of(a, "title")): str(one_of(a, "use")["href"]) for a in visitor.page.select(".tiles a")}
    assert steps["Xã Cẩm Giàng: 1"] == "#m1"
    assert steps["Đặc khu Cát Hải: 3"] == "#m3", "the upper half of two"
    tile = one(visitor, f".tiles a[href$='/{contest.units[0].code}']")
    assert visitor.visit(str(tile["href"])).h1 == contest.units[0].full_name


def test_json(life: None, visitor: Visitor, contest: Catalogue) -> None:
    with time_machine.travel(datetime(2026, 11, 12, 8, 30, tzinfo=UTC), tick=False):
        data = json.loads(visitor.client.get("/so-lieu.json").data)
    assert (data["cuoc_thi"], data["tinh_den"]) == (contest.name, "2026-11-12T15:30:00+07:00")
    assert data["ket_qua_dung_tu"] is None
    assert data["tong"] == {
        "dang_ky": 4,
        "hoan_thanh": 1,
        "don_vi_co_nguoi_hoan_thanh": 1,
        "tong_cau_dung": contest.rules.exam.questions - 2,
        "luot_thi": 1,
        "luot_truy_cap": 12,
    }
    assert len(data["don_vi"]) == len(contest.units)
    assert data["don_vi"][0] == {
        "ma": contest.units[0].code,
        "loai": "Đặc khu",
        "ten": "Cát Hải",
        "cum": None,
        "dan_so": None,
        "dang_ky": 3,
        "hoan_thanh": 1,
        "tong_cau_dung": contest.rules.exam.questions - 2,
        "luot_thi": 1,
    }
    today = next(line for line in data["ngay"] if line["ngay"] == day(contest, NOW).date().isoformat())
    assert today | {"ngay": ""} == {"ngay": "", "dang_ky": 1, "hoan_thanh": 1, "luot_thi": 1, "luot_truy_cap": 12}


def test_csv(life: None, visitor: Visitor, contest: Catalogue) -> None:
    """With the mark by which Excel knows UTF-8; each line tells when it was so."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        files = [visitor.client.get(path).data for path in ("/so-lieu.csv", "/so-lieu/ngay.csv")]
        stands_at = json.loads(visitor.client.get("/so-lieu.json").data)["tinh_den"]
    assert all(data.startswith(b"\xef\xbb\xbf") for data in files)
    lines, days = (list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")))) for data in files)
    assert [line["ten"] for line in lines] == [unit.name for unit in contest.units]
    assert (lines[0]["dang_ky"], lines[0]["hoan_thanh"], lines[0]["luot_thi"]) == ("3", "1", "1")
    assert days[-1]["ngay"] == day(contest, NOW).date().isoformat()
    assert sum(int(line["dang_ky"]) for line in days) == 4
    assert {(line["tinh_den"], line["ket_qua_dung_tu"]) for line in lines + days} == {(stands_at, "")}


@pytest.mark.parametrize("path", OPEN_DATA)
def test_open_data_may_be_fetched_from_anywhere_and_kept(visitor: Visitor, path: str) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):
        first = visitor.client.get(path)
        again = visitor.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    assert "Set-Cookie" not in first.headers
    assert first.mimetype == ("application/json" if path.endswith("json") else "text/csv")
    assert (again.status_code, again.data) == (304, b"")


def test_pages_may_not(visitor: Visitor) -> None:
    assert "Access-Control-Allow-Origin" not in visitor.client.get("/so-lieu").headers


@pytest.mark.parametrize("path", OPEN_DATA)
def test_programs_are_no_visits(app: Flask, visitor: Visitor, path: str) -> None:
    visits = app.extensions["visits"]
    before = visits._waiting
    tag = visitor.client.get(path).headers["ETag"]
    visitor.client.get(path, headers={"If-None-Match": tag})
    assert visits._waiting == before
    visitor.visit("/so-lieu")
    assert visits._waiting == before + 1


@pytest.mark.parametrize("role", [Role.OFFICER, Role.JUDGE, Role.ORGANISER])
def test_work_at_a_desk_is_no_visit(app: Flask, visitor: Visitor, role: Role) -> None:
    sign_in_staff(visitor, app, role)
    visits, desk = app.extensions["visits"], visitor.path
    before = visits._waiting
    assert visitor.visit(desk).status == 200
    assert visits._waiting == before
    visitor.visit("/")
    assert visits._waiting == before + 1


def test_while_boards_are_frozen(app: Flask, contest: Catalogue, visitor: Visitor, set_rules: SetRules) -> None:
    """Nothing that a page tells follows a result, and every page says so."""
    hours = int((contest.closes_at - NOW) / timedelta(hours=1)) + 1
    since = contest.closes_at - timedelta(hours=hours)
    frozen = set_rules(boards={"freeze_hours_before_end": hours})
    paths = [
        "/",
        "/so-lieu",
        "/so-lieu.csv",
        "/so-lieu/ngay.csv",
        "/bang-xep-hang?theo=cau-dung",
        "/bang-xep-hang/ca-nhan",
    ]
    with time_machine.travel(datetime.now(UTC), tick=False), app.app_context():
        entry = make_contestant(frozen, now=since - timedelta(hours=1))
        learn_all(entry, frozen, now=since - timedelta(hours=1))
        before = {path: visitor.client.get(path).data for path in paths}
        sit(entry, frozen, started=since + timedelta(minutes=1), ended=since + timedelta(minutes=9))
        assert {path: visitor.client.get(path).data for path in paths} == before
        assert json.loads(visitor.client.get("/so-lieu.json").data)["ket_qua_dung_tu"] is not None
    for path in ("/", "/so-lieu", "/bang-xep-hang"):
        assert "đứng yên từ" in visitor.visit(path).text


@pytest.mark.parametrize("path", ["/so-lieu", *OPEN_DATA])
def test_wrong_method(visitor: Visitor, path: str) -> None:
    assert visitor.client.post(path).status_code == 405


def test_the_days_end_with_the_last_day_of_the_contest(contest: Catalogue, visitor: Visitor) -> None:
    """Its end is exclusive: midnight belongs to no day of it."""
    with time_machine.travel(contest.closes_at + timedelta(days=3), tick=False):
        days = json.loads(visitor.client.get("/so-lieu.json").data)["ngay"]
    last = (contest.closes_at - timedelta(microseconds=1)).astimezone(contest.rules.zone)
    assert days[-1]["ngay"] == last.date().isoformat()
