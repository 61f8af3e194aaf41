"""The outbox of short messages."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class SmsState(StrEnum):
    """Waiting to be sent, being sent, sent; refused by the gateway for good, or given up."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    GIVEN_UP = "given_up"


class SmsMessage(Base):
    """One message. Phone and text are sealed and wiped when it is done: they may hold a code."""

    __tablename__ = "sms_messages"
    __table_args__ = (UniqueConstraint("key"), Index("ix_sms_messages_state_due_at", "state", "due_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40))  # the gateway is told it, so that a message is never sent twice
    template: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[SmsState] = mapped_column(one_of(SmsState), default=SmsState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]  # waiting: when to try; sending: when whoever took it is given up
    expires_at: Mapped[datetime]  # after that it is of no use to anybody
    done_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(200), default="")  # the gateway's own word, without phone and text
