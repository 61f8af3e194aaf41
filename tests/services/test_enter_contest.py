"""Entering a contest with an account from an earlier one."""

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Channel, Consent, Entry, Purpose
from app.services.catalogue import Catalogue
from app.services.enter_contest import AlreadyEntered, Guardian, NewEntry, enter_contest, last_entry
from tests.support.claims import make_claim
from tests.support.earlier import to_earlier_contest
from tests.support.people import make_contestant
from tests.support.racing import Meeting, race

BOTH = frozenset({Purpose.CONTEST, Purpose.BOARDS})


@pytest.fixture
def earlier(deeds: Flask, contest: Catalogue, noon: datetime) -> Entry:
    """Somebody's entry in an earlier contest."""
    entry = make_contestant(contest, now=noon)
    to_earlier_contest(entry, unit=contest.units[0].code)
    return entry


def enter(account_id: int, asked: NewEntry, contest: Catalogue, now: datetime) -> Entry:
    return enter_contest(account_id=account_id, asked=asked, catalogue=contest, channel=Channel.KIOSK, now=now)


def consents(entry: Entry) -> list[Consent]:
    return list(db.session.scalars(select(Consent).where(Consent.entry_id == entry.id).order_by(Consent.purpose)))


def count(kind: type[Account] | type[Entry] | type[Consent]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_second_entry_of_the_same_account(earlier: Entry, contest: Catalogue, noon: datetime) -> None:
    before = (earlier.contest_id, earlier.unit_id, earlier.accepted_rules, len(consents(earlier)))
    group = contest.groups[0]
    unit = contest.units_by_id[group.unit_id]
    made = enter(earlier.account_id, NewEntry(unit, BOTH, group), contest, noon)
    db.session.commit()
    assert (made.account_id, made.contest_id) == (earlier.account_id, contest.contest_id)
    assert (made.unit_id, made.group_id, made.on_boards) == (unit.id, group.id, True)
    assert (made.accepted_rules, made.registered_at, made.assisted_by) == (contest.rules_version, noon, None)
    assert (made.guardian_name, made.finished_at, made.unit_changes) == (None, None, 0)
    given = [(row.purpose, row.text_version, row.channel, row.given_at) for row in consents(made)]
    assert given == [(each, contest.rules_version, Channel.KIOSK, noon) for each in (Purpose.BOARDS, Purpose.CONTEST)]
    assert (earlier.contest_id, earlier.unit_id, earlier.accepted_rules, len(consents(earlier))) == before
    assert count(Account) == 1


@pytest.mark.parametrize("public", [True, False])
def test_a_child_s_name_is_shown_only_with_the_guardian_s_word(
    earlier: Entry, contest: Catalogue, noon: datetime, public: bool
) -> None:
    agreed = BOTH | {Purpose.GUARDIAN} | ({Purpose.GUARDIAN_PUBLIC} if public else set())
    guardian = Guardian("Trần Thị Lớn", "+84900000003")
    made = enter(earlier.account_id, NewEntry(contest.units[0], agreed, guardian=guardian), contest, noon)
    assert made.on_boards is public
    assert (made.guardian_name, made.guardian_phone) == ("Trần Thị Lớn", "+84900000003")


def test_twice_is_told_and_nothing_is_half_written(earlier: Entry, contest: Catalogue, noon: datetime) -> None:
    asked = NewEntry(contest.units[0], BOTH)
    enter(earlier.account_id, asked, contest, noon)
    db.session.commit()
    rows = count(Entry), count(Consent)
    with pytest.raises(AlreadyEntered):
        enter(earlier.account_id, NewEntry(contest.units[1], BOTH), contest, noon)
    db.session.commit()
    assert (count(Entry), count(Consent)) == rows


def test_of_two_racing_presses_one_makes_the_entry(
    deeds: Flask, earlier: Entry, contest: Catalogue, noon: datetime
) -> None:
    account_id, asked, meeting = earlier.account_id, NewEntry(contest.units[0], BOTH), Meeting(2)
    rows = count(Entry)

    def run() -> str:
        db.session.scalar(select(func.count()).select_from(Entry).where(Entry.contest_id == contest.contest_id))
        meeting.wait()
        enter(account_id, asked, contest, noon)
        db.session.commit()
        return "won"

    outcomes = race(deeds, [run, run])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyEntered", "str"]
    assert count(Entry) == rows + 1


def test_what_waits_for_a_look_at_the_card_comes_along(earlier: Entry, contest: Catalogue, noon: datetime) -> None:
    claim = make_claim(earlier, contest, now=noon)
    claimant = last_entry(account_id=claim.claimant_id)
    to_earlier_contest(claimant, unit=contest.units[0].code)
    claim.contest_id, claim.unit_id = claimant.contest_id, claimant.unit_id
    db.session.commit()
    enter(claim.claimant_id, NewEntry(contest.units[1], BOTH), contest, noon)
    db.session.commit()
    db.session.refresh(claim)
    assert (claim.contest_id, claim.unit_id) == (contest.contest_id, contest.units[1].id)


def test_the_last_entry_is_the_newest(earlier: Entry, contest: Catalogue, noon: datetime) -> None:
    assert last_entry(account_id=earlier.account_id).id == earlier.id
    made = enter(earlier.account_id, NewEntry(contest.units[0], BOTH), contest, noon)
    assert last_entry(account_id=earlier.account_id).id == made.id
