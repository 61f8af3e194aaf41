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


class WrongPassword(Exception):
    """Not the password of this account; `wait` says in how many seconds the next try is welcome."""

    def __init__(self, wait: int = 0) -> None:
        super().__init__()
        self.wait = wait


def confirm_password(
    *, account_id: int, password: str, keyring: Keyring, passwords: Passwords, now: datetime, address: str = ""
) -> str:
    """The hash that the password fits. No transaction is open before.

    Raises WrongPassword, and Throttled to who keeps guessing; all pages that ask count together.
    """
    key = keyring.mark("password", str(account_id))
    where = throttle.address_of(address, purpose="password", ceiling=_CEILING, keyring=keyring, now=now)
    if wait := throttle.look(key, now=now).wait(key):
        raise throttle.Throttled(wait)
    row = direct.first(_HASH, {"account": account_id})
    if row is None or not passwords.matches(row.password_hash, password):
        raise WrongPassword(throttle.fail(key, where, now=now))
    counts = throttle.look(key, now=now)
    if wait := counts.wait(key):  # while this hash was made, others have used up the tries
        raise throttle.Throttled(wait)
    if counts.failures(key):
        throttle.clear(key)
    return str(row.password_hash)
