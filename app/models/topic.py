"""Topics (chuyên đề)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base

if TYPE_CHECKING:
    from app.models.lesson import Lesson


class Topic(Base):
    """A topic of a contest. One that left the pack is withdrawn, never deleted."""

    __tablename__ = "topics"
    __table_args__ = (UniqueConstraint("contest_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300))
    withdrawn: Mapped[bool] = mapped_column(default=False)

    lessons: Mapped[list[Lesson]] = relationship(back_populates="topic", order_by="Lesson.number")
