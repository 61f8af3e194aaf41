"""Counting the public figures."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, Group, GroupKind, Invalidation, InvalidationReason, VisitHour
from app.rules.names import collation_key
from app.services.catalogue import Catalogue
from app.services.count_figures import count_figures
from app.services.exam_submit import sweep
from app.services.figures import Figures, Hour, Tally
from app.services.invalidate import Target, invalidate, restore
from app.services.visits import add_visits
from tests.support.people import begin, learn_all, make_contestant, sit
from tests.support.racing import race
from tests.support.wiping import wipe

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def count(contest: Catalogue, now: datetime, before: Figures | None = None) -> Figures:
    """As the keeper counts, in the test's own session."""
    return count_figures(db.session(), catalogue=contest, now=now, before=before)


def recount(contest: Catalogue, until: datetime) -> dict[int, Tally]:
    """The slow way, from people and attempts themselves; of attempts those that ended before `until`."""
    invalid = db.session.scalars(select(Invalidation).where(Invalidation.lifted_at.is_(None))).all()
    people, gone = {i.entry_id for i in invalid if i.attempt_id is None}, {i.attempt_id for i in invalid}
    entries = {entry.id: entry for entry in db.session.scalars(select(Entry))}
    registered = Counter(entry.unit_id for entry in entries.values())
    graded = db.session.scalars(select(Attempt).where(Attempt.state != AttemptState.OPEN)).all()
    best: dict[int, int] = {}
    attempts: Counter[int] = Counter()
    for attempt in graded:
        assert attempt.ended_at is not None
        assert attempt.correct is not None
        if attempt.ended_at < until and attempt.id not in gone and attempt.entry_id not in people:
            best[attempt.entry_id] = max(best.get(attempt.entry_id, 0), attempt.correct)
            attempts[entries[attempt.entry_id].unit_id] += 1
    finishers = Counter(entries[entry].unit_id for entry in best)
    correct: Counter[int] = Counter()
    for entry, value in best.items():
        correct[entries[entry].unit_id] += value
    return {unit: Tally(number, finishers[unit], correct[unit], attempts[unit]) for unit, number in registered.items()}


class Life:
    """A history of a few people, one deed after the other, a minute apart."""

    def __init__(self, contest: Catalogue, now: datetime) -> None:
        self.contest, self.now = contest, now
        self.people: list[Entry] = []

    def live(self, deed: str, chance: Random) -> None:
        """One deed of somebody's."""
        self.now += MINUTE
        entry = chance.choice(self.people) if self.people else None
        if entry is None or deed == "register":
            self.people.append(make_contestant(self.contest, now=self.now, unit=chance.randrange(6)))
            learn_all(self.people[-1], self.contest, now=self.now)
            return
        getattr(self, f"_{deed}")(entry, chance)
        db.session.commit()

    def _sit(self, entry: Entry, chance: Random) -> None:
        wrong = chance.randrange(9)
        sit(entry, self.contest, started=self.now - MINUTE / 2, ended=self.now, wrong=wrong, seed=chance.randrange(99))

    def _leave(self, entry: Entry, chance: Random) -> None:
        """An attempt that nobody submits."""
        begin(entry, self.contest, now=self.now, seed=chance.randrange(99))
        self.now += HOUR
        sweep(catalogue=self.contest, now=self.now)

    def _move(self, entry: Entry, chance: Random) -> None:
        db.session.get_one(Entry, entry.id).unit_id = chance.choice(self.contest.units).id

    def _invalidate(self, entry: Entry, chance: Random) -> None:
        attempts = db.session.scalars(
            select(Attempt.id).where(Attempt.entry_id == entry.id, Attempt.state != AttemptState.OPEN)
        ).all()
        attempt_id = chance.choice([None, *attempts])
        active = select(Invalidation.id).where(
            Invalidation.lifted_at.is_(None), Invalidation.entry_id == entry.id, Invalidation.attempt_id == attempt_id
        )
        if db.session.scalar(active) is None:
            words = {"code": InvalidationReason.OTHER, "words": "Thử", "evidence": "Thử", "actor_id": None}
            target = Target(entry.id, attempt_id)
            invalidate(target=target, catalogue=self.contest, now=self.now, **words)  # type: ignore[arg-type]

    def _restore(self, entry: Entry, chance: Random) -> None:
        mine = select(Invalidation.id).where(Invalidation.entry_id == entry.id, Invalidation.lifted_at.is_(None))
        if (act := db.session.scalar(mine.limit(1))) is not None:
            restore(invalidation_id=act, reason="Thử", actor_id=None, catalogue=self.contest, now=self.now)


DEEDS = st.lists(
    st.sampled_from(["register", "register", "sit", "sit", "sit", "leave", "move", "invalidate", "restore"]),
    min_size=3,
    max_size=14,
)


def test_an_empty_contest(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    figures = count(contest, noon)
    assert (figures.total, figures.visits, figures.units_with_finishers) == (Tally(), 0, 0)
    assert (figures.units, figures.groups, figures.hours) == ({}, {}, ())
    assert (figures.as_of, figures.frozen_at) == (noon, None)
    assert figures.rounds == {contest.rounds[0].id: {}}


@given(history=DEEDS, seed=st.integers(0, 10**6))
@settings(max_examples=12, suppress_health_check=QUIET)
def test_figures_equal_a_recount(
    deeds: Flask, contest: Catalogue, noon: datetime, history: list[str], seed: int
) -> None:
    """Counted anew, and counted on from the version before; over the units and over the hours."""
    chance, life = Random(seed), Life(contest, noon)
    before = None
    for deed in history:
        life.live(deed, chance)
        before = count(contest, life.now, before)
    whole = count(contest, life.now)
    assert whole.units == recount(contest, life.now + HOUR)
    assert before is not None
    assert (before.units, before.groups, before.rounds) == (whole.units, whole.groups, whole.rounds)
    total = whole.total
    assert sum(hour.registered for hour in whole.hours) == total.registered
    assert sum(hour.attempts for hour in whole.hours) == total.attempts
    assert sum(hour.finishers for hour in whole.hours) == total.finishers
    wipe()


@given(history=DEEDS, seed=st.integers(0, 10**6))
@settings(max_examples=8, suppress_health_check=QUIET)
def test_a_version_survives_json(
    deeds: Flask, contest: Catalogue, noon: datetime, history: list[str], seed: int
) -> None:
    life = Life(contest, noon)
    for deed in history:
        life.live(deed, Random(seed))
    figures = count(contest, life.now)
    assert Figures.from_json(figures.as_json(), as_of=figures.as_of) == figures
    wipe()


def frozen(contest: Catalogue, since: datetime) -> Catalogue:
    """The same contest, its boards standing still since a moment."""
    (only,) = contest.rounds
    return replace(contest, rounds=(replace(only, freezes_at=since),))


@given(lives=st.tuples(DEEDS, DEEDS), seed=st.integers(0, 10**6))
@settings(max_examples=12, suppress_health_check=QUIET)
def test_results_stand_still_while_boards_are_frozen(
    deeds: Flask, contest: Catalogue, noon: datetime, lives: tuple[list[str], list[str]], seed: int
) -> None:
    """Registering goes on; whatever tells how the race goes on is as it was at the freeze."""
    (earlier, later), chance, life = lives, Random(seed), Life(contest, noon)
    for deed in earlier:
        life.live(deed, chance)
    life.now = since = life.now + MINUTE
    life.contest = frozen(contest, since)
    before = count(life.contest, since)
    for deed in [deed for deed in later if deed in ("register", "sit", "leave")]:
        life.live(deed, chance)
    after = count(life.contest, life.now, before)
    assert after.frozen_at == since
    for unit_id, tally in before.units.items():
        assert replace(after.units[unit_id], registered=0) == replace(tally, registered=0)
    assert after.total == replace(before.total, registered=len(life.people))
    for hour in ("finishers", "attempts"):
        assert sum(getattr(h, hour) for h in after.hours) == sum(getattr(h, hour) for h in before.hours)
    assert {unit: replace(t, registered=0) for unit, t in after.units.items() if t.finishers} == {
        unit: replace(t, registered=0) for unit, t in recount(contest, since).items() if t.finishers
    }
    wipe()


def test_groups(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    unit = contest.units[0]
    group = Group(
        contest_id=contest.contest_id,
        unit_id=unit.id,
        kind=GroupKind.VILLAGE,
        name="Mẫu",
        sort_key=collation_key("Mẫu"),
        join_code=None,
    )
    db.session.add(group)
    db.session.commit()
    people = [make_contestant(contest, now=noon) for _ in range(3)]
    for person in people[:2]:
        db.session.get_one(Entry, person.id).group_id = group.id
    db.session.commit()
    learn_all(people[0], contest, now=noon)
    sit(people[0], contest, started=noon, ended=noon + MINUTE, wrong=3)
    figures = count(contest, noon + HOUR)
    assert figures.groups == {group.id: Tally(2, 1, contest.rules.exam.questions - 3, 1)}
    assert figures.units == {unit.id: Tally(3, 1, contest.rules.exam.questions - 3, 1)}
    for person in people[:2]:
        db.session.get_one(Entry, person.id).group_id = None
    db.session.commit()
    assert count(contest, noon + HOUR).groups == {}
    db.session.execute(delete(Group).where(Group.id == group.id))
    db.session.commit()


def test_hours_are_those_of_utc(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    for minutes in (0, 59, 60):
        make_contestant(contest, now=noon + minutes * MINUTE)
    add_visits(contest_id=contest.contest_id, visits=4, now=noon + 61 * MINUTE)
    db.session.commit()
    assert count(contest, noon + 2 * HOUR).hours == (Hour(noon, 2, 0, 0, 0), Hour(noon + HOUR, 1, 0, 0, 4))


def test_only_the_last_hours_are_counted_again(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    early = make_contestant(contest, now=noon)
    before = count(contest, noon + 9 * HOUR)
    # Nobody registered an hour later than he did: that it is missed shows that it isn't looked for.
    db.session.get_one(Entry, early.id).registered_at = noon + HOUR
    make_contestant(contest, now=noon + 8 * HOUR)
    on, anew = (count(contest, noon + 10 * HOUR, earlier) for earlier in (before, None))
    assert [(hour.at, hour.registered) for hour in on.hours] == [(noon, 1), (noon + 8 * HOUR, 1)]
    assert [(hour.at, hour.registered) for hour in anew.hours] == [(noon + HOUR, 1), (noon + 8 * HOUR, 1)]
    assert on.units == anew.units
    assert (on.whole_at, anew.whole_at) == (before.as_of, anew.as_of)


def test_an_old_hour_follows_who_is_taken_out_and_given_back(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """At the next count, as the totals do: the page and the open data by day are held against them."""
    life = Life(contest, noon)
    for deed in ("register", "sit", "register"):
        life.live(deed, Random(1))
    before = count(contest, noon + 9 * HOUR)
    taken = Target(life.people[0].id, None)
    act = invalidate(
        target=taken, code=InvalidationReason.OTHER, words="", evidence="", actor_id=None, catalogue=contest, now=noon
    )
    out = count(contest, noon + 10 * HOUR, before)
    restore(invalidation_id=act.id, reason="Thử", actor_id=None, catalogue=contest, now=noon)
    back = count(contest, noon + 11 * HOUR, out)
    assert (before.hours, out.hours, back.hours) == ((Hour(noon, 2, 1, 1, 0),), (Hour(noon, 2),), before.hours)


def test_visits_are_summed_by_the_hour(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    for minutes, visits in [(0, 3), (59, 4), (60, 5)]:
        add_visits(contest_id=contest.contest_id, visits=visits, now=noon + minutes * MINUTE)
    db.session.commit()
    rows = db.session.execute(select(VisitHour.hour, VisitHour.visits).order_by(VisitHour.hour)).all()
    assert [tuple(row) for row in rows] == [(noon, 7), (noon + 60 * MINUTE, 5)]
    assert count(contest, noon).visits == 12


def test_more_visits_than_32_bits_hold(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    for _ in range(2):
        add_visits(contest_id=contest.contest_id, visits=2**31, now=noon)
    db.session.commit()
    assert count(contest, noon).visits == 2**32


def test_processes_that_add_visits_at_once_lose_none(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    def run() -> None:
        for _ in range(5):
            add_visits(contest_id=contest.contest_id, visits=2, now=noon)
            db.session.commit()

    assert race(deeds, [run] * 4) == [None] * 4
    assert count(contest, noon).visits == 40


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (lambda tally: tally.share_finished, (None, 0.0, 0.5)),
        (lambda tally: tally.mean_correct, (None, None, 7.5)),
    ],
)
def test_ratios(of: Callable[[Tally], float | None], expected: tuple[float | None, ...]) -> None:
    assert tuple(map(of, (Tally(), Tally(3), Tally(4, 2, 15, 9)))) == expected
