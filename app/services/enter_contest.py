"""Taking part: a person's entry in one contest, with the consents that are given for it.

The first entry is made with the account (services.register), every later one by whoever has an account already.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Channel, Entry, Purpose
from app.services.catalogue import Catalogue, GroupInfo, UnitInfo
from app.services.claims import move_claims
from app.services.consents import first_consents, is_public


class AlreadyEntered(Exception):
    """This person takes part in the contest already."""


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who answers for somebody under 16: NFC name, E.164 phone."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What a contest asks of everybody, already checked. With a guardian the consents hold the guardian's."""

    unit: UnitInfo
    consents: Collection[Purpose]
    group: GroupInfo | None = None
    guardian: Guardian | None = None


def enter_contest(*, account_id: int, asked: NewEntry, catalogue: Catalogue, channel: Channel, now: datetime) -> Entry:
    """Let an account from an earlier contest take part in this one; what waits about it follows.

    Raises AlreadyEntered, also to the loser of a race between two presses.
    """
    entry = make_entry(asked, catalogue, now=now)
    entry.account_id = account_id
    try:
        with db.session.begin_nested():
            add_entry(entry, asked, channel=channel)
    except IntegrityError:
        raise AlreadyEntered from None
    move_claims(entry)
    return entry


def last_entry(*, account_id: int) -> Entry:
    """The entry of a contestant in the contest that was entered last, with account, unit and group."""
    ways = (joinedload(Entry.account), joinedload(Entry.unit), joinedload(Entry.group))
    newest = (Entry.registered_at.desc(), Entry.id.desc())
    statement = select(Entry).where(Entry.account_id == account_id).order_by(*newest).limit(1)
    return db.session.scalars(statement.options(*ways)).one()


def make_entry(asked: NewEntry, catalogue: Catalogue, *, now: datetime, recorded_by: int | None = None) -> Entry:
    """An entry that is nobody's yet, in the words of the rules that are in force now."""
    return Entry(
        contest_id=catalogue.contest_id,
        unit_id=asked.unit.id,
        group_id=asked.group.id if asked.group else None,
        guardian_name=asked.guardian.name if asked.guardian else None,
        guardian_phone=asked.guardian.phone if asked.guardian else None,
        on_boards=is_public(Purpose.BOARDS, asked.consents, is_minor=asked.guardian is not None),
        accepted_rules=catalogue.rules_version,
        assisted_by=recorded_by,
        registered_at=now,
    )


def add_entry(entry: Entry, asked: NewEntry, *, channel: Channel) -> None:
    """Write the entry with the consents given for it. Raises IntegrityError when the person has one."""
    db.session.add(entry)
    db.session.flush()
    first_consents(
        entry_id=entry.id,
        purposes=asked.consents,
        text_version=entry.accepted_rules,
        channel=channel,
        recorded_by=entry.assisted_by,
        now=entry.registered_at,
    )
