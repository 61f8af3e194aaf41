"""Standings: kept by every submit, made anew from the attempts when a result is taken out, given back or graded again.

Both ways give the same rows; `services.rebuild` and a property test hold that.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, exists, or_, select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, Invalidation, Standing
from app.rules.ranking import Criterion, Result, rank_key, total_key
from app.services.catalogue import Catalogue

_BATCH = 500  # people

_OF_PERSON = select(Standing).where(Standing.entry_id == bindparam("entry"))
_STANDING = _OF_PERSON.where(Standing.round_id == bindparam("round"))
_EXCLUDED = exists().where(
    Invalidation.entry_id == Entry.id, Invalidation.attempt_id.is_(None), Invalidation.lifted_at.is_(None)
)
# The weaker lock: who takes the person out holds the key of the entry and waits for the attempt that we hold.
_ENTRY = select(Entry, _EXCLUDED).where(Entry.id == bindparam("entry")).with_for_update(of=Entry, key_share=True)


class Side(NamedTuple):
    """What a standing ranks by, really or as shown."""

    key: str
    correct: int
    time_used: int
    submitted_at: datetime


class Values(NamedTuple):
    """Everything of a standing that follows from attempts."""

    attempt_id: int
    attempts: int
    real: Side
    shown: Side | None


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


def record_result(*, attempt: Attempt, result: Result, catalogue: Catalogue, now: datetime) -> None:
    """Keep the better of standing and this graded attempt. Runs in the submit's own transaction, behind its lock.

    While boards are frozen only what ended before the freeze reaches the shown side. An excluded person gets none.
    """
    criteria, total = catalogue.rules.ranking, catalogue.total
    if total is None:
        standing, others = db.session.scalar(_STANDING, {"entry": attempt.entry_id, "round": attempt.round_id}), []
    else:
        others = list(db.session.scalars(_OF_PERSON, {"entry": attempt.entry_id}))
        standing = next((row for row in others if row.round_id == attempt.round_id), None)
    if standing is None:
        standing = _first_standing(attempt, attempt.round_id, result.submitted_at)
        if standing is None:
            return
        others.append(standing)
    side = Side(rank_key(result, criteria), result.correct, result.time_used, result.submitted_at)
    standing.attempts += 1
    if standing.rank_key is None or side.key < standing.rank_key:
        standing.attempt_id = attempt.id
        _set_real(standing, side)
    frozen_at = catalogue.frozen_at(now)
    if frozen_at is None:
        _set_shown(standing, real_side(standing))
    elif result.submitted_at < frozen_at and (standing.shown_key is None or side.key < standing.shown_key):
        _set_shown(standing, side)
    if total is not None:
        _sum_up(standing, others, total.id, criteria)


def _first_standing(attempt: Attempt, round_id: int, ended_at: datetime) -> Standing | None:
    """A standing still without a result; None for who is excluded. The entry is locked: its unit stays its unit."""
    entry, excluded = db.session.execute(_ENTRY, {"entry": attempt.entry_id}).one()
    if excluded:
        return None
    entry.finished_at = entry.finished_at or ended_at
    standing = Standing(
        entry_id=entry.id, round_id=round_id, unit_id=entry.unit_id, group_id=entry.group_id, attempts=0
    )
    db.session.add(standing)
    return standing


def keep_total(changed: Standing, *, total_id: int, criteria: Sequence[Criterion]) -> None:
    """Bring the total of a person into line with the rounds; `changed` is one of them, perhaps not yet flushed."""
    rows = db.session.scalars(_OF_PERSON, {"entry": changed.entry_id}).all()
    _sum_up(changed, rows, total_id, criteria)


def _sum_up(like: Standing, rows: Sequence[Standing], total_id: int, criteria: Sequence[Criterion]) -> None:
    total = next((row for row in rows if row.round_id == total_id), None)
    if total is None:
        total = Standing(entry_id=like.entry_id, round_id=total_id, unit_id=like.unit_id, group_id=like.group_id)
        db.session.add(total)
    _set(total, total_values([values_of(row) for row in rows if row is not total], criteria))


def real_side(standing: Standing) -> Side:
    """What this standing really ranks by."""
    return Side(standing.rank_key, standing.correct, standing.time_used, standing.submitted_at)


def shown_side(standing: Standing) -> Side | None:
    """What everybody sees of it."""
    key, correct, time_used = standing.shown_key, standing.shown_correct, standing.shown_time_used
    if key is None or correct is None or time_used is None or standing.shown_submitted_at is None:
        return None
    return Side(key, correct, time_used, standing.shown_submitted_at)


def values_of(standing: Standing) -> Values:
    """What the row holds."""
    return Values(standing.attempt_id, standing.attempts, real_side(standing), shown_side(standing))


def _set_real(standing: Standing, side: Side) -> None:
    standing.rank_key, standing.correct, standing.time_used, standing.submitted_at = side


def _set_shown(standing: Standing, side: Side | None) -> None:
    standing.shown_key, standing.shown_correct, standing.shown_time_used, standing.shown_submitted_at = (
        side or [None] * 4
    )


def _set(standing: Standing, values: Values) -> None:
    standing.attempt_id, standing.attempts = values.attempt_id, values.attempts
    _set_real(standing, values.real)
    _set_shown(standing, values.shown)


def open_side(standing: Standing) -> None:
    """Show what is real."""
    _set_shown(standing, real_side(standing))


def total_values(rounds: Sequence[Values], criteria: Sequence[Criterion]) -> Values:
    """The total over the rounds in which a person has a standing, at least one."""
    latest = max(rounds, key=lambda values: (values.real.submitted_at, values.attempt_id))
    shown = [values.shown for values in rounds if values.shown is not None]
    return Values(
        attempt_id=latest.attempt_id,
        attempts=sum(values.attempts for values in rounds),
        real=_total_side([values.real for values in rounds], criteria),
        shown=_total_side(shown, criteria) if shown else None,
    )


def _total_side(sides: Sequence[Side], criteria: Sequence[Criterion]) -> Side:
    return Side(
        key=total_key([side.key for side in sides], criteria),
        correct=sum(side.correct for side in sides),
        time_used=sum(side.time_used for side in sides),
        submitted_at=max(side.submitted_at for side in sides),
    )


def expected(
    graded: Iterable[Graded], *, catalogue: Catalogue, frozen_at: datetime | None
) -> Mapping[tuple[int, int], Values]:
    """Entry and round → what the standing must hold, from attempts that count; totals included."""
    criteria, total = catalogue.rules.ranking, catalogue.total
    shelves: dict[tuple[int, int], list[tuple[str, Graded]]] = defaultdict(list)
    for attempt in graded:
        shelves[attempt.entry_id, attempt.round_id].append((rank_key(attempt.result, criteria), attempt))
    found = {where: _values(attempts, frozen_at) for where, attempts in shelves.items()}
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
    in between.
    """
    people, changed = sorted(entry_ids), set()
    for start in range(0, len(people), _BATCH):
        changed |= _rebuild(people[start : start + _BATCH], catalogue, catalogue.frozen_at(now))
    return changed


def _rebuild(entry_ids: Sequence[int], catalogue: Catalogue, frozen_at: datetime | None) -> set[int]:
    db.session.flush()
    fresh = {"populate_existing": True}
    attempts = select(Attempt.id).where(Attempt.entry_id.in_(entry_ids)).order_by(Attempt.id)
    db.session.execute(attempts.with_for_update())
    people = select(Entry).where(Entry.id.in_(entry_ids)).order_by(Entry.id).with_for_update()
    entries = db.session.scalars(people.execution_options(**fresh)).all()
    graded = graded_attempts(Attempt.entry_id.in_(entry_ids))
    wanted = expected(graded, catalogue=catalogue, frozen_at=frozen_at)
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
    """Entry → when the first attempt that counts ended."""
    first: dict[int, datetime] = {}
    for attempt in graded:
        ended_at = attempt.result.submitted_at
        first[attempt.entry_id] = min(first.get(attempt.entry_id, ended_at), ended_at)
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
        row.unit_id, row.group_id = entry.unit_id, entry.group_id
        _set(row, values)
    return changed


def agrees(row: Standing | None, values: Values | None, entry: Entry) -> bool:
    """Whether a standing holds what it must, or neither is there."""
    if row is None or values is None:
        return row is None and values is None
    return values_of(row) == values and (row.unit_id, row.group_id) == (entry.unit_id, entry.group_id)
