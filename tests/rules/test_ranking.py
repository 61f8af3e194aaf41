"""The ranking key."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.ranking import Criterion, Result, rank_key, total_key
from tests.support.ranking_law import DEFAULT, law

NOON = datetime(2025, 10, 21, 5, tzinfo=UTC)
ORDERS = [order for size in range(1, 5) for order in permutations(Criterion, size)]
# Few values, so that ties on some criteria are common; and the ends of every range.
results = st.builds(
    Result,
    correct=st.sampled_from([0, 1, 9, 10, 19, 20, 100]),
    time_used=st.sampled_from([0, 9, 10, 599, 1200, 36_000]),
    submitted_at=st.sampled_from([0, 1, 59, 86_400, 10**9]).map(lambda s: NOON + timedelta(seconds=s)),
    attempts=st.sampled_from([1, 2, 9, 10, 9999]),
)


def test_all_orders_are_tried() -> None:
    assert len(ORDERS) == 64


@given(st.lists(results, min_size=2, max_size=12), st.sampled_from(ORDERS))
def test_keys_order_as_the_law_does(many: list[Result], criteria: tuple[Criterion, ...]) -> None:
    assert sorted(many, key=lambda r: rank_key(r, criteria)) == sorted(many, key=lambda r: law(r, criteria))


@given(results, results, st.sampled_from(ORDERS))
def test_keys_are_equal_only_for_equal_results(one: Result, other: Result, criteria: tuple[Criterion, ...]) -> None:
    same = law(one, criteria) == law(other, criteria)
    assert (rank_key(one, criteria) == rank_key(other, criteria)) is same


@given(results, st.sampled_from(ORDERS))
def test_a_key_is_digits_of_a_length_that_fits_its_column(result: Result, criteria: tuple[Criterion, ...]) -> None:
    key = rank_key(result, criteria)
    assert key.isdecimal()
    assert len(key) == len(rank_key(Result(0, 0, NOON), criteria)) <= 40


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Result(20, 1200, NOON), Result(19, 1, NOON)),
        (Result(10, 5, NOON), Result(9, 5, NOON)),
        (Result(20, 99, NOON + timedelta(days=20)), Result(20, 100, NOON)),
        (Result(20, 99, NOON), Result(20, 99, NOON + timedelta(seconds=1))),
    ],
)
def test_correct_then_time_then_earlier(better: Result, worse: Result) -> None:
    assert rank_key(better, DEFAULT) < rank_key(worse, DEFAULT)


def test_whole_seconds_as_shown_decide() -> None:
    one, other = (Result(20, 99, NOON + timedelta(microseconds=us)) for us in (1, 999_999))
    assert rank_key(one, DEFAULT) == rank_key(other, DEFAULT)


@given(
    people=st.lists(st.lists(results, min_size=1, max_size=4), min_size=2, max_size=5), order=st.sampled_from(ORDERS)
)
def test_totals_sort_by_their_sums(people: list[list[Result]], order: tuple[Criterion, ...]) -> None:
    def summed(rounds: list[Result]) -> Result:
        return Result(
            sum(r.correct for r in rounds),
            sum(r.time_used for r in rounds),
            max(r.submitted_at for r in rounds),
            sum(r.attempts for r in rounds),
        )

    keys = [total_key([rank_key(result, order) for result in rounds], order) for rounds in people]
    by_law = [law(summed(rounds), order) for rounds in people]
    for a, left in enumerate(keys):
        for b, right in enumerate(keys):
            assert (left < right) is (by_law[a] < by_law[b])


def test_a_year_of_weeks_fits_into_a_total() -> None:
    best, worst = Result(100, 0, NOON), Result(0, 36_000, NOON, 999)
    keys = [total_key([rank_key(result, DEFAULT)] * 53, DEFAULT) for result in (best, worst)]
    assert keys == sorted(keys)
    assert {len(key) for key in keys} == {22}
