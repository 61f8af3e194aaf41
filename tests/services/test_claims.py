"""Claims: who says that a taken number is theirs, and what an officer decides."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Claim, ClaimState, Entry
from app.services.catalogue import Catalogue
from app.services.claims import (
    MOST_OPEN,
    AlreadyDecided,
    HasNumber,
    PrizeHold,
    Side,
    TooManyClaims,
    decide_claim,
    move_claims,
    my_side,
    prize_holds,
)
from app.services.keyring import Keyring
from app.services.register import CitizenNumberTaken
from tests.support.audit import audited
from tests.support.numbers import unsealed
from tests.support.people import citizen_number, make_staff, register_one
from tests.support.racing import race

Enter = Callable[..., Entry]


@pytest.fixture
def number() -> str:
    return citizen_number()


@pytest.fixture
def enter(deeds: Flask, contest: Catalogue, noon: datetime, number: str) -> Enter:
    """Registers with the number and commits."""

    def act(*, claims: bool = False, unit: int = 0) -> Entry:
        db.session.commit()  # what was looked at before must not hold the pen
        entry = register_one(contest, now=noon, number=number, unit=unit, claims=claims)
        db.session.commit()
        return entry

    return act


@pytest.fixture
def officer(deeds: Flask, noon: datetime) -> Account:
    return make_staff(now=noon)


@pytest.fixture
def decide(officer: Account, keys: Keyring, noon: datetime) -> Callable[..., Claim]:
    """Decides and commits."""

    def act(claim: Claim, *, move: bool, reason: str = "Đã xem thẻ.") -> Claim:
        decided = decide_claim(claim_id=claim.id, move=move, reason=reason, actor_id=officer.id, keyring=keys, now=noon)
        db.session.commit()
        return decided

    return act


def side_of(entry: Entry) -> Side | None:
    return my_side(account_id=entry.account_id, has_number=entry.account.citizen_index is not None)


def prize_hold(entry: Entry) -> PrizeHold | None:
    return prize_holds([entry.id]).get(entry.id)


def claim_of(entry: Entry) -> Claim:
    return db.session.scalars(select(Claim).where(Claim.claimant_id == entry.account_id)).one()


def number_of(entry: Entry, keys: Keyring) -> str | None:
    account = db.session.get_one(Account, entry.account_id, populate_existing=True)
    if account.citizen_index is None:
        assert (account.citizen_cipher, account.citizen_last_four) == (None, None)
        return None
    number = unsealed(account, keys)
    assert account.citizen_last_four == number[-4:]
    return number


def test_the_claimant_takes_part_without_a_number(enter: Enter, keys: Keyring, noon: datetime, number: str) -> None:
    holder, claimant = enter(), enter(claims=True, unit=2)
    assert (number_of(holder, keys), number_of(claimant, keys)) == (number, None)
    claim = claim_of(claimant)
    assert (claim.holder_id, claim.unit_id, claim.state) == (holder.account_id, claimant.unit_id, ClaimState.OPEN)
    assert (claim.created_at, claim.citizen_last_four) == (noon, number[-4:])
    assert keys.unseal(claim.citizen_cipher, claim.citizen_index) == number
    assert not [value for value in vars(claim).values() if number in str(value)]


def test_neither_side_can_win_while_it_is_open(enter: Enter) -> None:
    holder, other = enter(), None
    assert prize_hold(holder) is None
    other = enter(claims=True)
    assert (prize_hold(holder), prize_hold(other)) == (PrizeHold.CLAIMED, PrizeHold.CLAIMED)
    assert (side_of(holder), side_of(other)) == (Side.HOLDER, Side.CLAIMANT)


def test_moved_the_number_is_the_claimant_s(
    enter: Enter, decide: Callable[..., Claim], keys: Keyring, number: str, officer: Account
) -> None:
    holder, claimant = enter(), enter(claims=True)
    claim = decide(claim_of(claimant), move=True)
    assert (number_of(holder, keys), number_of(claimant, keys)) == (None, number)
    assert (claim.state, claim.decided_by, claim.reason) == (ClaimState.MOVED, officer.id, "Đã xem thẻ.")
    assert (prize_hold(holder), prize_hold(claimant)) == (PrizeHold.NO_NUMBER, None)
    assert (side_of(holder), side_of(claimant)) == (Side.WITHOUT, None)
    (line,) = audited("claim.%")
    assert (line.action, line.actor_id, line.subject) == ("claim.move", officer.id, f"claim:{claim.id}")
    assert number not in line.reason
    with pytest.raises(CitizenNumberTaken):
        enter()


def test_refused_it_stays_and_the_loser_wins_nothing(
    enter: Enter, decide: Callable[..., Claim], keys: Keyring, number: str
) -> None:
    holder, claimant = enter(), enter(claims=True)
    decide(claim_of(claimant), move=False)
    assert (number_of(holder, keys), number_of(claimant, keys)) == (number, None)
    assert prize_holds([holder.id, claimant.id]) == {claimant.id: PrizeHold.NO_NUMBER}
    assert (side_of(holder), side_of(claimant)) == (None, Side.WITHOUT)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_decided_once(enter: Enter, decide: Callable[..., Claim], first: bool, second: bool) -> None:
    enter()
    claim = claim_of(enter(claims=True))
    state = decide(claim, move=first).state
    with pytest.raises(AlreadyDecided):
        decide(claim, move=second)
    db.session.rollback()
    assert claim.state is state


def test_of_several_claimants_one_gets_it_and_the_others_do_not(
    enter: Enter, decide: Callable[..., Claim], keys: Keyring, number: str
) -> None:
    enter()
    claimants = [enter(claims=True) for _ in range(3)]
    decide(claim_of(claimants[1]), move=True)
    assert [number_of(each, keys) for each in claimants] == [None, number, None]
    assert [claim_of(each).state for each in claimants] == [ClaimState.REFUSED, ClaimState.MOVED, ClaimState.REFUSED]
    assert prize_hold(claimants[1]) is None


def test_only_so_many_wait_on_one_number_and_nothing_is_left_of_one_more(enter: Enter) -> None:
    enter()
    for _ in range(MOST_OPEN):
        enter(claims=True)
    before = db.session.scalars(select(Account.id)).all()
    with pytest.raises(TooManyClaims):
        enter(claims=True)
    assert db.session.scalars(select(Account.id)).all() == before


def test_at_once_only_so_many_wait_either(deeds: Flask, enter: Enter) -> None:
    enter()
    outcomes = race(deeds, [lambda: enter(claims=True)] * (MOST_OPEN + 1))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Entry"] * MOST_OPEN + ["TooManyClaims"]


def test_of_a_free_number_a_claim_means_nothing(enter: Enter, keys: Keyring, number: str) -> None:
    entry = enter(claims=True)
    assert number_of(entry, keys) == number
    assert db.session.scalars(select(Claim)).all() == []


def test_a_number_that_became_free_moves_too(
    enter: Enter, decide: Callable[..., Claim], keys: Keyring, number: str
) -> None:
    """The holder's was corrected meanwhile."""
    holder, claimant = enter(), enter(claims=True)
    holder.account.citizen_index = holder.account.citizen_cipher = holder.account.citizen_last_four = None
    db.session.commit()
    decide(claim_of(claimant), move=True)
    assert number_of(claimant, keys) == number


def test_who_has_a_number_by_now_gets_no_second(
    enter: Enter, decide: Callable[..., Claim], keys: Keyring, number: str
) -> None:
    holder, claimant = enter(), enter(claims=True)
    claimant.account.citizen_index = "another"
    db.session.commit()
    with pytest.raises(HasNumber):
        decide(claim_of(claimant), move=True)
    db.session.rollback()
    assert number_of(holder, keys) == number


def test_two_officers_at_once_decide_once(
    deeds: Flask, enter: Enter, decide: Callable[..., Claim], keys: Keyring, number: str
) -> None:
    """Also over different claims on one number."""
    holder = enter()
    claims = [claim_of(enter(claims=True)) for _ in range(2)]
    outcomes = race(deeds, [lambda claim=claim: decide(claim, move=True) for claim in claims * 2])  # type: ignore[misc]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDecided"] * 3 + ["Claim"]
    db.session.expire_all()
    assert number_of(holder, keys) is None
    assert sorted(claim.state for claim in claims) == [ClaimState.MOVED, ClaimState.REFUSED]


def test_no_such_claim(decide: Callable[..., Claim]) -> None:
    with pytest.raises(LookupError):
        decide(Claim(id=999), move=True)


def test_who_moves_house_takes_an_open_claim_along(enter: Enter, contest: Catalogue) -> None:
    enter()
    claimant = enter(claims=True)
    claimant.unit_id = contest.units[3].id
    move_claims(claimant)
    db.session.commit()
    db.session.expire_all()
    assert claim_of(claimant).unit_id == contest.units[3].id
