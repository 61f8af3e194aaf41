"""Live figures."""

from collections import Counter
from datetime import datetime, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, VisitHour
from app.services.catalogue import Catalogue
from app.services.exam_submit import sweep
from app.services.figures import add_visits, read_figures
from tests.support.people import begin, learn_all, make_contestant, sit
from tests.support.racing import race
from tests.support.wiping import wipe

MINUTE = timedelta(minutes=1)
# Per person: the unit, how many attempts are submitted, and whether one more is begun.
lives = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.booleans()), max_size=5)


def test_an_empty_contest(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    figures = read_figures(catalogue=contest, now=noon)
    assert (figures.registered, figures.finishers, figures.units_with_finishers) == (0, 0, 0)
    assert (figures.attempts, figures.visits, figures.as_of, figures.counts) == (0, 0, noon, {})


@given(people=lives)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_figures_equal_a_recount(
    deeds: Flask, contest: Catalogue, noon: datetime, people: list[tuple[int, int, bool]]
) -> None:
    for unit, submitted, begun in people:
        entry = make_contestant(contest, now=noon, unit=unit)
        learn_all(entry, contest, now=noon)
        for number in range(submitted):
            sit(entry, contest, started=noon + number * MINUTE, ended=noon + number * MINUTE, wrong=number)
        if begun:
            begin(entry, contest, now=noon + 5 * MINUTE)
    for minutes in (6, 60):  # the begun ones are open, then closed by the sweep
        sweep(catalogue=contest, now=noon + minutes * MINUTE)
        db.session.commit()
        figures = read_figures(catalogue=contest, now=noon)
        graded = db.session.scalars(select(Attempt).where(Attempt.state != AttemptState.OPEN)).all()
        finishers = {attempt.entry_id for attempt in graded}
        entries = db.session.scalars(select(Entry)).all()
        registered = Counter(entry.unit_id for entry in entries)
        finished = Counter(entry.unit_id for entry in entries if entry.id in finishers)
        assert (figures.registered, figures.finishers, figures.attempts) == (len(people), len(finishers), len(graded))
        assert figures.units_with_finishers == len(finished)
        assert figures.counts == {unit: (count, finished[unit]) for unit, count in registered.items()}
    assert len(graded) == sum(submitted + begun for _, submitted, begun in people)
    wipe()


def test_visits_are_summed_by_the_hour(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    for minutes, visits in [(0, 3), (59, 4), (60, 5)]:
        add_visits(contest_id=contest.contest_id, visits=visits, now=noon + minutes * MINUTE)
    db.session.commit()
    rows = db.session.execute(select(VisitHour.hour, VisitHour.visits).order_by(VisitHour.hour)).all()
    assert [tuple(row) for row in rows] == [(noon, 7), (noon + 60 * MINUTE, 5)]
    assert read_figures(catalogue=contest, now=noon).visits == 12


def test_more_visits_than_32_bits_hold(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    for _ in range(2):
        add_visits(contest_id=contest.contest_id, visits=2**31, now=noon)
    db.session.commit()
    assert read_figures(catalogue=contest, now=noon).visits == 2**32


def test_processes_that_add_visits_at_once_lose_none(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    def run() -> None:
        for _ in range(5):
            add_visits(contest_id=contest.contest_id, visits=2, now=noon)
            db.session.commit()

    assert race(deeds, [run] * 4) == [None] * 4
    assert read_figures(catalogue=contest, now=noon).visits == 40
