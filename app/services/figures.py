"""The public figures of a contest: what is counted, and counting it. Keeping them: app.services.rollups.

While boards are frozen, whatever could tell how the race goes on stands at the freeze: finishers, right answers,
attempts. Registered people and visits go on (docs/adr/0013).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import String

from app.extensions import db, upsert
from app.models import Attempt, Entry, Invalidation, Standing, VisitHour
from app.services.catalogue import Catalogue
from app.services.standings import counts

_LATE = timedelta(hours=3)  # an attempt may be closed, and so counted, some time after it ended


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of a unit, a group or all together.

    `finishers` have a result on the boards; `correct` is the sum of the right answers of their best results;
    `attempts` are graded and valid.
    """

    registered: int = 0
    finishers: int = 0
    correct: int = 0
    attempts: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.registered + other.registered,
            self.finishers + other.finishers,
            self.correct + other.correct,
            self.attempts + other.attempts,
        )

    @property
    def share_finished(self) -> float | None:
        """Finishers of the registered, 0 to 1; None of nobody."""
        return self.finishers / self.registered if self.registered else None

    @property
    def mean_correct(self) -> float | None:
        """Right answers of a finisher's best result; None without finishers."""
        return self.correct / self.finishers if self.finishers else None

    def as_list(self) -> list[int]:
        """For JSON; `Tally(*list)` reads it."""
        return [self.registered, self.finishers, self.correct, self.attempts]


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in one hour (UTC); people by when they registered and first finished, attempts by their end."""

    at: datetime
    registered: int = 0
    finishers: int = 0
    attempts: int = 0
    visits: int = 0


@dataclass(frozen=True)
class Figures:
    """One version of the figures. `frozen_at`: since when results stand still, None when they don't.

    `units` and `groups` are over the whole contest; `rounds` holds the units of each round and, where there are
    several, of the total; registered people are a unit's own in all of them. A unit without anybody is left out.
    `whole_at` is when the hours were last counted from the first on.
    """

    as_of: datetime
    frozen_at: datetime | None
    units: Mapping[int, Tally]
    groups: Mapping[int, Tally]
    rounds: Mapping[int, Mapping[int, Tally]]
    hours: tuple[Hour, ...]
    whole_at: datetime

    @cached_property
    def total(self) -> Tally:
        """All units together."""
        return sum(self.units.values(), Tally())

    @cached_property
    def visits(self) -> int:
        """Page views since the beginning."""
        return sum(hour.visits for hour in self.hours)

    @cached_property
    def units_with_finishers(self) -> int:
        """Units that have at least one."""
        return sum(tally.finishers > 0 for tally in self.units.values())

    def as_json(self) -> dict[str, Any]:
        """Without `as_of`, which moves on when nothing else does."""
        return {
            "frozen_at": _seconds(self.frozen_at) if self.frozen_at else None,
            "whole_at": _seconds(self.whole_at),
            "units": _lists(self.units),
            "groups": _lists(self.groups),
            "rounds": {str(number): _lists(units) for number, units in self.rounds.items()},
            "hours": [[_seconds(h.at), h.registered, h.finishers, h.attempts, h.visits] for h in self.hours],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any], *, as_of: datetime) -> Self:
        """The figures that `as_json` wrote."""
        frozen_at = content["frozen_at"]
        return cls(
            as_of=as_of,
            frozen_at=None if frozen_at is None else _moment(frozen_at),
            units=_tallies(content["units"]),
            groups=_tallies(content["groups"]),
            rounds={int(number): _tallies(units) for number, units in content["rounds"].items()},
            hours=tuple(Hour(_moment(at), *happened) for at, *happened in content["hours"]),
            whole_at=_moment(content["whole_at"]),
        )


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _lists(tallies: Mapping[int, Tally]) -> dict[str, list[int]]:
    return {str(key): tally.as_list() for key, tally in tallies.items()}


def _tallies(lists: Mapping[str, list[int]]) -> dict[int, Tally]:
    return {int(key): Tally(*numbers) for key, numbers in lists.items()}


def count_figures(session: Session, *, catalogue: Catalogue, now: datetime, before: Figures | None = None) -> Figures:
    """Count a whole contest, in the session's transaction: some 40 ms for 70,000 people, so never for a request.

    With an earlier version in `before` only its last hours are counted again. An old hour changes only when a result is
    taken out or a person deleted, and then it is right again after the next whole count.
    """
    frozen_at = catalogue.frozen_at(now)
    kept = before if before is not None and before.frozen_at == frozen_at else None
    of_units, of_groups = _registered(session, catalogue)
    rounds: dict[int, dict[int, Tally]] = {board.id: dict(of_units) for board in catalogue.boards}
    for (round_id, unit_id), tally in _results(session, catalogue, Standing.unit_id, frozen_at).items():
        rounds[round_id][unit_id] = rounds[round_id].get(unit_id, Tally()) + tally
    whole = catalogue.total_round.id
    for (round_id, group_id), tally in _results(session, catalogue, Standing.group_id, frozen_at).items():
        if round_id == whole:
            of_groups[group_id] = of_groups.get(group_id, Tally()) + tally
    return Figures(
        as_of=now,
        frozen_at=frozen_at,
        units=rounds[whole],
        groups=of_groups,
        rounds=rounds,
        hours=_hours(session, catalogue, frozen_at, kept),
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
        .where(*_ended(catalogue, frozen_at), counts())
        .group_by(Attempt.round_id, of)
    )
    total = catalogue.total_round.id
    found: dict[tuple[int, int], int] = defaultdict(int)
    for round_id, key, attempts in rows:
        for board in {round_id, total}:
            found[board, key] += attempts
    return found


def _ended(catalogue: Catalogue, frozen_at: datetime | None) -> list[ColumnElement[bool]]:
    """Graded attempts, as far as they are shown."""
    rounds = [this_round.id for this_round in catalogue.rounds]
    shown = [] if frozen_at is None else [Attempt.ended_at < frozen_at]
    return [Attempt.round_id.in_(rounds), Attempt.ended_at.is_not(None), *shown]


def _hours(
    session: Session, catalogue: Catalogue, frozen_at: datetime | None, before: Figures | None
) -> tuple[Hour, ...]:
    since = (before.as_of - _LATE).replace(minute=0, second=0, microsecond=0) if before else None
    mine = Entry.contest_id == catalogue.contest_id
    finished = [mine, Entry.finished_at.is_not(None)]
    if frozen_at is not None:
        finished.append(Entry.finished_at < frozen_at)
    ended = _ended(catalogue, frozen_at)
    attempts = _by_hour(session, Attempt.ended_at, ended, since)
    # Looking at each attempt whether it counts takes ten times as long as taking off the few that don't.
    taken_out = select(Invalidation.entry_id).where(Invalidation.lifted_at.is_(None))
    for at, number in _by_hour(
        session, Attempt.ended_at, [*ended, Attempt.entry_id.in_(taken_out), ~counts()], since
    ).items():
        attempts[at] -= number
    columns = (
        _by_hour(session, Entry.registered_at, [mine], since),
        _by_hour(session, Entry.finished_at, finished, since),
        attempts,
        _visits(session, catalogue, since),
    )
    moments = sorted({at for column in columns for at in column})
    fresh = (Hour(at, *(column.get(at, 0) for column in columns)) for at in moments)
    kept = (hour for hour in before.hours if since is None or hour.at < since) if before else ()
    return (*kept, *fresh)


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


def add_visits(*, contest_id: int, visits: int, now: datetime) -> None:
    """Add page views to the hour of `now`."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    statement = upsert(VisitHour).values(contest_id=contest_id, hour=hour, visits=visits)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[VisitHour.contest_id, VisitHour.hour],
            set_={"visits": VisitHour.visits + statement.excluded.visits},
        )
    )
