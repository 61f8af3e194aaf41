"""Grading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.answers import pack
from app.rules.grading import correct_count, grade
from app.rules.paper import PaperQuestion

PAPER = (PaperQuestion(7, (2, 0, 3, 1)), PaperQuestion(8, (0, 1)), PaperQuestion(9, (1, 2, 0)))
KEYS = {7: frozenset({0}), 8: frozenset({1}), 9: frozenset({0, 1}), 10: frozenset({0})}


@pytest.mark.parametrize(
    ("shown", "right"),
    [
        ([[1], [1], [0, 2]], [True, True, True]),
        ([[1], [1], [2, 0]], [True, True, True]),
        ([[], [], []], [False, False, False]),
        ([[0], [0], [1]], [False, False, False]),
        ([[0, 1], [0, 1], [0, 1, 2]], [False, False, False]),  # everything ticked is not right
        ([[1], [1], [0]], [True, True, False]),  # one of two right ones: no part marks
        ([[1], [1], [2]], [True, True, False]),
    ],
)
def test_right_is_exactly_the_right_options(shown: list[list[int]], right: list[bool]) -> None:
    marks = grade(PAPER, pack(shown), KEYS)
    assert [mark.right for mark in marks] == right
    assert [mark.version_id for mark in marks] == [7, 8, 9]
    assert correct_count(marks) == sum(right)


def test_choices_are_told_as_places_in_the_version() -> None:
    assert [mark.chosen for mark in grade(PAPER, pack([[0], [0], [1, 2]]), KEYS)] == [{2}, {0}, {2, 0}]


def test_a_voided_question_is_right_for_everybody() -> None:
    marks = grade(PAPER, pack([[0], [], [0, 2]]), KEYS, voided={7, 8, 999})
    assert [(mark.right, mark.voided) for mark in marks] == [(True, True), (True, True), (True, False)]
    assert marks[0].chosen == {2}


@given(st.lists(st.frozensets(st.integers(0, 5)), min_size=3, max_size=3))
def test_a_tampered_mask_gains_nothing(shown: list[frozenset[int]]) -> None:
    """Places beyond the options count as none: the sheet is worth what its real choices are worth."""
    real = [frozenset(p for p in chosen if p < len(q.order)) for chosen, q in zip(shown, PAPER, strict=True)]
    assert grade(PAPER, pack(shown), KEYS) == grade(PAPER, pack(real), KEYS)


@pytest.mark.parametrize("answers", ["", "B", "BBBB"])
def test_a_sheet_of_another_length_is_never_graded(answers: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        grade(PAPER, answers, KEYS)


def test_a_version_without_key_is_never_graded_as_wrong() -> None:
    with pytest.raises(KeyError):
        grade((PaperQuestion(11, (0, 1)),), "-", KEYS)
