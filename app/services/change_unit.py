"""Changing one's own unit or group: a limited number of times, until a day that the contest sets; recorded."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from app.extensions import db
from app.models import Entry
from app.services.audit import record
from app.services.catalogue import Catalogue, GroupInfo, UnitInfo
from app.services.claims import move_claims


class Fixed(StrEnum):
    """Why somebody can no longer do it alone."""

    TOO_LATE = "too_late"
    USED_UP = "used_up"


class UnitFixed(Exception):
    """Only an officer can help now."""

    def __init__(self, why: Fixed) -> None:
        super().__init__(why)
        self.why = why


def why_fixed(entry: Entry, *, catalogue: Catalogue, now: datetime) -> Fixed | None:
    """Why this person cannot change to another unit now; None when it is possible."""
    if now >= catalogue.unit_change_until:
        return Fixed.TOO_LATE
    return Fixed.USED_UP if entry.unit_changes >= catalogue.rules.registration.unit_changes else None


def change_unit(
    *, entry_id: int, unit: UnitInfo, group: GroupInfo | None, catalogue: Catalogue, now: datetime
) -> Entry:
    """Move to a unit and a group within it, or to none. Another group of the same unit is not counted as a change.

    Boards follow: they read the unit where the entry has it. Raises UnitFixed.
    """
    entry = db.session.scalars(
        select(Entry).where(Entry.id == entry_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    why, moves = why_fixed(entry, catalogue=catalogue, now=now), entry.unit_id != unit.id
    if why is Fixed.TOO_LATE or (why is Fixed.USED_UP and moves):
        raise UnitFixed(why)
    if moves:
        words = f"{catalogue.units_by_id[entry.unit_id].code} → {unit.code}"
        record(actor_id=entry.account_id, action="unit.change", subject=f"entry:{entry.id}", reason=words, now=now)
        entry.unit_id, entry.unit_changes = unit.id, entry.unit_changes + 1
        move_claims(entry)
    entry.group_id = group.id if group else None
    db.session.flush()
    return entry
