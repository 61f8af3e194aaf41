"""Everything that is kept about a person, table by table, as plain values: for the page and for the download.

Left out is what would tell about others or open a door: the other side of a claim, hashes, marks and sealed texts. The
citizen number is told by its last four digits; the whole one is on the card.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import (
    Account,
    Attempt,
    AuditRecord,
    Award,
    Certificate,
    Claim,
    Consent,
    Contest,
    DataRequest,
    Entry,
    FinalLine,
    Group,
    Handover,
    Invalidation,
    Lesson,
    LessonRead,
    OneTimeCode,
    Role,
    Round,
    Session,
    Standing,
    Story,
    Topic,
    Unit,
)

Row = Mapping[str, Any]
Data = Mapping[str, Sequence[Row]]
_STAFF = "staff"
_SELF = "self"
_OPERATOR = "operator"
_ACCOUNT: BindParameter[Any] = bindparam("account")
_ENTRIES: BindParameter[Any] = bindparam("entries", expanding=True)


def _part(owner: InstrumentedAttribute[Any], *columns: str | ColumnElement[Any], order: Any) -> Select[Any]:
    """Rows whose `owner` is the account, or one of its entries; text names columns of the owner's table."""
    told: list[Any] = []
    for column in columns:
        told += [getattr(owner.class_, name) for name in column.split()] if isinstance(column, str) else [column]
    mine = owner.in_(_ENTRIES) if owner.key == "entry_id" else owner == _ACCOUNT
    return select(*told).where(mine).order_by(order)


_PARTS: Mapping[str, Select[Any]] = {
    "account": _part(Account.id, "id full_name phone citizen_last_four created_at disabled_at", order=Account.id),
    "entries": _part(
        Entry.account_id,
        "id",
        Contest.name.label("contest"),
        Unit.type.label("unit_type"),
        Unit.name.label("unit"),
        Group.name.label("group"),
        "registered_at finished_at on_boards accepted_rules guardian_name guardian_phone",
        Entry.assisted_by.is_not(None).label("assisted"),
        "unit_changes extra_minutes",
        order=Entry.id,
    )
    .join(Contest, Contest.id == Entry.contest_id)
    .join(Unit, Unit.id == Entry.unit_id)
    .outerjoin(Group, Group.id == Entry.group_id),
    "consents": _part(Consent.entry_id, "purpose text_version channel given_at withdrawn_at", order=Consent.id),
    "sessions": _part(Session.account_id, "device created_at seen_on expires_at", order=Session.created_at),
    "lessons": _part(
        LessonRead.entry_id,
        Topic.title.label("topic"),
        Lesson.title.label("lesson"),
        "read_at",
        order=LessonRead.read_at,
    )
    .join(Lesson, Lesson.id == LessonRead.lesson_id)
    .join(Topic, Topic.id == Lesson.topic_id),
    "attempts": _part(
        Attempt.entry_id,
        "receipt number state started_at ended_at correct time_used given_back answers saved_at",
        order=Attempt.id,
    ),
    "results": _part(
        Standing.entry_id,
        Round.name.label("round"),
        "correct time_used submitted_at attempts",
        order=Standing.round_id,
    ).join(Round, Round.id == Standing.round_id),
    "invalidations": _part(
        Invalidation.entry_id,
        "code words at reply replied_at lifted_at lifted_reason",
        order=Invalidation.id,
    ),
    "final_results": _part(
        FinalLine.entry_id,
        "place full_name unit_name citizen_last_four correct time_used submitted_at",
        order=FinalLine.final_id,
    ),
    "awards": _part(Award.entry_id, "level name figure awarded_at", order=Award.id),
    "stories": _part(Story.entry_id, "kind body on_wall state reason told_at decided_at", order=Story.id),
    "certificates": _part(
        Certificate.entry_id,
        "code full_name unit_name correct issued_at revoked_at revoked_reason",
        order=Certificate.id,
    ),
    "claims": select(
        case((Claim.claimant_id == _ACCOUNT, literal("claimant")), else_=literal("holder")).label("side"),
        Claim.citizen_last_four,
        Claim.state,
        Claim.created_at,
        Claim.decided_at,
    )
    .where(or_(Claim.claimant_id == _ACCOUNT, Claim.holder_id == _ACCOUNT))
    .order_by(Claim.id),
    "codes": _part(OneTimeCode.account_id, "purpose created_at used_at", order=OneTimeCode.id),
    "handovers": _part(Handover.account_id, "created_at used_at", order=Handover.created_at),
    "requests": _part(
        DataRequest.account_id,
        "kind state text created_at due_at extension_reason done_at answer",
        order=DataRequest.id,
    ),
}


def read_my_data(*, account_id: int) -> Data:
    """Name of the part → its rows, each column's name → value (text, whole number, bool, time, enum or None)."""
    entries = db.session.scalars(select(Entry.id).where(Entry.account_id == account_id)).all()
    whose = {"account": account_id, "entries": entries}
    return {
        part: [dict(row._mapping) for row in db.session.execute(statement, whose)] for part, statement in _PARTS.items()
    } | {"audit": _audit(account_id, entries)}


def _audit(account_id: int, entries: Sequence[int]) -> list[Row]:
    """What was done about this person; who of the staff did it is told by the role.

    The reason of a decided claim stays out: both sides read this, and it may name the other one.
    """
    subjects = [
        f"account:{account_id}",
        *(f"entry:{entry_id}" for entry_id in entries),
        *_subjects("attempt", Attempt.id, Attempt.entry_id, entries),
        *_subjects("story", Story.id, Story.entry_id, entries),
        *_subjects("certificate", Certificate.id, Certificate.entry_id, entries),
        *_subjects("request", DataRequest.id, DataRequest.account_id, [account_id]),
        *_subjects("claim", Claim.id, Claim.claimant_id, [account_id]),
        *_subjects("claim", Claim.id, Claim.holder_id, [account_id]),
    ]
    by = case(
        (AuditRecord.actor_id == account_id, literal(_SELF)),
        (and_(Account.role.is_not(None), Account.role != Role.CONTESTANT), literal(_STAFF)),
        else_=literal(_OPERATOR),
    )
    told = case((AuditRecord.subject.startswith("claim:"), ""), else_=AuditRecord.reason)
    statement = (
        select(AuditRecord.at, AuditRecord.action, told.label("reason"), by.label("by"))
        .outerjoin(Account, Account.id == AuditRecord.actor_id)
        .where(AuditRecord.subject.in_(subjects))
        .order_by(AuditRecord.id)
    )
    return [dict(row._mapping) for row in db.session.execute(statement)]


def _subjects(
    kind: str, row: InstrumentedAttribute[int], of: InstrumentedAttribute[Any], owners: Sequence[int]
) -> list[str]:
    return [f"{kind}:{found}" for found in db.session.scalars(select(row).where(of.in_(owners)))]
