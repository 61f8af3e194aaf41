"""After a test: every table that people fill is empty again, the contest stays."""

from sqlalchemy import delete, select, update

from app.extensions import Base, db
from app.models import Contest, Question, QuestionVersion

CONTENT = {"contests", "rounds", "pages", "units", "old_units", "topics", "lessons", "questions", "question_versions"}


def wipe() -> None:
    """Real commits were made, so real deletes follow; children first."""
    db.session.rollback()
    db.session.remove()
    for table in reversed(Base.metadata.sorted_tables):
        if table.name not in CONTENT:
            db.session.execute(delete(table))
    db.session.execute(update(QuestionVersion).where(QuestionVersion.used).values(used=False))
    voided = select(Question.id).where(Question.voided_at.is_not(None))
    if db.session.scalars(voided).all():  # only then: reading the contest again is the dearest part of a test
        db.session.execute(update(Question).values(voided_at=None))
        db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
    db.session.commit()
