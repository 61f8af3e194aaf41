"""Requests about one's own data."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, AuditRecord, DataRequest, Entry, Purpose, RequestKind, RequestState
from app.rules.deadlines import acknowledge_by, due, extended
from app.services import data_requests as inbox
from app.services.catalogue import Catalogue
from app.services.consents import current_consents
from app.services.data_requests import AlreadyAnswered, AlreadyAsked, AlreadyExtended
from tests.support.people import make_contestant, make_staff
from tests.support.racing import race


@pytest.fixture
def organiser_id(deeds: Flask, noon: datetime) -> int:
    return make_staff(now=noon).id


def _ask(entry: Entry, kind: RequestKind, contest: Catalogue, now: datetime) -> DataRequest:
    request = inbox.ask(
        account_id=entry.account_id,
        contest_id=entry.contest_id,
        kind=kind,
        text="",
        zone=contest.rules.zone,
        now=now,
    )
    db.session.commit()
    return request


@pytest.mark.parametrize(
    ("kind", "days"), [("copy", 10), ("correct", 10), ("withdraw", 15), ("restrict", 15), ("delete", 20)]
)
def test_the_law_s_dates(entry: Entry, contest: Catalogue, noon: datetime, kind: str, days: int) -> None:
    request = _ask(entry, RequestKind(kind), contest, noon)
    assert request.acknowledge_by == acknowledge_by(noon, contest.rules.zone)
    assert request.due_at == due(noon, days, contest.rules.zone)
    assert request.state is RequestState.NEW


def test_one_of_each_kind_at_a_time(entry: Entry, contest: Catalogue, noon: datetime, organiser_id: int) -> None:
    request = _ask(entry, RequestKind.COPY, contest, noon)
    with pytest.raises(AlreadyAsked):
        _ask(entry, RequestKind.COPY, contest, noon)
    db.session.rollback()
    _ask(entry, RequestKind.RESTRICT, contest, noon)
    inbox.refuse(
        request_id=request.id, contest_id=contest.contest_id, reason="Đã tải rồi", actor_id=organiser_id, now=noon
    )
    db.session.commit()
    _ask(entry, RequestKind.COPY, contest, noon)
    assert len(inbox.my_requests(account_id=entry.account_id)) == 3


def test_of_two_who_ask_at_once_one_is_kept(deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime) -> None:
    came = race(deeds, [lambda: _ask(entry, RequestKind.DELETE, contest, noon).id] * 2)
    assert sorted(type(result).__name__ for result in came) == ["AlreadyAsked", "int"]


def test_what_is_due_first_stands_first(contest: Catalogue, noon: datetime, organiser_id: int) -> None:
    """Acknowledged ones count by the day on which they must be done."""
    people = [make_contestant(contest, now=noon) for _ in range(3)]
    late = _ask(people[0], RequestKind.COPY, contest, noon - timedelta(days=30))
    new = _ask(people[1], RequestKind.DELETE, contest, noon)
    acknowledged = _ask(people[2], RequestKind.COPY, contest, noon)
    inbox.acknowledge(request_id=acknowledged.id, contest_id=contest.contest_id, actor_id=organiser_id, now=noon)
    db.session.commit()
    assert list(inbox.inbox(contest_id=contest.contest_id, size=10)) == [late, new, acknowledged]
    assert inbox.next_due(late) < noon < inbox.next_due(new) < inbox.next_due(acknowledged)
    assert inbox.waiting(contest_id=contest.contest_id) == 3
    assert not inbox.inbox(contest_id=contest.contest_id + 1, size=10)


def test_extended_once_by_the_same_length(entry: Entry, contest: Catalogue, noon: datetime, organiser_id: int) -> None:
    request = _ask(entry, RequestKind.DELETE, contest, noon)
    before = request.due_at
    which = {"request_id": request.id, "contest_id": contest.contest_id, "actor_id": organiser_id, "now": noon}
    inbox.extend(**which, reason="Cần đối chiếu", zone=contest.rules.zone)  # type: ignore[arg-type]
    assert request.due_at == extended(before, 20, contest.rules.zone)
    assert request.extension_reason == "Cần đối chiếu"
    assert request.acknowledged_at == noon
    with pytest.raises(AlreadyExtended):
        inbox.extend(**which, reason="Nữa", zone=contest.rules.zone)  # type: ignore[arg-type]


def test_answered_is_answered(entry: Entry, contest: Catalogue, noon: datetime, organiser_id: int) -> None:
    request = _ask(entry, RequestKind.COPY, contest, noon)
    which = {"request_id": request.id, "contest_id": contest.contest_id, "actor_id": organiser_id, "now": noon}
    inbox.carry_out(**which, answer="Đã gửi bản in")  # type: ignore[arg-type]
    db.session.commit()
    assert (request.state, request.answer, request.done_by) == (RequestState.DONE, "Đã gửi bản in", organiser_id)
    with pytest.raises(AlreadyAnswered):
        inbox.refuse(**which, reason="Không")  # type: ignore[arg-type]
    with pytest.raises(AlreadyAnswered):
        inbox.acknowledge(**which)  # type: ignore[arg-type]
    with pytest.raises(AlreadyAnswered):
        inbox.extend(**which, reason="Không", zone=contest.rules.zone)  # type: ignore[arg-type]
    assert list(inbox.answered(contest_id=contest.contest_id, size=5)) == [request]
    with pytest.raises(LookupError):
        inbox.refuse(**(which | {"contest_id": contest.contest_id + 1}), reason="Không")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [RequestKind.RESTRICT, RequestKind.WITHDRAW])
def test_restricting_takes_the_name_off(
    entry: Entry, contest: Catalogue, noon: datetime, organiser_id: int, kind: RequestKind
) -> None:
    request = _ask(entry, kind, contest, noon)
    assert entry.on_boards
    inbox.carry_out(request_id=request.id, contest_id=contest.contest_id, answer="", actor_id=organiser_id, now=noon)
    db.session.commit()
    assert not entry.on_boards
    assert set(current_consents(entry_id=entry.id)) == {Purpose.CONTEST}


def test_a_deletion_leaves_a_line_without_the_person(
    entry: Entry, contest: Catalogue, noon: datetime, organiser_id: int
) -> None:
    account_id = entry.account_id
    request = _ask(entry, RequestKind.DELETE, contest, noon)
    other = _ask(entry, RequestKind.CORRECT, contest, noon)
    other.text = "Tên tôi viết sai"
    inbox.carry_out(
        request_id=request.id, contest_id=contest.contest_id, answer="Xong", actor_id=organiser_id, now=noon
    )
    db.session.commit()
    assert db.session.get(Account, account_id) is None
    for each in db.session.scalars(select(DataRequest)):
        assert (each.account_id, each.text, each.answer) == (None, "", "")
    assert inbox.find_request(request_id=request.id, contest_id=contest.contest_id) is not None
    actions = db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)).all()
    assert actions[-2:] == ["request.done", "person.delete"]
