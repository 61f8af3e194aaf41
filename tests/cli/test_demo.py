"""`flask demo fill`, as the operator types it."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.extensions import Base, db
from app.models import Account, AuditRecord, Contest
from app.services.catalogue import Catalogue
from app.services.demo.bulk import write_rows
from app.services.sign_in import check_credentials
from app.web.portal import keyring, now, portal
from tests.support.visitor import Visitor

SIZES = ["--registered=1234", "--finishers=321", "--attempts=1456", "--visits=54321", "--seed=3"]


def accounts() -> int:
    return db.session.scalar(select(func.count()).select_from(Account)) or 0


def test_the_front_page_shows_the_figures_and_the_people_can_sign_in(
    app: Flask, contest: Catalogue, visitor: Visitor
) -> None:
    outcome = app.test_cli_runner().invoke(args=["demo", "fill", *SIZES])
    assert outcome.exit_code == 0, outcome.output
    page = visitor.visit("/").text
    for figure in ("1.234", "321", "1.456", "54.321", str(len(contest.units))):
        assert figure in page
    password = re.findall(r"[a-z0-9]{4}(?:-[a-z0-9]{4}){2}", outcome.output)[-1]
    with app.app_context():
        phone = db.session.scalars(select(Account.phone).order_by(Account.id)).first() or ""
        account = check_credentials(
            identifier="0" + phone.removeprefix("+84"),
            password=password,
            keyring=keyring(),
            passwords=portal().passwords,
            now=now(),
        )
        assert account.account_id == 1
        assert db.session.scalars(select(AuditRecord.action)).all() == ["demo.fill"]


def test_a_second_filling_is_refused(app: Flask, contest: Catalogue) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["demo", "fill", *SIZES])
    outcome = runner.invoke(args=["demo", "fill", *SIZES])
    assert outcome.exit_code == 1
    assert "đã có thí sinh" in outcome.output
    assert "Chưa ghi gì" in outcome.output
    with app.app_context():
        assert accounts() == 1234


def test_an_interrupted_filling_writes_nothing(app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    real = write_rows

    def stop_at_attempts(table: type[Base], rows: list[dict[str, object]]) -> None:
        real(table, rows)
        if table.__tablename__ == "attempts":
            raise KeyboardInterrupt

    monkeypatch.setattr("app.services.demo.filling.write_rows", stop_at_attempts)
    outcome = app.test_cli_runner().invoke(args=["demo", "fill", *SIZES])
    assert outcome.exit_code == 1
    assert "Đã dừng giữa chừng" in outcome.output
    with app.app_context():
        assert accounts() == 0


def test_without_a_contest_it_says_what_to_do(app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        db.session.execute(update(Contest).values(is_current=False))
        db.session.commit()
    try:
        outcome = app.test_cli_runner().invoke(args=["demo", "fill", *SIZES])
        assert outcome.exit_code == 1
        assert "Chưa có cuộc thi nào đang dùng" in outcome.output
    finally:
        with app.app_context():
            db.session.execute(update(Contest).values(is_current=True))
            db.session.commit()
