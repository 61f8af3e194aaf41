"""Everything that is kept about a person can be seen."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import Table

from app.extensions import db
from app.models import AuditRecord, Entry, RequestKind
from app.services import my_data
from app.services.catalogue import Catalogue
from app.services.data_requests import ask
from app.services.delete_person import OWNED_BY_ACCOUNT, OWNED_BY_ENTRY
from app.services.my_data import read_my_data
from tests.support.people import learn_all, make_claim, make_contestant, sit

# Which units staff work for is no contestant's; whose account it is stands in the account itself.
NOBODYS = {"staff_units"}


def test_every_table_that_knows_people_is_shown(deeds: Flask) -> None:
    """What a deletion takes away was to be seen before."""
    shown = {
        table.name
        for statement in my_data._statements(1, [1]).values()
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
    request = ask(
        account_id=entry.account_id,
        contest_id=entry.contest_id,
        kind=RequestKind.COPY,
        text="",
        zone=contest.rules.zone,
        now=noon,
    )
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
