"""Wards and communes as they were before 1/7/2025: people still call the place where they live so."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.columns import one_of
from app.models.unit import Unit


class Mapping(StrEnum):
    """How an old ward went into a unit: whole, in part, or in part with most of it."""

    WHOLE = "whole"
    SPLIT = "split"
    MAIN_PART = "split-default"

    @property
    def place(self) -> int:
        """Order among the parts of one ward: most of it first."""
        return (Mapping.WHOLE, Mapping.MAIN_PART, Mapping.SPLIT).index(self)


class OldUnit(Base):
    """An old ward and one unit that it went to; a split one has several rows. `search` is its folded name."""

    __tablename__ = "old_units"
    __table_args__ = (UniqueConstraint("contest_id", "name", "district", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    search: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))  # with its kind: `Xã Quang Trung`
    district: Mapped[str] = mapped_column(String(80))  # with its kind; empty where there was none
    mapping: Mapped[Mapping] = mapped_column(one_of(Mapping))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))

    unit: Mapped[Unit] = relationship()
