"""Signing in and out: sessions are rows, the cookie carries a random token."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, bindparam, delete, select

from app.extensions import db, direct
from app.models import Account, Entry, Role, Session
from app.rules import numbers
from app.services.keyring import Keyring
from app.services.passwords import Passwords

# On one's own phone a session lasts a month: no exam is ever cut by it. Staff sign in every working day.
_LIFETIME = {Role.CONTESTANT: timedelta(days=30)}
_STAFF_LIFETIME = timedelta(hours=12)
_FAMILY = 20  # accounts on one phone that a sign-in tries, newest first

_BY_TOKEN = (
    select(Account.id, Account.role, Account.full_name, Entry.id, Entry.unit_id)
    .join(Session, Session.account_id == Account.id)
    .outerjoin(Entry, (Entry.account_id == Account.id) & (Entry.contest_id == bindparam("contest")))
    .where(
        Session.token_hash == bindparam("token"), Session.expires_at > bindparam("now"), Account.disabled_at.is_(None)
    )
)
_BY_CITIZEN_INDEX = select(Account.id, Account.password_hash).where(
    Account.citizen_index == bindparam("index"), Account.disabled_at.is_(None)
)
_BY_PHONE = (
    select(Account.id, Account.password_hash)
    .where(Account.phone == bindparam("phone"), Account.disabled_at.is_(None))
    .order_by(Account.id.desc())
    .limit(_FAMILY)
)


class WrongCredentials(Exception):
    """No account with this number and password; which of the two is wrong stays untold."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as much as most requests need."""

    account_id: int
    role: Role
    full_name: str
    entry_id: int | None
    unit_id: int | None


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def check_credentials(*, identifier: str, password: str, keyring: Keyring, passwords: Passwords) -> int:
    """Account id for a phone or citizen number and a password. Reads outside any transaction, since hashing is slow.

    Raises WrongCredentials after the same work whether the account exists or not.
    """
    number, phone = numbers.citizen_number(identifier), numbers.phone_number(identifier)
    rows: Sequence[Row[Any]] = []
    if number:
        rows = direct.all(_BY_CITIZEN_INDEX, {"index": keyring.citizen_index(number)})
    elif phone:
        rows = direct.all(_BY_PHONE, {"phone": phone})
    for row in rows:
        if passwords.matches(row.password_hash, password):
            return int(row.id)
    if not rows:
        passwords.matches(None, password)
    raise WrongCredentials


def open_session(*, account_id: int, now: datetime) -> str:
    """A new session; returns the token for the cookie."""
    token = secrets.token_urlsafe(24)
    role = db.session.execute(select(Account.role).where(Account.id == account_id)).scalar_one()
    expires_at = now + _LIFETIME.get(role, _STAFF_LIFETIME)
    db.session.add(Session(token_hash=_hashed(token), account_id=account_id, created_at=now, expires_at=expires_at))
    db.session.flush()
    return token


def close_session(*, token: str) -> None:
    """End one session."""
    db.session.execute(delete(Session).where(Session.token_hash == _hashed(token)))


def close_all_sessions(*, account_id: int) -> None:
    """End every session of an account, as after a new password."""
    db.session.execute(delete(Session).where(Session.account_id == account_id))


def find_session(*, token: str, contest_id: int, now: datetime) -> SignedIn | None:
    """Who holds this token; one statement outside any transaction."""
    row = direct.first(_BY_TOKEN, {"token": _hashed(token), "contest": contest_id, "now": now})
    return SignedIn(*tuple(row)) if row else None
