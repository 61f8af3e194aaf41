"""Registering: one person, one account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db, direct
from app.models import Account, Channel
from app.rules.names import fold, name_sort_key
from app.services import throttle
from app.services.catalogue import Catalogue
from app.services.citizen_numbers import give_number, hold, holder
from app.services.claims import TooManyClaims, open_claim
from app.services.enter_contest import NewEntry, add_entry, make_entry
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.services.recovery_code import new_recovery_nonce

# Hits on taken numbers from one address in ten minutes: a hall of 300 may register twice, each of them.
_CEILING = 400
_BY_INDEX = select(Account.id).where(Account.citizen_index.in_(bindparam("indexes", expanding=True)))


class CitizenNumberTaken(Exception):
    """Somebody has registered this number; whose it is stays untold."""


@dataclass(frozen=True, slots=True)
class NewContestant:
    """What a person typed, already checked and in normal form: NFC name, E.164 phone, twelve digits."""

    full_name: str
    phone: str
    citizen_number: str
    password: str
    entry: NewEntry


def register(
    *,
    person: NewContestant,
    catalogue: Catalogue,
    keyring: Keyring,
    passwords: Passwords,
    channel: Channel,
    now: datetime,
    address: str = "",
    claims: bool = False,
    recorded_by: int | None = None,
) -> Account:
    """Create account, entry and consents, or nothing. `recorded_by` is the officer who did it for somebody.

    Who `claims` a number that is taken gets an account without one, and a claim that waits for an officer; of a free
    number it means nothing.

    Raises CitizenNumberTaken, also to the loser of a race between two registrations; TooManyClaims; and Throttled to
    who keeps knocking on numbers that are taken.
    """
    number = person.citizen_number
    key = keyring.mark("register", number)
    where = throttle.address_of(address, purpose="register", ceiling=_CEILING, keyring=keyring, now=now)
    throttle.admit(key, where.key, now=now)
    # Hashing takes 20 ms and waits its turn: it comes before the transaction, which on SQLite holds the only pen.
    password_hash = passwords.hash(person.password)
    if direct.first(_BY_INDEX, {"indexes": keyring.citizen_indexes(number)}) is not None:
        throttle.fail(key, where, now=now)
        if not claims:
            raise CitizenNumberTaken
    entry = make_entry(person.entry, catalogue, now=now, recorded_by=recorded_by)
    entry.account = _new_account(person, password_hash, now)
    # Looked at again: while keys are replaced the unique index alone does not see that two indexes are one number.
    hold(number, keyring)
    other = holder(number, keyring)
    try:
        if other is None:
            give_number(entry.account, number, keyring)
        elif not claims:
            raise CitizenNumberTaken
        add_entry(entry, person.entry, channel=channel)
        if other is not None:
            open_claim(claimant=entry, holder_id=other.id, number=number, keyring=keyring, now=now)
    except TooManyClaims:
        db.session.rollback()
        raise
    except (CitizenNumberTaken, IntegrityError):
        db.session.rollback()
        throttle.fail(key, where, now=now)
        raise CitizenNumberTaken from None
    return entry.account


def _new_account(person: NewContestant, password_hash: str, now: datetime) -> Account:
    return Account(
        full_name=person.full_name,
        name_search=fold(person.full_name),
        name_sort=name_sort_key(person.full_name),
        phone=person.phone,
        password_hash=password_hash,
        recovery_nonce=new_recovery_nonce(),
        created_at=now,
    )
