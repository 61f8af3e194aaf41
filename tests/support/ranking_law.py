"""The ranking law in other words than the key that the database sorts by."""

from collections.abc import Sequence
from typing import Any

from app.rules.ranking import Criterion, Result

DEFAULT = (Criterion.CORRECT, Criterion.TIME_USED, Criterion.SUBMITTED_AT)


def law(result: Result, criteria: Sequence[Criterion] = DEFAULT) -> tuple[Any, ...]:
    """Less is better: more right, less time, earlier, fewer attempts, in the order of the criteria."""
    values = {
        Criterion.CORRECT: -result.correct,
        Criterion.TIME_USED: result.time_used,
        Criterion.SUBMITTED_AT: result.submitted_at,
        Criterion.ATTEMPTS: result.attempts,
    }
    return tuple(values[criterion] for criterion in criteria)
