"""Who may start now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.eligibility import History, Limits, Reason, Refusal, refusal

OPENS = datetime(2025, 10, 10, 17, tzinfo=UTC)
CLOSES = datetime(2025, 11, 11, 17, tzinfo=UTC)
NOW = datetime(2025, 10, 21, 8, 30, tzinfo=UTC)
TOMORROW = datetime(2025, 10, 21, 17, tzinfo=UTC)
FRESH = History(lessons_missing=0, attempts=0, attempts_today=0, last_ended_at=None)
FREE = Limits(gate=True, per_round=0, per_day=0, cooldown_minutes=0)


def ask(history: History = FRESH, limits: Limits = FREE, now: datetime = NOW) -> Refusal | None:
    return refusal(history, limits, opens_at=OPENS, closes_at=CLOSES, tomorrow=TOMORROW, now=now)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - timedelta(seconds=1), Refusal(Reason.NOT_OPEN, OPENS)),
        (OPENS, None),
        (CLOSES - timedelta(seconds=1), None),
        (CLOSES, Refusal(Reason.CLOSED)),
    ],
)
def test_the_window_ends_exclusively(now: datetime, expected: Refusal | None) -> None:
    assert ask(now=now) == expected


@pytest.mark.parametrize(
    ("now", "reason"),
    [(OPENS - timedelta(seconds=1), Reason.NOT_OPEN), (NOW, Reason.PAUSED), (CLOSES, Reason.CLOSED)],
)
def test_nobody_starts_in_a_pause(now: datetime, reason: Reason) -> None:
    refused = ask(replace(FRESH, lessons_missing=2), replace(FREE, paused=True), now)
    assert refused is not None
    assert refused.reason is reason


@pytest.mark.parametrize(
    ("missing", "gate", "expected"),
    [(3, True, Refusal(Reason.LESSONS, missing=3)), (3, False, None), (0, True, None)],
)
def test_the_learning_gate(missing: int, gate: bool, expected: Refusal | None) -> None:
    assert ask(replace(FRESH, lessons_missing=missing), replace(FREE, gate=gate)) == expected


@pytest.mark.parametrize(
    ("done", "limit", "refused"),
    [(0, 1, False), (1, 1, True), (2, 3, False), (3, 3, True), (4, 3, True), (99, 0, False)],
)
def test_limits_per_round_and_per_day(done: int, limit: int, refused: bool) -> None:
    in_round = ask(replace(FRESH, attempts=done), replace(FREE, per_round=limit))
    assert in_round == (Refusal(Reason.ATTEMPTS_USED) if refused else None)
    today = ask(replace(FRESH, attempts=done, attempts_today=done), replace(FREE, per_day=limit))
    assert today == (Refusal(Reason.DAY_USED, TOMORROW) if refused else None)


def test_yesterday_s_attempts_do_not_count_today() -> None:
    assert ask(replace(FRESH, attempts=9, attempts_today=1), replace(FREE, per_day=2)) is None


@pytest.mark.parametrize(
    ("ago", "minutes", "waits"), [(29, 30, True), (30, 30, False), (31, 30, False), (0, 0, False), (-1, 0, False)]
)
def test_cool_down(ago: int, minutes: int, waits: bool) -> None:
    """Without a cool-down also a request that waited its turn, and so carries an older `now`, gets in."""
    ended = NOW - timedelta(minutes=ago)
    expected = Refusal(Reason.COOLDOWN, ended + timedelta(minutes=minutes)) if waits else None
    assert ask(replace(FRESH, attempts=1, last_ended_at=ended), replace(FREE, cooldown_minutes=minutes)) == expected


def test_the_reason_that_lasts_longest_is_told() -> None:
    done = History(lessons_missing=2, attempts=5, attempts_today=5, last_ended_at=NOW)
    limits = Limits(gate=True, per_round=5, per_day=5, cooldown_minutes=30)
    reasons = []
    for history, law, now in [
        (done, limits, CLOSES),
        (done, limits, NOW),
        (replace(done, lessons_missing=0), limits, NOW),
        (replace(done, lessons_missing=0), replace(limits, per_round=0), NOW),
        (replace(done, lessons_missing=0), replace(limits, per_round=0, per_day=0), NOW),
    ]:
        refused = ask(history, law, now)
        assert refused is not None
        reasons.append(refused.reason)
    assert reasons == [Reason.CLOSED, Reason.LESSONS, Reason.ATTEMPTS_USED, Reason.DAY_USED, Reason.COOLDOWN]


@given(st.integers(0, 50), st.integers(0, 50), st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1)))  # noqa: DTZ001
def test_zero_means_no_limit(attempts: int, today: int, ended: datetime) -> None:
    history = History(0, attempts, today, ended.replace(tzinfo=UTC))
    assert ask(history) is None


def test_a_bank_that_is_short_is_told_to_who_could_start() -> None:
    """Whoever has reasons of their own hears those: they stay when the bank is mended."""
    short = replace(FREE, per_round=1, short=True)
    assert ask(limits=short) == Refusal(Reason.BANK_SHORT)
    assert ask(replace(FRESH, attempts=1), short) == Refusal(Reason.ATTEMPTS_USED)
    assert ask(limits=short, now=CLOSES) == Refusal(Reason.CLOSED)
