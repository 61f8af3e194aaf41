"""Choices as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.answers import MAX_OPTIONS, answered, blank, pack, unanswered_numbers, unpack

sheets = st.lists(st.frozensets(st.integers(0, MAX_OPTIONS - 1)), max_size=100)


@given(sheets)
def test_round_trip(choices: list[frozenset[int]]) -> None:
    text = pack(choices)
    assert unpack(text) == choices
    assert len(text) == len(choices)
    assert text.isascii()


@given(sheets)
def test_counts_agree_with_the_choices(choices: list[frozenset[int]]) -> None:
    text = pack(choices)
    assert answered(text) == sum(bool(chosen) for chosen in choices)
    assert unanswered_numbers(text) == [n for n, chosen in enumerate(choices, 1) if not chosen]


def test_every_set_of_choices_has_its_own_character() -> None:
    every = [[place for place in range(MAX_OPTIONS) if mask >> place & 1] for mask in range(2**MAX_OPTIONS)]
    assert len(set(pack(every))) == 2**MAX_OPTIONS


def test_the_text_that_stands_in_rows_already() -> None:
    """Old rows must be read for years: this mapping never changes."""
    assert pack([[], [0], [1], [0, 1], [5], range(6)]) == "-BCDg/"


def test_a_fresh_paper_has_no_choice() -> None:
    assert unpack(blank(20)) == [frozenset()] * 20
    assert (answered(blank(20)), unanswered_numbers(blank(2))) == (0, [1, 2])


@pytest.mark.parametrize("place", [-1, 6, 1_000_000])
def test_a_place_that_cannot_be_is_refused(place: int) -> None:
    with pytest.raises(ValueError, match=f"option place {place}"):
        pack([[0], [place]])


@pytest.mark.parametrize("text", ["A", "B C", "ế", "=", "\x00"])
def test_text_that_is_no_sheet_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not found"):
        unpack(text)
