"""Stories: “Tôi học số – Tôi lan tỏa”."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.columns import one_of
from app.models.entry import Entry
from app.rules.contest import StoryKind


class StoryState(StrEnum):
    """A story waits, stands on the wall, or was refused with a reason."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"


class Story(Base):
    """What one contestant passes on; one a person, which may be written again until it is on the wall."""

    __tablename__ = "stories"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        Index("ix_stories_state_told", "state", "told_at", "id"),
        {"sqlite_autoincrement": True},  # the audit names stories by number: none is given twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    kind: Mapped[StoryKind] = mapped_column(one_of(StoryKind))
    body: Mapped[str] = mapped_column(Text)
    on_wall: Mapped[bool]  # consent to publish
    state: Mapped[StoryState] = mapped_column(one_of(StoryState), default=StoryState.WAITING)
    reason: Mapped[str] = mapped_column(String(500), default="")
    told_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    entry: Mapped[Entry] = relationship()
