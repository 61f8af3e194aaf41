"""A new password, by the one who knows the old one."""

from datetime import datetime

from sqlalchemy import bindparam, case, select, update

from app.extensions import db, direct
from app.models import Account
from app.rules.numbers import shown_phone
from app.services.audit import record
from app.services.confirm_password import WrongPassword, confirm_password
from app.services.keyring import Keyring
from app.services.my_sessions import end_other_sessions
from app.services.passwords import Passwords
from app.services.recovery_code import new_recovery_nonce

_OWN = select(Account.full_name, Account.phone, Account.citizen_cipher, Account.citizen_index).where(
    Account.id == bindparam("account")
)


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

    The recovery code changes as well, for whoever knew the old password may have seen it; staff have none.

    Raises WrongPassword, and Throttled to who keeps guessing on a phone that was left open.
    """
    known = confirm_password(
        account_id=account_id, password=old, keyring=keyring, passwords=passwords, now=now, address=address
    )
    password_hash = passwords.hash(new)
    changed = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.password_hash == known)
        .values(
            password_hash=password_hash,
            recovery_nonce=case((Account.recovery_nonce.is_not(None), new_recovery_nonce())),
        )
        .returning(Account.id)
    )
    if changed.first() is None:  # another device was faster: what was typed is no longer the password
        db.session.rollback()
        raise WrongPassword
    end_other_sessions(account_id=account_id, token=token)
    record(actor_id=account_id, action="password.change", subject=f"account:{account_id}", reason="", now=now)
    return password_hash
