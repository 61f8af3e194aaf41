"""Throttling: failures are counted in the database, so that the count is right across workers and after a restart.

Five failures under one key, then each further one doubles the wait: 30 s, 1, 2, 4, 8, at most 15 minutes. Nobody is
locked out for good, and success clears the count. Who has to wait is not counted, so knocking makes no wait longer.

An address is only a high soft ceiling: a hall, or a whole ward behind a carrier, shares one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Row, UpdateBase, bindparam, case, delete, null, or_, select

from app.extensions import Hot, UtcDateTime, db, direct, upsert
from app.models import Throttle
from app.services.keyring import Keyring
from app.services.sweeping import drop_some

FREE = 5  # the failure that begins the first wait
WAITS = (30, 60, 120, 240, 480, 900)  # seconds
FORGET = timedelta(hours=6)  # without a failure; guessers gain nothing by it: they have four guesses an hour anyway
WINDOW = 600  # seconds; failures of one address are counted window by window, so they never pile up over a day
ADDRESS_WAIT = 30

_LOOK = select(Throttle.key, Throttle.failures, Throttle.blocked_until).where(
    Throttle.key.in_(bindparam("keys", expanding=True)), Throttle.updated_at >= bindparam("forget")
)
_CLEAR = delete(Throttle).where(Throttle.key == bindparam("key")).returning(Throttle.key)


class TryAgain(Exception):
    """Not this time; `wait` says in how many seconds the next try is welcome."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__()
        self.wait = wait


class Throttled(TryAgain):
    """Too many failures; what came of this try, if anything, stays untold."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody knocks from: a key, and how many failures in one window are still no attack."""

    key: str
    ceiling: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands under the keys that were asked for."""

    rows: Sequence[Row[Any]]
    now: datetime

    def wait(self, *keys: str) -> int:
        """Seconds until all these keys are free; 0 when they are."""
        return max((_seconds(row.blocked_until, self.now) for row in self.rows if row.key in keys), default=0)

    def failures(self, key: str) -> int:
        """Failures under a key."""
        return next((row.failures for row in self.rows if row.key == key), 0)


def _seconds(until: datetime | None, now: datetime) -> int:
    return max(0, ceil((until - now).total_seconds())) if until else 0


def address_of(text: str, *, purpose: str, ceiling: int, keyring: Keyring, now: datetime) -> Address:
    """An address as it is counted: an IPv6 subscriber has a whole /64; anything else is taken as it is."""
    try:
        parsed = ip_address(text)
        if isinstance(parsed, IPv6Address):
            text = str(ip_network((parsed, 64), strict=False))
    except ValueError:
        pass  # a socket without an address
    return Address(keyring.mark(f"{purpose}.address", f"{text}.{int(now.timestamp()) // WINDOW}"), ceiling)


def look(*keys: str, now: datetime) -> Counts:
    """One statement: who has to wait."""
    return Counts(direct.all(_LOOK, {"keys": keys, "forget": now - FORGET}), now)


def admit(*keys: str, now: datetime) -> Counts:
    """One statement: what stands under keys that all are free. Raises Throttled when one of them has to wait."""
    counts = look(*keys, now=now)
    if wait := counts.wait(*keys):
        raise Throttled(wait)
    return counts


def fail(key: str, address: Address, *, now: datetime) -> int:
    """Count a failure under both in one statement; returns the seconds that the next try has to wait.

    Raises Throttled when others have failed meanwhile so often that this try came too late: what came of it must stay
    untold, or many at once could try more than one after the other.
    """
    values = {"key": key, "address": address.key, "ceiling": address.ceiling, "now": now, "forget": now - FORGET}
    waits = {f"wait{place}": now + timedelta(seconds=seconds) for place, seconds in enumerate(WAITS)}
    # In the order of the keys, for on Postgres two who hold a row each and want the other's would wait for ever.
    first, second = sorted((key, address.key))
    rows = direct.write_all(
        _count("first", "second"),
        values | waits | {"first": first, "second": second, "soft": now + timedelta(seconds=ADDRESS_WAIT)},
    )
    counted = next((row for row in rows if row.key == key), None)
    if counted is None:
        raise Throttled(max(1, look(key, now=now).wait(key)))
    return _seconds(counted.blocked_until, now)


def ask(address: Address, *, now: datetime) -> None:
    """Count a question that is nobody's failure and only costs: an address may ask so many in a window.

    Raises Throttled.
    """
    values = {"address": address.key, "ceiling": address.ceiling, "now": now, "forget": now - FORGET}
    row = direct.write(_asked(db.engine.dialect.name), values | {"soft": now + timedelta(seconds=ADDRESS_WAIT)})
    if row is None or row.blocked_until is not None:
        raise Throttled(max(1, look(address.key, now=now).wait(address.key)))


def clear(key: str) -> None:
    """After a success."""
    direct.write(_CLEAR, {"key": key})


@cache
def _asked(_dialect: str) -> Hot:
    """Counting one question, made once for a database: by far the dearest part of a search."""
    return Hot(_count("address"))


def _count(*places: str) -> UpdateBase:
    """One failure more under the keys that are bound by these names; `address` alone has no waits that grow."""
    failures = case((Throttle.updated_at < bindparam("forget"), 1), else_=Throttle.failures + 1)
    new: list[dict[str, Any]] = [
        {"key": bindparam(place), "failures": 1, "blocked_until": null(), "updated_at": bindparam("now")}
        for place in places
    ]
    until = _until(failures) if len(places) > 1 else _soft(failures)
    return (
        upsert(Throttle)
        .values(new)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"failures": failures, "blocked_until": until, "updated_at": bindparam("now")},
            where=or_(Throttle.blocked_until.is_(None), Throttle.blocked_until <= bindparam("now")),
        )
        .returning(Throttle.key, Throttle.blocked_until)
    )


def _until(failures: ColumnElement[int]) -> ColumnElement[datetime | None]:
    """When the next try is welcome, in words that both databases understand: their arithmetic of times differs."""
    steps = [(failures == FREE + place, _moment(f"wait{place}")) for place in range(len(WAITS) - 1)]
    last = (failures >= FREE + len(WAITS) - 1, _moment(f"wait{len(WAITS) - 1}"))
    return case((Throttle.key == bindparam("address"), _soft(failures)), else_=case(*steps, last))


def _soft(failures: ColumnElement[int]) -> ColumnElement[datetime | None]:
    return case((failures >= bindparam("ceiling"), _moment("soft")))


def _moment(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=UtcDateTime())


def sweep(*, now: datetime, limit: int) -> int:
    """Drop rows that count no more, at most `limit`; returns how many."""
    forgotten = Throttle.updated_at < now - FORGET
    return drop_some(Throttle.key, forgotten, oldest=Throttle.updated_at, limit=limit)
