"""By when a request is answered."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.deadlines import acknowledge_by, due, extended, last_day, months_after

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST, LATEST = datetime(2025, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001  hypothesis wants them so
moments = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC))


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (local(2026, 11, 23, 8), date(2026, 11, 25)),  # Monday → Wednesday
        (local(2026, 11, 23, 23, 59), date(2026, 11, 25)),
        (local(2026, 11, 24, 0), date(2026, 11, 26)),
        (local(2026, 11, 26, 8), date(2026, 11, 30)),  # Thursday → Friday and Monday
        (local(2026, 11, 27, 17), date(2026, 12, 1)),  # Friday → Tuesday
        (local(2026, 11, 28, 9), date(2026, 12, 1)),  # Saturday
        (local(2026, 11, 29, 9), date(2026, 12, 1)),  # Sunday
    ],
)
def test_two_working_days(asked: datetime, last: date) -> None:
    end = acknowledge_by(asked, ZONE)
    assert last_day(end, ZONE) == last
    assert end.astimezone(ZONE).time() == datetime.min.time()


@given(moments)
def test_two_working_days_are_two_to_four_days(asked: datetime) -> None:
    days = (last_day(acknowledge_by(asked, ZONE), ZONE) - asked.astimezone(ZONE).date()).days
    assert 2 <= days <= 4
    assert last_day(acknowledge_by(asked, ZONE), ZONE).weekday() < 5


@pytest.mark.parametrize(
    ("days", "last", "longer"),
    [
        (10, date(2026, 12, 3), date(2026, 12, 13)),
        (15, date(2026, 12, 8), date(2026, 12, 23)),
        (20, date(2026, 12, 13), date(2027, 1, 2)),
    ],
)
def test_days_and_the_same_again(days: int, last: date, longer: date) -> None:
    end = due(local(2026, 11, 23, 23, 30), days, ZONE)
    assert last_day(end, ZONE) == last
    assert last_day(extended(end, days, ZONE), ZONE) == longer


@given(moments, st.integers(1, 60))
def test_the_zone_decides_which_day_it_is(asked: datetime, days: int) -> None:
    assert (last_day(due(asked, days, ZONE), ZONE) - asked.astimezone(ZONE).date()).days == days
    assert due(asked, days, ZONE).tzinfo is UTC


@pytest.mark.parametrize(
    ("closes", "months", "then"),
    [
        (local(2025, 11, 12), 6, local(2026, 5, 12)),
        (local(2025, 8, 31, 12), 6, local(2026, 2, 28, 12)),
        (local(2025, 12, 1), 12, local(2026, 12, 1)),
        (local(2025, 10, 31), 2, local(2025, 12, 31)),
        (local(2025, 11, 12), 0, local(2025, 11, 12)),
    ],
)
def test_months(closes: datetime, months: int, then: datetime) -> None:
    assert months_after(closes, months, ZONE) == then


@given(moments, st.integers(0, 120))
def test_months_never_grow_shorter_than_28_days(moment: datetime, months: int) -> None:
    later = months_after(moment, months, ZONE)
    assert timedelta(days=28 * months) <= later - moment <= timedelta(days=31 * months)
