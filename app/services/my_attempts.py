"""My attempts, newest first, the best one marked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Standing


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
    best = set(db.session.scalars(select(Standing.attempt_id).where(Standing.entry_id == entry_id)))
    rows = db.session.scalars(
        select(Attempt)
        .where(Attempt.entry_id == entry_id)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
        .limit(limit)
    )
    return [
        MyAttempt(
            row.id,
            row.number,
            row.state,
            row.started_at,
            row.correct,
            len(row.answers),
            row.time_used,
            row.receipt,
            row.id in best,
        )
        for row in rows
    ]
