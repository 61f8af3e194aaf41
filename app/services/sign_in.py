"""Signing in and out: sessions are rows, the cookie carries a random token."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from app.extensions import Hot, db, direct
from app.models import Account, Entry, Role, Session
from app.rules import numbers
from app.rules.names import fold
from app.services import throttle
from app.services.keyring import Keyring
from app.services.known_device import Device
from app.services.passwords import Passwords

# On one's own phone a session lasts a month: no exam is ever cut by it. Staff sign in every working day.
_LIFETIME = {Role.CONTESTANT: timedelta(days=30)}
_STAFF_LIFETIME = timedelta(hours=12)
_KIOSK_LIFETIME = timedelta(hours=4)  # longer than any exam; the cookie says when somebody has gone away
# Accounts on one phone that a sign-in tries, the oldest first: nobody pushes them out by registering twenty more on it.
_FAMILY = 20
# Failures from one address in ten minutes: a hall of 300 may type its password wrong three times each.
_CEILING = 1000

_BY_TOKEN = Hot(
    select(
        Account.id,
        Account.role,
        Account.full_name,
        Entry.id,
        Entry.unit_id,
        Session.seen_on,
        Session.second_factor_at,
        Account.totp_since,
    )
    .join(Session, Session.account_id == Account.id)
    .outerjoin(Entry, (Entry.account_id == Account.id) & (Entry.contest_id == bindparam("contest")))
    .where(
        Session.token_hash == bindparam("token"), Session.expires_at > bindparam("now"), Account.disabled_at.is_(None)
    )
)
_BY_CITIZEN_INDEX = select(Account.id, Account.password_hash).where(
    Account.citizen_index.in_(bindparam("indexes", expanding=True)), Account.disabled_at.is_(None)
)
_BY_PHONE = (
    select(Account.id, Account.password_hash)
    .where(Account.phone == bindparam("phone"), Account.disabled_at.is_(None))
    .order_by(Account.id)
    .limit(_FAMILY)
)
_SEEN = (
    update(Session)
    .where(Session.token_hash == bindparam("token"))
    .values(seen_on=bindparam("today"))
    .returning(Session.token_hash)
)


class WrongCredentials(throttle.TryAgain):
    """No account with this number and password; which of the two is wrong stays untold."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who may come in, and the browser that will be known from now on."""

    account_id: int
    device: Device


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as much as most requests need."""

    account_id: int
    role: Role
    full_name: str
    entry_id: int | None
    unit_id: int | None
    seen_on: date | None = None
    second_factor_at: datetime | None = None
    totp_since: datetime | None = None

    @property
    def is_half(self) -> bool:
        """Staff who have proven their password and not yet their second factor: no desk opens."""
        return self.role is not Role.CONTESTANT and self.second_factor_at is None


def token_hash(token: str) -> str:
    """What the table keeps of a session's token."""
    return sha256(token.encode()).hexdigest()


def check_credentials(
    *,
    identifier: str,
    password: str,
    keyring: Keyring,
    passwords: Passwords,
    now: datetime,
    address: str = "",
    device: Device = Device(),  # noqa: B008  frozen
) -> Admitted:
    """Who a phone or citizen number and a password belong to. No transaction is open: hashing is slow.

    Raises WrongCredentials or Throttled after the same work whether the account exists or not.
    """
    where = throttle.address_of(address, purpose="sign-in", ceiling=_CEILING, keyring=keyring, now=now)
    rows = accounts_of(identifier, keyring)
    tries = tries_on(rows, identifier, purpose="sign-in", device=device, address=where, keyring=keyring, now=now)
    match = next((row for row in tries.rows if passwords.matches(row.password_hash, password)), None)
    if not tries.rows:
        passwords.matches(None, password)
    if match is None:
        raise WrongCredentials(throttle.fail(tries.key, tries.address, now=now))
    counts = throttle.admit(tries.key, now=now)  # while this hash was made, others may have used up the tries
    # Where several share a number, one who signs in must not buy new guesses at the others' passwords.
    if counts.failures(tries.key) and len(tries.rows) == 1:
        throttle.clear(tries.key)
    return Admitted(match.id, device.remembering(match.id, match.password_hash, keyring))


@dataclass(frozen=True, slots=True)
class Tries:
    """The accounts that a password or a code is tried on, and where a failure is counted."""

    rows: Sequence[Row[Any]]
    key: str
    address: throttle.Address


def tries_on(
    rows: Sequence[Row[Any]],
    identifier: str,
    *,
    purpose: str,
    device: Device,
    address: throttle.Address,
    keyring: Keyring,
    now: datetime,
) -> Tries:
    """Raises Throttled. A known device counts its own failures, and opens only the accounts that it knows."""
    normal = _normal(identifier)
    by_number = keyring.mark(purpose, normal)
    by_device = keyring.mark(f"{purpose}.device", f"{device.name}.{normal}")
    counts = throttle.look(by_number, by_device, address.key, now=now)
    known = [row for row in rows if device.knows(row.id, row.password_hash, keyring)]
    key, wait = by_number, counts.wait(by_number, address.key)
    if known and (wait or len(known) == len(rows)):
        rows, key, wait = known, by_device, counts.wait(by_device)
    if wait:
        raise throttle.Throttled(wait)
    return Tries(rows, key, address)


def _normal(identifier: str) -> str:
    return numbers.citizen_number(identifier) or numbers.phone_number(identifier) or fold(identifier)


def accounts_of(identifier: str, keyring: Keyring) -> Sequence[Row[Any]]:
    """Accounts {id, password_hash} with this citizen number or phone, oldest first; disabled ones are none."""
    if number := numbers.citizen_number(identifier):
        return direct.all(_BY_CITIZEN_INDEX, {"indexes": keyring.citizen_indexes(number)})
    if phone := numbers.phone_number(identifier):
        return direct.all(_BY_PHONE, {"phone": phone})
    return []


def open_session(
    *,
    account_id: int,
    now: datetime,
    device: str = "",
    today: date | None = None,
    second_factor: bool = False,
    kiosk_id: int | None = None,
) -> str:
    """A new session on a device of this kind; returns the token for the cookie. On a kiosk it lasts a few hours.

    `second_factor` says that staff have proven theirs as well; contestants have none.
    """
    token = secrets.token_urlsafe(16)
    role = db.session.get_one(Account, account_id).role
    db.session.add(
        Session(
            token_hash=token_hash(token),
            account_id=account_id,
            created_at=now,
            expires_at=now + (_KIOSK_LIFETIME if kiosk_id else _LIFETIME.get(role, _STAFF_LIFETIME)),
            device=device,
            seen_on=today,
            kiosk_id=kiosk_id,
            second_factor_at=now if second_factor else None,
        )
    )
    db.session.flush()
    return token


def see_session(*, token: str, today: date) -> None:
    """Note the day on which a session was used; one statement outside any transaction."""
    direct.write(_SEEN, {"token": token_hash(token), "today": today})


def close_session(*, token: str) -> None:
    """End one session."""
    db.session.execute(delete(Session).where(Session.token_hash == token_hash(token)))


def close_all_sessions(*, account_id: int) -> None:
    """End every session of an account, as after a new password."""
    db.session.execute(delete(Session).where(Session.account_id == account_id))


def find_session(*, token: str, contest_id: int, now: datetime) -> SignedIn | None:
    """Who holds this token; one statement outside any transaction."""
    row = direct.first(_BY_TOKEN, {"token": token_hash(token), "contest": contest_id, "now": now})
    return SignedIn(*tuple(row)) if row else None
