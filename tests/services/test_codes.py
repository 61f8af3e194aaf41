"""Codes that are read out over the phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.codes import code_of, is_code, new_code, shown_code, typed_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
numbers = st.integers(0, 32**8 - 1)


@pytest.mark.parametrize("length", [8, 12])
def test_a_code_has_its_length_and_no_letter_that_is_misread(length: int) -> None:
    codes = [new_code(length) for _ in range(200)]
    assert all(len(code) == length and set(code) <= set(ALPHABET) for code in codes)
    assert len(set(codes)) == 200
    assert set("".join(codes)) == set(ALPHABET)


@given(numbers, numbers)
def test_other_numbers_have_other_codes(one: int, other: int) -> None:
    assert (code_of(one, 8) == code_of(other, 8)) is (one == other)
    assert is_code(code_of(one, 8), 8)


@given(numbers)
def test_what_is_shown_is_what_is_typed(number: int) -> None:
    code = code_of(number, 8)
    shown = shown_code(code)
    assert (len(shown), shown[4]) == (9, "-")
    for typed in (shown, shown.lower(), f" {code[:2]} {code[2:]} ", code):
        assert typed_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("7k3f-9qxm", "7K3F9QXM"),
        ("lI0O uvOi", "1100VV01"),
        ("7K3F 9QXM 2ABC", "7K3F9QXM2ABC"),
        ("7K3F\u00a09QXM\n", "7K3F9QXM"),
        ("", ""),
    ],
)
def test_misread_letters_are_mended(typed: str, code: str) -> None:
    assert typed_code(typed) == code


@pytest.mark.parametrize("code", ["", "7K3F9QX", "7K3F9QXM2", "7K3F9QXI", "7K3F9QXm", "7K3F-9QX", "7K3F9QXế"])
def test_what_cannot_be_ours(code: str) -> None:
    assert not is_code(code, 8)
    assert is_code("7K3F9QXM", 8)


def test_the_last_group_may_be_short() -> None:
    assert shown_code("7K3F9") == "7K3F-9"
    assert shown_code("") == ""
