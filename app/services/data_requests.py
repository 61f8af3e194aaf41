"""Requests about one's own data: asked by the person, answered by the organiser by the law's dates."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import DataRequest, Entry, Purpose, RequestKind, RequestState
from app.rules import deadlines
from app.services.audit import record
from app.services.consents import withdraw_consent
from app.services.delete_person import delete_person

OPEN = (RequestState.NEW, RequestState.ACKNOWLEDGED)
# What restricting means here: neither name nor story is public, and nobody writes to the person.
_NOT_NEEDED = (Purpose.BOARDS, Purpose.STORY, Purpose.CONTACT)


class AlreadyAsked(Exception):
    """A request of this kind waits for its answer."""


class AlreadyAnswered(Exception):
    """Somebody has answered, or in case of a deletion carried out, this request meanwhile."""


class AlreadyExtended(Exception):
    """The law lets a time limit be extended once."""


def ask(
    *, account_id: int, contest_id: int, kind: RequestKind, text: str, zone: ZoneInfo, now: datetime
) -> DataRequest:
    """A new request with its due dates. Raises AlreadyAsked."""
    request = DataRequest(
        account_id=account_id,
        contest_id=contest_id,
        kind=kind,
        text=text,
        created_at=now,
        acknowledge_by=deadlines.acknowledge_by(now, zone),
        due_at=deadlines.due(now, kind.days, zone),
    )
    try:
        with db.session.begin_nested():
            db.session.add(request)
    except IntegrityError:
        raise AlreadyAsked from None
    record(actor_id=account_id, action=f"request.{kind}", subject=f"request:{request.id}", reason="", now=now)
    return request


def my_requests(*, account_id: int) -> Sequence[DataRequest]:
    """What a person has asked, the newest first."""
    statement = select(DataRequest).where(DataRequest.account_id == account_id)
    return db.session.scalars(statement.order_by(DataRequest.created_at.desc(), DataRequest.id.desc())).all()


def inbox(*, contest_id: int, size: int) -> Sequence[DataRequest]:
    """What waits for an answer, by what is due first: so what is overdue stands on top."""
    next_due = case((DataRequest.state == RequestState.NEW, DataRequest.acknowledge_by), else_=DataRequest.due_at)
    statement = select(DataRequest).where(DataRequest.contest_id == contest_id, DataRequest.state.in_(OPEN))
    statement = statement.options(joinedload(DataRequest.account)).order_by(next_due, DataRequest.id)
    return db.session.scalars(statement.limit(size)).all()


def answered(*, contest_id: int, size: int) -> Sequence[DataRequest]:
    """What was answered last."""
    statement = select(DataRequest).where(DataRequest.contest_id == contest_id, DataRequest.state.not_in(OPEN))
    statement = statement.options(joinedload(DataRequest.account))
    return db.session.scalars(statement.order_by(DataRequest.done_at.desc(), DataRequest.id.desc()).limit(size)).all()


def waiting(*, contest_id: int) -> int:
    """How many wait for an answer."""
    statement = select(func.count()).select_from(DataRequest)
    counted = db.session.scalar(statement.where(DataRequest.contest_id == contest_id, DataRequest.state.in_(OPEN)))
    return counted or 0


def find_request(*, request_id: int, contest_id: int) -> DataRequest | None:
    """One request of the contest, whatever became of it."""
    return db.session.scalar(
        select(DataRequest).where(DataRequest.id == request_id, DataRequest.contest_id == contest_id)
    )


def entry_of(request: DataRequest) -> int | None:
    """The entry of who asked; None once the person is deleted, and of who takes no part in this contest."""
    statement = select(Entry.id).where(Entry.account_id == request.account_id, Entry.contest_id == request.contest_id)
    return db.session.scalar(statement)


def next_due(request: DataRequest) -> datetime:
    """The date that counts now: until it is acknowledged, that."""
    return request.acknowledge_by if request.state is RequestState.NEW else request.due_at


def acknowledge(*, request_id: int, contest_id: int, actor_id: int, now: datetime) -> DataRequest:
    """Tell the person that it was received. Raises LookupError, AlreadyAnswered."""
    request = _locked(request_id, contest_id)
    match request.state:
        case RequestState.NEW:
            request.state, request.acknowledged_at = RequestState.ACKNOWLEDGED, now
        case RequestState.ACKNOWLEDGED:
            return request  # two organisers pressed at once
        case _:
            raise AlreadyAnswered
    _record("acknowledge", request, actor_id, "", now)
    return request


def extend(
    *, request_id: int, contest_id: int, reason: str, actor_id: int, zone: ZoneInfo, now: datetime
) -> DataRequest:
    """The same time once more, with a reason that the person reads.

    Raises LookupError, AlreadyAnswered, AlreadyExtended.
    """
    request = _locked(request_id, contest_id)
    if request.state not in OPEN:
        raise AlreadyAnswered
    if request.extended_at is not None:
        raise AlreadyExtended
    _received(request, now)
    request.due_at = deadlines.extended(request.due_at, request.kind.days, zone)
    request.extended_at, request.extension_reason = now, reason
    _record("extend", request, actor_id, reason, now)
    return request


def carry_out(*, request_id: int, contest_id: int, answer: str, actor_id: int, now: datetime) -> DataRequest:
    """Do what was asked as far as the portal does it, and close the request with an answer that the person reads.

    A deletion deletes; restricting or withdrawing takes name and story off the public pages. A copy is what the person
    downloads, a correction is made at the desk beforehand. Raises LookupError, AlreadyAnswered, and what
    `delete_person` raises.
    """
    request = _locked(request_id, contest_id)
    _close(request, RequestState.DONE, answer, actor_id, now)
    _record("done", request, actor_id, "", now)
    match request.kind:
        case RequestKind.DELETE if request.account_id is not None:
            why = f"Theo yêu cầu số {request_id}"
            delete_person(account_id=request.account_id, actor_id=actor_id, reason=why, now=now)
        case RequestKind.WITHDRAW | RequestKind.RESTRICT:
            _take_off_public_pages(request, now)
        case _:
            pass
    db.session.flush()
    return request


def _take_off_public_pages(request: DataRequest, now: datetime) -> None:
    """In whatever contest they stand there."""
    for entry_id in db.session.scalars(select(Entry.id).where(Entry.account_id == request.account_id)).all():
        for purpose in _NOT_NEEDED:
            withdraw_consent(entry_id=entry_id, purpose=purpose, now=now)


def refuse(*, request_id: int, contest_id: int, reason: str, actor_id: int, now: datetime) -> DataRequest:
    """Close it without doing it; the person reads why. Raises LookupError, AlreadyAnswered."""
    request = _locked(request_id, contest_id)
    _close(request, RequestState.REFUSED, reason, actor_id, now)
    _record("refuse", request, actor_id, reason, now)
    return request


def _close(request: DataRequest, state: RequestState, answer: str, actor_id: int, now: datetime) -> None:
    if request.state not in OPEN:
        raise AlreadyAnswered
    _received(request, now)
    request.state, request.answer, request.done_at, request.done_by = state, answer, now, actor_id


def _received(request: DataRequest, now: datetime) -> None:
    if request.state is RequestState.NEW:
        request.state, request.acknowledged_at = RequestState.ACKNOWLEDGED, now


def _record(action: str, request: DataRequest, actor_id: int, reason: str, now: datetime) -> None:
    subject = f"request:{request.id}"
    record(actor_id=actor_id, action=f"request.{action}", subject=subject, reason=reason, now=now)


def _locked(request_id: int, contest_id: int) -> DataRequest:
    request = db.session.scalar(
        select(DataRequest)
        .where(DataRequest.id == request_id, DataRequest.contest_id == contest_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise LookupError(request_id)
    return request
