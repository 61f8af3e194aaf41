"""Contestants as a desk sees them: finding, listing, mending, looking at a number. Every deed is in the audit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql.elements import Tuple

from app.extensions import db, rare
from app.models import Account, Entry, LessonRead
from app.rules import numbers
from app.rules.names import fold, name_sort_key
from app.services.audit import record
from app.services.catalogue import Catalogue
from app.services.citizen_numbers import number_of
from app.services.claims import move_claims
from app.services.keyring import Keyring
from app.services.recovery_code import new_recovery_nonce
from app.services.sign_in import close_all_sessions

FOUND_AT_MOST = 30
ROLL_PAGE = 50


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose people somebody at a desk may see: those of these units, or of all when `unit_ids` is None."""

    contest_id: int
    unit_ids: frozenset[int] | None = None

    def people(self) -> ColumnElement[bool]:
        """The condition on entries."""
        here = Entry.contest_id == self.contest_id
        return here if self.unit_ids is None else and_(here, Entry.unit_id.in_(self.unit_ids))

    def covers(self, unit_id: int) -> bool:
        """Whether a unit is within it."""
        return self.unit_ids is None or unit_id in self.unit_ids


class Stage(StrEnum):
    """How far somebody is; everybody who has registered is in exactly one. The value is its word in an address."""

    FINISHED = "da-hoan-thanh"
    TO_SIT = "chua-thi"
    TO_LEARN = "chua-hoc-xong"


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """How many people of a unit are in each stage."""

    unit_id: int
    finished: int = 0
    to_sit: int = 0
    to_learn: int = 0

    @property
    def registered(self) -> int:
        """All of them."""
        return self.finished + self.to_sit + self.to_learn


def find_people(*, text: str, reach: Reach, keyring: Keyring) -> list[Entry]:
    """Contestants by name (with or without marks), phone or whole citizen number; at most FOUND_AT_MOST."""
    words = fold(text)
    matches = [Account.name_search.contains(words, autoescape=True)] if words else []
    if phone := numbers.phone_number(text):
        matches.append(Account.phone == phone)
    if number := numbers.citizen_number(text):
        matches.append(Account.citizen_index.in_(keyring.citizen_indexes(number)))
    if not matches:
        return []
    return list(
        db.session.scalars(
            select(Entry)
            .join(Account, Account.id == Entry.account_id)
            .where(reach.people(), or_(*matches))
            .options(contains_eager(Entry.account), joinedload(Entry.unit))
            .order_by(Account.name_sort, Account.id)
            .limit(FOUND_AT_MOST)
        )
    )


def find_person(*, entry_id: int, reach: Reach) -> Entry | None:
    """One contestant within reach."""
    return db.session.scalar(
        select(Entry)
        .where(Entry.id == entry_id, reach.people())
        .options(joinedload(Entry.account), joinedload(Entry.unit))
    )


def _lessons_read(lesson_ids: Collection[int]) -> ColumnElement[int]:
    return (
        select(func.count())
        .where(LessonRead.entry_id == Entry.id, LessonRead.lesson_id.in_(lesson_ids))
        .scalar_subquery()
    )


def _is(stage: Stage, lesson_ids: Collection[int]) -> ColumnElement[bool]:
    unfinished, learnt = Entry.finished_at.is_(None), _lessons_read(lesson_ids) >= len(lesson_ids)
    match stage:
        case Stage.FINISHED:
            return Entry.finished_at.is_not(None)
        case Stage.TO_SIT:
            return and_(unfinished, learnt)
        case Stage.TO_LEARN:
            return and_(unfinished, ~learnt)


def read_unit_figures(*, units: Collection[int], catalogue: Catalogue) -> dict[int, UnitFigures]:
    """Figures of these units by row id, also of those where nobody has registered."""
    people = (
        select(
            Entry.unit_id,
            *(
                case((_is(stage, catalogue.lesson_ids), 1), else_=0).label(stage.name)
                for stage in (Stage.FINISHED, Stage.TO_SIT, Stage.TO_LEARN)
            ),
        )
        .where(Entry.contest_id == catalogue.contest_id, Entry.unit_id.in_(units))
        .subquery()
    )
    unit, *stages = people.c
    rows = db.session.execute(select(unit, *(func.sum(stage) for stage in stages)).group_by(unit))
    return {unit_id: UnitFigures(unit_id) for unit_id in units} | {row[0]: UnitFigures(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Roll:
    """One page of a list in order of names; `before` and `after` name the pages beside it by an entry's id, if any."""

    entries: Sequence[Entry]
    before: int | None
    after: int | None


def read_roll(
    *,
    unit_id: int,
    stage: Stage,
    catalogue: Catalogue,
    after: int | None = None,
    before: int | None = None,
    size: int | None = None,
) -> Roll:
    """The people of a unit in one stage, behind or before somebody. An unknown somebody is as none."""
    size = size or ROLL_PAGE
    backwards = before is not None
    key = tuple_(Account.name_sort, Entry.id)
    statement = (
        select(Entry)
        .join(Account, Account.id == Entry.account_id)
        .where(
            Entry.contest_id == catalogue.contest_id, rare(Entry.unit_id == unit_id), _is(stage, catalogue.lesson_ids)
        )
        .options(contains_eager(Entry.account))
        .order_by(*((Account.name_sort.desc(), Entry.id.desc()) if backwards else (Account.name_sort, Entry.id)))
        .limit(size + 1)
    )
    edge = before if backwards else after
    at = _place(edge, catalogue.contest_id)
    if at is not None:
        statement = statement.where(key < at if backwards else key > at)
    found = list(db.session.scalars(statement))
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    has_before, has_after = (more, True) if backwards else (at is not None, more)
    return Roll(shown, shown[0].id if shown and has_before else None, shown[-1].id if shown and has_after else None)


def _place(entry_id: int | None, contest_id: int) -> Tuple | None:
    """Where somebody stands in the order of names."""
    if entry_id is None:
        return None
    row = db.session.execute(
        select(Account.name_sort, Entry.id)
        .join(Entry, Entry.account_id == Account.id)
        .where(Entry.id == entry_id, Entry.contest_id == contest_id)
    ).first()
    return tuple_(*row) if row else None


def reset_password(*, entry: Entry, actor_id: int, reason: str, password_hash: str, now: datetime) -> None:
    """Another password; all sessions of the person end, and the recovery code is worth nothing any more: whoever had
    the account may have seen it.

    Takes a hash: hashing waits its turn, and nobody may hold SQLite's only pen meanwhile.
    """
    entry.account.password_hash = password_hash
    entry.account.recovery_nonce = new_recovery_nonce()
    close_all_sessions(account_id=entry.account_id)
    record(actor_id=actor_id, action="password.reset", subject=f"account:{entry.account_id}", reason=reason, now=now)


def correct_person(
    *, entry: Entry, full_name: str, phone: str, unit_id: int, actor_id: int, reason: str, now: datetime
) -> list[str]:
    """Name, phone and unit as they are on the card or as the person says; returns what was changed.

    Who moves to another unit leaves the group of the old one; a certificate stays as it was printed.
    """
    account, changed = entry.account, []
    if full_name != account.full_name:
        account.full_name, account.name_search = full_name, fold(full_name)
        account.name_sort = name_sort_key(full_name)
        changed.append("name")
    if phone != account.phone:
        account.phone = phone
        changed.append("phone")
    if unit_id != entry.unit_id:
        entry.unit_id, entry.group_id = unit_id, None
        move_claims(entry)
        changed.append("unit")
    if changed:
        action = f"person.correct {' '.join(changed)}"
        record(actor_id=actor_id, action=action, subject=f"account:{account.id}", reason=reason, now=now)
        db.session.flush()
    return changed


def look_at_number(*, entry: Entry, actor_id: int, reason: str, keyring: Keyring, now: datetime) -> str | None:
    """The whole citizen number, or None of somebody who has none; either way the look is recorded."""
    account = entry.account
    record(actor_id=actor_id, action="citizen.look", subject=f"account:{account.id}", reason=reason, now=now)
    return number_of(account, keyring)
