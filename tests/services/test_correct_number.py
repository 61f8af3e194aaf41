"""Writing a number anew: it stays one person's, however many write it at once."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account
from app.services import correct_number as deed
from app.services.catalogue import Catalogue
from app.services.citizen_numbers import hold
from app.services.correct_number import ClaimWaits, NumberElsewhere, correct_number
from app.services.keyring import Keyring
from tests.support.audit import audited
from tests.support.claims import make_claim
from tests.support.numbers import unsealed
from tests.support.people import make_contestant
from tests.support.racing import Meeting, race

NUMBER = "000190000777"


@pytest.fixture
def write(keys: Keyring, noon: datetime) -> Callable[[int], str]:
    """For one account; commits."""

    def act(account_id: int) -> str:
        correct_number(account_id=account_id, number=NUMBER, actor_id=1, reason="Đã xem thẻ", keyring=keys, now=noon)
        db.session.commit()
        return "written"

    return act


def test_of_two_at_once_one_gets_it(
    deeds: Flask,
    contest: Catalogue,
    keys: Keyring,
    noon: datetime,
    *,
    write: Callable[[int], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = [make_contestant(contest, now=noon).account_id for _ in range(2)]
    meeting = Meeting(2)

    def together(number: str, keyring: Keyring) -> None:
        meeting.wait()
        hold(number, keyring)

    monkeypatch.setattr(deed, "hold", together)
    results = race(deeds, [lambda: write(people[0]), lambda: write(people[1])])
    assert sorted(type(result).__name__ for result in results) == ["NumberElsewhere", "str"]
    db.session.expire_all()
    index = keys.citizen_index(NUMBER)
    (owner,) = db.session.scalars(select(Account).where(Account.citizen_index == index))
    assert owner.id == people[results.index("written")]
    assert owner.citizen_last_four == "0777"
    assert unsealed(owner, keys) == NUMBER
    (line,) = audited("person.number")
    assert line.subject == f"account:{owner.id}"


def test_neither_side_of_a_claim(contest: Catalogue, noon: datetime, write: Callable[[int], str]) -> None:
    holder = make_contestant(contest, now=noon)
    claim = make_claim(holder, contest, now=noon)
    for account_id in (claim.claimant_id, claim.holder_id):
        with pytest.raises(ClaimWaits):
            write(account_id)
        db.session.rollback()


def test_a_number_that_another_has_stays_there(contest: Catalogue, noon: datetime, write: Callable[[int], str]) -> None:
    first, second = (make_contestant(contest, now=noon).account_id for _ in range(2))
    write(first)
    with pytest.raises(NumberElsewhere):
        write(second)
