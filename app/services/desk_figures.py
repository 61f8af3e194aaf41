"""What the organiser's first page tells beside the public figures: today, right now, and what waits for a decision."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from app.extensions import db
from app.models import Attempt, AttemptState, Certificate, Entry, Round, Story, StoryState
from app.rules.clock import local_midnight
from app.services.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """`registered_today` since midnight in the contest's zone; `open_attempts` whose grace has not passed."""

    registered_today: int
    open_attempts: int
    stories_waiting: int
    certificates: int


def read_desk_figures(*, catalogue: Catalogue, now: datetime) -> DeskFigures:
    """Count what only the organiser is told. Revoked certificates are left out."""
    contest_id = catalogue.contest_id
    today = local_midnight(now, catalogue.rules.zone)
    rounds = select(Round.id).where(Round.contest_id == contest_id)
    open_now = (Attempt.round_id.in_(rounds), Attempt.state == AttemptState.OPEN, Attempt.closes_at > now)
    certificates = select(func.count()).select_from(Certificate).join(Entry, Entry.id == Certificate.entry_id)
    counts = (
        select(func.count()).where(Entry.contest_id == contest_id, Entry.registered_at >= today),
        select(func.count()).where(*open_now),
        _stories_waiting(contest_id),
        certificates.where(Entry.contest_id == contest_id, Certificate.revoked_at.is_(None)),
    )
    return DeskFigures(*db.session.execute(select(*(count.scalar_subquery() for count in counts))).one())


def stories_waiting(*, contest_id: int) -> int:
    """How many stories wait for a decision."""
    return db.session.scalar(_stories_waiting(contest_id)) or 0


def _stories_waiting(contest_id: int) -> Select[int]:
    waiting: tuple[ColumnElement[bool], ...] = (Entry.contest_id == contest_id, Story.state == StoryState.WAITING)
    return select(func.count()).select_from(Story).join(Entry).where(*waiting)
