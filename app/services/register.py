"""Registering: one person, one account."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db, direct
from app.models import Account, Channel, Consent, Entry, Purpose
from app.rules.names import fold, name_sort_key
from app.services import throttle
from app.services.catalogue import Catalogue, UnitInfo
from app.services.keyring import Keyring
from app.services.passwords import Passwords

# Hits on taken numbers from one address in ten minutes: a hall of 300 may register twice, each of them.
_CEILING = 400
_BY_INDEX = select(Account.id).where(Account.citizen_index == bindparam("index"))


class CitizenNumberTaken(Exception):
    """Somebody has registered this number; whose it is stays untold."""


@dataclass(frozen=True, slots=True)
class NewContestant:
    """What a person typed, already checked and in normal form: NFC name, E.164 phone, twelve digits."""

    full_name: str
    phone: str
    citizen_number: str
    unit: UnitInfo
    password: str
    consents: frozenset[Purpose]


def register(
    *,
    person: NewContestant,
    catalogue: Catalogue,
    keyring: Keyring,
    passwords: Passwords,
    channel: Channel,
    now: datetime,
    address: str = "",
) -> Account:
    """Create account, entry and consents, or nothing.

    Raises CitizenNumberTaken, also to the loser of a race between two registrations; and Throttled to who keeps
    knocking on numbers that are taken.
    """
    index = keyring.citizen_index(person.citizen_number)
    key = keyring.mark("register", index)
    where = throttle.address_of(address, purpose="register", ceiling=_CEILING, keyring=keyring, now=now)
    if wait := throttle.look(key, where.key, now=now).wait(key, where.key):
        raise throttle.Throttled(wait)
    # Hashing takes 20 ms and waits its turn: it comes before the transaction, which on SQLite holds the only pen.
    password_hash = passwords.hash(person.password)
    if direct.first(_BY_INDEX, {"index": index}) is not None:
        throttle.fail(key, where, now=now)
        raise CitizenNumberTaken
    account = Account(
        full_name=person.full_name,
        name_search=fold(person.full_name),
        name_sort=name_sort_key(person.full_name),
        phone=person.phone,
        citizen_index=index,
        citizen_cipher=keyring.seal(person.citizen_number),
        citizen_last_four=person.citizen_number[-4:],
        password_hash=password_hash,
        created_at=now,
    )
    entry = Entry(
        account=account,
        contest_id=catalogue.contest_id,
        unit_id=person.unit.id,
        on_boards=Purpose.BOARDS in person.consents,
        accepted_rules=catalogue.rules_version,
        registered_at=now,
    )
    db.session.add_all([account, entry])
    try:
        db.session.flush()
    except IntegrityError as fault:
        db.session.rollback()
        throttle.fail(key, where, now=now)
        raise CitizenNumberTaken from fault
    for purpose in sorted(person.consents):
        db.session.add(
            Consent(
                entry_id=entry.id, purpose=purpose, text_version=catalogue.rules_version, channel=channel, given_at=now
            )
        )
    db.session.flush()
    return account
