"""An attempt (lượt thi): one paper, one clock, one receipt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class AttemptState(StrEnum):
    """Open until it is graded, once: by the person's submit or because its time had passed."""

    OPEN = "open"
    SUBMITTED = "submitted"
    TIMED_OUT = "timed_out"


class Attempt(Base):
    """One attempt. The answers stand in the row itself (see rules.answers): a save is one short statement.

    `revision` counts accepted saves; `saved_by` and `saved_number` name the open page that saved last and how often,
    so that a late or doubled message never overwrites a newer choice.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("entry_id", "round_id", "number"),
        UniqueConstraint("receipt"),
        Index(
            "uq_attempts_open",
            "entry_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_attempts_closing",
            "closes_at",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "ix_attempts_ended",
            "round_id",
            "ended_at",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},  # the audit names attempts by number: none is given twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))  # the owner, so a save needs no join
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    number: Mapped[int]
    receipt: Mapped[str] = mapped_column(String(12))
    state: Mapped[AttemptState] = mapped_column(one_of(AttemptState), default=AttemptState.OPEN)
    paper: Mapped[str] = mapped_column(Text)
    answers: Mapped[str] = mapped_column(String(100))
    revision: Mapped[int] = mapped_column(default=0)
    saved_by: Mapped[str] = mapped_column(String(16), default="")
    saved_number: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    correct: Mapped[int | None]
    time_used: Mapped[int | None]  # whole seconds
    given_back: Mapped[int] = mapped_column(default=0, server_default="0")  # seconds of pauses; they don't count
    overtaken_at: Mapped[datetime | None]  # when an older page last tried to save over this one
