"""Staff accounts: who may enter the desks, with which units."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Account, Entry, Role
from app.services.catalogue import Catalogue
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.services.sign_in import find_session, open_session
from app.services.staff import (
    NoSuchAccount,
    NoUnits,
    add_staff,
    change_role,
    change_units,
    disable_staff,
    list_staff,
    new_password,
    reset_second_factor,
    units_of,
)
from tests.support.audit import audited
from tests.support.credentials import are_good
from tests.support.people import PASSWORD, make_staff

NOW = datetime.now(UTC)


def test_passwords_can_be_read_out_and_differ() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert [len(group) for group in password.split("-")] == [4, 4, 4]
        assert not set(password) & set("il1o0")


def test_staff_come_and_go(deeds: Flask, contest: Catalogue, keys: Keyring) -> None:
    account = make_staff(Role.OFFICER, now=NOW)
    (record,) = audited("staff.add")
    assert (record.actor_id, record.subject, record.reason) == (None, f"account:{account.id}", "officer")
    assert [found.id for found in list_staff()] == [account.id]
    token = open_session(account_id=account.id, now=NOW)
    db.session.commit()
    assert find_session(token=token, contest_id=contest.contest_id, now=NOW + timedelta(hours=11)) is not None
    assert find_session(token=token, contest_id=contest.contest_id, now=NOW + timedelta(hours=13)) is None

    change_role(account_id=account.id, role=Role.JUDGE, now=NOW)
    db.session.commit()
    assert db.session.get_one(Account, account.id).role is Role.JUDGE
    assert find_session(token=token, contest_id=contest.contest_id, now=NOW) is None
    assert [r.reason for r in audited("staff.role")] == ["judge"]

    assert are_good("0900000009", PASSWORD, keys=keys, now=NOW)
    disable_staff(account_id=account.id, now=NOW)
    db.session.commit()
    assert not are_good("0900000009", PASSWORD, keys=keys, now=NOW)
    assert len(audited("staff.disable")) == 1


def test_contestants_are_no_staff(entry: Entry) -> None:
    assert list_staff() == []
    for account_id in (entry.account_id, 999_999):
        with pytest.raises(NoSuchAccount):
            change_role(account_id=account_id, role=Role.ORGANISER, now=NOW)
        with pytest.raises(NoSuchAccount):
            disable_staff(account_id=account_id, now=NOW)
    assert entry.account.role is Role.CONTESTANT


def _units(account: Account, contest: Catalogue) -> set[str]:
    mine = units_of(account_id=account.id, contest_id=contest.contest_id)
    assert units_of(account_id=account.id, contest_id=contest.contest_id + 1) == frozenset()
    return {unit.code for unit in contest.units if unit.id in mine}


def test_an_officers_units(deeds: Flask, contest: Catalogue) -> None:
    first, second, third = contest.units[:3]
    account = make_staff(Role.OFFICER, now=NOW, units=(0, 1))
    assert _units(account, contest) == {first.code, second.code}
    change_units(account_id=account.id, unit_ids=[second.id, third.id], now=NOW)
    assert _units(account, contest) == {second.code, third.code}
    assert {line.reason for line in audited("staff.unit_add")} == {first.code, second.code, third.code}
    assert [line.reason for line in audited("staff.unit_remove")] == [first.code]

    with pytest.raises(NoUnits):
        change_units(account_id=account.id, unit_ids=[], now=NOW)
    change_role(account_id=account.id, role=Role.JUDGE, now=NOW)
    assert _units(account, contest) == set()
    for role, units in ((Role.OFFICER, []), (Role.ORGANISER, [first.id])):
        with pytest.raises(NoUnits):
            change_role(account_id=account.id, role=role, now=NOW, unit_ids=units)
    db.session.rollback()


def test_no_officer_without_a_unit(deeds: Flask, passwords: Passwords) -> None:
    with pytest.raises(NoUnits):
        add_staff(
            full_name="Lê Văn Mẫu", phone="+84900000001", role=Role.OFFICER, password="x", passwords=passwords, now=NOW
        )
    db.session.rollback()


def test_a_lost_phone(deeds: Flask, contest: Catalogue) -> None:
    account = make_staff(now=NOW)
    account.totp_cipher, account.totp_since, account.totp_step = b"x", NOW, 7
    token = open_session(account_id=account.id, now=NOW, second_factor=True)
    db.session.commit()
    reset_second_factor(account_id=account.id, now=NOW)
    db.session.commit()
    db.session.refresh(account)
    assert [account.totp_cipher, account.totp_since, account.totp_step] == [None, None, None]
    assert find_session(token=token, contest_id=contest.contest_id, now=NOW) is None
    assert len(audited("staff.reset_factor")) == 1
