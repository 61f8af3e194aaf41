"""The final result of a round or of the total, and what was awarded for it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class FinalResult(Base):
    """Computed from the real keys; once signed, nothing of it changes any more: triggers hold it (docs/adr/0012)."""

    __tablename__ = "final_results"
    __table_args__ = (
        UniqueConstraint("round_id"),
        CheckConstraint("(signed_at IS NULL) = (signed_by = '')", name="signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    computed_at: Mapped[datetime]
    ranking: Mapped[str] = mapped_column(String(100))  # the contest's criteria in order, comma between
    people: Mapped[int]
    questions: Mapped[int]  # in a paper; of a total: in one of each round
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str] = mapped_column(String(80), default="")
    signed_title: Mapped[str] = mapped_column(String(120), default="")


class FinalLine(Base):
    """One person as printed. Name and last digits may be emptied when the law asks for it; nothing else changes after.

    Entry and attempt are bare numbers: the line stays when the person is deleted, and so does why it was taken out.
    """

    __tablename__ = "final_lines"
    __table_args__ = (Index("ix_final_lines_entry_id", "entry_id"),)

    final_id: Mapped[int] = mapped_column(ForeignKey("final_results.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)  # from 1, without gaps
    place: Mapped[int]  # shared by equal keys
    entry_id: Mapped[int]
    attempt_id: Mapped[int]
    full_name: Mapped[str] = mapped_column(String(80))
    unit_code: Mapped[str] = mapped_column(String(8))
    unit_name: Mapped[str] = mapped_column(String(100))
    citizen_last_four: Mapped[str | None] = mapped_column(String(4))
    rank_key: Mapped[str] = mapped_column(String(40))
    correct: Mapped[int]
    time_used: Mapped[int]  # whole seconds
    submitted_at: Mapped[datetime]
    attempts: Mapped[int]
    taken_out_for: Mapped[str | None] = mapped_column(String(20))  # InvalidationReason; the act goes with its person


class Award(Base):
    """A prize given at sign-off, to a person or to a unit; as fixed as the result it belongs to."""

    __tablename__ = "awards"
    __table_args__ = (
        CheckConstraint("(entry_id IS NULL) <> (unit_id IS NULL)", name="winner"),
        Index(
            "uq_awards_person",
            "final_id",
            "prize",
            "entry_id",
            unique=True,
            sqlite_where=text("entry_id IS NOT NULL"),
            postgresql_where=text("entry_id IS NOT NULL"),
        ),
        Index(
            "uq_awards_unit",
            "final_id",
            "prize",
            "unit_id",
            unique=True,
            sqlite_where=text("unit_id IS NOT NULL"),
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    final_id: Mapped[int] = mapped_column(ForeignKey("final_results.id"))
    prize: Mapped[int]  # its place in the contest's list of prizes, from 1
    level: Mapped[str] = mapped_column(String(80))
    entry_id: Mapped[int | None] = mapped_column(index=True)  # a bare number, as in the result
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(100))
    figure: Mapped[str] = mapped_column(String(200))  # what it was won with, in words
    awarded_at: Mapped[datetime]
