"""Who I am, as my own page says it."""

from dataclasses import dataclass

from sqlalchemy import bindparam, exists, or_, select

from app.extensions import Hot, direct
from app.models import Account, Claim, Entry, Invalidation
from app.rules.numbers import masked_citizen_number

_CLAIMS = exists().where(or_(Claim.claimant_id == Account.id, Claim.holder_id == Account.id))
_TAKEN_OUT = exists().where(Invalidation.entry_id == Entry.id, Invalidation.lifted_at.is_(None))
_ME = Hot(
    select(
        Account.full_name,
        Account.phone,
        Account.citizen_last_four,
        Account.citizen_index.is_not(None),
        Entry.unit_id,
        Entry.group_id,
        Entry.on_boards,
        _CLAIMS,
        _TAKEN_OUT,
    )
    .join(Account, Account.id == Entry.account_id)
    .where(Entry.id == bindparam("entry"))
)


@dataclass(frozen=True, slots=True)
class Myself:
    """`claims` and `taken_out` say whether there is more to ask for: claims of either side, results in no force."""

    full_name: str
    phone: str
    last_four: str | None
    has_number: bool
    unit_id: int
    group_id: int | None
    on_boards: bool
    claims: bool
    taken_out: bool

    @property
    def masked_citizen_number(self) -> str:
        """`•••• •••• 1234`, or nothing."""
        return masked_citizen_number(self.last_four) if self.last_four else ""


def read_myself(*, entry_id: int) -> Myself:
    """One statement, no ORM: the page that people come back to most."""
    return Myself(*direct.all(_ME, {"entry": entry_id})[0])
