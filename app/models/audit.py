"""Audit: who did what, when, on which record, why. Only ever added to: triggers in the database refuse all else."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class AuditRecord(Base):
    """One deed. No actor means the operator's command line.

    Actor and subject are bare numbers: a person who is deleted takes none of these lines along.
    """

    __tablename__ = "audit_records"
    __table_args__ = (Index("ix_audit_records_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))  # `account:17`
    reason: Mapped[str] = mapped_column(String(500))
