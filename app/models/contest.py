"""A contest, its rounds and its pages of text."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base


class Contest(Base):
    """One contest of the portal. `content_version` grows whenever a pack is loaded, so processes know to read again."""

    __tablename__ = "contests"
    __table_args__ = (
        UniqueConstraint("slug"),
        Index(
            "uq_contests_current",
            "is_current",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    tagline: Mapped[str] = mapped_column(String(200))
    city: Mapped[str] = mapped_column(String(80))
    organisers: Mapped[list[str]] = mapped_column(JSON)
    hotline: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(200))
    rules_version: Mapped[str] = mapped_column(String(40))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # the tables that rules.contest.read_rules reads
    shift_to_now: Mapped[bool]
    shifted_days: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None]  # all exams stand still since then
    is_current: Mapped[bool] = mapped_column(default=False)
    content_version: Mapped[int] = mapped_column(default=1)

    rounds: Mapped[list["Round"]] = relationship(back_populates="contest", order_by="Round.number")
    pages: Mapped[list["Page"]] = relationship(back_populates="contest", order_by="Page.slug")

    def content_changed(self) -> None:
        """Let every process read the contest again.

        The database adds: of two deeds at once each makes a number of its own, and no process misses the second.
        """
        self.content_version = Contest.content_version + 1


class Round(Base):
    """Đợt thi: a window with its own board. The pack's own dates; a shifted contest adds `shifted_days`.

    Number 0 is the total over the rounds of a contest that has several: it has standings and boards, but no attempts.
    """

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("contest_id", "number"), CheckConstraint("opens_at < closes_at", name="window"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]  # exclusive
    extended_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    unfrozen_at: Mapped[datetime | None]  # boards opened by hand before the round's end

    contest: Mapped[Contest] = relationship(back_populates="rounds")

    def window(self, shifted_days: int) -> tuple[datetime, datetime]:
        """The window that is in force: the pack's, moved and extended."""
        shift = timedelta(days=shifted_days)
        return self.opens_at + shift, self.closes_at + shift + timedelta(minutes=self.extended_minutes)


class Page(Base):
    """A text of the organiser: rules, guide, privacy."""

    __tablename__ = "pages"
    __table_args__ = (UniqueConstraint("contest_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)  # Markdown

    contest: Mapped[Contest] = relationship(back_populates="pages")
