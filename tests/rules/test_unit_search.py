"""Finding a unit by what people call it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.names import collation_key, fold
from app.rules.unit_search import MIN_LETTERS, MOST, Found, NewUnit, OldWard, UnitSearch, bare_name, folded_name

UNITS = {
    "10888": "Cẩm Giang",
    "10903": "Cẩm Giàng",
    "11383": "Lê Chân",
    "11413": "Hải An",
    "11443": "Kiến An",
    "11446": "Phù Liễn",
    "11533": "Hòa Bình",
    "11602": "Hồng An",
    "11629": "An Lão",
    "11674": "An Hưng",
    "11650": "An Trường",
    "11700": "Trường Tân",
}
OLD = [
    ("Thị trấn An Lão", "Huyện An Lão", "11629"),
    ("Thị trấn Trường Sơn", "Huyện An Lão", "11629 11446"),
    ("Xã Quang Trung", "Huyện An Lão", "11650"),
    ("Xã Quang Trung", "Huyện Tứ Kỳ", "11700"),
    ("Phường Trần Thành Ngọ", "Quận Kiến An", "11443 11446"),
    ("Phường Quán Toan", "Quận Hồng Bàng", "11602"),
    ("Xã Thượng Quận", "Thị xã Kinh Môn", "11674"),
    ("Thị trấn Cẩm Giang", "Huyện Cẩm Giàng", "10888"),
    ("Xã An Phú", "Huyện Kim Thành", "11413"),
    ("Xã An Phụ", "Thị xã Kinh Môn", "11700"),
]


def ward(name: str, district: str, codes: str) -> OldWard:
    return OldWard(name, district, folded_name(name), tuple(codes.split()))


SEARCH = UnitSearch(
    [NewUnit(code, name, collation_key(name)) for code, name in UNITS.items()], [ward(*line) for line in OLD]
)


def names(typed: str) -> list[str]:
    return [UNITS[choice.code] for choice in SEARCH.search(typed).choices]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("le chan", ["Lê Chân"]),
        ("Lê Chân", ["Lê Chân"]),
        ("LÊ CHÂN", ["Lê Chân"]),
        ("le", ["Lê Chân"]),
        ("  phường   lê  chân ", ["Lê Chân"]),
        ("P. Lê Chân", ["Lê Chân"]),
        ("p.le chan", ["Lê Chân"]),
        ("tt an lao", ["An Lão"]),
        ("hoa binh", ["Hòa Bình"]),
        ("Hoà Bình", ["Hòa Bình"]),
        ("Trần Thành Ngọ", ["Kiến An", "Phù Liễn"]),
        ("tran thanh ngo", ["Kiến An", "Phù Liễn"]),
        ("truong son", ["An Lão", "Phù Liễn"]),
        ("an lao", ["An Lão"]),
        ("cam giang", ["Cẩm Giang", "Cẩm Giàng"]),
        ("Cẩm Giàng", ["Cẩm Giàng", "Cẩm Giang"]),
        ("Cẩm Giang", ["Cẩm Giang", "Cẩm Giàng"]),
        ("xã cẩm giàng", ["Cẩm Giàng", "Cẩm Giang"]),
        ("quan toan", ["Hồng An"]),
        ("Phường Quán Toan", ["Hồng An"]),
        ("phuong quan toan quan hong bang", ["Hồng An"]),
        ("xã Thượng Quận, thị xã Kinh Môn", ["An Hưng"]),
        ("quang trung tu ky", ["Trường Tân"]),
        ("Xã Quang Trung, huyện An Lão", ["An Trường"]),
        ("quang trung (an lao)", ["An Trường"]),
        ("An Phú", ["Hải An", "Trường Tân"]),
        ("An Phụ", ["Trường Tân", "Hải An"]),
    ],
)
def test_it_finds(typed: str, first: list[str]) -> None:
    assert names(typed)[: len(first)] == first
    assert names(unicodedata.normalize("NFD", typed)) == names(typed)


def test_closer_names_come_first() -> None:
    """Whole name, beginning, later word, inside, old district only."""
    assert names("an")[:4] == ["An Hưng", "An Lão", "An Trường", "Hải An"]  # the last by An Phú
    assert names("truong") == ["Trường Tân", "An Lão", "Phù Liễn", "An Trường"]
    assert names("an lao") == ["An Lão", "Phù Liễn", "An Trường"]  # the others lie in the old district
    assert names("ien") == ["Kiến An", "Phù Liễn"]


def test_a_new_name_stands_before_the_old_one() -> None:
    found = UnitSearch(
        [NewUnit("1", "Một", "1"), NewUnit("2", "Hai", "2")], [ward("Xã Hai", "", "1"), ward("Xã Ba", "", "1")]
    ).search("hai")
    assert [choice.code for choice in found.choices] == ["2", "1"]


@pytest.mark.parametrize("typed", ["", " ", "a", "ă", "!?", "xã a", "phường l", "zzz", "<b>", "\0", "." * 200])
def test_it_finds_nothing(typed: str) -> None:
    assert SEARCH.search(typed) == Found()


def test_a_split_ward_shows_all_its_units_by_its_old_name() -> None:
    found = SEARCH.search("tran thanh ngo")
    assert [[old.name for old in choice.asked] for choice in found.choices] == [["Phường Trần Thành Ngọ"]] * 2
    assert all(choice.asked[0].is_split for choice in found.choices)
    assert not found.more


def test_who_typed_the_new_name_or_a_district_asked_for_no_old_ward() -> None:
    assert [choice.asked for choice in SEARCH.search("lao an lao").choices] == []
    by_code = {choice.code: choice.asked for choice in SEARCH.search("an lao").choices}
    assert set(by_code.values()) == {()}


def test_a_split_ward_is_never_cut() -> None:
    """Eight choices; a ward of three that finds two places free is left for more letters."""
    units = [NewUnit(str(n), f"Tân {n}", str(n)) for n in range(6)]
    units += [NewUnit(str(n), f"Khác {n}", str(n)) for n in range(6, 9)]
    search = UnitSearch(units, [ward("Xã Tân Xa", "", "6 7 8")])
    found = search.search("tan")
    assert ([choice.code for choice in found.choices], found.more) == (list("012345"), True)
    found = search.search("tan xa")
    assert ([choice.code for choice in found.choices], found.more) == (list("678"), False)


def test_the_old_wards_of_a_unit_stand_whole_ones_first() -> None:
    units = [NewUnit("1", "Một", "1"), NewUnit("2", "Hai", "2")]
    wards = UnitSearch(units, [ward("Xã Ba", "", "1 2"), ward("Xã Bốn", "", "1")]).old_wards_of
    assert [old.name for old in wards["1"]] == ["Xã Bốn", "Xã Ba"]
    assert [old.name for old in wards["2"]] == ["Xã Ba"]
    assert "11383" not in SEARCH.old_wards_of


@pytest.mark.parametrize(
    ("full", "bare"),
    [
        ("Thị trấn An Lão", "An Lão"),
        ("Thị xã Kinh Môn", "Kinh Môn"),
        ("Phường Quán Toan", "Quán Toan"),
        ("Quán Toan", "Quán Toan"),
        ("Huyện Bạch Long Vĩ", "Bạch Long Vĩ"),
        ("Xã", "Xã"),
        ("", ""),
    ],
)
def test_a_name_without_its_kind(full: str, bare: str) -> None:
    assert bare_name(full) == bare
    assert folded_name(full) == fold(bare)


@given(st.text(max_size=90))
def test_whatever_is_typed_it_answers(typed: str) -> None:
    found = SEARCH.search(typed)
    codes = [choice.code for choice in found.choices]
    assert len(codes) == len(set(codes)) <= MOST
    assert set(codes) <= set(UNITS)
    if len(fold(typed)) < MIN_LETTERS:
        assert not codes
