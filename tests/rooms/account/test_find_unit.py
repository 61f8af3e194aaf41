"""Finding one's unit by its old or new name, and registering with it."""

import unicodedata
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME
from tests.support.asking import one, refused, title, words
from tests.support.people import make_contestant, registration, sign_in
from tests.support.visitor import Visitor

HTMX = {"HX-Request": "true"}


def shown(visitor: Visitor) -> list[tuple[str, str]]:
    """The choices: name and hint."""
    return [
        (words(one(item, "a")), words(hint) if (hint := item.select_one(".hint")) else "")
        for item in visitor.page.select("main ul.lessons li")
    ]


def find(visitor: Visitor, typed: str) -> list[tuple[str, str]]:
    """Search by the form of the page that searches."""
    return shown(visitor.visit("/don-vi").submit("Tìm", tim=typed))


def test_the_whole_way_without_a_script(visitor: Visitor, contest: Catalogue) -> None:
    """Search on the page of registration, choose, and register with the unit that was chosen."""
    visitor.visit("/dang-ky").submit("Tìm", tim="cat ba")
    assert (visitor.path, visitor.h1, visitor.value("tim")) == ("/don-vi", "Tìm phường, xã nơi bạn ở", "cat ba")
    visitor.click("Đặc khu Cát Hải")
    assert (visitor.h1, visitor.value("unit")) == ("Đăng ký dự thi", "11914")
    fields = registration()
    del fields["unit"]
    visitor.submit("Đăng ký", **fields)
    assert "Đặc khu Cát Hải" in visitor.visit("/toi").text
    assert visitor.h1 == f"Chào {NAME}"


def test_it_is_offered_before_anything_is_typed(visitor: Visitor) -> None:
    visitor.visit("/dang-ky")
    search, form = visitor.form_with("Tìm"), visitor.form_with("Đăng ký")
    assert form.sourceline is not None
    assert search.sourceline is not None
    assert search.sourceline < form.sourceline
    assert search["method"] == "get"
    assert [control["name"] for control in search.select("[name]")] == ["tim"]  # a number never gets into an address
    assert "Hãy tìm trước" in words(one(visitor, "#tim-hint"))
    assert not search.has_attr("target")


def test_the_plain_list_stays(visitor: Visitor, contest: Catalogue) -> None:
    visitor.visit("/dang-ky")
    (select,) = visitor.form_with("Đăng ký").select("select[name=unit]")
    assert len(visitor.page.select("[name=unit]")) == 1
    codes = {str(option["value"]) for option in select.select("optgroup option")}
    assert codes >= {unit.code for unit in contest.units}


def test_what_was_typed_is_not_lost_to_a_later_search(visitor: Visitor, contest: Catalogue) -> None:
    """After a refusal the fields hold what was typed: results open beside them."""
    visitor.visit("/dang-ky").submit("Đăng ký", **registration(unit=""))
    refused(visitor, "unit", "Chọn phường, xã hoặc đặc khu nơi bạn ở.")
    assert visitor.form_with("Tìm")["target"] == "_blank"
    assert "những ô đã điền dưới đây vẫn còn" in words(one(visitor, "#tim-hint"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("cat ba", ["Đặc khu Cát Hải"]),
        ("Hàng Kênh", ["Phường Lê Chân"]),
        ("xã trân châu", ["Đặc khu Cát Hải"]),
        ("ngo quyen", ["Phường Ngô Quyền", "Phường Lê Chân"]),  # the second has wards of the old district
        ("cam giang", ["Xã Cẩm Giang", "Xã Cẩm Giàng"]),
        ("Cẩm Giàng", ["Xã Cẩm Giàng", "Xã Cẩm Giang"]),
        ("cau dat", ["Phường Lê Chân", "Phường Ngô Quyền"]),
    ],
)
def test_it_finds(visitor: Visitor, typed: str, found: list[str]) -> None:
    assert [name for name, _ in find(visitor, typed)] == found
    assert [name for name, _ in find(visitor, unicodedata.normalize("NFD", typed))] == found


def test_two_units_of_like_names_are_told_apart_by_their_old_wards(visitor: Visitor) -> None:
    assert find(visitor, "cam giang") == [
        ("Xã Cẩm Giang", "Nơi cũ: Thị trấn Cẩm Giang, Xã Cẩm Hoàng, Xã Định Sơn"),
        ("Xã Cẩm Giàng", "Nơi cũ: Xã Cẩm Hưng, Xã Lương Điền, Xã Ngọc Liên"),
    ]


def test_a_split_ward_is_named_beside_each_of_its_units(visitor: Visitor) -> None:
    part = "Nơi cũ: một phần Phường Cầu Đất (Quận Ngô Quyền)"
    assert find(visitor, "cau dat") == [("Phường Lê Chân", part), ("Phường Ngô Quyền", part)]
    assert "Có nơi cũ đã chia về nhiều nơi mới" in visitor.text
    find(visitor, "hang kenh")
    assert "Có nơi cũ đã chia về nhiều nơi mới" not in visitor.text


def test_many_old_wards_are_counted(visitor: Visitor) -> None:
    ((_, hint),) = find(visitor, "cat hai")
    assert hint.startswith("Nơi cũ: Thị trấn Cát Bà, ")
    assert hint.endswith(" và 1 nơi nữa")


def test_nothing_found_is_told(visitor: Visitor) -> None:
    assert find(visitor, "<b>zzz") == []
    assert "Không thấy nơi nào tên là “<b>zzz”." in visitor.text
    assert visitor.value("tim") == "<b>zzz"
    assert "<b>zzz" not in visitor.response.text


@pytest.mark.parametrize(("typed", "told"), [("c", True), ("", False)])
def test_one_letter_is_too_few(visitor: Visitor, typed: str, told: bool) -> None:
    assert find(visitor, typed) == []
    assert visitor.status == 200
    assert ("Gõ ít nhất hai chữ cái." in visitor.text) == told
    assert "Không thấy" not in visitor.text


def test_a_long_or_strange_text_is_only_not_found(visitor: Visitor) -> None:
    for typed in ("a" * 5000, "%_'\"; --"):
        assert visitor.client.get("/don-vi", query_string={"tim": typed}).status_code == 200
    find(visitor, "a" * 5000)
    assert visitor.value("tim") == "a" * 80


def test_the_page_is_for_everybody_and_may_be_kept(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    assert title(visitor.visit("/don-vi?tim=cat")).startswith("Tìm phường, xã nơi bạn ở")
    before = visitor.response
    assert before.headers["Cache-Control"] == "public, max-age=60"
    assert {"Cookie", "HX-Request"} <= set(before.vary)
    with app.app_context():
        account = make_contestant(contest, now=datetime.now(UTC)).account
    sign_in(visitor, app, account)
    assert visitor.visit("/don-vi?tim=cat").response.data == before.data


@pytest.mark.parametrize("code", ["99999", "", "' OR 1=1"])
def test_a_unit_that_there_is_not_is_not_chosen(visitor: Visitor, code: str) -> None:
    answer = visitor.client.get("/dang-ky", query_string={"don-vi": code})
    assert answer.status_code == 200
    assert not BeautifulSoup(answer.text, "html.parser").select("#unit option[selected]:not([value=''])")


def test_with_htmx_what_is_found_comes_alone_and_chooses_in_place(visitor: Visitor) -> None:
    part = BeautifulSoup(visitor.client.get("/don-vi?tim=cat+ba", headers=HTMX).text, "html.parser")
    assert not part.select("html, h1, form, header")
    link = one(part, "li a")
    assert (link["href"], link["hx-get"]) == ("/dang-ky?don-vi=11914#noi-o", "/dang-ky?don-vi=11914")
    visitor.visit("/dang-ky")
    place = one(visitor, str(visitor.form_with("Tìm")["hx-target"]))
    assert one(visitor, str(place["hx-target"])).select("select[name=unit]")
    field = BeautifulSoup(visitor.client.get(str(link["hx-get"]), headers=HTMX).text, "html.parser")
    assert [tag["id"] for tag in field.find_all(recursive=False)] == ["noi-o"]
    select = one(field, "select[name=unit]")
    assert select.has_attr("autofocus")
    assert [option["value"] for option in select.select("option[selected]")] == ["11914"]
    assert not field.select("[name]:not(select)")  # nothing else is swapped, so nothing typed is lost


def test_without_htmx_nothing_asks_for_a_part(visitor: Visitor) -> None:
    visitor.visit("/don-vi?tim=cat+ba")
    assert not [tag for tag in visitor.page.find_all(True) if any(name.startswith("hx-") for name in tag.attrs)]
    assert not visitor.page.select("script")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_wrong_method(visitor: Visitor, method: str) -> None:
    assert getattr(visitor.client, method)("/don-vi").status_code == 405
