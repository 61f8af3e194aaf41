"""Staff accounts, finding people, new passwords."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, Entry, Role
from app.services import staff
from app.services.catalogue import Catalogue
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.services.sign_in import WrongCredentials, check_credentials, find_session, open_session
from app.services.staff import (
    NoSuchAccount,
    change_role,
    disable_staff,
    find_people,
    find_person,
    list_staff,
    new_password,
    reset_password,
)
from app.web.portal import portal
from tests.support.people import PASSWORD, make_contestant, make_staff

NOW = datetime.now(UTC)


@pytest.fixture
def keys(deeds: Flask) -> Keyring:
    """Keys of the installation."""
    found = portal().keyring
    assert found is not None
    return found


@pytest.fixture
def passwords(deeds: Flask) -> Passwords:
    """The installation's hashing."""
    return portal().passwords


@pytest.fixture
def entry(deeds: Flask, contest: Catalogue) -> Entry:
    """A contestant."""
    return make_contestant(contest, now=NOW, name="Đỗ Thị Ngọc Ánh")


def _audit(action: str) -> list[AuditRecord]:
    return list(db.session.scalars(select(AuditRecord).where(AuditRecord.action == action)))


def _citizen_number(entry: Entry, keys: Keyring) -> str:
    assert entry.account.citizen_cipher is not None
    assert entry.account.citizen_index is not None
    return keys.unseal(entry.account.citizen_cipher, entry.account.citizen_index)


def _signs_in(identifier: str, password: str, keys: Keyring, passwords: Passwords) -> bool:
    try:
        check_credentials(identifier=identifier, password=password, keyring=keys, passwords=passwords, now=NOW)
    except WrongCredentials:
        return False
    return True


def test_passwords_can_be_read_out_and_differ() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert [len(group) for group in password.split("-")] == [4, 4, 4]
        assert not set(password) & set("il1o0")


@pytest.mark.parametrize("text", ["do thi ngoc anh", "ĐỖ THỊ", "ngọc", "0900000002", "84 900 000 002"])
def test_finding(entry: Entry, contest: Catalogue, keys: Keyring, text: str) -> None:
    assert [e.id for e in find_people(text=text, contest_id=contest.contest_id, keyring=keys)] == [entry.id]


def test_finding_by_the_whole_citizen_number_only(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    number = _citizen_number(entry, keys)
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    for text, found in ((number, [entry.id]), (spaced, [entry.id]), (number[:11], []), (number[-4:], [])):
        assert [e.id for e in find_people(text=text, contest_id=contest.contest_id, keyring=keys)] == found


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("text", ["", "  ", "%", "_", "ngoc\\", "\u0301"])
def test_nothing_to_find(contest: Catalogue, keys: Keyring, text: str) -> None:
    assert find_people(text=text, contest_id=contest.contest_id, keyring=keys) == []


def test_people_of_another_contest(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    elsewhere = contest.contest_id + 1
    assert find_people(text="ngoc", contest_id=elsewhere, keyring=keys) == []
    assert find_person(entry_id=entry.id, contest_id=elsewhere) is None
    assert find_person(entry_id=entry.id, contest_id=contest.contest_id) is entry


def test_in_order_of_the_given_name_and_not_too_many(
    deeds: Flask, contest: Catalogue, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Mẫu Văn Ước", "Mẫu Văn Đức", "Mẫu Văn Dũng", "Mẫu Văn An"):
        make_contestant(contest, now=NOW, name=name)
    monkeypatch.setattr(staff, "FOUND_AT_MOST", 3)
    found = find_people(text="mau van", contest_id=contest.contest_id, keyring=keys)
    assert [e.account.full_name for e in found] == ["Mẫu Văn An", "Mẫu Văn Dũng", "Mẫu Văn Đức"]


def test_a_new_password_ends_all_sessions(
    entry: Entry, contest: Catalogue, keys: Keyring, passwords: Passwords
) -> None:
    number, other = _citizen_number(entry, keys), make_contestant(contest, now=NOW, unit=1)
    actor = make_staff(now=NOW)
    tokens = [open_session(account_id=entry.account_id, now=NOW) for _ in range(2)]
    kept = open_session(account_id=other.account_id, now=NOW)
    db.session.commit()
    assert _signs_in(number, PASSWORD, keys, passwords)

    password = new_password()
    reset_password(entry=entry, actor_id=actor.id, reason="Quên", password_hash=passwords.hash(password), now=NOW)
    db.session.commit()

    for token in tokens:
        assert find_session(token=token, contest_id=contest.contest_id, now=NOW) is None
    assert find_session(token=kept, contest_id=contest.contest_id, now=NOW) is not None
    assert not _signs_in(number, PASSWORD, keys, passwords)
    assert _signs_in(number, password, keys, passwords)
    (record,) = _audit("password.reset")
    assert (record.actor_id, record.subject, record.reason) == (actor.id, f"account:{entry.account_id}", "Quên")


def test_staff_come_and_go(deeds: Flask, contest: Catalogue, keys: Keyring, passwords: Passwords) -> None:
    account = make_staff(Role.OFFICER, now=NOW)
    (record,) = _audit("staff.add")
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
    assert [r.reason for r in _audit("staff.role")] == ["judge"]

    assert _signs_in("0900000009", PASSWORD, keys, passwords)
    disable_staff(account_id=account.id, now=NOW)
    db.session.commit()
    assert not _signs_in("0900000009", PASSWORD, keys, passwords)
    assert len(_audit("staff.disable")) == 1


def test_contestants_are_no_staff(entry: Entry) -> None:
    assert list_staff() == []
    for account_id in (entry.account_id, 999_999):
        with pytest.raises(NoSuchAccount):
            change_role(account_id=account_id, role=Role.ORGANISER, now=NOW)
        with pytest.raises(NoSuchAccount):
            disable_staff(account_id=account_id, now=NOW)
    assert entry.account.role is Role.CONTESTANT
