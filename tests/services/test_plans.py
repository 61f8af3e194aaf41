"""How the databases read: a page of a board from one stretch of an index, a search beginning with the names, desks
without looking at everybody.

The tests have too few people for a database to mind, so Postgres is told to use its indexes; SQLite does anyway. What
earlier tests left would sway it too, whenever its autovacuum happened to count: the tables are as new while it plans.
"""

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import Base, all_engines, db
from app.services.board_search import find_on_board
from app.services.catalogue import Catalogue
from app.services.desk_claims import open_claims
from app.services.desk_people import Reach, Stage, read_roll
from app.services.freeze import hides_anything
from app.services.ladder_making import make_ladders
from app.services.my_place import my_places
from app.services.rank import Mark, Scope, people_board
from app.services.rebuild import rebuild_part
from app.services.tell_story import stories_to_judge
from tests.support.people import make_contestant

_STANDINGS = {"sqlite": r"(?:SEARCH|SCAN) standings\b", "postgresql": r" on standings\b"}
# All people of the contest, one by one.
_EVERYBODY = {
    "sqlite": r"(?:SCAN|SEARCH) entries\w*(?: USING [\w ]+\(contest_id=\?(?: AND finished_at>\?)?\))?$",
    "postgresql": r"Seq Scan on entries",
}
_MY_OWN = {
    "sqlite": "SEARCH standings USING INDEX sqlite_autoindex_standings_1 (entry_id=? AND round_id=?)",
    "postgresql": "Index Scan using pk_standings on standings ",
}
_AS_NEW = (  # rolled back afterwards; no trigger guards the audit meanwhile
    f"SET session_replication_role = replica; TRUNCATE {', '.join(Base.metadata.tables)}; DELETE FROM pg_statistic"
)
_INDEXES_ONLY = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off"


def plans(deed: Callable[[], object]) -> list[str]:
    """How each statement of a deed is carried out, in the database's own words."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, sent: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, sent))

    engines = all_engines()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        deed()
        db.session.rollback()  # on SQLite it may have the pen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:
            connection.exec_driver_sql(_AS_NEW)
            connection.exec_driver_sql(_INDEXES_ONLY)
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        found = [connection.exec_driver_sql(explain + text, _sent(sent)).all() for text, sent in asked]
        connection.invalidate()  # it isn't as others expect it any more
    return ["\n".join(str(row[-1]) for row in rows) for rows in found]


def _sent(values: Any) -> Any:
    return tuple(values) if isinstance(values, list) else values


def from_index_alone(index: str) -> str:
    """A line of a plan."""
    return f"COVERING INDEX {index}" if db.engine.dialect.name == "sqlite" else f"Index Only Scan using {index}"


def indexes_of_standings(plan: str) -> list[str]:
    """Which of them a plan walks alone, and nothing else of the table."""
    found = re.findall(rf"{from_index_alone('ix_standings_')}(\w+)", plan)
    assert len(found) == len(re.findall(_STANDINGS[db.engine.dialect.name], plan))
    return found


def assert_walks(plan: str, *indexes: str) -> None:
    """These indexes of standings and nothing else of the table. Postgres chooses among them by its statistics, which a
    few people don't give; that it needs nothing but indexes can be seen."""
    found = indexes_of_standings(plan)
    assert len(found) == len(indexes)
    if db.engine.dialect.name == "sqlite":
        assert sorted(found) == sorted(indexes)


@pytest.mark.parametrize("behind", [None, Mark("0", 1)])
@pytest.mark.parametrize("units", [0, 1, 3])
def test_a_page_of_a_board_is_read_and_counted_from_indexes_alone(
    deeds: Flask, contest: Catalogue, units: int, behind: Mark | None
) -> None:
    """Its lines; how many stand on the board, where no ladder was ever made; how many before it, and level with it."""
    some = frozenset(unit.id for unit in contest.units[:units])
    assert len(some) == units
    (plan,) = plans(lambda: people_board(scope=Scope(contest.rounds[0].id, some), behind=behind))
    counts = "unit" if units == 1 else "shown"
    assert_walks(plan, *["unit" if units else "shown"] * max(1, units), *[counts] * (3 if behind else 1))
    assert "accounts" not in plan
    assert "entries" not in plan


def test_my_places_are_counted_from_each_board_s_own_index(deeds: Flask, contest: Catalogue) -> None:
    (plan,) = plans(lambda: my_places(entry_id=1, round_id=contest.rounds[0].id))
    plan = plan.replace(_MY_OWN[db.engine.dialect.name], "")
    assert_walks(plan, "shown", "shown", "unit", "unit", "group", "group")


def test_ladders_are_made_from_each_board_s_own_index(deeds: Flask, contest: Catalogue) -> None:
    made = plans(lambda: make_ladders(round_id=contest.rounds[0].id, catalogue=contest))
    of_standings = [plan for plan in made if "standings" in plan]
    boards = ["shown"] + ["unit"] * len(contest.units)
    for number, index in enumerate(boards):
        for plan in of_standings[2 * number : 2 * number + 2]:  # the next rung, and how many are between
            assert_walks(plan, index)
    several = sum(units > 1 for units in Counter(unit.type for unit in contest.units).values())
    assert several
    assert len(of_standings) == 2 * (len(boards) + several)


@pytest.mark.parametrize("of", ["city", "unit", "group"])
def test_a_search_begins_with_the_names(deeds: Flask, contest: Catalogue, noon: datetime, of: str) -> None:
    make_contestant(contest, now=noon, name="Người Mẫu")
    db.session.commit()
    scopes = {
        "city": Scope(contest.rounds[0].id),
        "unit": Scope(contest.rounds[0].id, frozenset({contest.units[0].id})),
        "group": Scope(contest.rounds[0].id, group_id=1),
    }
    plan = plans(lambda: find_on_board(scope=scopes[of], words="nguoi"))[0]
    assert from_index_alone("ix_accounts_name_search") in plan  # however many share a name
    assert "Incremental Sort" not in plan
    if db.engine.dialect.name == "sqlite":
        assert "standings USING INDEX sqlite_autoindex_standings_1 (entry_id=?)" in plan


def _claims(contest: Catalogue) -> object:
    return open_claims(reach=Reach(contest.contest_id, None))


def _stories(contest: Catalogue) -> object:
    return stories_to_judge(contest_id=contest.contest_id, after=None, size=20)


def _roll(contest: Catalogue) -> object:
    return [read_roll(unit_id=contest.units[0].id, stage=stage, catalogue=contest) for stage in Stage]


def _recount(contest: Catalogue) -> object:
    return rebuild_part(after=0, catalogue=contest, now=contest.opens_at)


@pytest.mark.parametrize("deed", [_claims, _stories, _roll, _recount])
def test_a_desk_doesn_t_look_at_everybody(
    deeds: Flask, contest: Catalogue, deed: Callable[[Catalogue], object]
) -> None:
    for plan in plans(lambda: deed(contest)):
        assert not re.search(_EVERYBODY[db.engine.dialect.name], plan, re.MULTILINE), plan


def test_whether_a_board_has_yet_to_be_thawed_is_asked_of_a_small_index(deeds: Flask, contest: Catalogue) -> None:
    (plan,) = plans(lambda: hides_anything(round_id=contest.rounds[0].id))
    assert "ix_standings_hidden" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
