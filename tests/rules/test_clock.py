"""The exam's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.clock import closing, deadline, local_midnight, seconds_left, time_used

START = datetime(2025, 10, 21, 8, 30, tzinfo=UTC)
END = deadline(START, minutes=20)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
spans = st.floats(-10_000, 10_000).map(lambda seconds: timedelta(seconds=seconds))


def test_deadline_and_closing() -> None:
    assert datetime(2025, 10, 21, 8, 50, tzinfo=UTC) == END
    assert deadline(START, minutes=20, extra_minutes=10) == END + timedelta(minutes=10)
    assert closing(END, grace_seconds=120) == END + timedelta(minutes=2)


@pytest.mark.parametrize(
    ("after", "used"),
    [(-5, 0), (0, 0), (0.9, 0), (1, 1), (61.5, 61), (1199.99, 1199), (1200, 1200), (1201, 1200), (1320, 1200)],
)
def test_time_used_is_whole_seconds_up_to_the_limit(after: float, used: int) -> None:
    assert time_used(START, END, START + timedelta(seconds=after)) == used


@given(spans, spans)
def test_the_grace_never_improves_a_rank(one: timedelta, other: timedelta) -> None:
    """Later is never less time; nothing after the deadline is better than the deadline; never negative."""
    early, late = sorted((one, other))
    assert 0 <= time_used(START, END, START + early) <= time_used(START, END, START + late) <= 1200
    assert time_used(START, END, END + abs(one)) == 1200


@given(spans, st.integers(0, 3000))
def test_pauses_do_not_count(since: timedelta, paused: int) -> None:
    """What a pause gave back is taken off, down to nothing at the least."""
    without = time_used(START, END, START + since)
    assert time_used(START, END, START + since, given_back=paused) == max(0, without - paused)


@pytest.mark.parametrize(("before_end", "left"), [(1200, 1200), (0.9, 0), (1.9, 1), (0, 0), (-1, 0), (-9999, 0)])
def test_seconds_left_are_never_negative(before_end: float, left: int) -> None:
    assert seconds_left(END, END - timedelta(seconds=before_end)) == left


@given(spans)
def test_used_and_left_never_exceed_the_limit_together(since: timedelta) -> None:
    now = START + since
    if now >= START:
        assert 1199 <= time_used(START, END, now) + seconds_left(END, now) <= 1200


@pytest.mark.parametrize(
    ("now", "days", "midnight"),
    [
        (datetime(2025, 10, 21, 16, 59, 59, tzinfo=UTC), 0, datetime(2025, 10, 20, 17, tzinfo=UTC)),
        (datetime(2025, 10, 21, 17, 0, tzinfo=UTC), 0, datetime(2025, 10, 21, 17, tzinfo=UTC)),
        (datetime(2025, 10, 21, 17, 0, tzinfo=UTC), 1, datetime(2025, 10, 22, 17, tzinfo=UTC)),
        (datetime(2025, 12, 31, 18, 0, tzinfo=UTC), 1, datetime(2026, 1, 1, 17, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_midnight_in_vietnam(now: datetime, days: int, midnight: datetime) -> None:
    found = local_midnight(now, VIETNAM, days=days)
    assert found == midnight
    assert found.tzinfo is UTC


def test_a_local_day_may_have_25_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    noon = datetime(2025, 10, 26, 11, tzinfo=UTC)
    assert local_midnight(noon, berlin, days=1) - local_midnight(noon, berlin) == timedelta(hours=25)
