"""Signed-in sessions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Session(Base):
    """One signed-in browser. The cookie holds a random token, the table only its hash."""

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    device: Mapped[str] = mapped_column(String(40), default="", server_default="")  # a coarse word, no fingerprint
    second_factor_at: Mapped[datetime | None]  # staff: when the second factor was proven here
    kiosk_id: Mapped[int | None] = mapped_column(ForeignKey("kiosks.id"), index=True)  # opened on one: ends with it
    seen_on: Mapped[date | None]  # the day of the last POST, in the contest's zone
