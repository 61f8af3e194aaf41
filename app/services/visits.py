"""Page views, by the hour."""

from datetime import datetime

from app.extensions import db, upsert
from app.models import VisitHour


def add_visits(*, contest_id: int, visits: int, now: datetime) -> None:
    """Add page views to the hour of `now`."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    statement = upsert(VisitHour).values(contest_id=contest_id, hour=hour, visits=visits)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[VisitHour.contest_id, VisitHour.hour],
            set_={"visits": VisitHour.visits + statement.excluded.visits},
        )
    )
