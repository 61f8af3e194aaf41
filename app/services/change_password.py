"""A new password, by the one who knows the old one."""

from datetime import datetime

from sqlalchemy import bindparam, select, update

from app.extensions import db, direct
from app.models import Account
from app.rules.numbers import shown_phone
from app.services import throttle
from app.services.audit import record
from app.services.keyring import Keyring
from app.services.my_sessions import end_other_sessions
from app.services.passwords import Passwords

_CEILING = 1000  # of one address in ten minutes, as when signing in
_HASH = select(Account.password_hash).where(Account.id == bindparam("account"))
_OWN = select(Account.full_name, Account.phone, Account.citizen_cipher, Account.citizen_index).where(
    Account.id == bindparam("account")
)


class WrongPassword(Exception):
    """Not the password of this account; `wait` says in how many seconds the next try is welcome."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__()
        self.wait = wait


def own_words(*, account_id: int, keyring: Keyring) -> list[str]:
    """What others may know about this person. The citizen number is compared here and shown to nobody."""
    row = direct.first(_OWN, {"account": account_id})
    if row is None:
        return []
    number = keyring.unseal(row.citizen_cipher, row.citizen_index) if row.citizen_cipher and row.citizen_index else ""
    return [row.full_name, shown_phone(row.phone), number]


def change_password(
    *,
    account_id: int,
    old: str,
    new: str,
    token: str,
    keyring: Keyring,
    passwords: Passwords,
    now: datetime,
    address: str = "",
) -> str:
    """Set it and end all sessions but the one with this token; returns the new hash. No transaction is open before.

    Raises WrongPassword, and Throttled to who keeps guessing on a phone that was left open.
    """
    key = keyring.mark("password", str(account_id))
    where = throttle.address_of(address, purpose="password", ceiling=_CEILING, keyring=keyring, now=now)
    if wait := throttle.look(key, now=now).wait(key):
        raise throttle.Throttled(wait)
    row = direct.first(_HASH, {"account": account_id})
    if row is None or not passwords.matches(row.password_hash, old):
        raise WrongPassword(throttle.fail(key, where, now=now))
    counts = throttle.look(key, now=now)
    if wait := counts.wait(key):  # while this hash was made, others have used up the tries
        raise throttle.Throttled(wait)
    if counts.failures(key):
        throttle.clear(key)
    password_hash = passwords.hash(new)
    changed = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.password_hash == row.password_hash)
        .values(password_hash=password_hash)
        .returning(Account.id)
    )
    if changed.first() is None:  # another device was faster: what was typed is no longer the password
        db.session.rollback()
        raise WrongPassword
    end_other_sessions(account_id=account_id, token=token)
    record(actor_id=account_id, action="password.change", subject=f"account:{account_id}", reason="", now=now)
    return password_hash
