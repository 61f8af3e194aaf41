"""Standings made anew from the attempts: when a result is taken out, given back or graded again, and to compare.

What every submit keeps (services.standings) comes out the same; `services.rebuild` and a property test hold that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Account, Attempt, AttemptState, Entry, Invalidation, Standing
from app.rules.ranking import Result, rank_key
from app.services.catalogue import Catalogue
from app.services.standing_values import Side, Values, set_values, total_values, values_of

_BATCH = 500  # people
WITH_NAMES = selectinload(Entry.account).load_only(Account.full_name)


class Graded(NamedTuple):
    """A graded attempt that counts."""

    id: int
    entry_id: int
    round_id: int
    result: Result


def counts() -> ColumnElement[bool]:
    """Condition on Attempt: graded, and neither it nor the person's whole taking part is invalidated."""
    taken_out = exists().where(
        Invalidation.entry_id == Attempt.entry_id,
        Invalidation.lifted_at.is_(None),
        or_(Invalidation.attempt_id.is_(None), Invalidation.attempt_id == Attempt.id),
    )
    return (Attempt.state != AttemptState.OPEN) & ~taken_out


def expected(graded: Iterable[Graded], *, catalogue: Catalogue, now: datetime) -> Mapping[tuple[int, int], Values]:
    """Entry and round → what the standing must hold now, from attempts that count; totals included."""
    criteria, total = catalogue.rules.ranking, catalogue.total
    shelves: dict[tuple[int, int], list[tuple[str, Graded]]] = defaultdict(list)
    for attempt in graded:
        shelves[attempt.entry_id, attempt.round_id].append((rank_key(attempt.result, criteria), attempt))
    frozen_at = {each.id: each.frozen_at(now) for each in catalogue.rounds}
    found = {where: _values(attempts, frozen_at.get(where[1])) for where, attempts in shelves.items()}
    if total is not None:
        people: dict[int, list[Values]] = defaultdict(list)
        for (entry_id, _), values in found.items():
            people[entry_id].append(values)
        found |= {(entry_id, total.id): total_values(rounds, criteria) for entry_id, rounds in people.items()}
    return found


def _values(attempts: list[tuple[str, Graded]], frozen_at: datetime | None) -> Values:
    key, best = min(attempts, key=_by_key)
    seen = [pair for pair in attempts if frozen_at is None or pair[1].result.submitted_at < frozen_at]
    shown = min(seen, key=_by_key, default=None)
    return Values(best.id, len(attempts), _side(key, best), _side(*shown) if shown else None)


def _by_key(pair: tuple[str, Graded]) -> tuple[str, int]:
    """Of equal attempts the first counts."""
    return pair[0], pair[1].result.attempts


def _side(key: str, attempt: Graded) -> Side:
    return Side(key, attempt.result.correct, attempt.result.time_used, attempt.result.submitted_at)


def graded_attempts(*conditions: ColumnElement[bool]) -> list[Graded]:
    """Attempts that count, under these conditions."""
    rows = db.session.execute(
        select(
            Attempt.id,
            Attempt.entry_id,
            Attempt.round_id,
            Attempt.correct,
            Attempt.time_used,
            Attempt.ended_at,
            Attempt.number,
        )
        .where(counts(), *conditions)
        .order_by(Attempt.id)
    )
    return [Graded(row[0], row[1], row[2], _result(*row)) for row in rows]


def _result(attempt_id: int, _entry: int, _round: int, *graded: Any) -> Result:
    if None in graded:
        raise ValueError(f"attempt {attempt_id} is not graded")
    return Result(*graded)


def rebuild_people(entry_ids: Collection[int], *, catalogue: Catalogue, now: datetime) -> set[int]:
    """All standings of these people and their moment of finishing, from the attempts; returns who was different.

    Locks the attempts and the entries, in the submit's order: a submit of the same person comes before or after, never
    in between. The weaker lock: who takes a result out holds the keys of both, and waits for the attempts.
    """
    people, changed = sorted(entry_ids), set()
    for start in range(0, len(people), _BATCH):
        changed |= _rebuild(people[start : start + _BATCH], catalogue, now)
    return changed


def _rebuild(entry_ids: Sequence[int], catalogue: Catalogue, now: datetime) -> set[int]:
    db.session.flush()
    fresh = {"populate_existing": True}
    attempts = select(Attempt.id).where(Attempt.entry_id.in_(entry_ids)).order_by(Attempt.id)
    db.session.execute(attempts.with_for_update(key_share=True))
    people = select(Entry).where(Entry.id.in_(entry_ids)).order_by(Entry.id).with_for_update(key_share=True)
    entries = db.session.scalars(people.options(WITH_NAMES), execution_options=fresh).all()
    graded = graded_attempts(Attempt.entry_id.in_(entry_ids))
    wanted = expected(graded, catalogue=catalogue, now=now)
    standings = select(Standing).where(Standing.entry_id.in_(entry_ids)).execution_options(**fresh)
    rows = {(row.entry_id, row.round_id): row for row in db.session.scalars(standings)}
    changed = _bring_into_line({entry.id: entry for entry in entries}, rows, wanted)
    finished = finishing(graded)
    for entry in entries:
        if entry.finished_at != finished.get(entry.id):
            entry.finished_at = finished.get(entry.id)
            changed.add(entry.id)
    db.session.flush()
    return changed


def finishing(graded: Iterable[Graded]) -> Mapping[int, datetime]:
    """Entry → when the first attempt that counts ended: the first in order, also when the clock was put back since."""
    first: dict[int, datetime] = {}
    for attempt in graded:
        first.setdefault(attempt.entry_id, attempt.result.submitted_at)
    return first


def _bring_into_line(
    entries: Mapping[int, Entry],
    rows: Mapping[tuple[int, int], Standing],
    wanted: Mapping[tuple[int, int], Values],
) -> set[int]:
    changed = set()
    for where in rows.keys() | wanted.keys():
        row, values, entry = rows.get(where), wanted.get(where), entries[where[0]]
        if agrees(row, values, entry):
            continue
        changed.add(entry.id)
        if values is None:
            db.session.delete(row)
            continue
        if row is None:
            row = Standing(entry_id=entry.id, round_id=where[1])
            db.session.add(row)
        row.unit_id, row.group_id, row.shown_name = entry.unit_id, entry.group_id, entry.shown_name
        set_values(row, values)
    return changed


def agrees(row: Standing | None, values: Values | None, entry: Entry) -> bool:
    """Whether a standing holds what it must, or neither is there."""
    if row is None or values is None:
        return row is None and values is None
    whose = (row.unit_id, row.group_id, row.shown_name)
    return values_of(row) == values and whose == (entry.unit_id, entry.group_id, entry.shown_name)
