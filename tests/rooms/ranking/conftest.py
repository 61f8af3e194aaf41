"""A contest whose first round is over and whose second one runs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from app.extensions import db
from app.models import Contest, Round
from app.services.catalogue import Catalogue
from app.web.portal import portal
from tests.support.wiping import wipe

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def two_rounds(app: Flask, contest: Catalogue) -> Iterator[Catalogue]:
    """The first was over two hours ago, the second has run since."""
    (only,) = contest.rounds
    shift = timedelta(days=contest.shifted_days)
    begin, cut, end = only.opens_at - shift, NOW - 2 * HOUR - shift, only.closes_at - shift

    def write(closes_at: datetime) -> Catalogue:
        db.session.get_one(Round, only.id).closes_at = closes_at
        db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
        db.session.commit()
        return portal().catalogues.get()

    with app.app_context():
        for number, name, opens_at in ((2, "Đợt hai", cut), (0, "Cả hai đợt", begin)):
            row = Round(contest_id=contest.contest_id, number=number, name=name, opens_at=opens_at, closes_at=end)
            db.session.add(row)
        found = write(cut)
    yield found
    with app.app_context():
        wipe()
        db.session.execute(delete(Round).where(Round.id != only.id))
        write(end)
