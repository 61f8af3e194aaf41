"""One-time codes that were sent to a phone."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class CodePurpose(StrEnum):
    """What a code is good for; one for another purpose is worth nothing."""

    RECOVERY = "recovery"


class OneTimeCode(Base):
    """A code of six digits, as a keyed mark bound to purpose, phone and the browser that asked for it."""

    __tablename__ = "one_time_codes"
    __table_args__ = (
        Index("ix_one_time_codes_phone_mark_created_at", "phone_mark", "created_at"),
        Index("ix_one_time_codes_prefix_mark_created_at", "prefix_mark", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[CodePurpose] = mapped_column(one_of(CodePurpose))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)  # None: nobody's number
    phone_mark: Mapped[str] = mapped_column(String(64))
    prefix_mark: Mapped[str] = mapped_column(String(64))  # of the phone's first seven digits
    browser_mark: Mapped[str] = mapped_column(String(64), index=True)
    code_mark: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
