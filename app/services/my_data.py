"""Everything that is kept about a person, table by table, as plain values: for the page and for the download.

Left out is what would tell about others or open a door: the other side of a claim, hashes, marks and sealed texts. The
citizen number is told by its last four digits; the whole one is on the card.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, literal, or_, select
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


def read_my_data(*, account_id: int) -> Data:
    """Name of the part → its rows, each column's name → value (text, whole number, bool, time, enum or None)."""
    entries = db.session.scalars(select(Entry.id).where(Entry.account_id == account_id)).all()
    return {
        part: [dict(row._mapping) for row in db.session.execute(statement)]
        for part, statement in _statements(account_id, entries).items()
    } | {"audit": _audit(account_id, entries)}


def _statements(account_id: int, entries: Sequence[int]) -> Mapping[str, Select[Any]]:
    def mine(*columns: Any, of: InstrumentedAttribute[Any], order: Any) -> Select[Any]:
        return select(*columns).where(of.in_(entries)).order_by(order)

    def of_account(*columns: Any, of: InstrumentedAttribute[Any], order: Any) -> Select[Any]:
        return select(*columns).where(of == account_id).order_by(order)

    return {
        "account": of_account(
            Account.id,
            Account.full_name,
            Account.phone,
            Account.citizen_last_four,
            Account.created_at,
            Account.disabled_at,
            of=Account.id,
            order=Account.id,
        ),
        "entries": of_account(
            Entry.id,
            Contest.name.label("contest"),
            Unit.type.label("unit_type"),
            Unit.name.label("unit"),
            Group.name.label("group"),
            Entry.registered_at,
            Entry.finished_at,
            Entry.on_boards,
            Entry.accepted_rules,
            Entry.guardian_name,
            Entry.guardian_phone,
            Entry.assisted_by.is_not(None).label("assisted"),
            Entry.unit_changes,
            Entry.extra_minutes,
            of=Entry.account_id,
            order=Entry.id,
        )
        .join(Contest, Contest.id == Entry.contest_id)
        .join(Unit, Unit.id == Entry.unit_id)
        .outerjoin(Group, Group.id == Entry.group_id),
        "consents": mine(
            Consent.purpose,
            Consent.text_version,
            Consent.channel,
            Consent.given_at,
            Consent.withdrawn_at,
            of=Consent.entry_id,
            order=Consent.id,
        ),
        "sessions": of_account(
            Session.device,
            Session.created_at,
            Session.seen_on,
            Session.expires_at,
            of=Session.account_id,
            order=Session.created_at,
        ),
        "lessons": mine(
            Topic.title.label("topic"),
            Lesson.title.label("lesson"),
            LessonRead.read_at,
            of=LessonRead.entry_id,
            order=LessonRead.read_at,
        )
        .join(Lesson, Lesson.id == LessonRead.lesson_id)
        .join(Topic, Topic.id == Lesson.topic_id),
        "attempts": mine(
            Attempt.receipt,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.ended_at,
            Attempt.correct,
            Attempt.time_used,
            Attempt.given_back,
            Attempt.answers,
            Attempt.saved_at,
            of=Attempt.entry_id,
            order=Attempt.id,
        ),
        "results": mine(
            Round.name.label("round"),
            Standing.correct,
            Standing.time_used,
            Standing.submitted_at,
            Standing.attempts,
            of=Standing.entry_id,
            order=Standing.round_id,
        ).join(Round, Round.id == Standing.round_id),
        "invalidations": mine(
            Invalidation.code,
            Invalidation.words,
            Invalidation.at,
            Invalidation.reply,
            Invalidation.replied_at,
            Invalidation.lifted_at,
            Invalidation.lifted_reason,
            of=Invalidation.entry_id,
            order=Invalidation.id,
        ),
        "final_results": mine(
            FinalLine.place,
            FinalLine.full_name,
            FinalLine.unit_name,
            FinalLine.citizen_last_four,
            FinalLine.correct,
            FinalLine.time_used,
            FinalLine.submitted_at,
            of=FinalLine.entry_id,
            order=FinalLine.final_id,
        ),
        "awards": mine(Award.level, Award.name, Award.figure, Award.awarded_at, of=Award.entry_id, order=Award.id),
        "stories": mine(
            Story.kind,
            Story.body,
            Story.on_wall,
            Story.state,
            Story.reason,
            Story.told_at,
            Story.decided_at,
            of=Story.entry_id,
            order=Story.id,
        ),
        "certificates": mine(
            Certificate.code,
            Certificate.full_name,
            Certificate.unit_name,
            Certificate.correct,
            Certificate.issued_at,
            Certificate.revoked_at,
            Certificate.revoked_reason,
            of=Certificate.entry_id,
            order=Certificate.id,
        ),
        "claims": select(
            case((Claim.claimant_id == account_id, literal("claimant")), else_=literal("holder")).label("side"),
            Claim.citizen_last_four,
            Claim.state,
            Claim.created_at,
            Claim.decided_at,
        )
        .where(or_(Claim.claimant_id == account_id, Claim.holder_id == account_id))
        .order_by(Claim.id),
        "codes": of_account(
            OneTimeCode.purpose,
            OneTimeCode.created_at,
            OneTimeCode.used_at,
            of=OneTimeCode.account_id,
            order=OneTimeCode.id,
        ),
        "handovers": of_account(
            Handover.created_at,
            Handover.used_at,
            of=Handover.account_id,
            order=Handover.created_at,
        ),
        "requests": of_account(
            DataRequest.kind,
            DataRequest.state,
            DataRequest.text,
            DataRequest.created_at,
            DataRequest.due_at,
            DataRequest.extension_reason,
            DataRequest.done_at,
            DataRequest.answer,
            of=DataRequest.account_id,
            order=DataRequest.id,
        ),
    }


def _audit(account_id: int, entries: Sequence[int]) -> list[Row]:
    """What was done about this person; who of the staff did it is told by the role."""
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
    statement = (
        select(AuditRecord.at, AuditRecord.action, AuditRecord.reason, by.label("by"))
        .outerjoin(Account, Account.id == AuditRecord.actor_id)
        .where(AuditRecord.subject.in_(subjects))
        .order_by(AuditRecord.id)
    )
    return [dict(row._mapping) for row in db.session.execute(statement)]


def _subjects(
    kind: str, row: InstrumentedAttribute[int], of: InstrumentedAttribute[Any], owners: Sequence[int]
) -> list[str]:
    return [f"{kind}:{found}" for found in db.session.scalars(select(row).where(of.in_(owners)))]
