"""Which units an officer works for."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class StaffUnit(Base):
    """An officer and one of the units in whose people the officer may look."""

    __tablename__ = "staff_units"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
