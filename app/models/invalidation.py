"""Invalidations: results taken out, told to the person, open to reply, reversible."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class InvalidationReason(StrEnum):
    """Why a result doesn't count."""

    SECOND_ACCOUNT = "second_account"
    WRONG_DATA = "wrong_data"
    TOOLS = "tools"
    HELPED = "helped"
    EXCLUDED = "excluded"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The reason in words for the person."""
        return {
            "second_account": "Một người dự thi bằng nhiều tài khoản",
            "wrong_data": "Thông tin đăng ký thiếu hoặc không đúng",
            "tools": "Dùng công cụ tự động để làm bài",
            "helped": "Người khác làm bài thay",
            "excluded": "Thuộc diện không được dự thi",
            "other": "Lý do khác",
        }[self.value]


_ACTIVE_ATTEMPT = text("lifted_at IS NULL AND attempt_id IS NOT NULL")
_ACTIVE_ENTRY = text("lifted_at IS NULL AND attempt_id IS NULL")


class Invalidation(Base):
    """One attempt, or without one every attempt of the entry, past and to come. In force until it is lifted.

    The person is told by the portal from `at` on; `evidence` is for the organiser's eyes.
    """

    __tablename__ = "invalidations"
    __table_args__ = (
        Index(
            "uq_invalidations_attempt",
            "attempt_id",
            unique=True,
            sqlite_where=_ACTIVE_ATTEMPT,
            postgresql_where=_ACTIVE_ATTEMPT,
        ),
        Index(
            "uq_invalidations_entry",
            "entry_id",
            unique=True,
            sqlite_where=_ACTIVE_ENTRY,
            postgresql_where=_ACTIVE_ENTRY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    code: Mapped[InvalidationReason] = mapped_column(one_of(InvalidationReason))
    words: Mapped[str] = mapped_column(String(500))  # to the person
    evidence: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # none: the operator's command line
    reply: Mapped[str] = mapped_column(String(1000), default="")
    replied_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    lifted_reason: Mapped[str] = mapped_column(String(500), default="")
