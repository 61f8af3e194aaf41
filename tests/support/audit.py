"""The audit as it stands."""

from sqlalchemy import select

from app.extensions import db
from app.models import AuditRecord


def audited(deed: str) -> list[AuditRecord]:
    """Its lines, oldest first; `%` stands for anything."""
    which = AuditRecord.action.like(deed) if "%" in deed else AuditRecord.action == deed
    return list(db.session.scalars(select(AuditRecord).where(which).order_by(AuditRecord.id)))
