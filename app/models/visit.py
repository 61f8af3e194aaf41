"""Visits, counted by the hour."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class VisitHour(Base):
    """Page views of one hour (UTC); processes add what they counted every few seconds."""

    __tablename__ = "visit_hours"

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    visits: Mapped[int] = mapped_column(BigInteger)
