"""What a standing holds: what it really ranks by, what is shown of it, and the total over several rounds."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.models import Standing
from app.rules.ranking import Criterion, total_key


class Side(NamedTuple):
    """What a standing ranks by, really or as shown."""

    key: str
    correct: int
    time_used: int
    submitted_at: datetime


class Values(NamedTuple):
    """Everything of a standing that follows from attempts."""

    attempt_id: int
    attempts: int
    real: Side
    shown: Side | None


def real_side(standing: Standing) -> Side:
    """What this standing really ranks by."""
    return Side(standing.rank_key, standing.correct, standing.time_used, standing.submitted_at)


def shown_side(standing: Standing) -> Side | None:
    """What everybody sees of it."""
    key, correct, time_used = standing.shown_key, standing.shown_correct, standing.shown_time_used
    if key is None or correct is None or time_used is None or standing.shown_submitted_at is None:
        return None
    return Side(key, correct, time_used, standing.shown_submitted_at)


def values_of(standing: Standing) -> Values:
    """What the row holds."""
    return Values(standing.attempt_id, standing.attempts, real_side(standing), shown_side(standing))


def set_real(standing: Standing, side: Side) -> None:
    """Rank by this."""
    standing.rank_key, standing.correct, standing.time_used, standing.submitted_at = side


def set_shown(standing: Standing, side: Side | None) -> None:
    """Let everybody see this; None: nothing yet."""
    standing.shown_key, standing.shown_correct, standing.shown_time_used, standing.shown_submitted_at = (
        side or [None] * 4
    )


def set_values(standing: Standing, values: Values) -> None:
    """Hold exactly this."""
    standing.attempt_id, standing.attempts = values.attempt_id, values.attempts
    set_real(standing, values.real)
    set_shown(standing, values.shown)


def total_values(rounds: Sequence[Values], criteria: Sequence[Criterion]) -> Values:
    """The total over the rounds in which a person has a standing, at least one."""
    latest = max(rounds, key=lambda values: (values.real.submitted_at, values.attempt_id))
    shown = [values.shown for values in rounds if values.shown is not None]
    return Values(
        attempt_id=latest.attempt_id,
        attempts=sum(values.attempts for values in rounds),
        real=_total_side([values.real for values in rounds], criteria),
        shown=_total_side(shown, criteria) if shown else None,
    )


def _total_side(sides: Sequence[Side], criteria: Sequence[Criterion]) -> Side:
    return Side(
        key=total_key([side.key for side in sides], criteria),
        correct=sum(side.correct for side in sides),
        time_used=sum(side.time_used for side in sides),
        submitted_at=max(side.submitted_at for side in sides),
    )
