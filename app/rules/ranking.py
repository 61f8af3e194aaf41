"""The ranking key of a contest: an ordered list of criteria, written as one string that sorts best first.

The string holds only digits of fixed width, so SQLite, Postgres and Python order it alike, and equal strings are a
shared place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Criterion(StrEnum):
    """What may stand in a contest's ranking key."""

    CORRECT = "correct"
    TIME_USED = "time_used"
    SUBMITTED_AT = "submitted_at"
    ATTEMPTS = "attempts"


@dataclass(frozen=True, slots=True)
class Result:
    """What ranks: right answers, seconds used, moment of submission (UTC), how many attempts so far."""

    correct: int
    time_used: int
    submitted_at: datetime
    attempts: int = 1


def rank_key(result: Result, criteria: Sequence[Criterion]) -> str:
    """Sortable key, smallest is best. Whole seconds, as they are shown, so that a shared place can be explained."""
    parts = {
        Criterion.CORRECT: f"{9999 - result.correct:04d}",
        Criterion.TIME_USED: f"{result.time_used:06d}",
        Criterion.SUBMITTED_AT: f"{int((result.submitted_at - _EPOCH).total_seconds()):010d}",
        Criterion.ATTEMPTS: f"{result.attempts:05d}",
    }
    return "".join(parts[criterion] for criterion in criteria)
