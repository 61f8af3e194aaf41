"""Standings: the best attempt of a person in a round, changed in the submit's own transaction."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base

_HIDDEN = text("shown_key IS NULL OR shown_key <> rank_key")
_FIGURES = ("shown_correct", "shown_time_used", "shown_submitted_at", "shown_name")


class Standing(Base):
    """One row per person and round, and one for the total where a contest has several rounds.

    `rank_key` (rules.ranking) and the figures beside it are the real ones. The `shown_…` are what everybody sees: the
    same, or while boards are frozen what stood before the freeze; all four NULL when there was nothing yet. Every board
    reads the shown side alone. `unit_id` and `group_id` are the entry's; `shown_name` is the account's name, or NULL
    without the person's consent. Triggers write the name and let all three follow (docs/adr/0012).
    """

    __tablename__ = "standings"
    __table_args__ = (
        # All that a line shows: a page of a board is one stretch of an index, wherever its people's rows lie.
        Index("ix_standings_shown", "round_id", "shown_key", "entry_id", "unit_id", *_FIGURES),
        # With the attempts, so that figures are counted from the next two indexes alone, twelve times as fast.
        Index("ix_standings_unit", "round_id", "unit_id", "shown_key", "entry_id", *_FIGURES, "attempts"),
        Index(
            "ix_standings_group",
            "round_id",
            "group_id",
            "shown_key",
            "entry_id",
            "shown_correct",
            "attempts",
            sqlite_where=text("group_id IS NOT NULL"),
            postgresql_where=text("group_id IS NOT NULL"),
        ),
        Index("ix_standings_hidden", "round_id", "entry_id", sqlite_where=_HIDDEN, postgresql_where=_HIDDEN),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("unit_groups.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))  # of a total: the latest that counts
    rank_key: Mapped[str] = mapped_column(String(40))
    correct: Mapped[int]
    time_used: Mapped[int]  # whole seconds
    submitted_at: Mapped[datetime]
    attempts: Mapped[int]  # graded and valid ones
    shown_key: Mapped[str | None] = mapped_column(String(40))
    shown_correct: Mapped[int | None]
    shown_time_used: Mapped[int | None]
    shown_submitted_at: Mapped[datetime | None]
    shown_name: Mapped[str | None] = mapped_column(String(80))


class StandingMove(Base):
    """How shown keys and their units changed since the ladders were made; triggers write it (services.ladder)."""

    __tablename__ = "standing_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int]
    old_unit_id: Mapped[int | None]
    old_key: Mapped[str | None] = mapped_column(String(40))
    new_unit_id: Mapped[int | None]
    new_key: Mapped[str | None] = mapped_column(String(40))


class LadderRung(Base):
    """Every 250th shown key of a board and how many stood before it when the ladder was made (services.ladder).

    `unit_id` 0 is the whole city, below 0 a kind of unit.
    """

    __tablename__ = "ladder_rungs"

    round_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True)
    shown_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    before: Mapped[int]
