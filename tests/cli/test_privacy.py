"""`flask privacy purge`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord
from app.services.catalogue import Catalogue
from app.services.purge import due_at
from tests.support.people import make_contestant, make_staff, sign_in, sign_in_staff
from tests.support.visitor import Visitor

Run = Callable[..., str]


@pytest.fixture
def account(app: Flask, contest: Catalogue) -> Account:
    with app.app_context():
        return make_contestant(contest, now=datetime.now(UTC)).account


@pytest.fixture
def run(app: Flask, account: Account) -> Run:
    """Run the command; returns what it said."""

    def command(*words: str, code: int = 0) -> str:
        result = app.test_cli_runner().invoke(args=["privacy", "purge", *words])
        assert result.exit_code == code, result.output
        return result.output

    return command


def _phones(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Account.phone).order_by(Account.id)))


def _records(app: Flask) -> list[Any]:
    with app.app_context():
        purges = select(AuditRecord.action, AuditRecord.reason).where(AuditRecord.action.startswith("privacy."))
        return [tuple(row) for row in db.session.execute(purges)]


def test_before_the_day_it_refuses(app: Flask, run: Run) -> None:
    assert "Chưa đến hạn: xóa được từ" in run(code=1)
    assert all(_phones(app))
    assert not _records(app)


def test_unless_there_is_a_reason(app: Flask, run: Run) -> None:
    assert "số căn cước và số điện thoại của thí sinh: 1 dòng" in run("--force", "Cuộc thi bị hủy")
    assert _phones(app) == [""]
    assert _records(app) == [("privacy.purge", "Cuộc thi bị hủy")]


def test_a_reason_without_numbers(app: Flask, run: Run) -> None:
    assert "Bỏ số điện thoại" in run("--force", "Theo yêu cầu của 0912345678", code=1)
    assert all(_phones(app))


def test_a_dry_run_changes_nothing(app: Flask, run: Run) -> None:
    assert "Sẽ xóa: số căn cước và số điện thoại của thí sinh: 1 dòng" in run("--dry-run")
    assert all(_phones(app))
    assert not _records(app)


def test_from_the_day_on(app: Flask, run: Run, contest: Catalogue) -> None:
    with app.app_context():
        make_staff(now=datetime.now(UTC))
    with time_machine.travel(due_at(contest), tick=False):
        assert "Đã xóa: số căn cước" in run()
        assert "thí sinh: 0 dòng" in run()
    assert [bool(phone) for phone in _phones(app)] == [False, True]
    assert _records(app) == [("privacy.purge", "")] * 2


def test_who_is_still_signed_in_sees_that_it_is_gone(app: Flask, run: Run, account: Account) -> None:
    visitor = Visitor(app)
    sign_in(visitor, app, account)
    run("--force", "Cuộc thi bị hủy")
    assert visitor.visit("/toi").status == 200
    assert "Đã xóa" in visitor.visit("/toi/du-lieu").text
    for page in ("/toi/du-lieu/sua", "/toi/du-lieu/tai-ve.html", "/toi/du-lieu/tai-ve.json"):
        assert visitor.visit(page).status == 200
    desk = Visitor(app)
    sign_in_staff(desk, app)
    desk.visit("/quan-tri/thi-sinh").submit("Tìm", text="Mẫu")
    assert desk.status == 200
    assert desk.click("Trần Văn Mẫu").status == 200


def test_an_unknown_contest(run: Run) -> None:
    assert "Không có cuộc thi" in run("--contest", "khong-co", code=1)
