"""Rounds without a pause between them, and their total.

What one keeps back is shown at its end, whatever the next one keeps back.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from app.extensions import db
from app.models import AttemptState, Entry, Round
from app.services import exam_times, freeze, standings
from app.services.catalogue import Catalogue, RoundInfo
from app.services.count_figures import count_figures
from app.services.exam_save import Sheet
from app.services.exam_submit import submit_attempt
from app.services.figures import Figures
from app.services.final_result import compute_final, taken_out
from app.services.invalidate import Target, restore
from app.services.rank import Scope, people_board
from app.services.rebuild import rebuild_part
from tests.support.people import begin, learn_all, make_contestant, right_answers, sit
from tests.support.racing import Meeting, race
from tests.support.results import take_out
from tests.support.wiping import wipe

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def days(deeds: Flask, contest: Catalogue, noon: datetime) -> Iterator[Catalogue]:
    """Two rounds of a day, one behind the other, and their total; the second is kept back from its first minute on."""
    end = noon + 2 * DAY
    rows = [
        Round(contest_id=contest.contest_id, number=number, name="Mẫu", opens_at=opens, closes_at=end)
        for number, opens in ((0, noon), (2, noon + DAY))
    ]
    db.session.add_all(rows)
    db.session.commit()
    total, second = (row.id for row in rows)
    yield replace(
        contest,
        rounds=(
            RoundInfo(contest.rounds[0].id, 1, "Ngày 1", noon, noon + DAY, noon + DAY - HOUR),
            RoundInfo(second, 2, "Ngày 2", noon + DAY, end, noon + DAY),
        ),
        total=RoundInfo(total, 0, "Tổng", noon, end),
    )
    wipe()
    db.session.execute(delete(Round).where(Round.id.in_([total, second])))
    db.session.commit()


@pytest.fixture
def person(days: Catalogue, noon: datetime) -> Entry:
    """Somebody who has learnt everything."""
    entry = make_contestant(days, now=noon)
    learn_all(entry, days, now=noon)
    return entry


def thaw(contest: Catalogue, now: datetime) -> int:
    """All of it, as the keeper does."""
    shown = 0
    while some := freeze.thaw(catalogue=contest, now=now):
        db.session.commit()
        shown += some
    db.session.rollback()
    return shown


def boards(contest: Catalogue) -> dict[int, list[int]]:
    """Round → right answers, line by line."""
    return {board.number: [row.correct for row in people_board(scope=Scope(board.id)).rows] for board in contest.boards}


def figures(contest: Catalogue, now: datetime) -> Figures:
    counted = count_figures(db.session(), catalogue=contest, now=now)
    db.session.rollback()
    return counted


def assert_counted_right(contest: Catalogue, now: datetime) -> None:
    """A recount from the attempts finds what is kept."""
    assert rebuild_part(after=0, catalogue=contest, now=now).different == ()
    db.session.rollback()


def test_late_papers_of_a_round_are_not_kept_back_by_the_next_one(
    days: Catalogue, person: Entry, noon: datetime
) -> None:
    first, now = days.rounds[0], noon + DAY + 10 * MINUTE
    sit(person, days, started=first.closes_at - 9 * MINUTE, ended=first.closes_at + MINUTE)
    assert days.frozen_at(now) == first.closes_at
    assert boards(days) == {1: [8], 2: [], 0: [8]}
    assert thaw(days, now) == 0
    assert_counted_right(days, now)
    counted = figures(days, now)
    for board in (first, days.total_round):
        tally = counted.rounds[board.id][person.unit_id]
        assert (tally.finishers, tally.correct, tally.attempts) == (1, 8, 1)
    assert [(hour.finishers, hour.attempts) for hour in counted.hours if hour.attempts] == [(1, 1)]


def test_what_was_kept_back_comes_out_at_the_end_and_the_next_one_stays_in(
    days: Catalogue, person: Entry, noon: datetime
) -> None:
    first, second = days.rounds
    sit(person, days, started=noon, ended=noon + 9 * MINUTE, wrong=4)
    sit(person, days, started=first.closes_at - 20 * MINUTE, ended=first.closes_at - 9 * MINUTE, seed=2)
    assert boards(days) == {1: [4], 2: [], 0: [4]}
    sit(person, days, started=second.opens_at + MINUTE, ended=second.opens_at + 9 * MINUTE, wrong=1, seed=3)
    now = second.opens_at + 10 * MINUTE
    assert thaw(days, now) == 1
    assert boards(days) == {1: [8], 2: [], 0: [8]}
    assert_counted_right(days, now)
    assert figures(days, now).total.attempts == 2
    assert thaw(days, second.closes_at) == 1
    assert boards(days) == {1: [8], 2: [7], 0: [15]}


def test_with_the_clock_put_back_the_first_paper_is_still_the_first(
    days: Catalogue, person: Entry, noon: datetime
) -> None:
    ended = noon + 20 * MINUTE
    sit(person, days, started=noon + 10 * MINUTE, ended=ended, wrong=1)
    sit(person, days, started=noon + 5 * MINUTE, ended=noon + 13 * MINUTE, seed=2)
    assert_counted_right(days, noon + HOUR)
    db.session.refresh(person)
    assert person.finished_at == ended


def test_what_is_taken_out_of_any_round_is_marked_in_the_total(days: Catalogue, person: Entry, noon: datetime) -> None:
    """The line names only the latest of the attempts that it rests on."""
    first, second = days.rounds
    best = sit(person, days, started=noon, ended=noon + 9 * MINUTE)
    worse = sit(person, days, started=noon + HOUR, ended=noon + HOUR + 9 * MINUTE, wrong=3, seed=2)
    sit(person, days, started=second.opens_at, ended=second.opens_at + 9 * MINUTE, wrong=1, seed=3)
    after = second.closes_at + MINUTE
    finals = [
        compute_final(board=b, actor_id=None, catalogue=days, now=after) for b in (days.total_round, first, second)
    ]
    db.session.commit()
    take_out(Target(person.id, worse.id), days, now=after)
    assert [set(taken_out(final=final)) for final in finals] == [set(), set(), set()]
    act = take_out(Target(person.id, best.id), days, now=after)
    assert [set(taken_out(final=final)) for final in finals] == [{person.id}, {person.id}, set()]
    restore(invalidation_id=act.id, reason="", actor_id=None, catalogue=days, now=after)
    assert taken_out(final=finals[0]) == {}


def test_handed_in_while_the_round_before_comes_out(
    deeds: Flask, days: Catalogue, person: Entry, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both sum up the same total: the second one must not write what it read before the first one was done."""
    opened = replace(days, rounds=(days.rounds[0], replace(days.rounds[1], freezes_at=None)))
    first, second = days.rounds
    sit(person, opened, started=noon, ended=noon + 9 * MINUTE, wrong=4)
    sit(person, opened, started=first.closes_at - 20 * MINUTE, ended=first.closes_at - 9 * MINUTE, seed=2)
    sit(person, opened, started=second.opens_at + MINUTE, ended=second.opens_at + 2 * MINUTE, wrong=4, seed=3)
    attempt = begin(person, opened, now=second.opens_at + 3 * MINUTE, seed=4)
    sheet = Sheet(right_answers(attempt, opened), "trang", 1, attempt.revision)
    who, now = {"account_id": attempt.account_id, "attempt_id": attempt.id}, second.opens_at + 5 * MINUTE
    meeting, summing_up = Meeting(2), standings._sum_up

    def summed_up(*args: Any) -> None:
        meeting.wait()
        summing_up(*args)

    def submit() -> object:
        state = submit_attempt(**who, sheet=sheet, catalogue=opened, now=now).state
        db.session.commit()
        return state

    monkeypatch.setattr(standings, "_sum_up", summed_up)
    shown = race(deeds, [submit, lambda: thaw(opened, now)])
    assert shown == [AttemptState.SUBMITTED, 1]
    assert boards(opened) == {1: [8], 2: [8], 0: [16]}
    assert_counted_right(opened, now)


def test_a_round_is_not_extended_into_the_next_one(days: Catalogue, noon: datetime) -> None:
    """Else the next one would begin later than its page says, and nobody be told."""

    def extend(number: int) -> Round:
        return exam_times.extend_round(
            contest_id=days.contest_id, number=number, minutes=1, reason="mất điện", actor_id=None, now=noon
        )

    db.session.get_one(Round, days.rounds[0].id).closes_at = noon + DAY
    with pytest.raises(exam_times.NextRoundOpens):
        extend(1)
    assert extend(2).extended_minutes == 1
    db.session.rollback()
