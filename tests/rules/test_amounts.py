"""Numbers as they are told in Vietnamese."""

import pytest

from app.rules.amounts import decimal, number, percent


@pytest.mark.parametrize(
    ("right", "people", "told"), [(73, 4, "18,3"), (7, 20, "0,4"), (1, 20, "0,1"), (1824, 100, "18,2"), (40, 2, "20,0")]
)
def test_a_half_goes_up(right: int, people: int, told: str) -> None:
    """As a committee that divides the open figures in a spreadsheet finds it."""
    assert decimal(right / people) == told


@pytest.mark.parametrize(
    ("part", "whole", "told"),
    [(469, 2000, "23,5"), (1, 8, "12,5"), (1, 800, "0,1"), (594, 1000, "59,4"), (3, 3, "100,0")],
)
def test_shares_too(part: int, whole: int, told: str) -> None:
    assert percent(part / whole) == f"{told}\u00a0%"


def test_thousands() -> None:
    assert [number(value) for value in (0, 999, 70_949, 1_240_000)] == ["0", "999", "70.949", "1.240.000"]
