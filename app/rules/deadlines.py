"""By when a request about personal data is answered: Decree 356/2025/NĐ-CP Art. 5; days as the Civil Code counts them.

The day of the request does not count (Civil Code 2015 Art. 147); a time limit ends with its last day (Art. 148). Public
holidays are not known here and count as working days: who keeps these dates keeps the law's.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WORKING_DAYS_TO_ACKNOWLEDGE = 2
_SATURDAY = 5


def acknowledge_by(asked: datetime, zone: ZoneInfo) -> datetime:
    """The end (exclusive, UTC) of the second working day, Monday to Friday, after the day of the request."""
    day, left = asked.astimezone(zone).date(), WORKING_DAYS_TO_ACKNOWLEDGE
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return _end_of(day, zone)


def due(asked: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The end (exclusive, UTC) of the last of so many days after the day of the request."""
    return _end_of(asked.astimezone(zone).date() + timedelta(days=days), zone)


def extended(due_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same once more: so many days after a time limit that ended at `due_at`."""
    return due(due_at - datetime.resolution, days, zone)


def last_day(end: datetime, zone: ZoneInfo) -> date:
    """The day that ends at `end`: what people call the last day."""
    return (end - datetime.resolution).astimezone(zone).date()


def months_after(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same time of day so many months later (UTC); the month's last day where it is shorter (Art. 148)."""
    local = moment.astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    day = min(local.day, (following - timedelta(days=1)).day)
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)
