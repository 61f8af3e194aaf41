"""Signing in and out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Entry, Role, Session
from app.services.catalogue import Catalogue
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.services.sign_in import (
    WrongCredentials,
    check_credentials,
    close_all_sessions,
    close_session,
    find_session,
    open_session,
)
from app.web.portal import portal
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, citizen_number, make_contestant, make_staff

Check = Callable[[str, str], int]


@pytest.fixture
def check(deeds: Flask, keys: Keyring, noon: datetime) -> Check:
    """Account id for what was typed."""
    return lambda identifier, password: (
        check_credentials(
            identifier=identifier, password=password, keyring=keys, passwords=portal().passwords, now=noon
        ).account_id
    )


def test_by_citizen_number_and_by_phone(entry: Entry, keys: Keyring, check: Check) -> None:
    number = unsealed(entry.account)
    for identifier in (number, f"{number[:3]} {number[3:]}", "0900 000 002", "+84900000002"):
        assert check(identifier, PASSWORD) == entry.account_id


def test_of_a_family_on_one_phone_the_password_decides(contest: Catalogue, noon: datetime, check: Check) -> None:
    people = [make_contestant(contest, now=noon) for _ in range(3)]
    for number, person in enumerate(people):
        person.account.password_hash = portal().passwords.hash(f"mật khẩu của người {number}")
    db.session.commit()
    for number, person in enumerate(people):
        assert check("0900000002", f"mật khẩu của người {number}") == person.account_id


def test_wrong_is_wrong_whatever_is_wrong(entry: Entry, keys: Keyring, check: Check) -> None:
    for identifier, password in [
        (unsealed(entry.account), "một mật khẩu khác"),
        ("0900000002", ""),
        ("0912345678", PASSWORD),
        (citizen_number(), PASSWORD),
        ("không phải số", PASSWORD),
        ("", PASSWORD),
    ]:
        with pytest.raises(WrongCredentials) as refused:
            check(identifier, password)
        assert str(refused.value) == ""


def test_a_disabled_account_is_shut_out(entry: Entry, keys: Keyring, check: Check, noon: datetime) -> None:
    entry.account.disabled_at = noon
    db.session.commit()
    for identifier in (unsealed(entry.account), "0900000002"):
        with pytest.raises(WrongCredentials):
            check(identifier, PASSWORD)


@pytest.mark.parametrize("identifier", ["known", "unknown number", "unknown phone", "nonsense"])
def test_wrong_costs_one_hash_whether_the_account_exists_or_not(
    entry: Entry, keys: Keyring, noon: datetime, identifier: str
) -> None:
    asked: list[str | None] = []

    class Counting:
        def matches(self, password_hash: str | None, _password: str) -> bool:
            asked.append(password_hash)
            return False

    typed = {"known": unsealed(entry.account), "unknown number": citizen_number(), "unknown phone": "0912345678"}
    with pytest.raises(WrongCredentials):
        check_credentials(
            identifier=typed.get(identifier, identifier),
            password=PASSWORD,
            keyring=keys,
            passwords=cast("Passwords", Counting()),
            now=noon,
        )
    assert len(asked) == 1
    assert (asked[0] is not None) is (identifier == "known")


def test_a_session_is_found_by_its_token_only(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    token = open_session(account_id=entry.account_id, now=noon)
    db.session.commit()
    who = find_session(token=token, contest_id=contest.contest_id, now=noon)
    assert who is not None
    assert (who.account_id, who.role, who.full_name) == (entry.account_id, Role.CONTESTANT, entry.account.full_name)
    assert (who.entry_id, who.unit_id) == (entry.id, entry.unit_id)
    assert find_session(token=token[:-1], contest_id=contest.contest_id, now=noon) is None
    assert find_session(token="", contest_id=contest.contest_id, now=noon) is None
    row = db.session.scalars(select(Session)).one()
    assert row.token_hash != token
    assert find_session(token=row.token_hash, contest_id=contest.contest_id, now=noon) is None


def test_in_another_contest_one_is_signed_in_without_an_entry(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    token = open_session(account_id=entry.account_id, now=noon)
    db.session.commit()
    who = find_session(token=token, contest_id=contest.contest_id + 1, now=noon)
    assert who is not None
    assert (who.account_id, who.entry_id, who.unit_id) == (entry.account_id, None, None)


@pytest.mark.parametrize(
    ("role", "lasts"),
    [(Role.CONTESTANT, timedelta(days=30)), (Role.ORGANISER, timedelta(hours=12)), (Role.JUDGE, timedelta(hours=12))],
)
def test_how_long_a_session_lasts(
    contest: Catalogue, deeds: Flask, noon: datetime, role: Role, lasts: timedelta
) -> None:
    account: Account
    account = make_contestant(contest, now=noon).account if role is Role.CONTESTANT else make_staff(role, now=noon)
    token = open_session(account_id=account.id, now=noon)
    db.session.commit()
    last = noon + lasts - timedelta(seconds=1)
    assert find_session(token=token, contest_id=contest.contest_id, now=last) is not None
    assert find_session(token=token, contest_id=contest.contest_id, now=noon + lasts) is None


def test_closing_ends_this_session_and_no_other(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    tokens = [open_session(account_id=entry.account_id, now=noon) for _ in range(3)]
    close_session(token=tokens[0])
    db.session.commit()
    found = [find_session(token=token, contest_id=contest.contest_id, now=noon) for token in tokens]
    assert [who is not None for who in found] == [False, True, True]


def test_closing_all_ends_all_of_one_person(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    other = make_contestant(contest, now=noon)
    mine = [open_session(account_id=entry.account_id, now=noon) for _ in range(2)]
    hers = open_session(account_id=other.account_id, now=noon)
    close_all_sessions(account_id=entry.account_id)
    db.session.commit()
    assert [find_session(token=token, contest_id=contest.contest_id, now=noon) for token in mine] == [None, None]
    assert find_session(token=hers, contest_id=contest.contest_id, now=noon) is not None


def test_a_disabled_account_s_session_is_over_at_once(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    token = open_session(account_id=entry.account_id, now=noon)
    entry.account.disabled_at = noon
    db.session.commit()
    assert find_session(token=token, contest_id=contest.contest_id, now=noon) is None
