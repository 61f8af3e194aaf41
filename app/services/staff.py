"""Staff accounts: who may enter the desks. Every deed is in the audit."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from app.extensions import db, direct
from app.models import Account, Role, StaffUnit, Unit
from app.rules.names import fold, name_sort_key
from app.services.audit import record
from app.services.passwords import Passwords
from app.services.sign_in import close_all_sessions

_WORKS_FOR = select(StaffUnit.unit_id).where(
    StaffUnit.account_id == bindparam("account"), StaffUnit.unit_id == bindparam("unit")
)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another when read out


class NoSuchAccount(Exception):
    """No account with this id."""


class NoUnits(Exception):
    """An officer works for at least one unit, anybody else at the desks for none."""


def new_password() -> str:
    """Twelve letters in three groups, easy to read out: `k7fm-3qxd-ny2p`. About 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def add_staff(
    *,
    full_name: str,
    phone: str,
    role: Role,
    password: str,
    passwords: Passwords,
    now: datetime,
    unit_ids: Collection[int] = (),
) -> Account:
    """A staff account; it signs in with phone, password and a second factor, and has no entry in a contest.

    Raises NoUnits.
    """
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
    _work_for(account, unit_ids, now)
    record(actor_id=None, action="staff.add", subject=f"account:{account.id}", reason=role.value, now=now)
    return account


def list_staff() -> list[Account]:
    """All staff, also disabled ones."""
    return list(
        db.session.scalars(
            select(Account).where(Account.role != Role.CONTESTANT).order_by(Account.role, Account.name_sort, Account.id)
        )
    )


def change_role(*, account_id: int, role: Role, now: datetime, unit_ids: Collection[int] = ()) -> Account:
    """Another role for a staff account; its sessions end. Raises NoSuchAccount and NoUnits."""
    account = _staff(account_id)
    account.role = role
    _work_for(account, unit_ids, now)
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


def change_units(*, account_id: int, unit_ids: Collection[int], now: datetime) -> Account:
    """Other units for an officer, from the next page on. Raises NoSuchAccount and NoUnits."""
    account = _staff(account_id)
    _work_for(account, unit_ids, now)
    return account


def reset_second_factor(*, account_id: int, now: datetime) -> Account:
    """After a lost phone: the next sign-in sets up another one; all sessions end. Raises NoSuchAccount."""
    account = _staff(account_id)
    account.totp_cipher = account.totp_since = account.totp_step = None
    close_all_sessions(account_id=account_id)
    record(actor_id=None, action="staff.reset_factor", subject=f"account:{account_id}", reason="", now=now)
    return account


def units_of(*, account_id: int, contest_id: int) -> frozenset[int]:
    """The units of the contest that an officer works for, by row id."""
    statement = (
        select(StaffUnit.unit_id)
        .join(Unit, Unit.id == StaffUnit.unit_id)
        .where(StaffUnit.account_id == account_id, Unit.contest_id == contest_id)
    )
    return frozenset(db.session.scalars(statement))


def works_for(*, account_id: int, unit_id: int) -> bool:
    """Whether an officer works for this unit; one statement outside any transaction."""
    return direct.first(_WORKS_FOR, {"account": account_id, "unit": unit_id}) is not None


def _work_for(account: Account, unit_ids: Collection[int], now: datetime) -> None:
    if (account.role is Role.OFFICER) != bool(unit_ids):
        raise NoUnits
    wanted = {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))}
    had = {
        unit.id: unit
        for unit in db.session.scalars(
            select(Unit).join(StaffUnit, StaffUnit.unit_id == Unit.id).where(StaffUnit.account_id == account.id)
        )
    }
    for unit_id in sorted(wanted.keys() ^ had.keys()):
        if unit_id in wanted:
            db.session.add(StaffUnit(account_id=account.id, unit_id=unit_id))
            _record_unit(account, "staff.unit_add", wanted[unit_id], now)
        else:
            db.session.execute(
                delete(StaffUnit).where(StaffUnit.account_id == account.id, StaffUnit.unit_id == unit_id)
            )
            _record_unit(account, "staff.unit_remove", had[unit_id], now)
    db.session.flush()


def _record_unit(account: Account, action: str, unit: Unit, now: datetime) -> None:
    record(actor_id=None, action=action, subject=f"account:{account.id}", reason=unit.code, now=now)


def _staff(account_id: int) -> Account:
    account = db.session.get(Account, account_id)
    if account is None or account.role is Role.CONTESTANT:
        raise NoSuchAccount(account_id)
    return account
