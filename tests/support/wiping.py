"""After a test: every table that people fill is empty again, the contest stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Select, column, delete, select, table, text, update

from app.extensions import Base, db
from app.models import AuditRecord, Contest, FinalResult, Question, QuestionVersion, Round, StandingMove
from tests.support.earlier import forget_earlier_contest

CONTENT = {
    "contests",
    "rounds",
    "pages",
    "units",
    "old_units",
    "unit_groups",
    "topics",
    "lessons",
    "questions",
    "question_versions",
}
GUARDED = ("audit_records", "awards", "final_lines", "final_results")


@contextmanager
def _guards_laid_open() -> Iterator[None]:
    """What no role of a city's portal is to take away, stands aside for tests alone: the audit, signed results."""
    signed = select(FinalResult.id).where(FinalResult.signed_at.is_not(None)).limit(1)
    if db.session.connection().dialect.name == "postgresql":  # the audit's guard hears of the statement, not of rows
        for name in GUARDED:
            db.session.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
        yield
        for name in GUARDED:
            db.session.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
    elif db.session.scalar(select(AuditRecord.id).limit(1)) is None and db.session.scalar(signed) is None:
        yield
    else:
        guards: Select[Any, Any] = select(column("name"), column("sql")).select_from(table("sqlite_master"))
        of_tables = (column("type") == "trigger", column("tbl_name").in_(GUARDED))
        found = db.session.execute(guards.where(*of_tables)).all()
        for name, _ in found:
            db.session.execute(text(f"DROP TRIGGER {name}"))
        yield
        for _, made in found:
            db.session.execute(text(made))


def wipe() -> None:
    """Real commits were made, so real deletes follow; children first."""
    db.session.rollback()
    db.session.remove()
    with _guards_laid_open():
        for filled in reversed(Base.metadata.sorted_tables):
            if filled.name not in CONTENT:
                db.session.execute(delete(filled))
    forget_earlier_contest()
    db.session.execute(delete(StandingMove))  # triggers wrote down how the standings went
    db.session.execute(update(QuestionVersion).where(QuestionVersion.used).values(used=False))
    voided = update(Question).where(Question.voided_at.is_not(None)).values(voided_at=None)
    opened = update(Round).where(Round.unfrozen_at.is_not(None)).values(unfrozen_at=None)
    if sum(db.session.execute(undone).rowcount for undone in (voided, opened)):  # type: ignore[attr-defined]
        # Only then: reading the contest again is the dearest part of a test.
        db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
    db.session.commit()
