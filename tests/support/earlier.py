"""A contest that was before this one, and people whose account is from it."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.extensions import db
from app.models import Contest, Entry, Unit, UnitType

_SLUG = "cuoc-thi-truoc"


def to_earlier_contest(entry: Entry, *, unit: str) -> None:
    """Let this person have entered an earlier contest instead, a year ago, for the unit of this code. Commits."""
    contest = db.session.scalar(select(Contest).where(Contest.slug == _SLUG)) or _make_contest()
    where = Unit.contest_id == contest.id, Unit.code == unit
    place = db.session.scalar(select(Unit).where(*where)) or _make_unit(contest, unit)
    entry.contest_id, entry.unit_id, entry.group_id = contest.id, place.id, None
    entry.registered_at -= timedelta(days=365)
    entry.accepted_rules = contest.rules_version
    db.session.commit()


def forget_earlier_contest() -> None:
    """When nobody is left in it."""
    contest = select(Contest.id).where(Contest.slug == _SLUG).scalar_subquery()
    db.session.execute(delete(Unit).where(Unit.contest_id == contest))
    db.session.execute(delete(Contest).where(Contest.slug == _SLUG))


def _make_contest() -> Contest:
    texts = dict.fromkeys(("tagline", "city", "hotline", "email"), "")
    contest = Contest(slug=_SLUG, name="Cuộc thi trước", short_name="Trước", rules_version="0", **texts)
    contest.organisers, contest.settings, contest.shift_to_now = [], {}, False
    db.session.add(contest)
    db.session.flush()
    return contest


def _make_unit(contest: Contest, code: str) -> Unit:
    unit = Unit(contest_id=contest.id, code=code, type=UnitType.PHUONG, name="Mẫu Trước", sort_key="mau truoc")
    db.session.add(unit)
    db.session.flush()
    return unit
