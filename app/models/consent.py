"""Consents, one per purpose, with the evidence that the law asks for (Law 91/2025/QH15 Art. 9)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class Purpose(StrEnum):
    """What a person agrees to, each on its own."""

    CONTEST = "contest"
    BOARDS = "boards"
    STORY = "story"
    CONTACT = "contact"
    GUARDIAN = "guardian"  # a guardian lets somebody under 16 take part
    GUARDIAN_PUBLIC = "guardian_public"  # and lets name and story be public


class Channel(StrEnum):
    """Where it was given."""

    SELF = "self"
    KIOSK = "kiosk"


class Consent(Base):
    """One consent; a withdrawn one stays as evidence."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(one_of(Purpose))
    text_version: Mapped[str] = mapped_column(String(40))
    channel: Mapped[Channel] = mapped_column(one_of(Channel))
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # staff, where it was spoken
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
