"""`flask kiosk …`."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AuditRecord, Kiosk
from app.services.catalogue import Catalogue
from tests.support.asking import look
from tests.support.kiosks import NAME, enrol
from tests.support.visitor import Visitor


def _run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["kiosk", *args])


def test_a_code_opens_a_kiosk(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    outcome = _run(app, "code", contest.units[0].code, "--name", "Sảnh")
    assert outcome.exit_code == 0
    visitor.visit("/kiosk").submit("Mở kiosk", code=outcome.output.split()[-1])
    assert visitor.h1 == "Mời bạn chọn"
    (line,) = _run(app, "list").output.splitlines()
    assert line.split("\t")[1:5] == [contest.units[0].full_name, "Sảnh", "đang dùng", "0 hôm nay"]


@pytest.mark.parametrize(
    ("unit", "name", "fault"),
    [
        ("00000", "Sảnh", "Không có đơn vị mã 00000"),
        ("{unit}", " ", "Tên kiosk"),
        ("{unit}", "0912345678", "Tên kiosk"),
    ],
)
def test_what_is_refused(app: Flask, contest: Catalogue, unit: str, name: str, fault: str) -> None:
    outcome = _run(app, "code", unit.format(unit=contest.units[0].code), "--name", name)
    assert outcome.exit_code == 1
    assert fault in outcome.output


def test_revoked(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    kiosk_id = str(enrol(visitor, app, contest))
    assert f"Đã thu hồi kiosk {NAME}." in _run(app, "revoke", kiosk_id, "--reason", "Mất máy").output
    assert visitor.visit("/kiosk").h1 == "Mở kiosk trên máy này"
    assert look(app, lambda: db.session.scalars(select(Kiosk)).one()).revoked_at is not None
    line = look(app, lambda: db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first())
    assert line is not None
    assert (line.action, line.actor_id, line.reason) == ("kiosk.revoke", None, "Mất máy")
    assert "đã thu hồi" in _run(app, "list").output
    assert "Không có kiosk số" in _run(app, "revoke", kiosk_id, "--reason", "Lần nữa").output
