"""Counting the public figures of a contest (app.services.figures), all of them in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import String

from app.models import Attempt, Entry, Invalidation, Standing, VisitHour
from app.services.catalogue import Catalogue
from app.services.figures import Figures, Hour, Tally
from app.services.standings_rebuilt import counts

_LATE = timedelta(hours=3)  # an attempt may be closed, and so counted, some time after it ended


def count_figures(session: Session, *, catalogue: Catalogue, now: datetime, before: Figures | None = None) -> Figures:
    """Count a whole contest, in the session's transaction: some 40 ms for 70,000 people, so never for a request.

    With an earlier version in `before` only its last hours are counted again, as long as they add up to the totals: an
    old hour changes when a result is taken out or given back or a person deleted, and then all are.
    """
    frozen_at = catalogue.frozen_at(now)
    kept = before if before is not None and before.frozen_at == frozen_at else None
    of_units, of_groups = _registered(session, catalogue)
    rounds: dict[int, dict[int, Tally]] = {board.id: dict(of_units) for board in catalogue.boards}
    for (round_id, unit_id), tally in _results(session, catalogue, Standing.unit_id, frozen_at).items():
        rounds[round_id][unit_id] = rounds[round_id].get(unit_id, Tally()) + tally
    whole = catalogue.total_round.id
    hours = _hours(session, catalogue, frozen_at, kept)
    if kept is not None and not _add_up(hours, rounds[whole]):
        kept, hours = None, _hours(session, catalogue, frozen_at, None)
    for (round_id, group_id), tally in _results(session, catalogue, Standing.group_id, frozen_at).items():
        if round_id == whole:
            of_groups[group_id] = of_groups.get(group_id, Tally()) + tally
    return Figures(
        as_of=now,
        frozen_at=frozen_at,
        units=rounds[whole],
        groups=of_groups,
        rounds=rounds,
        hours=hours,
        whole_at=kept.whole_at if kept else now,
    )


def _registered(session: Session, catalogue: Catalogue) -> tuple[dict[int, Tally], dict[int, Tally]]:
    """By unit and by group: one pass over an index."""
    rows = session.execute(
        select(Entry.unit_id, Entry.group_id, func.count())
        .where(Entry.contest_id == catalogue.contest_id)
        .group_by(Entry.unit_id, Entry.group_id)
    )
    units: dict[int, Tally] = {}
    groups: dict[int, Tally] = {}
    for unit_id, group_id, people in rows:
        units[unit_id] = units.get(unit_id, Tally()) + Tally(registered=people)
        if group_id is not None:
            groups[group_id] = Tally(registered=people)
    return units, groups


def _results(
    session: Session, catalogue: Catalogue, of: InstrumentedAttribute[Any], frozen_at: datetime | None
) -> dict[tuple[int, int], Tally]:
    """By round and unit, or group, as they are shown: one pass over an index of the standings."""
    rows = session.execute(
        select(
            Standing.round_id,
            of,
            func.count(Standing.shown_key),
            func.coalesce(func.sum(Standing.shown_correct), 0),
            func.sum(Standing.attempts),
        )
        .where(Standing.round_id.in_([board.id for board in catalogue.boards]), of.is_not(None))
        .group_by(Standing.round_id, of)
    )
    found = {(round_id, key): Tally(0, *map(int, numbers)) for round_id, key, *numbers in rows}
    if frozen_at is None:
        return found
    ended = _attempts_until(session, catalogue, of, frozen_at)
    return {where: Tally(0, tally.finishers, tally.correct, ended[where]) for where, tally in found.items()}


def _attempts_until(
    session: Session, catalogue: Catalogue, of: InstrumentedAttribute[Any], frozen_at: datetime
) -> dict[tuple[int, int], int]:
    """A standing knows only how many attempts there are now: while they stand still they are counted one by one."""
    rows = session.execute(
        select(Attempt.round_id, of, func.count())
        .join(Standing, and_(Standing.entry_id == Attempt.entry_id, Standing.round_id == Attempt.round_id))
        .where(*_ended(catalogue, frozen_at, Attempt.round_id), counts())
        .group_by(Attempt.round_id, of)
    )
    total = catalogue.total_round.id
    found: dict[tuple[int, int], int] = defaultdict(int)
    for round_id, key, attempts in rows:
        for board in {round_id, total}:
            found[board, key] += attempts
    return found


def _ended(
    catalogue: Catalogue, frozen_at: datetime | None, of: ColumnElement[int] | InstrumentedAttribute[int]
) -> list[ColumnElement[bool]]:
    """Graded attempts, as far as they are shown: of other rounds also those that were handed in late."""
    rounds = [this_round.id for this_round in catalogue.rounds]
    graded: list[ColumnElement[bool]] = [of.in_(rounds), Attempt.ended_at.is_not(None)]
    if frozen_at is None:
        return graded
    others = [this_round.id for this_round in catalogue.rounds if this_round.freezes_at != frozen_at]
    earlier = Attempt.ended_at < frozen_at
    return [*graded, or_(earlier, of.in_(others)) if others else earlier]


def _finished(catalogue: Catalogue, frozen_at: datetime | None) -> list[ColumnElement[bool]]:
    """People with a result, as far as they are shown."""
    finished = [Entry.contest_id == catalogue.contest_id, Entry.finished_at.is_not(None)]
    if frozen_at is None:
        return finished
    shown = exists().where(
        Standing.entry_id == Entry.id,
        Standing.round_id == catalogue.total_round.id,
        Standing.shown_key.is_not(None),
    )
    return [*finished, or_(Entry.finished_at < frozen_at, shown)]


def _hours(
    session: Session, catalogue: Catalogue, frozen_at: datetime | None, before: Figures | None
) -> tuple[Hour, ...]:
    since = (before.as_of - _LATE).replace(minute=0, second=0, microsecond=0) if before else None
    ended = _ended(catalogue, frozen_at, Attempt.round_id)
    attempts = _by_hour(session, Attempt.ended_at, ended, since)
    # Looking at each attempt whether it counts takes ten times as long as taking off the few that don't. Added to 0,
    # the round is no way into an index: SQLite would look at each attempt after all.
    taken_out = Attempt.entry_id.in_(select(Invalidation.entry_id).where(Invalidation.lifted_at.is_(None)))
    of_few = [*_ended(catalogue, frozen_at, Attempt.round_id + 0), taken_out, ~counts()]
    for at, number in _by_hour(session, Attempt.ended_at, of_few, since).items():
        attempts[at] -= number
    columns = (
        _by_hour(session, Entry.registered_at, [Entry.contest_id == catalogue.contest_id], since),
        _by_hour(session, Entry.finished_at, _finished(catalogue, frozen_at), since),
        attempts,
        _visits(session, catalogue, since),
    )
    moments = sorted({at for column in columns for at in column})
    fresh = (Hour(at, *(column.get(at, 0) for column in columns)) for at in moments)
    kept = (hour for hour in before.hours if since is None or hour.at < since) if before else ()
    return (*kept, *fresh)


def _add_up(hours: Sequence[Hour], units: Mapping[int, Tally]) -> bool:
    total = sum(units.values(), Tally())
    counted = ("registered", "attempts")  # finishers follow them, but for the moments in which boards thaw
    return all(sum(getattr(hour, name) for hour in hours) == getattr(total, name) for name in counted)


def _by_hour(
    session: Session,
    moment: InstrumentedAttribute[Any],
    conditions: Iterable[ColumnElement[bool]],
    since: datetime | None,
) -> dict[datetime, int]:
    """How many of these moments fall into each hour. SQLite keeps UTC as text that begins with day and hour."""
    if session.get_bind().dialect.name == "sqlite":
        hour: ColumnElement[str] = func.substr(type_coerce(moment, String), 1, 13)
    else:
        hour = func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24")
    statement = select(hour, func.count()).where(*conditions).group_by(hour)
    if since is not None:
        statement = statement.where(moment >= since)
    return {
        datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC): count for text, count in session.execute(statement)
    }


def _visits(session: Session, catalogue: Catalogue, since: datetime | None) -> dict[datetime, int]:
    statement = select(VisitHour.hour, VisitHour.visits).where(VisitHour.contest_id == catalogue.contest_id)
    if since is not None:
        statement = statement.where(VisitHour.hour >= since)
    return {row.hour: row.visits for row in session.execute(statement)}
