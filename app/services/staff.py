"""Staff accounts and what staff do to other people's accounts; every deed is in the audit."""

import secrets
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.extensions import db
from app.models import Account, Entry, Role
from app.rules import numbers
from app.rules.names import fold, name_sort_key
from app.services.audit import record
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.services.sign_in import close_all_sessions

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another when read out
FOUND_AT_MOST = 30


class NoSuchAccount(Exception):
    """No account with this id."""


def new_password() -> str:
    """Twelve letters in three groups, easy to read out: `k7fm-3qxd-ny2p`. About 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def add_staff(*, full_name: str, phone: str, role: Role, password: str, passwords: Passwords, now: datetime) -> Account:
    """A staff account; it signs in with phone and password and has no entry in a contest."""
    account = Account(
        full_name=full_name,
        name_search=fold(full_name),
        name_sort=name_sort_key(full_name),
        phone=phone,
        password_hash=passwords.hash(password),
        role=role,
        created_at=now,
    )
    db.session.add(account)
    db.session.flush()
    record(actor_id=None, action="staff.add", subject=f"account:{account.id}", reason=role.value, now=now)
    return account


def list_staff() -> list[Account]:
    """All staff, also disabled ones."""
    return list(
        db.session.scalars(
            select(Account).where(Account.role != Role.CONTESTANT).order_by(Account.role, Account.name_sort, Account.id)
        )
    )


def change_role(*, account_id: int, role: Role, now: datetime) -> Account:
    """Another role for a staff account; its sessions end. Raises NoSuchAccount."""
    account = _staff(account_id)
    account.role = role
    close_all_sessions(account_id=account_id)
    record(actor_id=None, action="staff.role", subject=f"account:{account_id}", reason=role.value, now=now)
    return account


def disable_staff(*, account_id: int, now: datetime) -> Account:
    """Shut a staff account out at once. Raises NoSuchAccount."""
    account = _staff(account_id)
    account.disabled_at = now
    close_all_sessions(account_id=account_id)
    record(actor_id=None, action="staff.disable", subject=f"account:{account_id}", reason="", now=now)
    return account


def _staff(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None or account.role is Role.CONTESTANT:
        raise NoSuchAccount(account_id)
    return account


def find_people(*, text: str, contest_id: int, keyring: Keyring) -> list[Entry]:
    """Contestants by name (with or without marks), phone or whole citizen number; at most FOUND_AT_MOST."""
    words = fold(text)
    matches = [Account.name_search.contains(words, autoescape=True)] if words else []
    if phone := numbers.phone_number(text):
        matches.append(Account.phone == phone)
    if number := numbers.citizen_number(text):
        matches.append(Account.citizen_index == keyring.citizen_index(number))
    if not matches:
        return []
    return list(
        db.session.scalars(
            select(Entry)
            .join(Account)
            .where(Entry.contest_id == contest_id, or_(*matches))
            .options(contains_eager(Entry.account), joinedload(Entry.unit))
            .order_by(Account.name_sort, Account.id)
            .limit(FOUND_AT_MOST)
        )
    )


def find_person(*, entry_id: int, contest_id: int) -> Entry | None:
    """One contestant of the contest."""
    return db.session.scalar(select(Entry).where(Entry.id == entry_id, Entry.contest_id == contest_id))


def reset_password(*, entry: Entry, actor_id: int, reason: str, password_hash: str, now: datetime) -> None:
    """Another password; all sessions of the person end.

    Takes a hash: hashing waits its turn, and nobody may hold SQLite's only pen meanwhile.
    """
    entry.account.password_hash = password_hash
    close_all_sessions(account_id=entry.account_id)
    record(actor_id=actor_id, action="password.reset", subject=f"account:{entry.account_id}", reason=reason, now=now)
