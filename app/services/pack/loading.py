"""Pack → tables. Rows are found by their stable ids, changed only where they differ, and never removed when anything
that people did refers to them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, select

from app.extensions import db
from app.models import (
    Attempt,
    Award,
    Claim,
    Contest,
    Entry,
    Kiosk,
    KioskCode,
    Page,
    Round,
    StaffUnit,
    Standing,
    Unit,
)
from app.rules.contest import days_to_shift
from app.rules.names import collation_key
from app.services.ladder_making import forget_ladders
from app.services.pack.contents import Pack, PackRound
from app.services.pack.contest_settings import tables_of
from app.services.pack.faults import Fault, PackFaults
from app.services.pack.groups import load_groups
from app.services.pack.loading_topics import load_questions, load_topics
from app.services.pack.old_units import load_old_units
from app.services.pack.rows import Changes

TOTAL_NAME = "Tổng các đợt"
# What people did with a unit: one that left the pack stays for them.
USED_UNITS = (
    Entry.unit_id,
    Standing.unit_id,
    Claim.unit_id,
    Award.unit_id,
    StaffUnit.unit_id,
    Kiosk.unit_id,
    KioskCode.unit_id,
)
_A_WEEK = timedelta(days=7)


def is_empty() -> bool:
    """No contest was ever loaded."""
    return db.session.scalar(select(Contest.id).limit(1)) is None


def find_contest(slug: str | None = None) -> Contest | None:
    """A contest by its slug, the current one without."""
    wanted = Contest.slug == slug if slug is not None else Contest.is_current
    return db.session.scalar(select(Contest).where(wanted))


def load_pack(pack: Pack, *, make_current: bool) -> Contest:
    """Bring the tables into line with the pack; flushes.

    Loading the same pack again writes nothing; otherwise `content_version` grows by one. The first contest of a portal
    becomes current in any case.

    Raises PackFaults when the pack takes away what attempts refer to; nothing may be committed then.
    """
    changes = Changes()
    known = find_contest(pack.head.slug)
    contest = changes.put(known, Contest, {"slug": pack.head.slug}, _contest_values(pack))
    db.session.flush()
    _load_rounds(contest, pack.rounds, changes)
    _load_units(contest, pack, changes)
    _load_pages(contest, pack, changes)
    topics = load_topics(contest, pack.topics, changes)
    load_questions(contest, pack.questions, topics, changes)
    if changes.count and known is not None:
        contest.content_changed()
    if make_current or find_contest() is None:
        use_contest(contest)
    db.session.flush()
    return contest


def use_contest(contest: Contest) -> None:
    """Make this contest the current one; flushes."""
    current = find_contest()
    if current is contest:
        return
    if current is not None:
        current.is_current = False
        db.session.flush()  # only one may be current at any moment
    contest.is_current = True
    db.session.flush()


def _contest_values(pack: Pack) -> dict[str, Any]:
    head = pack.head
    return {
        "name": head.name,
        "short_name": head.short_name,
        "tagline": head.tagline,
        "city": head.city,
        "organisers": list(head.organisers),
        "hotline": head.hotline,
        "email": head.email,
        "rules_version": head.rules_version,
        "shift_to_now": head.shift_to_now,
        "settings": tables_of(pack.rules),
    }


def _referred(column: Any, ids: Iterable[int]) -> set[int]:
    """Which of these row ids a column refers to."""
    return set(db.session.scalars(select(column).where(column.in_(list(ids))).distinct()))


def _load_rounds(contest: Contest, rounds: tuple[PackRound, ...], changes: Changes) -> None:
    query = select(Round).where(Round.contest_id == contest.id)
    rows = {row.number: row for row in db.session.scalars(query)}
    total = rows.pop(0, None)
    left = [row for number, row in rows.items() if number > len(rounds)]
    ids = [row.id for row in left]
    kept = _referred(Attempt.round_id, ids) | _referred(Standing.round_id, ids)
    if kept:
        names = ", ".join(row.name for row in left if row.id in kept)
        raise PackFaults([Fault("contest.toml", 1, f"không bỏ được đợt thi đã có người thi: {names}; hãy giữ đợt này")])
    for row in left:
        forget_ladders(round_id=row.id)
        changes.delete(row)
    for number, round_ in enumerate(rounds, 1):
        values = {"name": round_.name, "opens_at": round_.opens_at, "closes_at": round_.closes_at}
        changes.put(rows.get(number), Round, {"contest_id": contest.id, "number": number}, values)
    _load_total(contest, total, rounds, changes)


def _load_total(contest: Contest, total: Round | None, rounds: tuple[PackRound, ...], changes: Changes) -> None:
    """The round that sums up the others; `flask contest load` then sums up what was won before it was there."""
    if len(rounds) > 1:
        values = {"name": TOTAL_NAME, "opens_at": rounds[0].opens_at, "closes_at": rounds[-1].closes_at}
        changes.put(total, Round, {"contest_id": contest.id, "number": 0}, values)
    elif total is not None:
        db.session.execute(delete(Standing).where(Standing.round_id == total.id))
        forget_ladders(round_id=total.id)
        changes.delete(total)


def _load_units(contest: Contest, pack: Pack, changes: Changes) -> None:
    rows = {row.code: row for row in db.session.scalars(select(Unit).where(Unit.contest_id == contest.id))}
    kept = {}
    for unit in pack.units:
        values = {"type": unit.type, "name": unit.name, "population": unit.population, "cluster": unit.cluster}
        values["sort_key"] = collation_key(unit.name)
        key = {"contest_id": contest.id, "code": unit.code}
        kept[unit.code] = changes.put(rows.pop(unit.code, None), Unit, key, values)
    load_old_units(contest, pack.old_units, kept, changes)
    load_groups(contest, pack.groups, kept, changes)
    left = [row.id for row in rows.values()]
    kept_for_people = {unit_id for column in USED_UNITS for unit_id in _referred(column, left)}
    for row in rows.values():
        if row.id not in kept_for_people:
            changes.delete(row)


def _load_pages(contest: Contest, pack: Pack, changes: Changes) -> None:
    rows = {row.slug: row for row in db.session.scalars(select(Page).where(Page.contest_id == contest.id))}
    for page in pack.pages:
        key = {"contest_id": contest.id, "slug": page.slug}
        changes.put(rows.pop(page.slug, None), Page, key, {"title": page.title, "body": page.body})
    for row in rows.values():
        changes.delete(row)


def shift_window(contest: Contest, *, mode: Literal["auto", "on", "off"], now: datetime) -> None:
    """Move the contest's dates to now, for a demonstration; flushes.

    `auto` does what the pack's `shift_to_now` says, `off` goes back to the pack's own dates. A shifted window that is
    open and has a week left stays as it is, so that a restart moves nothing.
    """
    query = select(Round).where(Round.contest_id == contest.id).order_by(Round.number)
    rounds = db.session.scalars(query).all()
    if mode == "off" or (mode == "auto" and not contest.shift_to_now) or not rounds:
        contest.shifted_days = 0
    else:
        opens_at, closes_at = rounds[0].opens_at, rounds[-1].closes_at
        shift = timedelta(days=contest.shifted_days)
        if not opens_at + shift <= now <= closes_at + shift - _A_WEEK:
            contest.shifted_days = days_to_shift(opens_at, closes_at, now=now)
    db.session.flush()
