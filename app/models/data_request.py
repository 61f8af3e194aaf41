"""What a person asks about the own data, with the law's due dates (Decree 356/2025 Art. 5)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.account import Account
from app.models.columns import one_of


class RequestKind(StrEnum):
    """What is asked."""

    COPY = "copy"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    RESTRICT = "restrict"
    DELETE = "delete"

    @property
    def days(self) -> int:
        """Within how many days it is done; once extended by the same number (Decree 356/2025 Art. 5)."""
        return {"copy": 10, "correct": 10, "withdraw": 15, "restrict": 15, "delete": 20}[self.value]


class RequestState(StrEnum):
    """New until somebody has answered that it was received."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    DONE = "done"
    REFUSED = "refused"


_OPEN = text("state IN ('new', 'acknowledged')")


class DataRequest(Base):
    """One request; of each kind a person has at most one that is not answered yet.

    When the person is deleted, the line stays without the person as proof of what was done when.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        Index("ix_data_requests_state_due_at", "state", "due_at"),
        Index(
            "uq_data_requests_open",
            "account_id",
            "kind",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(one_of(RequestKind))
    state: Mapped[RequestState] = mapped_column(one_of(RequestState), default=RequestState.NEW)
    text: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    due_at: Mapped[datetime]
    extended_at: Mapped[datetime | None]
    extension_reason: Mapped[str] = mapped_column(String(500), default="")
    acknowledged_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answer: Mapped[str] = mapped_column(String(1000), default="")

    account: Mapped[Account | None] = relationship(foreign_keys=account_id)
