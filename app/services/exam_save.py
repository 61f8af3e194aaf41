"""Saving answers: one statement that carries session, owner, state, deadline and order in its WHERE."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, bindparam, func, or_, select, update

from app.extensions import Hot, direct
from app.models import Attempt, AttemptState
from app.services.holder import HOLDER, Holder


class SaveOutcome(StrEnum):
    """What became of a save."""

    SAVED = "saved"
    STALE = "stale"  # a late or doubled message of the same page: what it says is already overtaken
    CONFLICT = "conflict"  # another page has saved since this one was loaded
    CLOSED = "closed"  # graded, or past deadline and grace
    UNKNOWN = "unknown"  # no such attempt of whoever holds this token, if anybody does


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page sends: the whole form, and where it stands in the order of saves.

    `page` is a random name of the loaded page, `number` its running counter (0 without JavaScript: every message is
    then a deliberate tap, in order), `base` the attempt's revision when the page was loaded.
    """

    answers: str
    page: str
    number: int
    base: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Outcome with what the page shows next."""

    outcome: SaveOutcome
    answers: str = ""
    deadline_at: datetime | None = None
    revision: int = 0
    contested: bool = False  # an older page tried to save over this one in the last minutes


# A page may save when it is the one that saved last and this message is newer, or when nobody has saved since it
# was loaded. An older page therefore never overwrites newer choices.
IN_ORDER = or_(
    and_(
        Attempt.saved_by == bindparam("page"),
        or_(bindparam("nth") == 0, Attempt.saved_number < bindparam("nth")),
    ),
    Attempt.revision == bindparam("base"),
)
_SAVE = Hot(
    update(Attempt.__table__)  # type: ignore[arg-type]
    .where(
        Attempt.id == bindparam("attempt"),
        Attempt.account_id == HOLDER,
        Attempt.state == AttemptState.OPEN,
        Attempt.closes_at > bindparam("now"),
        func.length(Attempt.answers) == func.length(bindparam("sheet")),
        IN_ORDER,
    )
    .values(
        answers=bindparam("sheet"),
        revision=Attempt.revision + 1,
        saved_by=bindparam("page"),
        saved_number=bindparam("nth"),
        saved_at=bindparam("now"),
    )
    .returning(Attempt.answers, Attempt.deadline_at, Attempt.revision, Attempt.overtaken_at)
)
# The page that was in time is told, too: with its next save.
_OVERTAKEN = (
    update(Attempt.__table__)  # type: ignore[arg-type]
    .where(Attempt.id == bindparam("attempt"), Attempt.account_id == HOLDER)
    .values(overtaken_at=bindparam("now"))
    .returning(Attempt.id)
)
_RECENT = timedelta(minutes=3)
_LOOK = select(
    Attempt.state, Attempt.closes_at, Attempt.answers, Attempt.deadline_at, Attempt.revision, Attempt.saved_by
).where(Attempt.id == bindparam("attempt"), Attempt.account_id == HOLDER)


def save_answers(*, holder: Holder, attempt_id: int, sheet: Sheet, now: datetime) -> Saved:
    """Save a whole sheet at once; acknowledged only after the database has it. `now` is the exam's clock."""
    held = holder.values() | {"attempt": attempt_id}
    values = held | {"now": now}
    row = direct.write(
        _SAVE, values | {"sheet": sheet.answers, "page": sheet.page, "nth": sheet.number, "base": sheet.base}
    )
    if row is not None:
        contested = row.overtaken_at is not None and now - row.overtaken_at < _RECENT
        return Saved(SaveOutcome.SAVED, row.answers, row.deadline_at, row.revision, contested)
    row = direct.first(_LOOK, held)
    if row is None or len(row.answers) != len(sheet.answers):
        return Saved(SaveOutcome.UNKNOWN)
    shown = (row.answers, row.deadline_at, row.revision)
    if row.state is not AttemptState.OPEN or row.closes_at <= now:
        return Saved(SaveOutcome.CLOSED, *shown)
    if row.saved_by == sheet.page:
        return Saved(SaveOutcome.STALE, *shown)
    direct.write(_OVERTAKEN, values)
    return Saved(SaveOutcome.CONFLICT, *shown)
