"""The audit: only ever added to, whoever holds the database; without anybody's number; read page by page."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from app.extensions import db
from app.models import AuditRecord
from app.services.audit import read_audit, record
from tests.support.people import make_staff

NOW = datetime.now(UTC)
OVERWRITE = "INSERT OR REPLACE INTO audit_records (id, at, action, subject, reason) SELECT id, at, 'x', 'x', 'x'"


@pytest.fixture
def line(deeds: Flask) -> AuditRecord:
    """One line that stands."""
    record(actor_id=None, action="exam.pause", subject="contest:1", reason="Mất điện", now=NOW)
    db.session.commit()
    return db.session.scalars(select(AuditRecord)).one()


def _refused(statement: object) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        db.session.execute(statement)  # type: ignore[call-overload]
    db.session.rollback()


def test_the_database_itself_lets_nobody_change_it(line: AuditRecord) -> None:
    _refused(update(AuditRecord).values(reason="khác"))
    _refused(delete(AuditRecord))
    _refused(delete(AuditRecord).where(AuditRecord.id == line.id))
    if db.engine.dialect.name == "postgresql":
        _refused(text("TRUNCATE audit_records"))
    else:
        _refused(text(f"{OVERWRITE} FROM audit_records"))
    db.session.execute(
        insert(AuditRecord).values(at=NOW, actor_id=None, action="exam.resume", subject="contest:1", reason="")
    )
    db.session.commit()
    assert [found.action for found in read_audit()] == ["exam.resume", "exam.pause"]


@pytest.mark.parametrize("reason", ["gọi 0912345678", "031089123456", "thẻ cũ 012345678"])
def test_no_number_comes_into_it(deeds: Flask, reason: str) -> None:
    with pytest.raises(ValueError, match="in a reason"):
        record(actor_id=None, action="exam.pause", subject="contest:1", reason=reason, now=NOW)


def test_who_is_gone_leaves_the_trace(deeds: Flask) -> None:
    record(actor_id=999_999, action="password.change", subject="account:999999", reason="", now=NOW)
    db.session.commit()
    (found,) = read_audit()
    assert (found.actor_id, found.actor) == (999_999, None)


def test_filters_and_pages(deeds: Flask) -> None:
    account = make_staff(now=NOW)
    for minute, (actor, action) in enumerate(
        [(account.id, "exam.extra_time 30"), (None, "exam.extra_timeless"), (account.id, "export")]
    ):
        at = NOW + timedelta(minutes=minute)
        record(actor_id=actor, action=action, subject=f"unit:{minute}", reason="", now=at)
        db.session.flush()
    db.session.commit()
    every = [line.action for line in read_audit()]
    assert every == ["export", "exam.extra_timeless", "exam.extra_time 30", "staff.add"]
    assert [line.action for line in read_audit(action="exam.extra_time")] == ["exam.extra_time 30"]
    assert [line.actor for line in read_audit(actor_id=account.id)] == [account.full_name] * 2
    assert [line.action for line in read_audit(subject="unit:2")] == ["export"]
    first = read_audit(size=2)
    second = read_audit(size=2, before=first[-1].id)
    assert [line.action for line in (*first, *second)] == every
