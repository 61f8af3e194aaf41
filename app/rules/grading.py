"""Grading: the one place where choices meet keys."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from app.rules.answers import unpack
from app.rules.paper import Paper


@dataclass(frozen=True, slots=True)
class Marked:
    """One question after grading; `voided` counts as right for everybody."""

    version_id: int
    chosen: frozenset[int]
    right: bool
    voided: bool


def grade(
    paper: Paper, answers: str, keys: Mapping[int, frozenset[int]], *, voided: Set[int] = frozenset()
) -> list[Marked]:
    """Mark every question of the paper, in paper order.

    `keys` maps version id → right places in the version. A question is right when exactly the right options were
    chosen; there are no part marks. `voided` holds version ids that the organiser took out.
    """
    marks = []
    for question, shown in zip(paper, unpack(answers), strict=True):
        chosen = question.original(shown)
        void = question.version_id in voided
        marks.append(Marked(question.version_id, chosen, void or chosen == keys[question.version_id], void))
    return marks


def correct_count(marks: list[Marked]) -> int:
    """How many questions are right."""
    return sum(mark.right for mark in marks)
