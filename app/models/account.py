"""A person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.columns import one_of
from app.rules import numbers

if TYPE_CHECKING:
    from app.models.entry import Entry


class Role(StrEnum):
    """What an account may do. The operator has no account: a shell is enough."""

    CONTESTANT = "contestant"
    OFFICER = "officer"
    JUDGE = "judge"
    ORGANISER = "organiser"


class Account(Base):
    """A person. The citizen number is unique by keyed HMAC and kept encrypted; a phone is shared by families."""

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("citizen_index"),
        # Names are found by how they begin; Postgres needs to be told that this index is for that. With the number, by
        # which a search orders those who share a name: else all of them would be read to find the first fifty.
        Index("ix_accounts_name_search", "name_search", "id", postgresql_ops={"name_search": "text_pattern_ops"}),
        {"sqlite_autoincrement": True},  # the audit names people by number: none is given twice
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(80))
    name_search: Mapped[str] = mapped_column(String(80))
    name_sort: Mapped[str] = mapped_column(String(300))
    phone: Mapped[str] = mapped_column(String(16), index=True)  # E.164
    citizen_index: Mapped[str | None] = mapped_column(String(64))
    citizen_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    citizen_last_four: Mapped[str | None] = mapped_column(String(4))
    password_hash: Mapped[str] = mapped_column(String(200))
    recovery_nonce: Mapped[str | None] = mapped_column(String(32))  # with a key outside the database it makes the code
    totp_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)  # the second factor's secret, sealed
    totp_since: Mapped[datetime | None]  # when it was first proven; before that the secret is only offered
    totp_step: Mapped[int | None]  # the last time step that was used: a code is good once
    role: Mapped[Role] = mapped_column(one_of(Role), default=Role.CONTESTANT)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    entries: Mapped[list[Entry]] = relationship(back_populates="account", foreign_keys="Entry.account_id")

    @property
    def masked_citizen_number(self) -> str:
        """`•••• •••• 1234`, or nothing for staff who never gave one."""
        return numbers.masked_citizen_number(self.citizen_last_four) if self.citizen_last_four else ""
