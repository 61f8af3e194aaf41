"""The question bank. A question keeps its identity; what was asked is a version."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.columns import one_of


class Pool(StrEnum):
    """Exam questions are never practised."""

    EXAM = "exam"
    PRACTICE = "practice"


class QuestionKind(StrEnum):
    """One right option, several right options, true or false."""

    ONE = "one"
    SEVERAL = "several"
    TRUE_FALSE = "true_false"


class Question(Base):
    """A question by its stable id of the pack (`ref`). Withdrawn: drawn no more. Voided: right for everybody."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("contest_id", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id"))
    ref: Mapped[str] = mapped_column(String(60))
    pool: Mapped[Pool] = mapped_column(one_of(Pool))
    difficulty: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]  # in its file, so that an export writes the same folder
    withdrawn: Mapped[bool] = mapped_column(default=False)
    voided_at: Mapped[datetime | None]

    versions: Mapped[list["QuestionVersion"]] = relationship(
        back_populates="question", order_by="QuestionVersion.number"
    )

    @property
    def current(self) -> "QuestionVersion":
        """The version that is drawn today."""
        return self.versions[-1]


class QuestionVersion(Base):
    """What was asked; one of an exam's question is never changed. `used`: drawn for an attempt."""

    __tablename__ = "question_versions"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(one_of(QuestionKind))
    stem: Mapped[str] = mapped_column(Text)
    picture: Mapped[str | None] = mapped_column(Text)  # inline SVG
    options: Mapped[list[str]] = mapped_column(JSON)
    right: Mapped[list[int]] = mapped_column(JSON)  # places of the right options, 0-based
    explanation: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    as_of: Mapped[date]
    review_on: Mapped[date | None]
    used: Mapped[bool] = mapped_column(default=False)

    question: Mapped[Question] = relationship(back_populates="versions")
