"""Who holds a session's token, asked by the very statement that depends on it: nobody is looked up before."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from app.models import Account, Role, Session
from app.services.sign_in import token_hash

# The contestant behind a session that is in force and has already been noted as used today. Staff take no part, and
# have doors that ask for more.
HOLDER = (
    select(Session.account_id)
    .join(Account, Account.id == Session.account_id)
    .where(
        Session.token_hash == bindparam("token"),
        Session.expires_at > bindparam("moment"),
        Session.seen_on == bindparam("today"),
        Account.role == Role.CONTESTANT,
        Account.disabled_at.is_(None),
    )
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever sent this token; `now` and `today` are the wall's clock and the contest's day."""

    token: str
    now: datetime
    today: date

    def values(self) -> dict[str, Any]:
        """What HOLDER asks for."""
        return {"token": token_hash(self.token), "moment": self.now, "today": self.today}
