"""Claims to a citizen number as the officers see them who look at the card."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload

from app.extensions import db
from app.models import Claim, ClaimState, Entry
from app.services.desk_people import Reach
from app.services.keyring import Keyring

SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class DeskClaim:
    """A claim with both sides; `holder` is None when nobody in this contest has the number any more."""

    claim: Claim
    claimant: Entry
    holder: Entry | None


def _reached(reach: Reach) -> ColumnElement[bool]:
    here = Claim.contest_id == reach.contest_id
    return here if reach.unit_ids is None else here & Claim.unit_id.in_(reach.unit_ids)


def open_claims(*, reach: Reach) -> Sequence[DeskClaim]:
    """Claims that wait for a look at the card, oldest first, at most SHOWN_AT_MOST."""
    return _claims(_reached(reach) & (Claim.state == ClaimState.OPEN))


def count_open_claims(*, reach: Reach) -> int:
    """How many wait."""
    waiting = _reached(reach) & (Claim.state == ClaimState.OPEN)
    return db.session.scalar(select(func.count()).select_from(Claim).where(waiting)) or 0


def find_claim(*, claim_id: int, reach: Reach) -> DeskClaim | None:
    """One claim within reach, also a decided one."""
    return next(iter(_claims(_reached(reach) & (Claim.id == claim_id))), None)


def _claims(condition: ColumnElement[bool]) -> list[DeskClaim]:
    claimant, holder = aliased(Entry), aliased(Entry)
    # Added to 0, the contest is no way into an index of entries: SQLite would look whether each of them has a claim.
    of_contest = claimant.contest_id + 0 == Claim.contest_id
    rows = db.session.execute(
        select(Claim, claimant, holder)
        .join(claimant, (claimant.account_id == Claim.claimant_id) & of_contest)
        .outerjoin(holder, (holder.account_id == Claim.holder_id) & (holder.contest_id == Claim.contest_id))
        .where(condition)
        .options(*(joinedload(way) for side in (claimant, holder) for way in (side.account, side.unit)))
        .order_by(Claim.created_at, Claim.id)
        .limit(SHOWN_AT_MOST)
    )
    return [DeskClaim(*row) for row in rows]


def is_claimed_number(claim: Claim, number: str, keyring: Keyring) -> bool:
    """Whether this is the number that is claimed, in whichever key it is written."""
    return claim.citizen_index in keyring.citizen_indexes(number)
