"""Kiosks: enrolling a device by a one-time code, knowing it again, counting what is registered on it, revoking it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import Select, and_, bindparam, case, delete, func, or_, select, update

from app.extensions import db, direct
from app.models import Entry, Kiosk, KioskCode, Session, Unit
from app.rules.clock import local_midnight
from app.services import throttle
from app.services.audit import record
from app.services.codes import is_code, new_code, typed_code
from app.services.desk_people import Reach
from app.services.keyring import Keyring
from app.services.sign_in import token_hash
from app.services.sweeping import drop_some

CODE_LENGTH = 8  # forty bits, for a quarter of an hour, and who guesses is throttled
CODE_MINUTES = 15
ALARM_AN_HOUR = 25
STOP_A_DAY = 80
_SEEN_EVERY = timedelta(minutes=5)
_CEILING = 1000  # of one address in ten minutes, as when signing in

_FIND = (
    select(Kiosk.id, Kiosk.unit_id, Kiosk.name, Kiosk.seen_at)
    .join(Unit, Unit.id == Kiosk.unit_id)
    .where(Kiosk.token_hash == bindparam("token"), Kiosk.revoked_at.is_(None), Unit.contest_id == bindparam("contest"))
)
_SEEN = update(Kiosk).where(Kiosk.id == bindparam("kiosk")).values(seen_at=bindparam("now")).returning(Kiosk.id)


class WrongCode(throttle.TryAgain):
    """No such code, used, or too old."""


class KioskStopped(Exception):
    """As many people as one kiosk registers in a day; an officer or organiser lifts it."""


@dataclass(frozen=True, slots=True)
class KioskHere:
    """The kiosk that a request comes from."""

    id: int
    unit_id: int
    name: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KioskLine:
    """A kiosk at the desk, with the registrations that count: of the last hour, of today."""

    kiosk: Kiosk
    hour: int
    today: int

    @property
    def is_stopped(self) -> bool:
        """Whether it registers nobody any more today."""
        return self.kiosk.revoked_at is None and self.today >= STOP_A_DAY

    @property
    def is_alarming(self) -> bool:
        """Whether somebody should look at what is done there."""
        return self.kiosk.revoked_at is None and (self.hour >= ALARM_AN_HOUR or self.is_stopped)


def make_code(*, unit_id: int, name: str, actor_id: int | None, keyring: Keyring, now: datetime) -> str:
    """A code with which one device becomes a kiosk of this unit within a quarter of an hour."""
    code = new_code(CODE_LENGTH)
    until = now + timedelta(minutes=CODE_MINUTES)
    mark = keyring.mark("kiosk-code", code)
    db.session.add(KioskCode(code_mark=mark, unit_id=unit_id, name=name, made_by=actor_id, expires_at=until))
    record(actor_id=actor_id, action="kiosk.code", subject=f"unit:{unit_id}", reason=name, now=now)
    db.session.flush()
    return code


def enrol(*, typed: str, keyring: Keyring, now: datetime, address: str = "") -> str:
    """Take a code, which is then worth nothing any more; returns the token for the device's cookie.

    No transaction is open before. Raises WrongCode and Throttled.
    """
    key = keyring.mark("kiosk", address)
    where = throttle.address_of(address, purpose="kiosk", ceiling=_CEILING, keyring=keyring, now=now)
    throttle.admit(key, where.key, now=now)
    code = typed_code(typed)
    taken = None
    if is_code(code, CODE_LENGTH):
        taken = db.session.execute(
            delete(KioskCode)
            .where(KioskCode.code_mark == keyring.mark("kiosk-code", code), KioskCode.expires_at > now)
            .returning(KioskCode.unit_id, KioskCode.name, KioskCode.made_by)
        ).first()
    if taken is None:
        db.session.rollback()
        raise WrongCode(throttle.fail(key, where, now=now))
    token = secrets.token_urlsafe(16)
    kiosk = Kiosk(unit_id=taken.unit_id, name=taken.name, token_hash=token_hash(token), enrolled_at=now, seen_at=now)
    db.session.add(kiosk)
    db.session.flush()
    record(actor_id=taken.made_by, action="kiosk.enrol", subject=f"kiosk:{kiosk.id}", reason=kiosk.name, now=now)
    return token


def find_here(*, token: str, contest_id: int) -> KioskHere | None:
    """The kiosk whose cookie this is; one statement outside any transaction."""
    row = direct.first(_FIND, {"token": token_hash(token), "contest": contest_id})
    return KioskHere(*tuple(row)) if row else None


def see(kiosk: KioskHere, *, now: datetime) -> None:
    """Note when it was used, every five minutes; one statement outside any transaction."""
    if now - kiosk.seen_at >= _SEEN_EVERY:
        direct.write(_SEEN, {"kiosk": kiosk.id, "now": now})


def is_stopped(*, kiosk_id: int, zone: tzinfo, now: datetime) -> bool:
    """Whether the day's registrations are used up. Reads only."""
    return _line(db.session.get_one(Kiosk, kiosk_id), zone=zone, now=now).is_stopped


def note_registration(
    entry: Entry, *, kiosk_id: int, zone: tzinfo, now: datetime, officer_id: int | None = None
) -> None:
    """Count somebody who has just been registered here, in the same transaction; with an officer it is recorded.

    Raises KioskStopped.
    """
    kiosk = db.session.get_one(Kiosk, kiosk_id, with_for_update=True, populate_existing=True)
    if _line(kiosk, zone=zone, now=now).is_stopped:
        raise KioskStopped
    entry.kiosk_id = kiosk_id
    if officer_id is not None:
        subject, reason = f"account:{entry.account_id}", f"kiosk {kiosk_id}"
        record(actor_id=officer_id, action="kiosk.register", subject=subject, reason=reason, now=now)
    db.session.flush()


def _lines(zone: tzinfo, now: datetime) -> Select[Kiosk, int, int]:
    counts = and_(
        Entry.kiosk_id == Kiosk.id,
        Entry.registered_at >= min(local_midnight(now, zone), now - timedelta(hours=1)),
        or_(Kiosk.lifted_at.is_(None), Entry.registered_at > Kiosk.lifted_at),
    )
    hour = func.count(case((Entry.registered_at > now - timedelta(hours=1), 1)))
    today = func.count(case((Entry.registered_at >= local_midnight(now, zone), 1)))
    return (
        select(Kiosk, hour, today)
        .join(Unit, Unit.id == Kiosk.unit_id)
        .outerjoin(Entry, counts)
        .group_by(Kiosk.id, Unit.sort_key)
        .order_by(Kiosk.revoked_at.is_not(None), Unit.sort_key, Kiosk.id)
    )


def _line(kiosk: Kiosk, *, zone: tzinfo, now: datetime) -> KioskLine:
    found, hour, today = db.session.execute(_lines(zone, now).where(Kiosk.id == kiosk.id)).one()
    return KioskLine(found, hour, today)


def list_kiosks(*, reach: Reach, zone: tzinfo, now: datetime) -> Sequence[KioskLine]:
    """The kiosks within reach, those in use first, by unit."""
    statement = _lines(zone, now).where(Unit.contest_id == reach.contest_id)
    if reach.unit_ids is not None:
        statement = statement.where(Kiosk.unit_id.in_(reach.unit_ids))
    return [KioskLine(kiosk, hour, today) for kiosk, hour, today in db.session.execute(statement)]


def kiosks_to_look_at(*, reach: Reach, zone: tzinfo, now: datetime) -> int:
    """How many of them register unusually many people."""
    return sum(line.is_alarming for line in list_kiosks(reach=reach, zone=zone, now=now))


def find_kiosk(*, kiosk_id: int, reach: Reach, zone: tzinfo, now: datetime) -> KioskLine | None:
    """One of them."""
    return next((line for line in list_kiosks(reach=reach, zone=zone, now=now) if line.kiosk.id == kiosk_id), None)


def lift(kiosk: Kiosk, *, actor_id: int, reason: str, now: datetime) -> None:
    """Somebody has looked: alarm and stop count anew from here."""
    kiosk.lifted_at = now
    record(actor_id=actor_id, action="kiosk.lift", subject=f"kiosk:{kiosk.id}", reason=reason, now=now)


def revoke(kiosk: Kiosk, *, actor_id: int | None, reason: str, now: datetime) -> None:
    """From the next request on the device is a browser like any other, and nobody is signed in there."""
    kiosk.revoked_at = now
    db.session.execute(delete(Session).where(Session.kiosk_id == kiosk.id))
    record(actor_id=actor_id, action="kiosk.revoke", subject=f"kiosk:{kiosk.id}", reason=reason, now=now)


def sweep(*, now: datetime, limit: int) -> int:
    """Drop codes that nobody used in time, at most `limit`; returns how many."""
    return drop_some(KioskCode.code_mark, KioskCode.expires_at <= now, oldest=KioskCode.expires_at, limit=limit)
