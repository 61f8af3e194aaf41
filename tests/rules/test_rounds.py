"""Rounds by the calendar."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.rules.rounds import freeze_moment, weekly, weekly_name

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY_TEN = datetime(2019, 10, 14, 10, tzinfo=HERE)


def test_twenty_weeks_with_an_hour_for_counting() -> None:
    weeks = weekly(MONDAY_TEN, datetime(2019, 10, 21, 9, tzinfo=HERE), weeks=20, zone=HERE)
    assert len(weeks) == 20
    assert weeks[0] == (datetime(2019, 10, 14, 3, tzinfo=UTC), datetime(2019, 10, 21, 2, tzinfo=UTC))
    assert {later[0] - earlier[1] for earlier, later in pairwise(weeks)} == {timedelta(hours=1)}
    assert {start.astimezone(HERE).strftime("%a %H:%M") for start, _ in weeks} == {"Mon 10:00"}


def test_weeks_follow_the_clock_on_the_wall() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    opens = datetime(2026, 10, 19, 10, tzinfo=berlin)  # summer time ends on 25 October
    weeks = weekly(opens, opens + timedelta(days=6), weeks=2, zone=berlin)
    assert [start.astimezone(berlin).hour for start, _ in weeks] == [10, 10]


@pytest.mark.parametrize("days", [7.01, 30])
def test_weeks_longer_than_a_week_are_refused(days: float) -> None:
    closes = MONDAY_TEN + timedelta(days=days)
    with pytest.raises(ValueError, match="longer"):
        weekly(MONDAY_TEN, closes, weeks=2, zone=HERE)
    assert len(weekly(MONDAY_TEN, closes, weeks=1, zone=HERE)) == 1


def test_names_count() -> None:
    assert [weekly_name("Tuần {n}", 3), weekly_name("Đợt một", 3)] == ["Tuần 3", "Đợt một"]


def test_boards_freeze_before_the_end_or_never() -> None:
    opens, closes = MONDAY_TEN - timedelta(days=7), MONDAY_TEN
    assert freeze_moment(opens, closes, hours=48) == closes - timedelta(days=2)
    assert freeze_moment(opens, closes, hours=0) is None
    assert freeze_moment(opens, closes, hours=1000) == opens
