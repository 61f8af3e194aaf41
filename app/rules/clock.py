"""The exam's clock. The server's start and the server's receipt are the only two moments that count."""

from datetime import UTC, datetime, timedelta, tzinfo


def deadline(started_at: datetime, *, minutes: int, extra_minutes: int = 0) -> datetime:
    """When the time is over. An attempt started in time may finish, also past the end of its round."""
    return started_at + timedelta(minutes=minutes + extra_minutes)


def closing(deadline_at: datetime, *, grace_seconds: int) -> datetime:
    """Until when an answer is still received: slow lines get a grace that never improves a rank."""
    return deadline_at + timedelta(seconds=grace_seconds)


def seconds_left(deadline_at: datetime, now: datetime) -> int:
    """Whole seconds to the deadline, never negative."""
    return max(0, int((deadline_at - now).total_seconds()))


def time_used(started_at: datetime, deadline_at: datetime, received_at: datetime, *, given_back: int = 0) -> int:
    """Whole seconds that rank: from start to receipt, never more than the limit, without the seconds of pauses."""
    return max(0, int((min(received_at, deadline_at) - started_at).total_seconds()) - given_back)


def local_midnight(now: datetime, zone: tzinfo, *, days: int = 0) -> datetime:
    """When the day of `now` began in `zone`, moved by whole local days; aware UTC."""
    local = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=days)).astimezone(UTC)
