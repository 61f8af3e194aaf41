"""Writing a contestant's citizen number anew, read from the card: a slip of the finger, or none after a claim."""

from datetime import datetime

from sqlalchemy import func, or_, select

from app.extensions import db
from app.models import Account, Claim, ClaimState
from app.services.audit import record
from app.services.citizen_numbers import give_number, hold, holder
from app.services.keyring import Keyring


class NumberElsewhere(Exception):
    """Another account has this number; whose it is stays untold."""


class ClaimWaits(Exception):
    """Somebody has claimed a number on either side of this account: first that is decided."""


def correct_number(
    *, account_id: int, number: str, actor_id: int, reason: str, keyring: Keyring, now: datetime
) -> None:
    """Twelve digits, as they stand on the card that the actor has seen; the same again changes nothing.

    The first thing in its transaction, for whoever writes a number holds that before any row. Raises NumberElsewhere
    and ClaimWaits.
    """
    hold(number, keyring)
    known = holder(number, keyring)
    if known is not None:
        if known.id != account_id:
            raise NumberElsewhere
        return
    account = db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
    on_either_side = or_(Claim.claimant_id == account_id, Claim.holder_id == account_id)
    if db.session.scalar(select(func.count()).where(on_either_side, Claim.state == ClaimState.OPEN)):
        raise ClaimWaits
    give_number(account, number, keyring)
    record(actor_id=actor_id, action="person.number", subject=f"account:{account_id}", reason=reason, now=now)
    db.session.flush()
