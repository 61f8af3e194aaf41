"""Replacing the keys while people register and sign in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select

from app.extensions import Base, db
from app.models import Account, ClaimState, Entry, SmsMessage
from app.services import register as registering
from app.services import rotate_keys
from app.services.catalogue import Catalogue
from app.services.citizen_numbers import holder
from app.services.key_file import read_content, replace_content
from app.services.keyring import Keyring, read_keys
from app.services.register import CitizenNumberTaken
from app.services.rotate_keys import OUTBOX, SEALED, TOTP_SECRETS, OldKeysInUse, Phase, Renewal
from app.web.portal import portal
from tests.support.claims import bare_claim
from tests.support.credentials import are_good
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, citizen_number, make_contestant, register_one
from tests.support.racing import Meeting, race

NOT_SEALED = {"snapshots.gzip", "snapshots.brotli"}  # public pages, packed


@pytest.fixture
def path(deeds: Flask) -> Iterator[Path]:
    """The key file of this portal; afterwards it is as before."""
    file = portal().settings.keys_file
    before = file.read_text()
    yield file
    file.write_text(before)


def _register(number: str, keys: Keyring, contest: Catalogue, now: datetime) -> Account:
    account = register_one(contest, now=now, number=number, keys=keys).account
    db.session.commit()
    return account


def test_from_the_first_step_to_the_last(path: Path, contest: Catalogue, noon: datetime) -> None:
    old_keys, numbers = read_keys(path), [citizen_number() for _ in range(5)]
    accounts = [_register(number, old_keys, contest, noon) for number in numbers]
    entry = db.session.scalars(select(Entry).where(Entry.account_id == accounts[0].id)).one()
    claim = bare_claim(numbers[1], claimant=entry, holder_id=accounts[1].id, keys=old_keys, now=noon)
    orphan = bare_claim(citizen_number(), claimant=entry, holder_id=accounts[1].id, keys=old_keys, now=noon)
    orphan.state = ClaimState.REFUSED
    message = SmsMessage(key="tin-1", template="code", created_at=noon, due_at=noon, expires_at=noon)
    message.sealed = old_keys.seal_text("mã 123456", place=OUTBOX.place("tin-1"))
    wiped = SmsMessage(key="tin-2", template="code", created_at=noon, due_at=noon, expires_at=noon, sealed=None)
    accounts[2].totp_cipher = old_keys.seal_text("BÍMẬT", place=TOTP_SECRETS.place(accounts[2].id))
    db.session.add_all([message, wiped])
    db.session.commit()

    key_id = rotate_keys.begin(path)
    assert rotate_keys.phase(path) is Phase.BEGUN
    begun = read_keys(path)
    assert begun.active != key_id
    assert all(are_good(number, PASSWORD, keys=begun, now=noon) for number in numbers)

    rotate_keys.activate(path)
    keys = read_keys(path)
    assert rotate_keys.phase(path) is Phase.ACTIVE
    assert keys.active == key_id
    with pytest.raises(OldKeysInUse):
        rotate_keys.finish(path, keys)
    while Renewal(keys).some(limit=2):  # each one as after a crash
        db.session.commit()
        assert all(are_good(number, PASSWORD, keys=keys, now=noon) for number in numbers)

    rotate_keys.finish(path, keys)
    assert rotate_keys.phase(path) is Phase.AT_REST
    new_keys = read_keys(path)
    assert set(new_keys.index_keys) == set(new_keys.cipher_keys) == {key_id}
    db.session.expire_all()
    for account, number in zip(accounts, numbers, strict=True):
        assert unsealed(account, new_keys) == number
        assert account.citizen_index == new_keys.citizen_index(number)
        assert are_good(number, PASSWORD, keys=new_keys, now=noon)
        assert not are_good(number, PASSWORD, keys=old_keys, now=noon)
    assert claim.citizen_index == accounts[1].citizen_index
    assert new_keys.unseal(claim.citizen_cipher, claim.citizen_index) == numbers[1]
    assert orphan.citizen_cipher[0] == key_id
    assert message.sealed is not None
    assert new_keys.unseal_text(message.sealed, place=OUTBOX.place("tin-1")) == "mã 123456"
    assert wiped.sealed is None
    assert accounts[2].totp_cipher is not None
    assert new_keys.unseal_text(accounts[2].totp_cipher, place=TOTP_SECRETS.place(accounts[2].id)) == "BÍMẬT"
    assert new_keys.marks_key == old_keys.marks_key


def test_every_sealed_column_is_renewed() -> None:
    """A new sealed column that nobody renews would be lost with the old keys."""
    binary = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    renewed = {f"{sealed.column.class_.__tablename__}.{sealed.column.key}" for sealed in SEALED}
    assert binary - NOT_SEALED == renewed | {"accounts.citizen_cipher", "claims.citizen_cipher"}


def test_who_registers_between_the_steps_is_found_after_them(path: Path, contest: Catalogue, noon: datetime) -> None:
    rotate_keys.begin(path)
    before = citizen_number()
    _register(before, read_keys(path), contest, noon)
    rotate_keys.activate(path)
    keys, after = read_keys(path), citizen_number()
    _register(after, keys, contest, noon)
    for number in (before, after):
        with pytest.raises(CitizenNumberTaken):
            _register(number, keys, contest, noon)
    assert Renewal(keys).some(limit=10) == 1
    db.session.commit()
    rotate_keys.finish(path, keys)
    assert all(are_good(number, PASSWORD, keys=read_keys(path), now=noon) for number in (before, after))


def test_of_two_under_different_keys_exactly_one_wins(
    path: Path, deeds: Flask, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process has read the new file already, the other has not: no unique index sees that it is one number."""
    rotate_keys.begin(path)
    early = read_keys(path)
    late = replace(early, active=max(early.index_keys))
    number, meeting = citizen_number(), Meeting(2)

    def look_and_wait(number: str, keyring: Keyring) -> Account | None:
        found = holder(number, keyring)
        meeting.wait()  # so that both have looked before either writes, unless the number is held
        return found

    monkeypatch.setattr(registering, "holder", look_and_wait)
    came = race(deeds, [lambda keys=keys: _register(number, keys, contest, noon).id for keys in (early, late)])  # type: ignore[misc]
    assert sorted(type(result).__name__ for result in came) == ["CitizenNumberTaken", "int"]
    indexes = early.citizen_indexes(number)
    assert len(db.session.scalars(select(Account.id).where(Account.citizen_index.in_(indexes))).all()) == 1


def test_a_number_that_moves_while_it_is_renewed(path: Path, contest: Catalogue, noon: datetime) -> None:
    """The row that had it is empty by then; nothing is brought back to it."""
    one, other = (make_contestant(contest, now=noon) for _ in range(2))
    rotate_keys.begin(path)
    rotate_keys.activate(path)
    keys = read_keys(path)
    kept = one.account.citizen_index, one.account.citizen_cipher, one.account.citizen_last_four
    one.account.citizen_index = one.account.citizen_cipher = one.account.citizen_last_four = None
    db.session.flush()
    other.account.citizen_index, other.account.citizen_cipher, other.account.citizen_last_four = kept
    db.session.commit()
    while Renewal(keys).some(limit=1):
        db.session.commit()
    db.session.expire_all()
    assert one.account.citizen_index is None
    assert kept[0] is not None
    assert kept[1] is not None
    assert unsealed(other.account, keys) == keys.unseal(kept[1], kept[0])
    rotate_keys.finish(path, keys)


def test_ids_begin_again_when_the_byte_is_full(path: Path) -> None:
    content = read_content(path)
    content["citizen_index"] = {"255": content["citizen_index"]["1"]}
    content["citizen_cipher"] = {"255": content["citizen_cipher"]["1"]}
    replace_content(path, content | {"active": 255})
    assert rotate_keys.begin(path) == 0
    rotate_keys.activate(path)
    assert read_keys(path).active == 0
