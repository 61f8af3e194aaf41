"""Learning: which lessons a contestant has read."""

from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select

from app.extensions import Hot, db, direct, upsert
from app.models import Entry, LessonRead
from app.services.holder import HOLDER, Holder

_READ = Hot(select(LessonRead.lesson_id).where(LessonRead.entry_id == bindparam("entry")))


def lessons_read(*, entry_id: int) -> frozenset[int]:
    """Ids of the lessons this person has finished."""
    return frozenset(row[0] for row in direct.all(_READ, {"entry": entry_id}))


def finish_lesson(*, holder: Holder, contest_id: int, lesson_id: int, now: datetime) -> bool:
    """Note a lesson as finished by whoever holds this token; the first time counts, also when two taps race.

    False when nobody who takes part in the contest holds it. One statement, for it is what people do most.
    """
    values = holder.values() | {"contest": contest_id, "lesson": lesson_id, "now": now}
    return direct.write(_finish(db.engine.dialect.name), values) is not None


@cache
def _finish(_dialect: str) -> Hot:
    reads = LessonRead.__table__.c
    mine = select(Entry.id, bindparam("lesson", type_=reads.lesson_id.type), bindparam("now", type_=reads.read_at.type))
    noted = upsert(LessonRead).from_select(
        ["entry_id", "lesson_id", "read_at"],
        mine.where(Entry.account_id == HOLDER, Entry.contest_id == bindparam("contest")),
    )
    # Written over by itself, else nothing would be returned for a lesson that was read before.
    again = noted.on_conflict_do_update(
        index_elements=[reads.entry_id, reads.lesson_id], set_={"read_at": reads.read_at}
    )
    return Hot(again.returning(reads.lesson_id))
