"""What people ask about their data."""

from datetime import datetime

from app.extensions import db
from app.models import DataRequest, Entry, RequestKind
from app.services.catalogue import Catalogue
from app.services.data_requests import ask


def make_request(entry: Entry, contest: Catalogue, kind: RequestKind, *, now: datetime, text: str = "") -> DataRequest:
    """Sent by the person. Commits."""
    request = ask(
        account_id=entry.account_id,
        contest_id=contest.contest_id,
        kind=kind,
        text=text,
        zone=contest.rules.zone,
        now=now,
    )
    db.session.commit()
    return request
