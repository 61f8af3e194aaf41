"""Standings and league tables."""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models import Attempt, Entry, Group, GroupKind, LadderRung, Standing, StandingMove
from app.rules.ranking import Criterion, Result
from app.services import board_search
from app.services.board_search import find_on_board
from app.services.catalogue import Catalogue
from app.services.ladder_making import make_ladders, refresh_ladders
from app.services.rank import Mark, Page, PersonRow, Scope, people_board
from app.services.standings import record_result
from tests.support.people import make_contestant
from tests.support.places import place_on
from tests.support.ranking_law import DEFAULT, law
from tests.support.results import bare_attempt

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


def record(entry: Entry, contest: Catalogue, result: Result, criteria: Sequence[Criterion] = DEFAULT) -> None:
    """A graded attempt and its standing. Commits: boards and places are read outside of the session."""
    attempt = bare_attempt(entry, contest.rounds[0].id, result, receipt=f"R{next(_receipts)}")
    rules = replace(contest.rules, ranking=tuple(criteria))
    now = result.submitted_at
    record_result(attempt=attempt, result=result, catalogue=replace(contest, rules=rules), now=now)
    db.session.commit()


def live(
    people: list[Entry],
    contest: Catalogue,
    history: History,
    noon: datetime,
    criteria: Sequence[Criterion] = DEFAULT,
    *,
    first: Mapping[int, int] = MappingProxyType({}),
) -> dict[int, list[Result]]:
    """Record a history; entry id → results in order. `first`: how many attempts these people have behind them."""
    results: dict[int, list[Result]] = {}
    for who, correct, time_used, after in history:
        mine = results.setdefault(people[who].id, [])
        mine.append(Result(correct, time_used, noon + after * SECOND, first.get(who, 0) + len(mine) + 1))
        record(people[who], contest, mine[-1], criteria)
    return results


def clear_results() -> None:
    """Back to people without results, for the next example."""
    for table in (Standing, Attempt, LadderRung, StandingMove):
        db.session.execute(delete(table))
    db.session.execute(update(Entry).values(finished_at=None))
    db.session.commit()
    db.session.expire_all()


def expected_board(
    results: dict[int, list[Result]], criteria: Sequence[Criterion] = DEFAULT
) -> list[tuple[int, int, tuple[Any, ...]]]:
    """Place, entry id, best result by the law; equal ones share a place and stand in order of entry."""
    best = sorted((min(law(r, criteria) for r in mine), entry_id) for entry_id, mine in results.items())
    keys = [key for key, _ in best]
    return [(keys.index(key) + 1, entry_id, key) for key, entry_id in best]


def board_of(rows: Sequence[PersonRow]) -> list[tuple[int, int, tuple[Any, ...]]]:
    return [(row.place, row.entry_id, (-row.correct, row.time_used, row.submitted_at)) for row in rows]


def board(contest: Catalogue, *units: int) -> Scope:
    """The first round's board of the city, or of these units by their number."""
    return Scope(contest.rounds[0].id, frozenset(contest.units[unit].id for unit in units))


def in_pages(scope: Scope, size: int) -> list[PersonRow]:
    """The whole board, page after page."""
    rows: list[PersonRow] = []
    mark, more = None, True
    while more:
        page = people_board(scope=scope, behind=mark, size=size)
        assert len(page.rows) <= size
        rows += page.rows
        more = page.more
        mark = Mark(rows[-1].key, rows[-1].entry_id) if more else None
    return rows


@given(history=histories)
@many_histories
def test_the_database_s_order_is_the_law_s(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History
) -> None:
    results = live(people, contest, history, noon)
    db.session.expire_all()
    assert board_of(people_board(scope=board(contest)).rows) == expected_board(results)
    clear_results()


@given(history=histories, criteria=st.sampled_from(ORDERS))
@many_histories
def test_so_it_is_for_every_order_of_criteria(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History, criteria: tuple[Criterion, ...]
) -> None:
    results = live(people, contest, history, noon, criteria)
    rows = people_board(scope=board(contest)).rows
    expected = expected_board(results, criteria)
    assert [(row.place, row.entry_id) for row in rows] == [(place, entry_id) for place, entry_id, _ in expected]
    clear_results()


@given(history=histories, page=st.tuples(st.integers(1, 4), st.sets(st.integers(0, 2))))
@many_histories
def test_small_pages_are_one_big_page(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History, page: tuple[int, set[int]]
) -> None:
    live(people, contest, history, noon)
    size, units = page
    scope = board(contest, *units)
    whole = people_board(scope=scope, size=1000).rows
    assert tuple(in_pages(scope, size)) == whole
    city = people_board(scope=board(contest)).rows
    assert [row.entry_id for row in whole] == [r.entry_id for r in city if not units or r.unit_id in scope.units]
    assert people_board(scope=scope).people == len(whole)
    clear_results()


@given(history=histories)
@many_histories
def test_my_place_is_my_place_on_the_board(
    people: list[Entry], contest: Catalogue, noon: datetime, history: History
) -> None:
    live(people, contest, history, noon)
    for scope in (board(contest), board(contest, 0), board(contest, 2)):
        places = {row.entry_id: row.place for row in people_board(scope=scope).rows}
        for person in people:
            place = places.get(person.id)
            assert place_on(scope, person.id) == (place and (place, len(places)))
    clear_results()


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
    clear_results()


def test_equal_results_share_a_place_and_the_next_one_is_free(
    people: list[Entry], contest: Catalogue, noon: datetime
) -> None:
    for person, correct in zip(people, (20, 19, 19, 18), strict=False):
        record(person, contest, Result(correct, 60, noon))
    assert [row.place for row in people_board(scope=board(contest)).rows] == [1, 2, 2, 4]
    assert [place_on(board(contest), p.id) for p in people[:5]] == [
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
    rows = people_board(scope=board(contest)).rows
    assert [(row.place, row.name) for row in rows] == [(1, "Người Mẫu A"), (2, "Người Mẫu B"), (3, None)]


def test_boards_call_people_as_they_are_called_now(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    """Renamed, taken off the boards and put on them again, with one result or two, in every order."""
    first, second, third = people[:3]
    first.account.full_name = "Người Mẫu Mới"
    for number, person in enumerate((first, second, third)):
        record(person, contest, Result(20 - number, 60, noon))
    names = {
        "as made": ["Người Mẫu Mới", "Người Mẫu B", None],
        "renamed": ["Người Mẫu Mới", "Người Mẫu Đổi", None],
        "swapped": ["Người Mẫu Mới", None, "Người Mẫu Ẩn"],
        "again": [None, "Người Mẫu Hiện", None],
    }
    for step, wanted in names.items():
        if step == "renamed":
            second.account.full_name, third.account.full_name = "Người Mẫu Đổi", "Người Mẫu Ẩn"
        if step == "swapped":
            second.on_boards, third.on_boards = False, True
        if step == "again":
            first.on_boards, third.on_boards = False, False
            second.on_boards, second.account.full_name = True, "Người Mẫu Hiện"
        db.session.commit()
        for scope in (board(contest), board(contest, 0, 1, 2)):
            assert [row.name for row in people_board(scope=scope).rows] == wanted, step
        found = find_on_board(scope=board(contest), words="nguoi")
        assert [row.name for row in found.rows] == [name for name in wanted if name], step


def test_another_round_is_another_board(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    record(people[0], contest, Result(20, 60, noon))
    other = Scope(contest.rounds[0].id + 1)
    assert people_board(scope=other) == Page((), 0, more=False)
    assert place_on(other, people[0].id) is None


@given(before=histories, after=histories)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_ladder_of_any_age_gives_the_same_places(
    people: list[Entry], contest: Catalogue, noon: datetime, before: History, after: History
) -> None:
    """Rungs two people apart, made between two histories; the second one also undoes and moves people."""
    live(people, contest, before, noon)
    with patch("app.services.ladder_making.STEP", 2):
        assert make_ladders(round_id=contest.rounds[0].id, catalogue=contest)
    assert db.session.scalar(select(func.count()).select_from(StandingMove)) == 0
    numbers = Counter(who for who, *_ in before)
    live(people, contest, after, noon, first=numbers)
    for number, standing in enumerate(db.session.scalars(select(Standing).order_by(Standing.entry_id))):
        if number % 3 == 0:
            db.session.delete(standing)
    at_home = [person.unit_id for person in people]
    for person, unit in zip(people, (1, 2, 2, 0, 0), strict=False):
        person.unit_id = contest.units[unit].id
    db.session.commit()
    for scope in (board(contest), *(board(contest, unit) for unit in range(4))):
        places = {row.entry_id: row.place for row in people_board(scope=scope).rows}
        for person in people:
            place = places.get(person.id)
            assert place_on(scope, person.id) == (place and (place, len(places)))
        assert people_board(scope=scope).people == len(places)
    of_a_kind = [n for n, unit in enumerate(contest.units) if unit.type is contest.units[1].type]
    assert of_a_kind == [1, 2]
    for scope in (board(contest), board(contest, 2), board(contest, *of_a_kind), board(contest, 0, 2)):
        page = people_board(scope=scope)
        assert page.people == len(page.rows)
        for number, row in enumerate(page.rows):
            behind_it = people_board(scope=scope, behind=Mark(row.key, row.entry_id))
            assert behind_it == replace(page, rows=page.rows[number + 1 :])
    for person, unit_id in zip(people, at_home, strict=True):
        person.unit_id = unit_id
    clear_results()


def test_ladders_are_made_where_there_are_none_and_after_many_moves(
    people: list[Entry], contest: Catalogue, noon: datetime
) -> None:
    clear_results()
    for person in people:
        record(person, contest, Result(20, 60, noon))
    assert [refresh_ladders(catalogue=contest, now=noon, many=2) for _ in range(2)] == [1, 0]
    assert place_on(board(contest), people[0].id) == (1, PEOPLE)
    for person in people[:3]:
        assert refresh_ladders(catalogue=contest, now=noon, many=2) == 0
        record(person, contest, Result(20, 50, noon, 2))
    assert [refresh_ladders(catalogue=contest, now=noon, many=2) for _ in range(2)] == [1, 0]
    assert place_on(board(contest), people[3].id) == (4, PEOPLE)
    clear_results()


def test_a_person_who_moves_takes_the_standing_along(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    record(people[0], contest, Result(20, 60, noon))
    people[0].unit_id = contest.units[1].id
    db.session.commit()
    assert people_board(scope=board(contest, 0)).rows == ()
    assert [row.entry_id for row in people_board(scope=board(contest, 1)).rows] == [people[0].id]


def test_a_group_s_board_holds_its_people(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    group = Group(
        contest_id=contest.contest_id,
        unit_id=people[0].unit_id,
        kind=GroupKind.SCHOOL,
        name="Mẫu",
        sort_key="1",
    )
    db.session.add(group)
    db.session.flush()
    for person in people[:4]:
        record(person, contest, Result(20, 60, noon))
    for person in (people[0], people[3]):
        person.group_id = group.id
    db.session.commit()
    scope = Scope(contest.rounds[0].id, group_id=group.id)
    assert [row.entry_id for row in people_board(scope=scope).rows] == [people[0].id, people[3].id]
    assert place_on(scope, people[3].id) == (1, 2)
    assert place_on(scope, people[1].id) is None
    assert [row.place for row in find_on_board(scope=scope, words="nguoi").rows] == [1, 1]
    for person in people:
        person.group_id = None
    db.session.delete(group)
    db.session.commit()


@pytest.mark.parametrize("words", ["Người Mẫu B", "nguoi mau b", "  NGUOI  mau b"])
def test_a_name_is_found_with_or_without_marks(
    people: list[Entry], contest: Catalogue, noon: datetime, words: str
) -> None:
    for number, person in enumerate(people):
        record(person, contest, Result(20 - number, 60, noon))
    found = find_on_board(scope=board(contest), words=words)
    assert [(row.place, row.name) for row in found.rows] == [(2, "Người Mẫu B")]
    assert not found.more


def test_who_is_found_has_the_place_of_the_board(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    for number, person in enumerate(people):
        record(person, contest, Result(20 - number // 2, 60, noon))
    for scope in (board(contest), board(contest, 0), board(contest, 1)):
        found = find_on_board(scope=scope, words="nguoi mau")
        assert found.rows == tuple(row for row in people_board(scope=scope).rows if row.name)


def test_who_stays_off_the_boards_is_not_found(people: list[Entry], contest: Catalogue, noon: datetime) -> None:
    for person in people:
        record(person, contest, Result(20, 60, noon))
    found = find_on_board(scope=board(contest), words="nguoi mau")
    assert {row.entry_id for row in found.rows} == {p.id for p in people if p.on_boards}
    in_unit = find_on_board(scope=board(contest, 1), words="nguoi mau")
    assert {row.entry_id for row in in_unit.rows} == {people[1].id, people[4].id}
    assert find_on_board(scope=board(contest), words="mau").rows == ()
    assert find_on_board(scope=board(contest), words="%").rows == ()
    assert find_on_board(scope=board(contest), words=" ").rows == ()


def test_a_search_that_meets_too_many_says_so(
    people: list[Entry], contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in people:
        record(person, contest, Result(20, 60, noon))
    monkeypatch.setattr(board_search, "FOUND_AT_MOST", 2)
    found = find_on_board(scope=board(contest), words="nguoi")
    assert len(found.rows) == 2
    assert found.more
    monkeypatch.setattr(board_search, "FOUND_AT_MOST", 20)
    monkeypatch.setitem(board_search.LOOKED_AT, "city", 3)
    assert find_on_board(scope=board(contest), words="nguoi").more
