"""The recovery code: given at registration, shown again to who knows the password, kept nowhere.

It is computed from a key outside the database and a nonce in the account's row, so that neither a stolen database nor a
stolen key file holds it, and a new nonce makes the old code worthless.
"""

import hmac
import secrets

from app.models import Account
from app.services.codes import code_of, typed_code
from app.services.keyring import Keyring

LENGTH = 12  # of five bits each: 2⁶⁰ codes, and who guesses is throttled


class NoRecoveryCode(Exception):
    """An account that never got a nonce: staff, or who registered before there were codes."""


def new_recovery_nonce() -> str:
    """For `Account.recovery_nonce`; a used code is replaced by setting another."""
    return secrets.token_hex(16)


def recovery_code(account: Account, keyring: Keyring) -> str:
    """Twelve letters and digits as kept, not yet grouped. Raises NoRecoveryCode."""
    if account.recovery_nonce is None:
        raise NoRecoveryCode(account.id)
    mark = keyring.mark("recovery", f"{account.id}.{account.recovery_nonce}")
    return code_of(int(mark[: 5 * LENGTH // 4], 16), LENGTH)


def is_recovery_code(account: Account, typed: str, keyring: Keyring) -> bool:
    """Whether this is the account's code, however it was typed; takes the same time wherever it differs."""
    if account.recovery_nonce is None:
        return False
    return hmac.compare_digest(typed_code(typed).encode(), recovery_code(account, keyring).encode())
