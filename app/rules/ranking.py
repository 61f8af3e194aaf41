"""The ranking key of a contest: an ordered list of criteria, written as one string that sorts best first.

The string holds only digits of fixed width, so SQLite, Postgres and Python order it alike, and equal strings are a
shared place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_CORRECT = 9999
_TOTAL_TIME = 8  # digits; 53 rounds of 10 hours are more seconds than six digits hold


class Criterion(StrEnum):
    """What may stand in a contest's ranking key.

    ATTEMPTS is the number of the attempt that counts: the third attempt ranks behind an equal second one. Attempts
    after the best one change nothing, so a better result is never lost by trying once more.
    """

    CORRECT = "correct"
    TIME_USED = "time_used"
    SUBMITTED_AT = "submitted_at"
    ATTEMPTS = "attempts"


_DIGITS = {Criterion.CORRECT: 4, Criterion.TIME_USED: 6, Criterion.SUBMITTED_AT: 10, Criterion.ATTEMPTS: 5}


@dataclass(frozen=True, slots=True)
class Result:
    """What ranks: right answers, seconds used, moment of submission (UTC), which attempt it was in its round."""

    correct: int
    time_used: int
    submitted_at: datetime
    attempts: int = 1


def rank_key(result: Result, criteria: Sequence[Criterion]) -> str:
    """Sortable key, smallest is best. Whole seconds, as they are shown, so that a shared place can be explained."""
    parts = {
        Criterion.CORRECT: f"{_MOST_CORRECT - result.correct:04d}",
        Criterion.TIME_USED: f"{result.time_used:06d}",
        Criterion.SUBMITTED_AT: f"{int((result.submitted_at - _EPOCH).total_seconds()):010d}",
        Criterion.ATTEMPTS: f"{result.attempts:05d}",
    }
    return "".join(parts[criterion] for criterion in criteria)


def total_key(keys: Sequence[str], criteria: Sequence[Criterion]) -> str:
    """Key of a total, from the keys of a person's rounds: right answers, times and attempts summed, latest submission.

    Totals sort among each other, best first; never compare one with the key of a round.
    """
    parts = [_read(key, criteria) for key in keys]
    total = {
        Criterion.CORRECT: f"{_MOST_CORRECT - sum(_MOST_CORRECT - p.get(Criterion.CORRECT, 0) for p in parts):04d}",
        Criterion.TIME_USED: f"{sum(p.get(Criterion.TIME_USED, 0) for p in parts):0{_TOTAL_TIME}d}",
        Criterion.SUBMITTED_AT: f"{max(p.get(Criterion.SUBMITTED_AT, 0) for p in parts):010d}",
        Criterion.ATTEMPTS: f"{sum(p.get(Criterion.ATTEMPTS, 0) for p in parts):05d}",
    }
    return "".join(total[criterion] for criterion in criteria)


def _read(key: str, criteria: Sequence[Criterion]) -> dict[Criterion, int]:
    numbers, at = {}, 0
    for criterion in criteria:
        numbers[criterion] = int(key[at : at + _DIGITS[criterion]])
        at += _DIGITS[criterion]
    return numbers
