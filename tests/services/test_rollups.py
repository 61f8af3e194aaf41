"""Keeping the figures: one counts for all, and what is kept is one version."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Entry, RollupContent
from app.services import rollups
from app.services.catalogue import Catalogue
from app.services.figures import Figures
from app.services.rollups import ClaimLost, Head, Page
from tests.support.people import make_contestant
from tests.support.racing import race

SECOND = timedelta(seconds=1)


def claim(contest: Catalogue, holder: str, now: datetime) -> int | None:
    """The contest's."""
    return rollups.claim(contest_id=contest.contest_id, holder=holder, now=now)


def keep(
    contest: Catalogue,
    holder: str,
    now: datetime,
    *,
    before: Figures | None = None,
    pages: tuple[Page, ...] = (),
    due: datetime | None = None,
) -> Figures:
    """Count now and keep it, for five seconds."""
    figures = rollups.count(catalogue=contest, now=now, before=before)
    due = due or now + 5 * SECOND
    rollups.keep(contest_id=contest.contest_id, holder=holder, figures=figures, before=before, pages=pages, due_at=due)
    db.session.commit()
    return figures


def test_nothing_was_ever_counted(deeds: Flask, contest: Catalogue) -> None:
    assert rollups.find_head(contest_id=contest.contest_id) is None
    assert rollups.read_version(contest_id=contest.contest_id) is None


def test_a_version_is_read_as_it_was_counted(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    make_contestant(contest, now=noon)
    assert claim(contest, "a", noon) == 0
    assert rollups.find_head(contest_id=contest.contest_id) is None, "claimed, not yet counted"
    figures = keep(contest, "a", noon)
    head = Head(1, noon, noon + 5 * SECOND)
    assert rollups.find_head(contest_id=contest.contest_id) == head
    assert rollups.read_version(contest_id=contest.contest_id) == (head, figures)


def test_only_when_it_is_due_and_only_one(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    assert claim(contest, "a", noon) == 0
    assert claim(contest, "b", noon + SECOND) is None, "a is at it"
    keep(contest, "a", noon)
    assert claim(contest, "b", noon + 4 * SECOND) is None, "not due"
    assert claim(contest, "b", noon + 5 * SECOND) == 1
    assert claim(contest, "a", noon + 5 * SECOND) is None


def test_of_many_at_once_one_counts(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    first = race(deeds, [lambda name=str(n): claim(contest, name, noon) for n in range(8)])  # type: ignore[misc]
    assert sorted(first, key=str) == [0] + [None] * 7
    winner = str(first.index(0))
    keep(contest, winner, noon)
    again = race(deeds, [lambda name=str(n): claim(contest, name, noon + 9 * SECOND) for n in range(8)])  # type: ignore[misc]
    assert sorted(again, key=str) == [1] + [None] * 7


def test_a_killed_one_is_replaced_within_seconds(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    assert claim(contest, "killed", noon) == 0
    assert claim(contest, "b", noon + 9 * SECOND) is None
    assert claim(contest, "b", noon + 10 * SECOND) == 0
    with pytest.raises(ClaimLost):
        keep(contest, "killed", noon)
    db.session.rollback()
    keep(contest, "b", noon + 10 * SECOND)
    found = rollups.find_head(contest_id=contest.contest_id)
    assert found is not None
    assert found.stands_at == noon + 10 * SECOND


def test_what_has_not_changed_is_not_written_again(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """The moment moves on, the version doesn't."""
    claim(contest, "a", noon)
    before = keep(contest, "a", noon)
    claim(contest, "a", noon + 5 * SECOND)
    before = keep(contest, "a", noon + 5 * SECOND, before=before)
    assert rollups.find_head(contest_id=contest.contest_id) == Head(1, noon + 5 * SECOND, noon + 10 * SECOND)
    make_contestant(contest, now=noon)
    claim(contest, "a", noon + 10 * SECOND)
    keep(contest, "a", noon + 10 * SECOND, before=before)
    assert rollups.find_head(contest_id=contest.contest_id) == Head(2, noon + 10 * SECOND, noon + 15 * SECOND)
    assert db.session.scalars(select(RollupContent.version)).all() == [2]


def test_hours_are_counted_whole_now_and_then(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    first = rollups.count(catalogue=contest, now=noon, before=None)
    soon = rollups.count(catalogue=contest, now=noon + timedelta(minutes=59), before=first)
    later = rollups.count(catalogue=contest, now=noon + timedelta(minutes=60), before=soon)
    assert (first.whole_at, soon.whole_at, later.whole_at) == (noon, noon, noon + timedelta(minutes=60))


def test_counting_writes_nothing_and_sees_one_state(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """Beside an open writing transaction: it doesn't wait for it and doesn't see it."""
    entry = make_contestant(contest, now=noon)
    db.session.get_one(Entry, entry.id).unit_id = contest.units[3].id
    db.session.flush()
    figures = rollups.count(catalogue=contest, now=noon, before=None)
    assert set(figures.units) == {contest.units[0].id}
    db.session.rollback()


@pytest.mark.parametrize(("every", "cost", "seconds"), [(5, 0.1, 5), (5, 1.5, 30), (0, 0, 0)])
def test_a_city_spends_at_most_a_twentieth_on_counting(
    noon: datetime, every: float, cost: float, seconds: float
) -> None:
    assert rollups.due(now=noon, every=every, cost=cost) == noon + timedelta(seconds=seconds)


def test_pages_are_kept_and_replaced(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    front, board = Page("/?", "a1", "text/html", b"g1", b"b1"), Page("/x?", "b1", "text/html", b"g", b"b")
    claim(contest, "a", noon)
    before = keep(contest, "a", noon, pages=(front, board))
    assert rollups.page_tags(contest_id=contest.contest_id) == {"/?": "a1", "/x?": "b1"}
    newer = Page("/?", "a2", "text/html", b"g2", b"b2")
    claim(contest, "a", noon + 5 * SECOND)
    keep(contest, "a", noon + 5 * SECOND, before=before, pages=(newer,))
    assert rollups.page_tags(contest_id=contest.contest_id) == {"/?": "a2", "/x?": "b1"}
    assert rollups.read_pages(contest_id=contest.contest_id, paths=["/?"]) == [newer]
    assert rollups.page_tags(contest_id=contest.contest_id + 1) == {}


@pytest.mark.parametrize("minutes", [1, 180])
def test_a_clock_that_is_put_back_stops_nothing(deeds: Flask, contest: Catalogue, noon: datetime, minutes: int) -> None:
    claim(contest, "a", noon)
    wrong = keep(contest, "a", noon)
    head, right = rollups.find_head(contest_id=contest.contest_id), noon - timedelta(minutes=minutes)
    assert head is not None
    assert head.is_due(right)
    assert not head.is_due(noon + SECOND)
    assert claim(contest, "b", right) == 1
    assert claim(contest, "c", right + SECOND) is None, "b is at it"
    assert keep(contest, "b", right, before=wrong).whole_at == right
    assert rollups.find_head(contest_id=contest.contest_id) == Head(2, right, right + 5 * SECOND)


def test_a_claim_out_of_a_wrong_future_holds_nobody_up(deeds: Flask, contest: Catalogue, noon: datetime) -> None:
    """Its holder was killed; then the clock was put right."""
    assert claim(contest, "killed", noon) == 0
    assert claim(contest, "b", noon - timedelta(hours=3)) == 0
