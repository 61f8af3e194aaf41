"""Who may start an attempt now, and if not, why and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Reason(StrEnum):
    """Why an exam cannot start now."""

    NOT_OPEN = "not_open"
    CLOSED = "closed"
    PAUSED = "paused"
    LESSONS = "lessons"
    ATTEMPTS_USED = "attempts_used"
    DAY_USED = "day_used"
    COOLDOWN = "cooldown"
    BANK_SHORT = "bank_short"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A named reason; `until` says when it will be possible, where that is known."""

    reason: Reason
    until: datetime | None = None
    missing: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """What this person has done in the round so far."""

    lessons_missing: int
    attempts: int
    attempts_today: int
    last_ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The contest's limits; 0 means no limit. `paused`: all exams stand still; `short`: no paper can be drawn."""

    gate: bool
    per_round: int
    per_day: int
    cooldown_minutes: int
    paused: bool = False
    short: bool = False


def refusal(
    history: History,
    limits: Limits,
    *,
    opens_at: datetime,
    closes_at: datetime,
    tomorrow: datetime,
    next_round_at: datetime | None = None,
    now: datetime,
) -> Refusal | None:
    """None when an attempt may start.

    `closes_at` is exclusive; `tomorrow` is the next local midnight, `next_round_at` when the following round opens.
    """
    if now < opens_at:
        return Refusal(Reason.NOT_OPEN, opens_at)
    if now >= closes_at:
        return Refusal(Reason.CLOSED)
    if limits.paused:
        return Refusal(Reason.PAUSED)
    if limits.gate and history.lessons_missing:
        return Refusal(Reason.LESSONS, missing=history.lessons_missing)
    if limits.per_round and history.attempts >= limits.per_round:
        return Refusal(Reason.ATTEMPTS_USED, next_round_at)
    return _resting(history, limits, tomorrow=tomorrow, now=now) or (
        Refusal(Reason.BANK_SHORT) if limits.short else None
    )


def _resting(history: History, limits: Limits, *, tomorrow: datetime, now: datetime) -> Refusal | None:
    if limits.per_day and history.attempts_today >= limits.per_day:
        return Refusal(Reason.DAY_USED, tomorrow)
    if not limits.cooldown_minutes or history.last_ended_at is None:
        return None  # without a limit also when a request that waited its turn carries an older `now`
    ready = history.last_ended_at + timedelta(minutes=limits.cooldown_minutes)
    return Refusal(Reason.COOLDOWN, ready) if now < ready else None
