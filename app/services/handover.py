"""Handing somebody over from the kiosk to the own phone: a token in a QR code, ten minutes, good once."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app.extensions import db
from app.models import Account, Handover, Role
from app.services.audit import record
from app.services.sign_in import token_hash
from app.services.sweeping import drop_some

MINUTES = 10


class HandoverGone(Exception):
    """No such token, used, or too old."""


def open_handover(*, account_id: int, kiosk_id: int, now: datetime) -> str:
    """A token for the QR code; one that was shown before and not used is worth nothing any more."""
    db.session.execute(delete(Handover).where(Handover.account_id == account_id, Handover.used_at.is_(None)))
    token = secrets.token_urlsafe(16)
    db.session.add(
        Handover(
            token_hash=token_hash(token),
            account_id=account_id,
            kiosk_id=kiosk_id,
            created_at=now,
            expires_at=now + timedelta(minutes=MINUTES),
        )
    )
    record(actor_id=account_id, action="kiosk.handover", subject=f"account:{account_id}", reason="", now=now)
    db.session.flush()
    return token


def whose_handover(*, token: str, now: datetime) -> Account:
    """Who would be signed in; changes nothing, for previews of links ask too. Raises HandoverGone."""
    statement = (
        select(Account)
        .join(Handover, Handover.account_id == Account.id)
        .where(
            Handover.token_hash == token_hash(token),
            Handover.used_at.is_(None),
            Handover.expires_at > now,
            Account.disabled_at.is_(None),
            Account.role == Role.CONTESTANT,
        )
    )
    account = db.session.scalar(statement)
    if account is None:
        raise HandoverGone
    return account


def take_handover(*, token: str, now: datetime) -> Account:
    """Use it up. Raises HandoverGone, also to the loser of two who press at the same moment."""
    account = whose_handover(token=token, now=now)
    taken = db.session.execute(
        update(Handover)
        .where(Handover.token_hash == token_hash(token), Handover.used_at.is_(None))
        .values(used_at=now)
        .returning(Handover.account_id)
        .execution_options(synchronize_session=False)
    )
    if taken.first() is None:
        raise HandoverGone
    record(actor_id=account.id, action="kiosk.handover_taken", subject=f"account:{account.id}", reason="", now=now)
    return account


def sweep(*, now: datetime, limit: int) -> int:
    """Drop tokens that are too old, at most `limit`; returns how many."""
    return drop_some(Handover.token_hash, Handover.expires_at <= now, oldest=Handover.expires_at, limit=limit)
