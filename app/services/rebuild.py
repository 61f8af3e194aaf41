"""Everything that follows from attempts, counted again from the attempts; a difference is a fault of ours.

In small parts, each with its own transaction: people are saving answers meanwhile.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Entry, Standing
from app.services.catalogue import Catalogue
from app.services.standings_rebuilt import WITH_NAMES, agrees, expected, finishing, graded_attempts, rebuild_people

PEOPLE = 500  # in one part


@dataclass(frozen=True, slots=True)
class Part:
    """What one part found: up to which entry it went (None: nobody was left), how many people, who was different."""

    last: int | None
    people: int
    different: tuple[int, ...]


def rebuild_part(*, after: int, catalogue: Catalogue, now: datetime) -> Part:
    """Compare the next people behind this entry, and put right who is different."""
    entries = db.session.scalars(
        select(Entry)
        .where(Entry.contest_id + 0 == catalogue.contest_id, Entry.id > after)  # by id, not all of the contest sorted
        .order_by(Entry.id)
        .limit(PEOPLE)
        .options(WITH_NAMES)
        .execution_options(populate_existing=True)
    ).all()
    if not entries:
        return Part(None, 0, ())
    suspects = _suspects({entry.id: entry for entry in entries}, catalogue, now)
    # Looked at again behind their locks: one who submits at this very moment is no difference.
    different = rebuild_people(suspects, catalogue=catalogue, now=now) if suspects else set()
    return Part(entries[-1].id, len(entries), tuple(sorted(different)))


def _suspects(entries: dict[int, Entry], catalogue: Catalogue, now: datetime) -> set[int]:
    first, last = min(entries), max(entries)
    graded = [a for a in graded_attempts(Attempt.entry_id.between(first, last)) if a.entry_id in entries]
    wanted = expected(graded, catalogue=catalogue, now=now)
    standings = select(Standing).where(Standing.entry_id.between(first, last))
    rows = {
        (row.entry_id, row.round_id): row
        for row in db.session.scalars(standings.execution_options(populate_existing=True))
        if row.entry_id in entries
    }
    found = {
        where[0]
        for where in rows.keys() | wanted.keys()
        if not agrees(rows.get(where), wanted.get(where), entries[where[0]])
    }
    finished = finishing(graded)
    return found | {entry.id for entry in entries.values() if entry.finished_at != finished.get(entry.id)}
