"""`flask staff …`, as the operator types it, and the reasons that commands ask for."""

import re
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, Role
from app.services.catalogue import Catalogue
from app.services.staff import units_of
from tests.support.asking import look
from tests.support.people import make_contestant

WHO = ("--name", "Lê Thị Mẫu", "--phone", "0900 000 009")


def _run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["staff", *args])


def _account(app: Flask) -> Account:
    return look(app, lambda: db.session.scalars(select(Account).where(Account.role != Role.CONTESTANT)).one())


def _units(app: Flask, contest: Catalogue) -> frozenset[int]:
    account = _account(app)
    return look(app, lambda: units_of(account_id=account.id, contest_id=contest.contest_id))


def test_an_organiser(app: Flask) -> None:
    outcome = _run(app, "add", "organiser", *WHO)
    assert outcome.exit_code == 0, outcome.output
    assert re.search(r"mật khẩu \(chỉ hiện một lần\): [a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\n", outcome.output)
    assert "ứng dụng xác thực" in outcome.output
    assert _account(app).role is Role.ORGANISER
    listed = _run(app, "list").output
    assert "Lê Thị Mẫu  0900 000 009  (chưa thiết lập xác thực)" in listed


def test_an_officer_and_her_units(app: Flask, contest: Catalogue) -> None:
    first, second = contest.units[:2]
    outcome = _run(app, "add", "officer", *WHO, "--unit", first.code, "--unit", second.code)
    assert outcome.exit_code == 0, outcome.output
    assert _units(app, contest) == {first.id, second.id}
    number = str(_account(app).id)
    outcome = _run(app, "units", number, "--unit", second.code)
    assert outcome.output == f"Lê Thị Mẫu nay phụ trách: {second.full_name} ({second.code}).\n"
    assert _units(app, contest) == {second.id}
    assert f"({second.full_name} ({second.code}))" in _run(app, "list").output
    assert _run(app, "role", number, "judge").exit_code == 0
    assert _units(app, contest) == frozenset()


@pytest.mark.parametrize(
    ("args", "fault"),
    [
        (("add", "officer", *WHO), "Cán bộ cần ít nhất một --unit"),
        (("add", "judge", *WHO, "--unit", "{unit}"), "vai trò khác thì không ghi --unit"),
        (("add", "officer", *WHO, "--unit", "00000"), "Không có đơn vị mã 00000"),
        (("add", "organiser", "--name", "1", "--phone", "0900000009"), "Họ và tên gồm chữ cái"),
        (("add", "organiser", "--name", "Lê Thị Mẫu", "--phone", "12"), "Số điện thoại phải có 10 số"),
        (("units", "999999", "--unit", "{unit}"), "Không có tài khoản số 999999"),
        (("role", "999999", "judge"), "Không có tài khoản số 999999"),
        (("reset-factor", "999999"), "Không có tài khoản số 999999"),
        (("disable", "999999"), "Không có tài khoản số 999999"),
    ],
)
def test_what_is_refused(app: Flask, contest: Catalogue, args: tuple[str, ...], fault: str) -> None:
    outcome = _run(app, *(arg.format(unit=contest.units[0].code) for arg in args))
    assert outcome.exit_code == 1
    assert fault in outcome.output
    assert look(app, lambda: list(db.session.scalars(select(Account)))) == []


def test_a_lost_phone_and_a_shut_out_one(app: Flask) -> None:
    _run(app, "add", "organiser", *WHO)
    number = str(_account(app).id)

    def prove() -> None:
        db.session.get_one(Account, int(number)).totp_since = datetime.now(UTC)
        db.session.commit()

    look(app, prove)
    assert "(chưa thiết lập" not in _run(app, "list").output
    assert "Đã đặt lại xác thực của Lê Thị Mẫu" in _run(app, "reset-factor", number).output
    assert "(chưa thiết lập" in _run(app, "list").output
    assert "Đã khóa tài khoản của Lê Thị Mẫu." in _run(app, "disable", number).output
    assert "(đã khóa)" in _run(app, "list").output


@pytest.mark.parametrize("reason", ["gọi 0912 345 678", "031089123456", "  "])
def test_a_command_takes_no_number_as_a_reason(app: Flask, contest: Catalogue, reason: str) -> None:
    with app.app_context():
        entry = make_contestant(contest, now=datetime.now(UTC))
    args = ["exam", "extra-time", str(entry.id), "30", "--reason", reason]
    assert app.test_cli_runner().invoke(args=args).exit_code == 2
    assert look(app, lambda: list(db.session.scalars(select(AuditRecord)))) == []
