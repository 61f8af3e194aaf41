"""Consents: each on its own, with boards and wall following at once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Channel, Consent, Entry, Purpose, Story
from app.services.catalogue import Catalogue
from app.services.consents import current_consents, give_consent, guardian_forbids, withdraw_consent
from app.services.enter_contest import Guardian
from app.services.tell_story import wall
from tests.support.people import make_staff, register_one
from tests.support.racing import race
from tests.support.stories import decide, make_story

CHILD = {Purpose.CONTEST, Purpose.BOARDS, Purpose.GUARDIAN}
MakeMinor = Callable[..., Entry]


@pytest.fixture
def make_minor(deeds: Flask, contest: Catalogue, noon: datetime) -> MakeMinor:
    """Somebody under 16 with these consents."""

    def make(*purposes: Purpose) -> Entry:
        guardian = Guardian("Trần Thị Lớn", "+84900000003")
        entry = register_one(contest, now=noon, consents={*CHILD, *purposes}, guardian=guardian)
        db.session.commit()
        return entry

    return make


def give(entry: Entry, purpose: Purpose, now: datetime, version: str = "2") -> None:
    give_consent(entry_id=entry.id, purpose=purpose, text_version=version, channel=Channel.SELF, now=now)
    db.session.commit()


def withdraw(entry: Entry, purpose: Purpose, now: datetime) -> None:
    withdraw_consent(entry_id=entry.id, purpose=purpose, now=now)
    db.session.commit()


def rows(entry: Entry, purpose: Purpose) -> list[Consent]:
    statement = select(Consent).where(Consent.entry_id == entry.id, Consent.purpose == purpose).order_by(Consent.id)
    return list(db.session.scalars(statement))


def tell(entry: Entry, contest: Catalogue, now: datetime, *, on_wall: bool = True) -> Story:
    """A story on its way to the wall: told and approved."""
    return decide(make_story(entry, contest, now=now, on_wall=on_wall), contest, make_staff(now=now), now=now)


def test_withdrawn_the_name_leaves_the_boards_and_the_evidence_stays(entry: Entry, noon: datetime) -> None:
    assert entry.on_boards
    withdraw(entry, Purpose.BOARDS, noon)
    assert not entry.on_boards
    (row,) = rows(entry, Purpose.BOARDS)
    assert row.withdrawn_at == noon
    assert Purpose.BOARDS not in current_consents(entry_id=entry.id)
    give(entry, Purpose.BOARDS, noon + timedelta(hours=1))
    assert entry.on_boards
    old, new = rows(entry, Purpose.BOARDS)
    assert (old.withdrawn_at, new.withdrawn_at) == (noon, None)
    assert (new.text_version, new.channel, new.given_at) == ("2", Channel.SELF, noon + timedelta(hours=1))
    assert current_consents(entry_id=entry.id)[Purpose.BOARDS] is new


def test_the_same_words_are_agreed_to_once_and_new_words_again(entry: Entry, noon: datetime) -> None:
    for version in ("2", "2", "3"):
        give(entry, Purpose.CONTACT, noon, version)
    assert [row.text_version for row in rows(entry, Purpose.CONTACT)] == ["2", "3"]
    assert current_consents(entry_id=entry.id)[Purpose.CONTACT].text_version == "3"
    withdraw(entry, Purpose.CONTACT, noon)
    assert [row.withdrawn_at for row in rows(entry, Purpose.CONTACT)] == [noon, noon]


def test_withdrawing_what_was_never_given_changes_nothing(entry: Entry, noon: datetime) -> None:
    withdraw(entry, Purpose.CONTACT, noon)
    assert entry.on_boards
    assert rows(entry, Purpose.CONTACT) == []


def test_a_story_leaves_the_wall_and_comes_back(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    story = tell(entry, contest, noon)
    assert [row.text_version for row in rows(entry, Purpose.STORY)] == [contest.rules_version]
    assert [shown.id for shown in wall(contest_id=contest.contest_id)] == [story.id]
    withdraw(entry, Purpose.STORY, noon)
    assert wall(contest_id=contest.contest_id) == []
    give(entry, Purpose.STORY, noon)
    assert [shown.id for shown in wall(contest_id=contest.contest_id)] == [story.id]


def test_told_again_without_the_box_the_consent_is_withdrawn(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    for on_wall in (True, False):
        make_story(entry, contest, now=noon, on_wall=on_wall)
    assert [row.withdrawn_at for row in rows(entry, Purpose.STORY)] == [noon]


@pytest.mark.parametrize("guardian", [True, False])
@pytest.mark.parametrize("child", [True, False])
def test_a_minor_is_public_only_when_both_agree(
    make_minor: MakeMinor, contest: Catalogue, noon: datetime, guardian: bool, child: bool
) -> None:
    minor = make_minor(*([Purpose.GUARDIAN_PUBLIC] if guardian else []))
    if not child:
        withdraw(minor, Purpose.BOARDS, noon)
    tell(minor, contest, noon, on_wall=child)
    assert minor.on_boards is (guardian and child)
    assert bool(wall(contest_id=contest.contest_id)) is (guardian and child)
    assert guardian_forbids(entry_id=minor.id) is not guardian


def test_the_guardian_may_agree_later_and_change_mind(
    make_minor: MakeMinor, contest: Catalogue, noon: datetime
) -> None:
    minor = make_minor()
    assert (minor.guardian_name, minor.guardian_phone) == ("Trần Thị Lớn", "+84900000003")
    tell(minor, contest, noon)
    assert (minor.on_boards, wall(contest_id=contest.contest_id)) == (False, [])
    give(minor, Purpose.BOARDS, noon)  # the child alone does not put itself there
    assert not minor.on_boards
    give(minor, Purpose.GUARDIAN_PUBLIC, noon)
    assert minor.on_boards
    assert len(wall(contest_id=contest.contest_id)) == 1
    withdraw(minor, Purpose.GUARDIAN_PUBLIC, noon)
    assert (minor.on_boards, wall(contest_id=contest.contest_id)) == (False, [])


def test_grown_ups_need_no_guardian(entry: Entry) -> None:
    assert not guardian_forbids(entry_id=entry.id)


def test_what_two_decide_at_once_ends_in_one_of_the_two(deeds: Flask, entry: Entry, noon: datetime) -> None:
    """Boards say what the rows say, whoever came last."""
    race(
        deeds,
        [lambda: withdraw(entry, Purpose.BOARDS, noon), lambda: give(entry, Purpose.BOARDS, noon)] * 3,
    )
    db.session.expire_all()
    agreed = Purpose.BOARDS in current_consents(entry_id=entry.id)
    assert db.session.get_one(Entry, entry.id).on_boards is agreed
