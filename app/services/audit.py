"""Writing the audit."""

from datetime import datetime

from app.extensions import db
from app.models import AuditRecord


def record(*, actor_id: int | None, action: str, subject: str, reason: str, now: datetime) -> None:
    """Add one line in the deed's own transaction: the deed and its record stand or fall together."""
    db.session.add(AuditRecord(at=now, actor_id=actor_id, action=action, subject=subject, reason=reason))
