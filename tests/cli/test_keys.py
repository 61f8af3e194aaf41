"""`flask keys …`."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AuditRecord
from app.services import rotate_keys
from app.services.catalogue import Catalogue
from app.services.key_file import only_one
from app.services.rotate_keys import Phase, Renewal
from app.web.portal import portal
from tests.support.people import make_contestant, sign_in
from tests.support.visitor import Visitor

Run = Callable[..., str]


@pytest.fixture
def path(app: Flask) -> Iterator[Path]:
    """The key file of this portal; afterwards it is as before."""
    with app.app_context():
        file = portal().settings.keys_file
    before = file.read_text()
    yield file
    file.write_text(before)


@pytest.fixture
def run(app: Flask, path: Path) -> Run:
    """Run a command; returns what it said."""

    def command(*words: str, code: int = 0) -> str:
        result = app.test_cli_runner().invoke(args=["keys", *words])
        assert result.exit_code == code, result.output
        return result.output

    return command


def test_nobody_notices_that_keys_are_replaced(app: Flask, contest: Catalogue, run: Run, path: Path) -> None:
    with app.app_context():
        account = make_contestant(contest, now=datetime.now(UTC)).account
        old = portal().keyring
    before = Visitor(app)
    sign_in(before, app, account)
    said = run("rotate", "--wait", "0")
    assert "Đã ghi lại 1 dòng" in said
    assert before.visit("/toi").status == 200
    after = Visitor(app)
    sign_in(after, app, account)
    assert after.path == "/toi"
    with app.app_context():
        assert not set(old.index_keys) & set(portal().keyring.index_keys)
        actions = db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)).all()
    assert actions == ["keys.begin", "keys.finish"]
    assert "Không có lần thay khóa nào" in run("status")


@pytest.mark.parametrize("crashed_after", ["begin", "activate", "half", "all"])
def test_it_goes_on_where_it_was_cut(app: Flask, contest: Catalogue, run: Run, path: Path, crashed_after: str) -> None:
    with app.app_context():
        accounts = [make_contestant(contest, now=datetime.now(UTC)).account for _ in range(3)]
        key_id = rotate_keys.begin(path)
        if crashed_after != "begin":
            rotate_keys.activate(path)
        if crashed_after in ("half", "all"):
            Renewal(portal().keyring).some(limit=2 if crashed_after == "half" else 10)
        db.session.commit()
    assert "Đang thay khóa" in run("status")
    run("rotate", "--wait", "0")
    with app.app_context():
        assert rotate_keys.phase(path) is Phase.AT_REST
        assert portal().keyring.active == key_id
    for account in accounts:
        visitor = Visitor(app)
        sign_in(visitor, app, account)
        assert visitor.path == "/toi"


def test_only_one_at_a_time(run: Run, path: Path) -> None:
    with only_one(path):
        assert "khác đang chạy" in run("rotate", "--wait", "0", code=1)


def test_what_it_says_holds_no_key(run: Run, path: Path, app: Flask) -> None:
    said = run("rotate", "--wait", "0") + run("status")
    with app.app_context():
        keys = portal().keyring
    for secret in (*keys.index_keys.values(), *keys.cipher_keys.values(), keys.marks_key):
        assert secret.hex() not in said
