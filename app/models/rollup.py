"""Public figures as they were last counted, and public pages made from them; nothing here is anybody's."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Rollup(Base):
    """Which version of a contest's figures stands, and whose turn it is to count the next (services.rollups)."""

    __tablename__ = "rollups"

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), primary_key=True)
    version: Mapped[int]
    stands_at: Mapped[datetime]
    due_at: Mapped[datetime]  # when the next one is to be counted
    held_by: Mapped[str] = mapped_column(String(32))  # who counts, or counted last
    held_until: Mapped[datetime]  # a killed one is replaced after this


class RollupContent(Base):
    """The figures of that version, whole in one row, so that they are read and replaced as one."""

    __tablename__ = "rollup_contents"

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), primary_key=True)
    version: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)  # services.figures.Figures.as_json


class Snapshot(Base):
    """A public page as ready bytes, the same for everybody."""

    __tablename__ = "snapshots"

    contest_id: Mapped[int] = mapped_column(ForeignKey("contests.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    etag: Mapped[str] = mapped_column(String(20))
    mimetype: Mapped[str] = mapped_column(String(40))
    gzip: Mapped[bytes] = mapped_column(LargeBinary)
    brotli: Mapped[bytes] = mapped_column(LargeBinary)
