"""Learning: which lessons a contestant has read."""

from datetime import datetime

from sqlalchemy import bindparam, select

from app.extensions import Hot, db, direct, upsert
from app.models import LessonRead

_READ = Hot(select(LessonRead.lesson_id).where(LessonRead.entry_id == bindparam("entry")))


def lessons_read(*, entry_id: int) -> frozenset[int]:
    """Ids of the lessons this person has finished."""
    return frozenset(row[0] for row in direct.all(_READ, {"entry": entry_id}))


def finish_lesson(*, entry_id: int, lesson_id: int, now: datetime) -> None:
    """Note a lesson as finished; the first time counts, also when two taps race."""
    db.session.execute(
        upsert(LessonRead)
        .values(entry_id=entry_id, lesson_id=lesson_id, read_at=now)
        .on_conflict_do_nothing(index_elements=[LessonRead.entry_id, LessonRead.lesson_id])
    )
