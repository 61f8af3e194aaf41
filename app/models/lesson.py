"""Lessons and who has read them."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.topic import Topic


class Lesson(Base):
    """A lesson: Markdown and one SVG, both checked when the pack was loaded."""

    __tablename__ = "lessons"
    __table_args__ = (UniqueConstraint("topic_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    number: Mapped[int]
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int]
    sources: Mapped[list[str]] = mapped_column(JSON)
    as_of: Mapped[date]
    body: Mapped[str] = mapped_column(Text)
    picture: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(default=False)

    topic: Mapped[Topic] = relationship(back_populates="lessons")


class LessonRead(Base):
    """This person has finished this lesson."""

    __tablename__ = "lesson_reads"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), primary_key=True)
    read_at: Mapped[datetime]
