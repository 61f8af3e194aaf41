"""Deleting a person: everything that is kept about somebody goes, but for what an award record must keep.

The audit and a signed result name people by bare numbers, which then are nobody's any more. Boards and figures count
rows, so they follow by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import (
    Account,
    Attempt,
    AttemptState,
    Award,
    Certificate,
    Claim,
    ClaimState,
    Consent,
    DataRequest,
    Entry,
    FinalLine,
    Handover,
    Invalidation,
    LessonRead,
    OneTimeCode,
    Role,
    Session,
    StaffUnit,
    Standing,
    Story,
)
from app.services.audit import record
from app.services.final_result import note_taken_out

# Whose row it is, table by table, in an order that leaves no row pointing to one that is gone.
OWNED_BY_ENTRY: tuple[InstrumentedAttribute[int], ...] = (
    Certificate.entry_id,
    Invalidation.entry_id,
    Standing.entry_id,
    LessonRead.entry_id,
    Story.entry_id,
    Consent.entry_id,
    Attempt.entry_id,
)
OWNED_BY_ACCOUNT: tuple[InstrumentedAttribute[int] | InstrumentedAttribute[int | None], ...] = (
    Attempt.account_id,
    Session.account_id,
    OneTimeCode.account_id,
    Handover.account_id,
    Claim.claimant_id,
    Claim.holder_id,
    StaffUnit.account_id,
    Entry.account_id,
)


class NotAContestant(Exception):
    """No such account, or staff, who are disabled instead: their deeds stay theirs."""


class ClaimOpen(Exception):
    """Two people say that one number is theirs: first an officer looks at the card."""


@dataclass(frozen=True, slots=True)
class KeptAward:
    """What stays of somebody who won, and where it is kept."""

    level: str
    name: str
    awarded_at: datetime


def kept_for_award(*, account_id: int) -> Sequence[KeptAward]:
    """The award records of a person, which outlive it (Law 91/2025/QH15 Art. 14): level, name, what for."""
    won = select(Award.level, Award.name, Award.awarded_at).join(Entry, Entry.id == Award.entry_id)
    rows = db.session.execute(won.where(Entry.account_id == account_id).order_by(Award.id))
    return [KeptAward(*row) for row in rows]


def is_sitting(*, account_id: int) -> bool:
    """Whether an exam of this person is open: deleting would cut it short."""
    statement = select(Attempt.id).where(Attempt.account_id == account_id, Attempt.state == AttemptState.OPEN)
    return db.session.scalar(statement.limit(1)) is not None


def delete_person(*, account_id: int, actor_id: int | None, reason: str, now: datetime) -> Sequence[KeptAward]:
    """Delete a contestant with everything that hangs on the account; returns what is kept and has to be told.

    Raises NotAContestant and ClaimOpen.
    """
    account = db.session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    if account is None or account.role is not Role.CONTESTANT:
        raise NotAContestant(account_id)
    on_either_side = or_(Claim.claimant_id == account_id, Claim.holder_id == account_id)
    if db.session.scalar(select(func.count()).where(on_either_side, Claim.state == ClaimState.OPEN)):
        raise ClaimOpen(account_id)
    entries = _lock(account_id)
    kept = kept_for_award(account_id=account_id)
    _forget_in_results(entries)
    db.session.flush()
    for owner in OWNED_BY_ENTRY:
        _delete(owner.class_, owner.in_(entries))
    for column in OWNED_BY_ACCOUNT:
        _delete(column.class_, column == account_id)
    db.session.execute(
        update(DataRequest)
        .where(DataRequest.account_id == account_id)
        .values(account_id=None, text="", answer="", extension_reason="")
    )
    _delete(Account, Account.id == account_id)
    db.session.expire_all()
    record(actor_id=actor_id, action="person.delete", subject=f"account:{account_id}", reason=reason, now=now)
    return kept


def _lock(account_id: int) -> Sequence[int]:
    """The person's entries, locked behind the attempts as a submit does it: one that is on its way comes before."""
    for row in (Attempt, Entry):
        mine = select(row.id).where(row.account_id == account_id).order_by(row.id).with_for_update()
        entries = db.session.scalars(mine).all()
    return entries


def _forget_in_results(entries: Sequence[int]) -> None:
    """A result that was signed keeps its line; name and last digits go, unless a prize was given for it.

    That it was taken out stays told beside it.
    """
    note_taken_out(entry_ids=entries)
    awarded = select(Award.entry_id).where(Award.final_id == FinalLine.final_id, Award.entry_id == FinalLine.entry_id)
    db.session.execute(
        update(FinalLine)
        .where(FinalLine.entry_id.in_(entries), ~awarded.exists())
        .values(full_name="", citizen_last_four=None)
        .execution_options(synchronize_session=False)
    )


def _delete(table: Any, which: ColumnElement[bool]) -> None:
    db.session.execute(delete(table).where(which).execution_options(synchronize_session=False))
