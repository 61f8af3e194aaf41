"""Hot statements: the same rows as SQLAlchemy's own, and connections that heal when the database was away."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, current_app
from sqlalchemy import bindparam, event, select, update
from sqlalchemy.exc import DBAPIError

from app.extensions import Hot, db, direct
from app.models import Account, Entry, Role, Session
from app.services.catalogue import Catalogue
from tests.support.people import holder_of, make_contestant
from tests.support.racing import race

NOW = datetime(2025, 10, 21, 8, 30, 15, 123456, UTC)
ALL = (
    select(Session.account_id, Session.created_at, Session.seen_on, Account.role, Entry.id, Entry.finished_at)
    .join(Account, Account.id == Session.account_id)
    .outerjoin(Entry, Entry.account_id == Account.id)
    .where(Session.expires_at > bindparam("now"), Account.role == Role.CONTESTANT)
)
HOT = Hot(ALL)
SEE = Hot(
    update(Session)
    .where(Session.account_id == bindparam("account"))
    .values(seen_on=bindparam("today"))
    .returning(Session.account_id, Session.seen_on)
)


@pytest.fixture
def account(app: Flask, contest: Catalogue) -> Iterator[int]:
    """Somebody with a session; inside an application context."""
    with app.app_context():
        account_id = make_contestant(contest, now=NOW).account_id
        holder_of(account_id, now=NOW)
        yield account_id
        db.session.rollback()


def cut() -> None:
    """Every idle connection of `direct` dies, as when the database is restarted."""
    engine, _ = current_app.extensions["direct"]
    lines = [engine.raw_connection() for _ in range(max(3, engine.pool.checkedin()))]
    for line in lines:
        line.cursor().execute("SELECT 1").fetchall()
        line.dbapi_connection.close()
    for line in lines:
        line.close()
    assert engine.pool.checkedin() == len(lines)


def test_the_same_rows_as_sqlalchemy_s(account: int) -> None:
    engine, _ = current_app.extensions["direct"]
    with engine.connect() as connection:
        theirs = connection.execute(ALL, {"now": NOW}).all()
    ours = direct.all(HOT, {"now": NOW})
    assert [tuple(row) for row in ours] == [tuple(row) for row in theirs]
    (row,) = ours
    assert (row.account_id, row.role, row.seen_on) == (account, Role.CONTESTANT, date(2025, 10, 10))
    assert (row.created_at, row.created_at.tzinfo, row.finished_at) == (NOW, UTC, None)
    assert direct.all(HOT, {"now": NOW + timedelta(days=30)}) == []
    assert direct.first(HOT, {"now": NOW + timedelta(days=30)}) is None


def test_naive_times_are_refused(account: int) -> None:
    with pytest.raises(TypeError, match="naive"):
        direct.all(HOT, {"now": NOW.replace(tzinfo=None)})


def test_a_forgotten_value_is_told(account: int) -> None:
    with pytest.raises(KeyError, match="now"):
        direct.all(HOT, {})


def test_a_write_says_what_it_touched(account: int) -> None:
    row = direct.write(SEE, {"account": account, "today": date(2025, 10, 22)})
    assert (row.account_id, row.seen_on) == (account, date(2025, 10, 22))  # type: ignore[union-attr]
    assert direct.write(SEE, {"account": -1, "today": date(2025, 10, 22)}) is None
    assert db.session.scalars(select(Session.seen_on)).all() == [date(2025, 10, 22)]


def test_a_refused_statement_is_sqlalchemy_s_error_and_tells_no_values(account: int) -> None:
    broken = Hot(update(Session).values(account_id=bindparam("account")).returning(Session.account_id))
    with pytest.raises(DBAPIError) as refused:
        direct.write(broken, {"account": -987654})
    assert "-987654" not in str(refused.value).split("DETAIL")[0]
    assert direct.write(SEE, {"account": account, "today": date(2025, 10, 23)}) is not None  # pen and line are back


def test_a_read_outlives_a_restart_of_the_database(account: int) -> None:
    cut()
    assert [row.account_id for row in direct.all(HOT, {"now": NOW})] == [account]


def test_a_write_is_never_sent_twice_but_the_next_one_arrives(account: int) -> None:
    cut()
    with pytest.raises(DBAPIError):
        direct.write(SEE, {"account": account, "today": date(2025, 10, 24)})
    assert direct.write(SEE, {"account": account, "today": date(2025, 10, 25)}) is not None


def test_many_threads_share_the_statement(app: Flask, account: int) -> None:
    fresh = Hot(ALL)
    assert race(app, [lambda: [row.account_id for row in direct.all(fresh, {"now": NOW})]] * 8) == [[account]] * 8


def test_listeners_hear_of_them(account: int) -> None:
    engine, heard = current_app.extensions["direct"][0], list[str]()

    def note(*details: object) -> None:
        heard.append(str(details[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        direct.all(HOT, {"now": NOW})
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert [words.split()[0] for words in heard] == ["SELECT"]
