"""One number, one deed at a time: registering, claiming, moving and re-indexing a citizen number never overlap.

The table's unique index holds while all numbers are indexed with one key. While keys are being replaced a number may be
written under either, and no index sees that both are the same: so every deed that writes one holds the number first and
then looks under all live keys.
"""

from sqlalchemy import func, select

from app.extensions import db
from app.models import Account
from app.services.keyring import Keyring


def hold(number: str, keyring: Keyring) -> None:
    """Let nobody else write this number until the session's transaction ends.

    On SQLite a writing transaction is alone anyway. The lock's name comes from the key of the marks, which is the same
    before, during and after a replacement of keys.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        name = int(keyring.mark("citizen.lock", number)[:16], 16) - 2**63  # a bigint
        db.session.execute(select(func.pg_advisory_xact_lock(name)))


def give_number(account: Account, number: str, keyring: Keyring) -> None:
    """Write it into an account; nobody else has it."""
    account.citizen_index, account.citizen_cipher = keyring.citizen_index(number), keyring.seal(number)
    account.citizen_last_four = number[-4:]


def number_of(account: Account, keyring: Keyring) -> str | None:
    """The whole number; None of somebody who has none. Whom it is shown to is recorded by who shows it."""
    if account.citizen_cipher is None or account.citizen_index is None:
        return None
    return keyring.unseal(account.citizen_cipher, account.citizen_index)


def holder(number: str, keyring: Keyring) -> Account | None:
    """Whose number it is, locked, in whichever key it is written; `hold` it first."""
    return db.session.scalar(
        select(Account).where(Account.citizen_index.in_(keyring.citizen_indexes(number))).with_for_update()
    )
