"""Rows that time has made useless, dropped a few at a time: people are saving answers meanwhile."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db


def drop_some(
    key: InstrumentedAttribute[Any], old: ColumnElement[bool], *, oldest: InstrumentedAttribute[Any], limit: int
) -> int:
    """Delete at most `limit` rows that are `old`, the `oldest` first; `key` is their table's. Returns how many."""
    keys = db.session.scalars(select(key).where(old).order_by(oldest).limit(limit)).all()
    db.session.execute(delete(key.class_).where(key.in_(keys), old))
    return len(keys)
