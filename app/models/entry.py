"""A person in one contest."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.account import Account
from app.models.unit import Unit


class Entry(Base):
    """A contestant's place in a contest: unit, consent to stand on boards, the moment of the first graded attempt."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("account_id", "contest_id"),
        Index("ix_entries_contest_unit", "contest_id", "unit_id", "finished_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    on_boards: Mapped[bool]
    accepted_rules: Mapped[str] = mapped_column(String(40))  # version of the rules text
    extra_minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # in every attempt; the audit says why
    registered_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(back_populates="entries")
    unit: Mapped[Unit] = relationship()
