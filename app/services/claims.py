"""Claims: “số căn cước của tôi đã bị người khác dùng”, from the first word to an officer's decision.

The claimant takes part at once, without a number of one's own. Until an officer has seen the card neither side can win
a prize; who has no number in the end cannot either. Nobody is told who the other side is.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, or_, select, update

from app.extensions import Hot, db, direct
from app.models import Account, Claim, ClaimState, Entry
from app.services.audit import record
from app.services.citizen_numbers import give_number, hold, holder
from app.services.keyring import Keyring

MOST_OPEN = 3  # on one number: who comes after them is helped by the card alone
_OTHER_WON = "Số này đã được xác nhận cho người khác theo thẻ."
_IS_OPEN = Claim.state == ClaimState.OPEN


class TooManyClaims(Exception):
    """Others have claimed this number already."""


class AlreadyDecided(Exception):
    """Somebody has decided this claim meanwhile."""


class HasNumber(Exception):
    """The claimant has got a number of its own since the claim was made."""


class PrizeHold(StrEnum):
    """Why somebody cannot win a prize now."""

    CLAIMED = "claimed"  # an open claim, on either side
    NO_NUMBER = "no_number"


_SIDES = Hot(
    select(Claim.state, Claim.claimant_id)
    .where(or_(Claim.claimant_id == bindparam("account"), Claim.holder_id == bindparam("account")))
    .order_by(Claim.id)
)


class Side(StrEnum):
    """Where a person stands."""

    HOLDER = "holder"
    CLAIMANT = "claimant"
    WITHOUT = "without"  # decided, and the number is somebody else's


def open_claim(*, claimant: Entry, holder_id: int, number: str, keyring: Keyring, now: datetime) -> Claim:
    """Note that the claimant, whose account has no number, says that the holder's belongs to it.

    The number is held by the same transaction (services.citizen_numbers). Raises TooManyClaims.
    """
    of_number = Claim.citizen_index.in_(keyring.citizen_indexes(number))
    waiting = db.session.scalar(select(func.count()).select_from(Claim).where(of_number, _IS_OPEN))
    if (waiting or 0) >= MOST_OPEN:
        raise TooManyClaims
    claim = Claim(
        contest_id=claimant.contest_id,
        claimant_id=claimant.account_id,
        holder_id=holder_id,
        unit_id=claimant.unit_id,
        citizen_index=keyring.citizen_index(number),
        citizen_cipher=keyring.seal(number),
        citizen_last_four=number[-4:],
        created_at=now,
    )
    db.session.add(claim)
    db.session.flush()
    return claim


def decide_claim(*, claim_id: int, move: bool, reason: str, actor_id: int, keyring: Keyring, now: datetime) -> Claim:
    """After a look at the card: the number moves to the claimant, or stays where it is.

    When it moves, other open claims on it are refused with it: two people have no number in common. Whether the actor
    may decide is asked by the door. Raises LookupError, AlreadyDecided, HasNumber.
    """
    claim = db.session.get(Claim, claim_id)
    if claim is None:
        raise LookupError(claim_id)
    number = keyring.unseal(claim.citizen_cipher, claim.citizen_index)
    hold(number, keyring)
    waiting = _lock_open(keyring.citizen_indexes(number))
    if claim not in waiting:
        raise AlreadyDecided
    if not move:
        _close(claim, ClaimState.REFUSED, reason, actor_id, now)
        return claim
    _move(claim, number, keyring)
    _close(claim, ClaimState.MOVED, reason, actor_id, now)
    for other in waiting:
        if other is not claim:
            _close(other, ClaimState.REFUSED, _OTHER_WON, actor_id, now)
    return claim


def _lock_open(citizen_indexes: list[str]) -> list[Claim]:
    statement = select(Claim).where(Claim.citizen_index.in_(citizen_indexes), _IS_OPEN).order_by(Claim.id)
    return list(db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def _move(claim: Claim, number: str, keyring: Keyring) -> None:
    loser = holder(number, keyring)
    claimant = db.session.get_one(Account, claim.claimant_id, with_for_update=True, populate_existing=True)
    if claimant.citizen_index is not None:
        raise HasNumber
    if loser is not None:
        loser.citizen_index, loser.citizen_cipher, loser.citizen_last_four = None, None, None
        db.session.flush()  # before the claimant gets it: the number is unique at every moment
    give_number(claimant, number, keyring)


def _close(claim: Claim, state: ClaimState, reason: str, actor_id: int, now: datetime) -> None:
    claim.state, claim.reason, claim.decided_by, claim.decided_at = state, reason, actor_id, now
    action = "claim.move" if state is ClaimState.MOVED else "claim.refuse"
    record(actor_id=actor_id, action=action, subject=f"claim:{claim.id}", reason=reason, now=now)
    db.session.flush()


def move_claims(entry: Entry) -> None:
    """The claimant lives elsewhere now, or takes part in another contest: there the card is looked at."""
    mine = update(Claim).where(Claim.claimant_id == entry.account_id, _IS_OPEN)
    db.session.execute(mine.values(contest_id=entry.contest_id, unit_id=entry.unit_id))


def prize_holds(entry_ids: Collection[int]) -> Mapping[int, PrizeHold]:
    """Who of these people cannot win a prize now, and why: by entry id, only those who cannot."""
    claimed = select(Claim.id).where(_IS_OPEN, or_(Claim.claimant_id == Account.id, Claim.holder_id == Account.id))
    rows = db.session.execute(
        select(Entry.id, Account.citizen_index, claimed.exists())
        .join(Account, Account.id == Entry.account_id)
        .where(Entry.id.in_(entry_ids))
    )
    return {
        entry_id: PrizeHold.CLAIMED if is_claimed else PrizeHold.NO_NUMBER
        for entry_id, index, is_claimed in rows
        if is_claimed or index is None
    }


def my_side(*, account_id: int, has_number: bool) -> Side | None:
    """Where this person stands in a claim; None when nothing is to be said."""
    claims = direct.all(_SIDES, {"account": account_id})
    waiting = [claim for claim in claims if claim.state is ClaimState.OPEN]
    if any(claim.claimant_id == account_id for claim in waiting):
        return Side.CLAIMANT
    if waiting:
        return Side.HOLDER
    return Side.WITHOUT if claims and not has_number else None
