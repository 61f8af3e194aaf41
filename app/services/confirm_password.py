"""Asking who is signed in for the password once more, before something that a phone left open must not give away."""

from datetime import datetime

from sqlalchemy import bindparam, select

from app.extensions import direct
from app.models import Account
from app.services import throttle
from app.services.keyring import Keyring
from app.services.passwords import Passwords

_CEILING = 1000  # of one address in ten minutes, as when signing in
_HASH = select(Account.password_hash).where(Account.id == bindparam("account"))


class WrongPassword(throttle.TryAgain):
    """Not the password of this account."""


def confirm_password(
    *, account_id: int, password: str, keyring: Keyring, passwords: Passwords, now: datetime, address: str = ""
) -> str:
    """The hash that the password fits. No transaction is open before.

    Raises WrongPassword, and Throttled to who keeps guessing; all pages that ask count together.
    """
    key = keyring.mark("password", str(account_id))
    where = throttle.address_of(address, purpose="password", ceiling=_CEILING, keyring=keyring, now=now)
    throttle.admit(key, now=now)
    row = direct.first(_HASH, {"account": account_id})
    if row is None or not passwords.matches(row.password_hash, password):
        raise WrongPassword(throttle.fail(key, where, now=now))
    if throttle.admit(key, now=now).failures(key):  # while the hash was made, others may have used up the tries
        throttle.clear(key)
    return str(row.password_hash)
