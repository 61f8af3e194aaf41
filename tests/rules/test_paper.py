"""A paper as text."""

from hypothesis import given
from hypothesis import strategies as st

from app.rules.paper import Paper, PaperQuestion, read_paper, write_paper

orders = st.integers(2, 6).flatmap(lambda size: st.permutations(range(size))).map(tuple)
questions = st.builds(PaperQuestion, st.integers(1, 10**9), orders)
papers = st.lists(questions, max_size=100).map(tuple)


@given(papers)
def test_round_trip(paper: Paper) -> None:
    assert read_paper(write_paper(paper)) == paper


def test_the_text_that_stands_in_rows_already() -> None:
    """Old rows must be read for years: this form never changes."""
    assert write_paper((PaperQuestion(17, (2, 0, 3, 1)), PaperQuestion(5, (1, 0)))) == "17.2031 5.10"
    assert read_paper("") == ()


@given(questions)
def test_places_as_shown_lead_back_to_the_version(question: PaperQuestion) -> None:
    size = len(question.order)
    assert [question.original(frozenset({shown})) for shown in range(size)] == [{place} for place in question.order]
    assert question.original(frozenset(range(size))) == frozenset(range(size))


@given(questions, st.frozensets(st.integers(0, 5)))
def test_a_place_that_was_never_shown_counts_as_none(question: PaperQuestion, shown: frozenset[int]) -> None:
    real = frozenset(place for place in shown if place < len(question.order))
    assert question.original(shown) == question.original(real)
    assert len(question.original(shown)) == len(real)
