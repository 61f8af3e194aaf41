"""Groups within a unit: tổ dân phố, thôn, cơ quan, trường."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.columns import one_of
from app.models.unit import Unit


class GroupKind(StrEnum):
    """What kind of group."""

    NEIGHBOURHOOD = "to_dan_pho"
    VILLAGE = "thon"
    OFFICE = "co_quan"
    SCHOOL = "truong"

    @property
    def label(self) -> str:
        """Word before the name."""
        return {"to_dan_pho": "Tổ dân phố", "thon": "Thôn", "co_quan": "Cơ quan", "truong": "Trường"}[self.value]


class Group(Base):
    """A group within a unit. With a join code people find it without a list."""

    __tablename__ = "unit_groups"
    __table_args__ = (UniqueConstraint("contest_id", "join_code"), UniqueConstraint("unit_id", "kind", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[GroupKind] = mapped_column(one_of(GroupKind))
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(300))
    join_code: Mapped[str | None] = mapped_column(String(12))

    unit: Mapped[Unit] = relationship()

    @property
    def full_name(self) -> str:
        """`Tổ dân phố số 5`."""
        return f"{self.kind.label} {self.name}"
