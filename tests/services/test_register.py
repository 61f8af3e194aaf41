"""Registering."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Channel, Consent, Entry, Purpose, Role
from app.rules.names import fold, name_sort_key
from app.services.catalogue import Catalogue
from app.services.keyring import Keyring
from app.services.register import CitizenNumberTaken
from app.web.portal import portal
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, citizen_number, register_one
from tests.support.racing import Meeting, race

Enter = Callable[..., Account]


def count(kind: type[Account] | type[Entry] | type[Consent]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.fixture
def enter(deeds: Flask, contest: Catalogue, keys: Keyring, noon: datetime) -> Enter:
    """Registers; flushes only."""

    def act(
        number: str,
        *,
        name: str = "Nguyễn Thị Hồng Ánh",
        consents: frozenset[Purpose] = frozenset({Purpose.CONTEST}),
        keyring: Keyring = keys,
    ) -> Account:
        made = register_one(
            contest,
            now=noon,
            name=name,
            number=number,
            unit=2,
            consents=consents,
            channel=Channel.KIOSK,
            keys=keyring,
        )
        return made.account

    return act


def test_account_entry_and_consents_are_made(enter: Enter, contest: Catalogue, keys: Keyring, noon: datetime) -> None:
    number = citizen_number()
    made = enter(number, consents=frozenset({Purpose.CONTEST, Purpose.BOARDS}))
    db.session.commit()
    db.session.expire_all()
    account = db.session.get_one(Account, made.id)
    assert (account.full_name, account.phone, account.role) == ("Nguyễn Thị Hồng Ánh", "+84900000001", Role.CONTESTANT)
    assert account.name_search == fold("Nguyễn Thị Hồng Ánh") == "nguyen thi hong anh"
    assert account.name_sort == name_sort_key("Nguyễn Thị Hồng Ánh")
    assert account.created_at == noon
    assert portal().passwords.matches(account.password_hash, PASSWORD)
    (entry,) = account.entries
    assert (entry.contest_id, entry.unit_id, entry.on_boards) == (contest.contest_id, contest.units[2].id, True)
    assert (entry.accepted_rules, entry.registered_at, entry.finished_at) == (contest.rules_version, noon, None)
    consents = db.session.scalars(select(Consent).where(Consent.entry_id == entry.id)).all()
    assert {c.purpose for c in consents} == {Purpose.CONTEST, Purpose.BOARDS}
    assert {(c.text_version, c.channel, c.given_at, c.withdrawn_at) for c in consents} == {
        (contest.rules_version, Channel.KIOSK, noon, None)
    }


def test_the_citizen_number_is_kept_sealed(enter: Enter, keys: Keyring) -> None:
    number = citizen_number()
    account = enter(number)
    assert unsealed(account, keys) == number
    assert account.masked_citizen_number == f"•••• •••• {number[-4:]}"
    kept = [str(value) for value in vars(account).values()]
    assert not [value for value in kept if number in value or PASSWORD in value]


def test_without_consent_the_boards_keep_the_name_off(enter: Enter) -> None:
    (entry,) = enter(citizen_number()).entries
    assert entry.on_boards is False
    assert db.session.scalars(select(Consent.purpose)).all() == [Purpose.CONTEST]


def test_a_family_shares_a_phone_and_a_name(enter: Enter) -> None:
    enter(citizen_number())
    enter(citizen_number())
    assert count(Account) == 2


def test_a_number_is_registered_once_and_nothing_is_half_written(enter: Enter) -> None:
    number = citizen_number()
    first = enter(number)
    db.session.commit()
    with pytest.raises(CitizenNumberTaken):
        enter(number, name="Trần Văn Khác")
    db.session.commit()
    assert (count(Account), count(Entry), count(Consent)) == (1, 1, 1)
    db.session.refresh(first)
    assert first.full_name == "Nguyễn Thị Hồng Ánh"


def test_of_two_racing_with_one_number_exactly_one_wins(deeds: Flask, enter: Enter, keys: Keyring) -> None:
    """Both have looked and found the number free before either writes, where the database lets them (Postgres)."""
    meeting = Meeting(2)

    class Seals(Keyring):
        __slots__ = ()

        def seal(self, number: str) -> bytes:
            meeting.wait()
            return keys.seal(number)

    slow, number = Seals(keys.signing, keys.marks_key, keys.index_keys, keys.cipher_keys, keys.active), citizen_number()

    def run() -> str:
        enter(number, keyring=slow)
        db.session.commit()
        return "won"

    outcomes = race(deeds, [run, run])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CitizenNumberTaken", "str"]
    assert (count(Account), count(Entry), count(Consent)) == (1, 1, 1)


def test_many_racing_with_numbers_of_their_own_all_win(deeds: Flask, enter: Enter) -> None:
    def run() -> str:
        enter(citizen_number())
        db.session.commit()
        return "won"

    assert race(deeds, [run] * 8) == ["won"] * 8
    assert (count(Account), count(Entry), count(Consent)) == (8, 8, 8)
