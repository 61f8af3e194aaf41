"""Certificates of participation."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Certificate(Base):
    """What was certified, as it was printed: later changes of name or unit make no old paper false."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("entry_id"), UniqueConstraint("code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    code: Mapped[str] = mapped_column(String(16))
    full_name: Mapped[str] = mapped_column(String(80))
    unit_name: Mapped[str] = mapped_column(String(100))
    correct: Mapped[int | None]
    questions: Mapped[int | None]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(500), default="")
    revoked_for: Mapped[int | None] = mapped_column(ForeignKey("invalidations.id"))  # restored when that is lifted
