"""My attempts, newest first, the best one marked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select

from app.extensions import Hot, direct
from app.models import Attempt, AttemptState, Standing

_MINE = Hot(
    select(
        Attempt.id,
        Attempt.number,
        Attempt.state,
        Attempt.started_at,
        Attempt.correct,
        func.length(Attempt.answers).label("questions"),
        Attempt.time_used,
        Attempt.receipt,
        exists().where(Standing.entry_id == Attempt.entry_id, Standing.attempt_id == Attempt.id).label("best"),
    )
    .where(Attempt.entry_id == bindparam("entry"))
    .order_by(Attempt.started_at.desc(), Attempt.id.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True)
class MyAttempt:
    """One line of the list; `correct` is None while it is open."""

    id: int
    number: int
    state: AttemptState
    started_at: datetime
    correct: int | None
    questions: int
    time_used: int | None
    receipt: str
    best: bool


def my_attempts(*, entry_id: int, limit: int) -> list[MyAttempt]:
    """The newest attempts of one contestant over all rounds."""
    return [MyAttempt(*row) for row in direct.all(_MINE, {"entry": entry_id, "limit": limit})]
