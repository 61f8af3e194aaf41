"""Standings: the best attempt of a person in a round, changed in the submit's own transaction."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Standing(Base):
    """One row per person and round; `rank_key` (rules.ranking) sorts best first."""

    __tablename__ = "standings"
    __table_args__ = (Index("ix_standings_rank", "round_id", "rank_key", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    rank_key: Mapped[str] = mapped_column(String(40))
    correct: Mapped[int]
    time_used: Mapped[int]  # whole seconds
    submitted_at: Mapped[datetime]
    attempts: Mapped[int]
