"""Kiosks: shared computers in a ward's hall, the codes that enrol them, and handing a person over to a phone."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Kiosk(Base):
    """One enrolled device. Its cookie holds a random token, the table only its hash. A revoked one stays on record."""

    __tablename__ = "kiosks"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))  # where it stands
    token_hash: Mapped[str] = mapped_column(String(64))
    enrolled_at: Mapped[datetime]
    seen_at: Mapped[datetime]  # the last POST, to five minutes
    lifted_at: Mapped[datetime | None]  # registrations before it count no more for alarm and stop
    revoked_at: Mapped[datetime | None]


class KioskCode(Base):
    """A one-time code that makes a device a kiosk of a unit, as a keyed mark."""

    __tablename__ = "kiosk_codes"

    code_mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(60))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # None: the operator
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Handover(Base):
    """A way from the kiosk to one's own phone: a random token in a QR code, good once, kept as its hash."""

    __tablename__ = "handovers"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kiosk_id: Mapped[int] = mapped_column(ForeignKey("kiosks.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
