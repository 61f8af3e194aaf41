"""Boards that stood still go on: by the round's end, or by hand."""

from datetime import datetime

from sqlalchemy import bindparam, or_, select

from app.extensions import Hot, db, direct
from app.models import Contest, Round, Standing
from app.services.audit import record
from app.services.catalogue import Catalogue
from app.services.standings_rebuilt import rebuild_people

_HIDDEN = or_(Standing.shown_key.is_(None), Standing.shown_key != Standing.rank_key)
_IN_ORDER = (Standing.round_id, Standing.entry_id)  # of their index: else Postgres would look through everybody
_ANY_HIDDEN = Hot(
    select(Standing.entry_id).where(Standing.round_id == bindparam("round"), _HIDDEN).order_by(*_IN_ORDER).limit(1)
)


class NotFrozen(Exception):
    """No such round, or its boards don't stand still."""


def unfreeze(*, number: int, reason: str, actor_id: int | None, catalogue: Catalogue, now: datetime) -> None:
    """Open the boards of a round before its end; `thaw` then brings them up to date. Raises NotFrozen."""
    this_round = catalogue.board(number)
    if this_round is None or this_round.freezes_at is None or not this_round.freezes_at <= now < this_round.closes_at:
        raise NotFrozen(number)
    db.session.get_one(Round, this_round.id).unfrozen_at = now
    db.session.get_one(Contest, catalogue.contest_id).content_changed()
    record(actor_id=actor_id, action="boards.unfreeze", subject=f"round:{this_round.id}", reason=reason, now=now)
    db.session.flush()


def thaw(*, catalogue: Catalogue, now: datetime, limit: int = 200) -> int:
    """Show what is real of at most `limit` standings that are hidden and needn't be; returns how many. For a timer.

    The index of hidden ones is empty most of the time, so asking costs nothing. Counted again behind their locks: a
    paper of another round, handed in at this moment, sums up the same total.
    """
    open_rounds = [r.id for r in catalogue.rounds if r.frozen_at(now) is None]
    hidden = db.session.scalars(
        select(Standing.entry_id).where(Standing.round_id.in_(open_rounds), _HIDDEN).order_by(*_IN_ORDER).limit(limit)
    ).all()
    rebuild_people(set(hidden), catalogue=catalogue, now=now)
    return len(hidden)


def hides_anything(*, round_id: int) -> bool:
    """Whether somebody's shown result is not the real one: on a board that stands still, or has yet to be thawed."""
    return direct.first(_ANY_HIDDEN, {"round": round_id}) is not None
