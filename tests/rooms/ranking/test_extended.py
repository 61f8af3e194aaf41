"""A round that is made longer while its boards stand still: they stand as they were when they now begin to."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Round, Standing
from app.services.catalogue import Catalogue
from tests.rooms.conftest import SetRules
from tests.support.people import learn_all, make_contestant, sit

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def frozen(contest: Catalogue, set_rules: SetRules) -> Catalogue:
    """Since five hours ago, or a little less."""
    return set_rules(boards={"freeze_hours_before_end": int((contest.closes_at - NOW) / HOUR) + 5})


def extend(app: Flask, minutes: int) -> str:
    return app.test_cli_runner().invoke(args=["exam", "extend", "1", str(minutes), "--reason", "mất điện"]).output


def shown(app: Flask) -> list[int | None]:
    with app.app_context():
        return list(db.session.scalars(select(Standing.shown_correct)))


def test_the_board_is_that_of_the_new_moment(app: Flask, frozen: Catalogue) -> None:
    since = frozen.frozen_at(NOW)
    assert since is not None
    with app.app_context():
        entry = make_contestant(frozen, now=NOW)
        learn_all(entry, frozen, now=NOW)
        for number, ended in enumerate((since - MINUTE, since + MINUTE, since + 3 * HOUR)):
            sit(entry, frozen, started=ended - MINUTE, ended=ended, wrong=2 - number, seed=number)
    assert shown(app) == [6]
    said = extend(app, 120)
    assert "Đợt thi số 1 kéo dài thêm 120 phút." in said
    assert "Bảng xếp hạng đã tính lại theo giờ đứng yên mới." in said
    assert shown(app) == [7]
    assert (
        "Đã tính lại 1 thí sinh, 0 người có chỗ khác."
        in app.test_cli_runner().invoke(args=["ranking", "rebuild"]).output
    )
    extend(app, 0)
    assert shown(app) == [6]
    with app.app_context():
        assert db.session.scalars(select(Round.extended_minutes).where(Round.number == 1)).one() == 0
