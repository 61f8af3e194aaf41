"""Standings and league tables."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, Standing
from app.rules.ranking import Criterion, Result
from app.services.catalogue import Catalogue
from app.services.rank import Cursor, PersonRow, my_place, people_board, record_result, unit_board, unit_counts
from tests.support.people import make_contestant

DEFAULT = (Criterion.CORRECT, Criterion.TIME_USED, Criterion.SUBMITTED_AT)
SECOND = timedelta(seconds=1)
ORDERS = [order for size in range(1, 5) for order in itertools.permutations(Criterion, size)]
PEOPLE = 7
# Who, how many right, seconds used, seconds after noon: few values, so that places are shared.
histories = st.lists(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(17, 20), st.integers(60, 62), st.integers(0, 2)), max_size=20
)
History = Sequence[tuple[int, int, int, int]]
# The people are made once; every example undoes its own histories.
many_histories = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_receipts = itertools.count(1)


@pytest.fixture
def people(deeds: Flask, contest: Catalogue, noon: datetime) -> list[Entry]:
    """Seven contestants of three units; every third one stays off the boards."""
    return [
        make_contestant(contest, now=noon, name=f"Người Mẫu {'ABCDEFG'[n]}", unit=n % 3, on_boards=n % 3 != 2)
        for n in range(PEOPLE)
    ]


def record(entry: Entry, contest: Catalogue, result: Result, criteria: Sequence[Criterion] = DEFAULT) -> Standing:
    """A graded attempt and its standing. Flushes only."""
    attempt = Attempt(
        entry_id=entry.id,
        account_id=entry.account_id,
        round_id=contest.rounds[0].id,
        number=result.attempts,
        receipt=f"R{next(_receipts)}",
        state=AttemptState.SUBMITTED,
        paper="",
        answers="",
        started_at=result.submitted_at,
        deadline_at=result.submitted_at,
        closes_at=result.submitted_at,
        correct=result.correct,
        time_used=result.time_used,
    )
    db.session.add(attempt)
    db.session.flush()
    standing = record_result(attempt=attempt, result=result, criteria=criteria)
    db.session.flush()
    return standing


def live(
    people: list[Entry], contest: Catalogue, history: History, noon: datetime, criteria: Sequence[Criterion] = DEFAULT
) -> dict[int, list[Result]]:
    """Record a history; entry id → results in order."""
    results: dict[int, list[Result]] = {}
    for who, correct, time_used, after in history:
        mine = results.setdefault(people[who].id, [])
        mine.append(Result(correct, time_used, noon + after * SECOND, len(mine) + 1))
        record(people[who], contest, mine[-1], criteria)
    return results


def law(result: Result, criteria: Sequence[Criterion] = DEFAULT) -> tuple[Any, ...]:
    """The ranking law without the key that the database sorts by."""
    values = {
        Criterion.CORRECT: -result.correct,
        Criterion.TIME_USED: result.time_used,
        Criterion.SUBMITTED_AT: result.submitted_at,
        Criterion.ATTEMPTS: result.attempts,
    }
    return tuple(values[criterion] for criterion in criteria)


def expected_board(
    results: dict[int, list[Result]], criteria: Sequence[Criterion] = DEFAULT
) -> list[tuple[int, int, tuple[Any, ...]]]:
    """Place, entry id, best result by the law; equal ones share a place and stand in order of entry."""
    best = sorted((min(law(r, criteria) for r in mine), entry_id) for entry_id, mine in results.items())
    keys = [key for key, _ in best]
    return [(keys.index(key) + 1, entry_id, key) for key, entry_id in best]


def board_of(rows: list[PersonRow]) -> list[tuple[int, int, tuple[Any, ...]]]:
    return [(row.place, row.entry_id, (-row.correct, row.time_used, row.submitted_at)) for row in rows]


def in_pages(contest: Catalogue, size: int, unit_id: int | None = None) -> list[PersonRow]:
    """The whole board, page after page."""
    rows: list[PersonRow] = []
    after = None
    while page := people_board(round_id=contest.rounds[0].id, unit_id=unit_id, after=after, size=size):
        assert len(page) <= size
        rows += page
        after = Cursor(page[-1].rank_key, page[-1].entry_id, len(rows), page[-1].place)
    return rows


@given(history=histories)
@many_histories
def test_the_database_s_order_is_the_law_s(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History
) -> None:
    results = live(people, contest, history, noon)
    db.session.expire_all()
    assert board_of(people_board(round_id=contest.rounds[0].id)) == expected_board(results)
    db.session.rollback()


@given(history=histories, criteria=st.sampled_from(ORDERS))
@many_histories
def test_so_it_is_for_every_order_of_criteria(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History, criteria: tuple[Criterion, ...]
) -> None:
    results = live(people, contest, history, noon, criteria)
    rows = people_board(round_id=contest.rounds[0].id)
    expected = expected_board(results, criteria)
    assert [(row.place, row.entry_id) for row in rows] == [(place, entry_id) for place, entry_id, _ in expected]
    db.session.rollback()


@given(history=histories, page=st.tuples(st.integers(1, 4), st.sampled_from([None, 0, 1, 2])))
@many_histories
def test_small_pages_are_one_big_page(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History, page: tuple[int, int | None]
) -> None:
    live(people, contest, history, noon)
    size, unit = page
    unit_id = None if unit is None else contest.units[unit].id
    whole = people_board(round_id=contest.rounds[0].id, unit_id=unit_id, size=1000)
    assert in_pages(contest, size, unit_id) == whole
    assert {row.unit_id for row in whole} <= ({u.id for u in contest.units} if unit_id is None else {unit_id})
    db.session.rollback()


@given(history=histories)
@many_histories
def test_my_place_is_my_place_on_the_board(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History
) -> None:
    live(people, contest, history, noon)
    this_round = contest.rounds[0].id
    places = {row.entry_id: row.place for row in people_board(round_id=this_round)}
    for person in people:
        place = places.get(person.id)
        assert my_place(entry_id=person.id, round_id=this_round) == (place and (place, len(places)))
    db.session.rollback()


@given(history=histories)
@many_histories
def test_a_standing_keeps_the_better_and_counts_all(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History
) -> None:
    results = live(people, contest, history, noon)
    for person in people:
        mine = results.get(person.id, [])
        standing = db.session.get(Standing, (person.id, contest.rounds[0].id), populate_existing=True)
        assert (standing is None) is (not mine)
        db.session.refresh(person)
        assert person.finished_at == (mine[0].submitted_at if mine else None)
        if standing is not None:
            best = min(mine, key=law)  # of equal ones the first
            attempt = db.session.get_one(Attempt, standing.attempt_id)
            assert standing.attempts == len(mine)
            assert (standing.correct, standing.time_used, standing.submitted_at) == (
                best.correct,
                best.time_used,
                best.submitted_at,
            )
            assert attempt.number == best.attempts
            assert attempt.entry_id == person.id
    db.session.rollback()


def test_equal_results_share_a_place_and_the_next_one_is_free(
    people: list[Entry], contest: Catalogue, noon: datetime
) -> None:
    for person, correct in zip(people, (20, 19, 19, 18), strict=False):
        record(person, contest, Result(correct, 60, noon))
    assert [row.place for row in people_board(round_id=contest.rounds[0].id)] == [1, 2, 2, 4]
    assert [my_place(entry_id=p.id, round_id=contest.rounds[0].id) for p in people[:5]] == [
        (1, 4),
        (2, 4),
        (2, 4),
        (4, 4),
        None,
    ]


def test_without_consent_the_name_stays_off_and_the_place_is_kept(
    people: list[Entry], contest: Catalogue, noon: datetime
) -> None:
    for number, person in enumerate(people[:3]):
        record(person, contest, Result(20 - number, 60, noon))
    rows = people_board(round_id=contest.rounds[0].id)
    assert [(row.place, row.name) for row in rows] == [(1, "Người Mẫu A"), (2, "Người Mẫu B"), (3, None)]


def test_another_round_is_another_board(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    record(people[0], contest, Result(20, 60, noon))
    other = contest.rounds[0].id + 1
    assert people_board(round_id=other) == []
    assert my_place(entry_id=people[0].id, round_id=other) is None


def test_units_with_equal_counts_share_a_place_in_order_of_name(
    people: list[Entry], contest: Catalogue, noon: datetime
) -> None:
    """Seven people in the units 0, 1, 2, 0, 1, 2, 0; finishers are two of unit 1, one of unit 2."""
    for person in (people[1], people[4], people[2]):
        record(person, contest, Result(20, 60, noon))
    names = [unit.name for unit in contest.units]
    assert names == ["Cát Hải", "Cẩm Giang", "Cẩm Giàng", "Hải An", "Lê Chân", "Ngô Quyền"]
    counts = unit_counts(contest_id=contest.contest_id)
    assert counts == {contest.units[0].id: (3, 0), contest.units[1].id: (2, 2), contest.units[2].id: (2, 1)}
    board = unit_board(catalogue=contest, counts=counts, by="registered")
    assert [(row.place, row.unit.name, row.registered) for row in board] == [
        (1, "Cát Hải", 3),
        (2, "Cẩm Giang", 2),
        (2, "Cẩm Giàng", 2),
        (4, "Hải An", 0),
        (4, "Lê Chân", 0),
        (4, "Ngô Quyền", 0),
    ]
    board = unit_board(catalogue=contest, counts=counts, by="finishers")
    assert [(row.place, row.unit.name, row.finishers) for row in board] == [
        (1, "Cẩm Giang", 2),
        (2, "Cẩm Giàng", 1),
        (3, "Cát Hải", 0),
        (3, "Hải An", 0),
        (3, "Lê Chân", 0),
        (3, "Ngô Quyền", 0),
    ]
    assert [row.share_finished for row in board[:4]] == [1.0, 0.5, 0.0, 0.0]


def test_another_contest_has_no_counts(people: list[Entry], contest: Catalogue) -> None:
    assert unit_counts(contest_id=contest.contest_id + 1) == {}
