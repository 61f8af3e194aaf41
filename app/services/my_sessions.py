"""Where an account is signed in, and ending it there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from app.extensions import db
from app.models import Session
from app.services.sign_in import token_hash
from app.services.sweeping import drop_some

_LATELY = timedelta(minutes=15)
_SHOWN = 16  # digits of a token's hash: enough to tell the sessions of one person apart, and no way in


@dataclass(frozen=True, slots=True)
class MySession:
    """One signed-in browser; `ref` names it among the sessions of its account."""

    ref: str
    device: str
    since: datetime
    seen_on: date | None
    is_this: bool


class NoSuchSession(Exception):
    """Ended already, somebody else's, or the one that asks, which is left by signing out."""


def my_sessions(*, account_id: int, token: str, now: datetime) -> list[MySession]:
    """All sessions of an account, the one that asks first, then the newest."""
    rows = db.session.scalars(
        select(Session)
        .where(Session.account_id == account_id, Session.expires_at > now)
        .order_by(Session.created_at.desc(), Session.token_hash)
    )
    mine = token_hash(token)
    found = [
        MySession(row.token_hash[:_SHOWN], row.device, row.created_at, row.seen_on, row.token_hash == mine)
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_this)


def opened_lately(*, token: str, now: datetime) -> bool:
    """Whether the password was typed on this browser a moment ago, to sign in or to register."""
    opened = db.session.scalar(select(Session.created_at).where(Session.token_hash == token_hash(token)))
    return opened is not None and now - opened < _LATELY


def end_session(*, account_id: int, token: str, ref: str) -> None:
    """End another session of this account. Raises NoSuchSession."""
    if len(ref) != _SHOWN or not ref.isalnum():
        raise NoSuchSession(ref)
    ended = db.session.scalars(
        delete(Session)
        .where(
            Session.account_id == account_id,
            Session.token_hash.startswith(ref),
            Session.token_hash != token_hash(token),
        )
        .returning(Session.token_hash)
    )
    if not ended.all():
        raise NoSuchSession(ref)


def end_other_sessions(*, account_id: int, token: str) -> None:
    """End all sessions of this account but the one that asks."""
    db.session.execute(delete(Session).where(Session.account_id == account_id, Session.token_hash != token_hash(token)))


def sweep(*, now: datetime, limit: int) -> int:
    """Drop sessions whose time is over, at most `limit`; returns how many."""
    return drop_some(Session.token_hash, Session.expires_at <= now, oldest=Session.expires_at, limit=limit)
