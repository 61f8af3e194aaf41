"""The audit: adding to it, which is all that can be done to it, and reading it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.extensions import db
from app.models import Account, AuditRecord

AUDIT_PAGE = 50
_LONG_NUMBER = re.compile(r"\d{9}")


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line as it is read; `actor` is the name of today, None for the operator and for who was deleted."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str | None
    action: str
    subject: str
    reason: str


def record(*, actor_id: int | None, action: str, subject: str, reason: str, now: datetime) -> None:
    """Add one line in the deed's own transaction: the deed and its record stand or fall together.

    A line can never be taken out again, so it holds no personal data. Whoever takes a reason from people refuses
    numbers in it (`rules.numbers.tells_number`); what comes here with one all the same is a ValueError.
    """
    if _LONG_NUMBER.search(reason):
        raise ValueError("a citizen number or phone in a reason")
    db.session.add(AuditRecord(at=now, actor_id=actor_id, action=action, subject=subject, reason=reason))


def read_audit(
    *,
    subject: str = "",
    actor_id: int | None = None,
    action: str = "",
    before: int | None = None,
    size: int = AUDIT_PAGE,
) -> Sequence[AuditLine]:
    """Lines, newest first, those before line `before`; empty filters let all pass.

    An action is a word, in some lines followed by what was done: `exam.extra_time 30` is found by its first word.
    """
    statement = (
        select(
            AuditRecord.id,
            AuditRecord.at,
            AuditRecord.actor_id,
            Account.full_name,
            AuditRecord.action,
            AuditRecord.subject,
            AuditRecord.reason,
        )
        .outerjoin(Account, Account.id == AuditRecord.actor_id)
        .order_by(AuditRecord.id.desc())
        .limit(size)
    )
    if subject:
        statement = statement.where(AuditRecord.subject == subject)
    if actor_id is not None:
        statement = statement.where(AuditRecord.actor_id == actor_id)
    if action:
        words = AuditRecord.action.startswith(f"{action} ", autoescape=True)
        statement = statement.where(or_(AuditRecord.action == action, words))
    if before is not None:
        statement = statement.where(AuditRecord.id < before)
    return [AuditLine(*row) for row in db.session.execute(statement)]
