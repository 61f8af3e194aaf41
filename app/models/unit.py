"""Units of a city: phường, xã, đặc khu."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.columns import one_of


class UnitType(StrEnum):
    """Kind of a commune-level unit since 1/7/2025."""

    PHUONG = "phuong"
    XA = "xa"
    DAC_KHU = "dac_khu"

    @property
    def label(self) -> str:
        """Word before the name."""
        return {"phuong": "Phường", "xa": "Xã", "dac_khu": "Đặc khu"}[self.value]


class Unit(Base):
    """A unit in one contest, keyed by its official five-digit code. Names are not unique without their marks."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("contest_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    code: Mapped[str] = mapped_column(String(8))
    type: Mapped[UnitType] = mapped_column(one_of(UnitType))
    name: Mapped[str] = mapped_column(String(80))
    population: Mapped[int | None]
    cluster: Mapped[str | None] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(300))

    @property
    def full_name(self) -> str:
        """`Phường Lê Chân`."""
        return f"{self.type.label} {self.name}"
