"""When ladders are made and what they leave behind; that places are exact is tests/services/test_rank.py."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Text, case, cast, delete, func, insert, select

from app.extensions import db
from app.models import Entry, LadderRung, Round, StandingMove
from app.services import ladder_making
from app.services.catalogue import Catalogue, RoundInfo
from app.services.ladder_making import make_ladders, refresh_ladders
from app.services.pack.loading import load_pack
from app.services.pack.reading import read_pack
from tests.conftest import SMALL_PACK
from tests.support.people import sit
from tests.support.racing import race

MINUTE = timedelta(minutes=1)


class SlowTurn:
    """`func`, but one thread thinks for a while between the beginning of its transaction and asking for the turn."""

    def __init__(self) -> None:
        self.slow = 0

    def __getattr__(self, name: str) -> Any:
        if name != "pg_try_advisory_xact_lock" or threading.get_ident() != self.slow:
            return getattr(func, name)
        waited = cast(func.pg_sleep(0.5), Text) == ""
        return lambda turn: func.pg_try_advisory_xact_lock(case((waited, turn)))


def test_who_asks_for_the_turn_while_another_ends_his(
    deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other one made is seen: else it would be made on a state that is gone, which Postgres refuses."""
    sit(entry, contest, started=noon, ended=noon + MINUTE)
    round_id, functions, begun = contest.rounds[0].id, SlowTurn(), threading.Event()
    monkeypatch.setattr(ladder_making, "func", functions)

    def first() -> bool:
        functions.slow = threading.get_ident()
        begun.set()
        return make_ladders(round_id=round_id, catalogue=contest)

    def second() -> bool:
        begun.wait(5)
        threading.Event().wait(0.15)
        return make_ladders(round_id=round_id, catalogue=contest)

    assert race(deeds, [first, second]) == [True, True]


def kept(round_id: int) -> int:
    """Moves that are written down of a round."""
    return db.session.scalar(select(func.count()).where(StandingMove.round_id == round_id)) or 0


def test_a_round_that_is_over_keeps_few_moves(deeds: Flask, entry: Entry, contest: Catalogue, noon: datetime) -> None:
    """Those of all rounds are read at every question for a place: twenty weeks must not leave a thousand each."""
    (only,) = contest.rounds
    sit(entry, contest, started=noon, ended=noon + MINUTE)
    db.session.remove()
    assert refresh_ladders(catalogue=contest, now=noon) == 1
    db.session.execute(insert(StandingMove), [{"round_id": only.id}] * 200)
    db.session.commit()
    db.session.remove()
    assert refresh_ladders(catalogue=contest, now=only.closes_at - MINUTE) == 0
    assert [refresh_ladders(catalogue=contest, now=only.closes_at) for _ in range(2)] == [1, 0]
    assert kept(only.id) == 0


@pytest.fixture
def several(deeds: Flask, contest: Catalogue, noon: datetime) -> Iterator[Catalogue]:
    """The contest with a second round and the total, as if another pack had been loaded."""
    (only,) = contest.rounds
    rows = [
        Round(
            contest_id=contest.contest_id, number=number, name="Mẫu", opens_at=only.opens_at, closes_at=only.closes_at
        )
        for number in (2, 0)
    ]
    db.session.add_all(rows)
    db.session.commit()
    second, total = (RoundInfo(row.id, row.number, row.name, noon, only.closes_at) for row in rows)
    yield replace(contest, rounds=(only, second), total=total)
    db.session.rollback()
    db.session.execute(delete(Round).where(Round.id.in_([second.id, total.id])))
    db.session.commit()


def test_rounds_that_left_the_pack_leave_nothing_to_read(entry: Entry, several: Catalogue, noon: datetime) -> None:
    """Taking the total's standings away is written down too: as many moves as people, which nobody took in."""
    assert several.total
    sit(entry, several, started=noon, ended=noon + MINUTE)
    db.session.remove()
    gone = [several.rounds[1].id, several.total.id]
    for round_id in gone:
        assert make_ladders(round_id=round_id, catalogue=several)
    load_pack(read_pack(SMALL_PACK), make_current=True)
    db.session.commit()
    assert db.session.scalars(select(Round.id)).all() == [several.rounds[0].id]
    assert [kept(round_id) for round_id in gone] == [0, 0]
    assert db.session.scalars(select(LadderRung.round_id).where(LadderRung.round_id.in_(gone))).all() == []
