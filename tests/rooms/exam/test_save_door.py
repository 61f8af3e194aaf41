"""The save's own door: its statement asks who holds the session; the usual door speaks when it finds nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from app.extensions import all_engines, db
from app.models import Account, Session
from app.web.portal import now, today
from tests.rooms.exam.conftest import Running
from tests.rooms.exam.test_save import by_htmx
from tests.support.stage import catalogue_in_memory
from tests.support.visitor import Visitor


def change(app: Flask, table: Any, **values: Any) -> None:
    with app.app_context():
        db.session.execute(update(table).values(**values))
        db.session.commit()


def test_an_autosave_is_one_statement(app: Flask, running: Running) -> None:
    sheet, statements = running.sheet(q1="0", number="1"), list[str]()

    def note(*details: object) -> None:
        statements.append(str(details[2]).split()[0])

    with app.app_context():
        engines = all_engines()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        with catalogue_in_memory(app):
            statements.clear()
            assert by_htmx(running, sheet).status_code == 200
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    assert statements == ["UPDATE"]


def test_the_first_one_of_a_day_saves_too_and_notes_the_day(app: Flask, running: Running) -> None:
    with app.app_context():
        day = today()
    change(app, Session, seen_on=day - timedelta(days=1))
    assert by_htmx(running, running.sheet(q1="0", number="1")).text.startswith("Đã lưu 1/8")
    with app.app_context():
        assert db.session.query(Session.seen_on).all() == [(day,)]
    assert running.chosen()[0] == {0}


@pytest.mark.parametrize("column", ["expires_at", "disabled_at"])
def test_an_ended_session_and_a_closed_account_save_nothing(app: Flask, running: Running, column: str) -> None:
    sheet = running.sheet(q1="0", number="1")
    change(app, Session if column == "expires_at" else Account, **{column: now()})
    answer = by_htmx(running, sheet)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["HX-Redirect"] == f"/dang-nhap?tiep={running.paper}"
    assert running.visitor.post(running.paper, sheet).path == "/dang-nhap"
    assert running.chosen()[0] == frozenset()


def test_a_token_that_was_verified_for_one_session_is_good_for_no_other(running: Running, other: Visitor) -> None:
    sheet = running.sheet(q1="0", number="1")
    for number in ("1", "2"):
        assert by_htmx(running, sheet | {"number": number}).status_code == 200
    for _ in range(2):
        assert by_htmx(running, sheet, other).status_code == 400
