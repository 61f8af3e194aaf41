"""The ranking key of a contest: an ordered list of criteria, written as one string that sorts best first.

The string holds only digits of fixed width, so SQLite, Postgres and Python order it alike, and equal strings are a
shared place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_CORRECT = 9999


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
_TOTAL_DIGITS = _DIGITS | {Criterion.TIME_USED: 8}  # 53 rounds of 10 hours are more seconds than six digits hold


@dataclass(frozen=True, slots=True)
class Result:
    """What ranks: right answers, seconds used, moment of submission (UTC), which attempt it was in its round."""

    correct: int
    time_used: int
    submitted_at: datetime
    attempts: int = 1


def rank_key(result: Result, criteria: Sequence[Criterion]) -> str:
    """Sortable key, smallest is best. Whole seconds, as they are shown, so that a shared place can be explained."""
    values = {
        Criterion.CORRECT: _MOST_CORRECT - result.correct,
        Criterion.TIME_USED: result.time_used,
        Criterion.SUBMITTED_AT: int((result.submitted_at - _EPOCH).total_seconds()),
        Criterion.ATTEMPTS: result.attempts,
    }
    return _write(values, criteria, _DIGITS)


def total_key(keys: Sequence[str], criteria: Sequence[Criterion]) -> str:
    """Key of a total, from the keys of a person's rounds: right answers, times and attempts summed, latest submission.

    Totals sort among each other, best first; never compare one with the key of a round.
    """
    parts = [_read(key, criteria, _DIGITS) for key in keys]
    values = {
        Criterion.CORRECT: _MOST_CORRECT - sum(_MOST_CORRECT - p.get(Criterion.CORRECT, 0) for p in parts),
        Criterion.TIME_USED: sum(p.get(Criterion.TIME_USED, 0) for p in parts),
        Criterion.SUBMITTED_AT: max(p.get(Criterion.SUBMITTED_AT, 0) for p in parts),
        Criterion.ATTEMPTS: sum(p.get(Criterion.ATTEMPTS, 0) for p in parts),
    }
    return _write(values, criteria, _TOTAL_DIGITS)


def attempts_in(key: str, criteria: Sequence[Criterion]) -> int | None:
    """Which attempt a key tells of, in a total, which is longer or alike, their sum; None where ATTEMPTS don't rank."""
    if Criterion.ATTEMPTS not in criteria:
        return None
    of_a_round = len(key) == sum(_DIGITS[criterion] for criterion in criteria)
    return _read(key, criteria, _DIGITS if of_a_round else _TOTAL_DIGITS)[Criterion.ATTEMPTS]


def _write(values: Mapping[Criterion, int], criteria: Sequence[Criterion], digits: Mapping[Criterion, int]) -> str:
    return "".join(f"{values[criterion]:0{digits[criterion]}d}" for criterion in criteria)


def _read(key: str, criteria: Sequence[Criterion], digits: Mapping[Criterion, int]) -> dict[Criterion, int]:
    numbers, at = {}, 0
    for criterion in criteria:
        numbers[criterion] = int(key[at : at + digits[criterion]])
        at += digits[criterion]
    return numbers
