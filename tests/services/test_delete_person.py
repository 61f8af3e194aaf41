"""Deleting a person: nothing is left but what an award record must keep."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import Base, db
from app.models import Account, Attempt, Award, Claim, ClaimState, Entry, FinalLine, Role, Standing
from app.rules.names import fold
from app.services import exam_submit
from app.services.catalogue import Catalogue
from app.services.delete_person import (
    OWNED_BY_ACCOUNT,
    OWNED_BY_ENTRY,
    ClaimOpen,
    NotAContestant,
    delete_person,
    is_sitting,
    kept_for_award,
)
from app.services.keyring import Keyring
from app.services.my_data import read_my_data
from app.services.sign_in import open_session
from app.services.standings import record_result
from tests.support.everywhere import every_value
from tests.support.finishers import GUARDIAN, GUARDIAN_PHONE, NAME, NUMBER, PHONE, make_known
from tests.support.kiosks import make_kiosk
from tests.support.people import begin, learn_all, make_contestant, make_staff, sit
from tests.support.racing import Meeting, race
from tests.support.results import make_final, make_invalidation

# Columns that say who of the staff did something: contestants never stand there.
ACTORS = {
    "claims.decided_by",
    "consents.recorded_by",
    "data_requests.done_by",
    "entries.assisted_by",
    "invalidations.actor_id",
    "kiosk_codes.made_by",
    "invalidations.lifted_by",
    "stories.decided_by",
}
# Emptied, not deleted: proof that the law's dates were kept.
KEPT_EMPTY = {"data_requests.account_id"}
# These go with the row that is named first in OWNED_….
WITH_THEIR_OWNER = {"standings.attempt_id", "invalidations.attempt_id"}


@pytest.fixture
def person(contest: Catalogue, keys: Keyring, noon: datetime) -> Entry:
    """Somebody who has left a trace everywhere."""
    entry, done = make_known(contest, keys, now=noon)
    db.session.scalars(select(Claim)).one().state = ClaimState.REFUSED
    open_session(account_id=entry.account_id, now=noon)
    act = make_invalidation(entry, now=noon, attempt=done.attempt)
    act.words, act.evidence, act.lifted_at = f"Chào {NAME}", NAME, noon
    make_kiosk(contest, entry, now=noon)
    return entry


def _final(entry: Entry, contest: Catalogue, noon: datetime, *, prize: bool) -> None:
    """A signed result of the person's round with the person in it."""
    attempt = db.session.scalars(select(Attempt).where(Attempt.entry_id == entry.id)).one()
    final = make_final(contest, now=noon, first=attempt, name=NAME)
    if prize:
        db.session.add(
            Award(
                final_id=final.id,
                prize=1,
                level="Giải nhất",
                entry_id=entry.id,
                name=NAME,
                figure="2/2 câu đúng",
                awarded_at=noon,
            )
        )
    db.session.flush()
    final.signed_at, final.signed_by = noon, "Lê Thị Ký"
    db.session.commit()


def _traces(words: list[str]) -> set[str]:
    return {name for name, text in every_value() for word in words if word.casefold() in text.casefold()}


def _delete(entry: Entry, now: datetime) -> None:
    delete_person(account_id=entry.account_id, actor_id=None, reason="", now=now)
    db.session.commit()


def test_no_table_knows_the_person_any_more(person: Entry, keys: Keyring, noon: datetime) -> None:
    words = [NAME, fold(NAME), GUARDIAN, PHONE, GUARDIAN_PHONE, NUMBER, keys.citizen_index(NUMBER)]
    words.append((person.account.citizen_cipher or b"").hex())
    before = _traces(words)
    assert before >= {"accounts.full_name", "accounts.phone", "accounts.citizen_cipher", "entries.guardian_name"}
    assert before >= {"stories.body", "certificates.full_name", "claims.citizen_index", "invalidations.words"}
    account_id, entry_id = person.account_id, person.id
    _delete(person, noon)
    assert not _traces(words)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for key, value in (("accounts.id", account_id), ("entries.id", entry_id)):
                if any(f"{fk.column.table.name}.{fk.column.name}" == key for fk in column.foreign_keys):
                    left = db.session.scalar(select(func.count()).select_from(table).where(column == value))
                    assert not left, f"{table.name}.{column.name}"


def test_every_reference_to_a_person_is_known() -> None:
    """A new table that knows people must be deleted from, or say that only staff stand in it."""
    owned = {f"{column.class_.__tablename__}.{column.key}" for column in (*OWNED_BY_ENTRY, *OWNED_BY_ACCOUNT)}
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for fk in column.foreign_keys
        if fk.column.table.name in ("accounts", "entries", "attempts")
    }
    assert found == owned | ACTORS | KEPT_EMPTY | WITH_THEIR_OWNER


def test_others_stay_whole(person: Entry, contest: Catalogue, keys: Keyring, noon: datetime) -> None:
    other = make_contestant(contest, now=noon, name="Đinh Văn Ở Lại")
    learn_all(other, contest, now=noon)
    sit(other, contest, started=noon, ended=noon + timedelta(minutes=5))
    before = read_my_data(account_id=other.account_id)
    _delete(person, noon)
    assert read_my_data(account_id=other.account_id) == before
    assert db.session.scalar(select(func.count()).select_from(Standing)) == 1


def test_the_number_is_free_again(person: Entry, contest: Catalogue, keys: Keyring, noon: datetime) -> None:
    index = person.account.citizen_index
    _delete(person, noon)
    again = make_contestant(contest, now=noon)
    again.account.citizen_index = index
    db.session.commit()


def test_who_won_stays_in_the_award_record_alone(person: Entry, contest: Catalogue, noon: datetime) -> None:
    _final(person, contest, noon, prize=True)
    assert [award.level for award in kept_for_award(account_id=person.account_id)] == ["Giải nhất"]
    _delete(person, noon)
    assert _traces([NAME]) == {"awards.name", "final_lines.full_name"}
    assert db.session.scalars(select(FinalLine.citizen_last_four)).all() == ["0001"]


def test_who_won_nothing_stays_in_a_signed_result_without_a_name(
    person: Entry, contest: Catalogue, noon: datetime
) -> None:
    _final(person, contest, noon, prize=False)
    _delete(person, noon)
    assert not _traces([NAME])
    line = db.session.scalars(select(FinalLine)).one()
    assert (line.full_name, line.citizen_last_four, line.place) == ("", None, 1)


def test_an_exam_that_is_open_is_told_of(entry: Entry, contest: Catalogue, noon: datetime) -> None:
    assert not is_sitting(account_id=entry.account_id)
    begin(entry, contest, now=noon)
    assert is_sitting(account_id=entry.account_id)
    _delete(entry, noon)
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 0


def test_a_submit_on_its_way_comes_before(
    entry: Entry, contest: Catalogue, noon: datetime, deeds: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = begin(entry, contest, now=noon)
    account_id, attempt_id, meeting = entry.account_id, attempt.id, Meeting(2)

    def held(**values: Any) -> None:
        meeting.wait()  # the attempt is locked, nothing of the standing is written
        record_result(**values)

    monkeypatch.setattr(exam_submit, "record_result", held)

    def submit() -> object:
        exam_submit.submit_attempt(
            account_id=account_id, attempt_id=attempt_id, sheet=None, catalogue=contest, now=noon + timedelta(minutes=1)
        )
        db.session.commit()
        return "submitted"

    def remove() -> object:
        meeting.until_begun()
        delete_person(account_id=account_id, actor_id=None, reason="", now=noon)
        db.session.commit()
        return "deleted"

    assert race(deeds, [submit, remove]) == ["submitted", "deleted"]
    assert not db.session.scalar(select(func.count()).select_from(Standing))


def test_an_open_claim_is_decided_first(person: Entry, noon: datetime) -> None:
    claim = db.session.scalars(select(Claim)).one()
    claim.state = ClaimState.OPEN
    db.session.commit()
    with pytest.raises(ClaimOpen):
        _delete(person, noon)
    db.session.rollback()
    assert db.session.get(Account, person.account_id) is not None


@pytest.mark.parametrize("role", [Role.OFFICER, Role.JUDGE, Role.ORGANISER])
def test_staff_are_not_deleted(deeds: Flask, noon: datetime, role: Role) -> None:
    account = make_staff(role, now=noon)
    with pytest.raises(NotAContestant):
        delete_person(account_id=account.id, actor_id=None, reason="", now=noon)


def test_nobody_is_nobody(deeds: Flask, noon: datetime) -> None:
    with pytest.raises(NotAContestant):
        delete_person(account_id=999_999, actor_id=None, reason="", now=noon)
