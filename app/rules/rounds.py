"""Rounds by the calendar: weekly ones from one line, and the moment from which boards stand still."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MOST_WEEKS = 53
PLACE_OF_NUMBER = "{n}"


def weekly(opens_at: datetime, closes_at: datetime, *, weeks: int, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The window of a first week, again and again by the clock on the wall of `zone`; UTC, ends exclusive.

    Monday 10:00 to the next Monday 9:00 leaves an hour for counting (VCNet 2019). Raises ValueError when a week would
    begin before the one before it has ended.
    """
    if weeks > 1 and closes_at - opens_at > timedelta(weeks=1):
        raise ValueError("longer than a week")
    first, last = opens_at.astimezone(zone), closes_at.astimezone(zone)
    steps = (timedelta(weeks=week) for week in range(weeks))
    return [((first + step).astimezone(UTC), (last + step).astimezone(UTC)) for step in steps]


def weekly_name(name: str, number: int) -> str:
    """`Tuần {n}` → `Tuần 3`."""
    return name.replace(PLACE_OF_NUMBER, str(number))


def freeze_moment(opens_at: datetime, closes_at: datetime, *, hours: int) -> datetime | None:
    """From when boards stand still, never before the round opens: others may run till then. None when they never do."""
    return max(opens_at, closes_at - timedelta(hours=hours)) if hours else None
