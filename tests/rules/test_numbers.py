"""Citizen numbers and phones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.numbers import (
    PROVINCE_CODES,
    birth_year,
    citizen_number,
    citizen_number_doubts,
    grouped_citizen_number,
    is_old_identity_number,
    is_surely_younger,
    masked_citizen_number,
    phone_number,
    shown_phone,
    tells_number,
)

twelve = st.text("0123456789", min_size=12, max_size=12)


@pytest.mark.parametrize(
    "text", ["031089123456", " 031 0 89 123456 ", "031.089.123456", "031-089-123456", "(031)\t089\n123456"]
)
def test_twelve_digits_however_they_are_grouped(text: str) -> None:
    assert citizen_number(text) == "031089123456"


@pytest.mark.parametrize(
    "text", ["", "03108912345", "0310891234567", "03108912345a", "+31089123456", "٠٣١٠٨٩١٢٣٤٥٦", "031089123456|1"]
)
def test_anything_else_is_no_citizen_number(text: str) -> None:
    assert citizen_number(text) is None


@pytest.mark.parametrize(
    ("text", "old"), [("031234567", True), ("031 234 567", True), ("0312345678", False), ("03123456", False)]
)
def test_nine_digits_are_the_old_number(text: str, old: bool) -> None:
    assert is_old_identity_number(text) is old


@given(twelve, st.integers(2025, 2040))
def test_doubts_never_refuse(number: str, year: int) -> None:
    """Any twelve digits are taken, whatever there is to doubt, and each doubt is one that has a text."""
    assert citizen_number(number) == number
    assert set(citizen_number_doubts(number, this_year=year)) <= {"province", "century", "age"}


@pytest.mark.parametrize(
    ("number", "doubts"),
    [
        ("031089123456", []),
        ("031189123456", []),
        ("030206123456", []),
        ("000089123456", ["province"]),
        ("032089123456", ["province"]),
        ("031489123456", ["century"]),
        ("031226123456", []),
        ("031227123456", ["age"]),
        ("031016123456", []),
        ("031015123456", ["age"]),
        ("999999123456", ["province", "century"]),
    ],
)
def test_what_is_doubted_in_2026(number: str, doubts: list[str]) -> None:
    assert citizen_number_doubts(number, this_year=2026) == doubts


@pytest.mark.parametrize(
    ("fourth", "century"), [("0", 1900), ("1", 1900), ("2", 2000), ("3", 2000), ("4", 2100), ("9", 2300)]
)
def test_the_fourth_digit_tells_the_century(fourth: str, century: int) -> None:
    assert birth_year(f"031{fourth}07123456") == century + 7


def test_sixty_three_provinces() -> None:
    assert len(PROVINCE_CODES) == 63
    assert {"001", "030", "031", "096"} <= PROVINCE_CODES


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "(091) 234-5678",
        "+84912345678",
        "+84 912 345 678",
        "84912345678",
        "0084912345678",
        "+84 (0)912 345 678",
        "840912345678",
    ],
)
def test_one_phone_however_it_is_written(text: str) -> None:
    assert phone_number(text) == "+84912345678"


@pytest.mark.parametrize("prefix", ["03", "05", "07", "08", "09"])
def test_mobile_prefixes(prefix: str) -> None:
    assert phone_number(f"{prefix}12345678") == f"+84{prefix[1]}12345678"


@pytest.mark.parametrize("text", ["0841234567", "0849999999", "0844848484"])
def test_a_number_that_looks_like_the_country_code_is_left_whole(text: str) -> None:
    assert phone_number(text) == f"+84{text[1:]}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "01621234567",
        "09123456789",
        "091234567",
        "912345678",
        "0212345678",
        "0612345678",
        "02253842345",
        "8491234567",
        "+1 212 555 0100",
        "0084 84 912345678",
        "091234567x",
        "٠٩١٢٣٤٥٦٧٨",
    ],
)
def test_what_is_no_mobile_number(text: str) -> None:
    assert phone_number(text) is None


@given(st.from_regex(r"0[35789][0-9]{8}", fullmatch=True))
def test_what_is_shown_is_read_again(local: str) -> None:
    e164 = phone_number(local)
    assert e164 is not None
    assert shown_phone(e164).replace(" ", "") == local
    assert phone_number(shown_phone(e164)) == phone_number(e164) == e164


def test_how_numbers_are_shown() -> None:
    assert shown_phone("+84912345678") == "0912 345 678"
    assert masked_citizen_number("3456") == "•••• •••• 3456"


def test_a_citizen_number_is_grouped_for_comparing_with_the_card() -> None:
    assert grouped_citizen_number("031089123456") == "031 0 89 123456"


@pytest.mark.parametrize(
    ("number", "than", "younger"),
    [
        ("031213000001", 14, True),  # born 2013: 13 this year at most
        ("031212000001", 14, False),  # 14 this year, perhaps not yet: a doubt is no refusal
        ("031212000001", 15, True),
        ("031226000001", 1, True),
        ("031226000001", 0, False),
        ("031227000001", 14, False),  # a year to come is a mistake, not an age
        ("031089000001", 14, False),
    ],
)
def test_who_is_surely_younger_in_2026(number: str, than: int, younger: bool) -> None:
    assert is_surely_younger(number, than=than, this_year=2026) is younger


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "gọi 0912 345 678 nhé",
        "+84 912.345.678",
        "(0912) 345-678",
        "031089123456",
        "thẻ 031 0 89 123456",
        "0310 8912 3456",
        "CMND 012345678",
        "số 9999999999999",
        "hai số 12 và 0912 345 678",
        "１２３４５６７８９",
    ],
)
def test_a_text_that_tells_a_number(text: str) -> None:
    assert tells_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Quên mật khẩu",
        "15h30 ngày 21/10/2025",
        "21-10-2025",
        "đơn vị 11329, 11330",
        "thêm 30 phút",
        "bàn 3 tầng 12",
    ],
)
def test_a_text_that_tells_none(text: str) -> None:
    assert not tells_number(text)
