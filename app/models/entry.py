"""A person in one contest."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.account import Account
from app.models.group import Group
from app.models.unit import Unit


class Entry(Base):
    """A contestant's place in a contest: unit, consent to stand on boards, the moment of the first graded attempt."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("account_id", "contest_id"),
        Index("ix_entries_contest_unit", "contest_id", "unit_id", "group_id", "finished_at"),
        Index("ix_entries_contest_registered", "contest_id", "registered_at"),
        Index(
            "ix_entries_contest_finished",
            "contest_id",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
        Index(
            "ix_entries_kiosk_registered",
            "kiosk_id",
            "registered_at",
            sqlite_where=text("kiosk_id IS NOT NULL"),
            postgresql_where=text("kiosk_id IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    on_boards: Mapped[bool]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_groups.id"), index=True)
    unit_changes: Mapped[int] = mapped_column(default=0, server_default="0")  # by the person's own hand
    guardian_name: Mapped[str | None] = mapped_column(String(80))  # of somebody under 16
    guardian_phone: Mapped[str | None] = mapped_column(String(16))  # E.164
    assisted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # the officer who registered the person
    kiosk_id: Mapped[int | None] = mapped_column(ForeignKey("kiosks.id"))  # where the person registered
    accepted_rules: Mapped[str] = mapped_column(String(40))  # version of the rules text
    extra_minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # in every attempt; the audit says why
    registered_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(back_populates="entries", foreign_keys=account_id)
    unit: Mapped[Unit] = relationship()
    group: Mapped[Group | None] = relationship()

    @property
    def shown_name(self) -> str | None:
        """What boards call the person; None without consent."""
        return self.account.full_name if self.on_boards else None
