"""Everything that is kept about a person can be seen."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import Table

from app.extensions import db
from app.models import AuditRecord, Entry, RequestKind
from app.services import my_data
from app.services.catalogue import Catalogue
from app.services.claims import decide_claim
from app.services.delete_person import OWNED_BY_ACCOUNT, OWNED_BY_ENTRY, delete_person
from app.services.my_data import read_my_data
from app.web.portal import keyring
from tests.support.claims import make_claim
from tests.support.people import learn_all, make_contestant, make_staff, sit
from tests.support.requests import make_request
from tests.support.stories import decide, make_story

# Which units staff work for is no contestant's; whose account it is stands in the account itself.
NOBODYS = {"staff_units"}


def test_every_table_that_knows_people_is_shown(deeds: Flask) -> None:
    """What a deletion takes away was to be seen before."""
    shown = {
        table.name
        for statement in my_data._PARTS.values()
        for source in statement.get_final_froms()
        for table in _tables(source)
    }
    owned = {column.class_.__tablename__ for column in (*OWNED_BY_ENTRY, *OWNED_BY_ACCOUNT)}
    assert owned - NOBODYS <= shown
    assert shown >= {"accounts", "data_requests", "final_lines", "awards"}


def _tables(source: object) -> set[Table]:
    if isinstance(source, Table):
        return {source}
    return _tables(source.left) | _tables(source.right)  # type: ignore[attr-defined]


def test_what_is_there(deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime) -> None:
    sit(entry, contest, started=noon, ended=noon + timedelta(minutes=4))
    request = make_request(entry, contest, RequestKind.COPY, now=noon)
    make_claim(entry, contest, now=noon)
    subjects = [f"entry:{entry.id}", f"request:{request.id}", f"entry:{entry.id}0", "entry:"]
    db.session.add_all(
        AuditRecord(at=noon, actor_id=None, action=f"x.{i}", subject=subject, reason="")
        for i, subject in enumerate(subjects)
    )
    db.session.commit()
    data = read_my_data(account_id=entry.account_id)
    assert [row["full_name"] for row in data["account"]] == ["Trần Văn Mẫu"]
    assert [row["unit"] for row in data["entries"]] == [entry.unit.name]
    assert len(data["lessons"]) == len(contest.lesson_ids)
    assert [row["correct"] for row in data["attempts"]] == [row["correct"] for row in data["results"]]
    assert [row["side"] for row in data["claims"]] == ["holder"]
    assert [(row["action"], row["by"]) for row in data["audit"]] == [
        ("request.copy", "self"),
        ("x.0", "operator"),
        ("x.1", "operator"),
    ]


def test_nothing_of_others(deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime) -> None:
    before = read_my_data(account_id=entry.account_id)
    other = make_contestant(contest, now=noon, name="Đinh Văn Khác")
    learn_all(other, contest, now=noon)
    sit(other, contest, started=noon, ended=noon + timedelta(minutes=4))
    assert read_my_data(account_id=entry.account_id) == before
    assert not read_my_data(account_id=999_999)["account"]


def test_what_was_done_about_somebody_deleted_is_nobody_elses(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    """The audit names a story by its number, which SQLite would give to the next one."""
    organiser = make_staff(now=noon)
    story = make_story(entry, contest, now=noon)
    decide(story, contest, organiser, now=noon, publish=False, reason="chỉ dành cho người trước")
    delete_person(account_id=entry.account_id, actor_id=None, reason="theo yêu cầu", now=noon)
    db.session.commit()
    other = make_contestant(contest, now=noon)
    make_story(other, contest, now=noon)
    actions = [line["action"] for line in read_my_data(account_id=other.account_id)["audit"]]
    assert "story.refuse" not in actions


def test_why_a_claim_was_decided_is_told_to_neither_side(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    """Both sides may ask what is kept about them, and the words may name the other one."""
    claim = make_claim(entry, contest, now=noon)
    sides = [claim.claimant_id, claim.holder_id]
    reason, officer = "thẻ là của Trần Văn Mẫu", make_staff(now=noon)
    decide_claim(claim_id=claim.id, move=False, reason=reason, actor_id=officer.id, keyring=keyring(), now=noon)
    db.session.commit()
    for side in sides:
        lines = read_my_data(account_id=side)["audit"]
        assert [(line["action"], line["reason"]) for line in lines if line["action"].startswith("claim.")] == [
            ("claim.refuse", "")
        ]
