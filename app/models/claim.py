"""Claims: “số căn cước của tôi đã bị người khác dùng”."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class ClaimState(StrEnum):
    """Open until an officer has seen the card; then the number has moved or stays."""

    OPEN = "open"
    MOVED = "moved"
    REFUSED = "refused"


class Claim(Base):
    """Somebody says that the number of another account is theirs. Until it is decided neither can win a prize.

    The claimant's account has no number of its own meanwhile; the claimed one is kept here, sealed like an account's.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_open",
            "claimant_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        {"sqlite_autoincrement": True},  # the audit names claims by number: none is given twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    claimant_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)  # whose officer checks the card
    citizen_index: Mapped[str] = mapped_column(String(64), index=True)
    citizen_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    citizen_last_four: Mapped[str] = mapped_column(String(4))
    state: Mapped[ClaimState] = mapped_column(one_of(ClaimState), default=ClaimState.OPEN)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reason: Mapped[str] = mapped_column(String(500), default="")
