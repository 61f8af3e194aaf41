"""A moment when the contest is open, somebody who may sit the exam, and a contest that is over and decided."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Entry, FinalResult
from app.services.catalogue import Catalogue
from app.services.final_result import compute_final
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.web.portal import keyring, portal
from tests.support.people import learn_all, make_contestant, sit
from tests.support.prizes import sign_off, with_prizes


@pytest.fixture
def noon(contest: Catalogue) -> datetime:
    """19:00 in Vietnam on the contest's second day; the same in every test, whatever the time is."""
    return contest.opens_at + timedelta(days=1, hours=19)


@pytest.fixture
def entry(deeds: Flask, contest: Catalogue, noon: datetime) -> Entry:
    """A contestant who has learnt everything."""
    person = make_contestant(contest, now=noon - timedelta(hours=1))
    learn_all(person, contest, now=noon - timedelta(minutes=30))
    return person


@pytest.fixture
def keys(deeds: Flask) -> Keyring:
    """The portal's own keys."""
    return keyring()


@pytest.fixture
def passwords(deeds: Flask) -> Passwords:
    """The portal's own hashing."""
    return portal().passwords


@pytest.fixture
def people(deeds: Flask, contest: Catalogue, noon: datetime) -> list[Entry]:
    """Five people of two units; the third and the fourth are equal. Wrong answers: 0, 1, 2, 2, 3."""
    made = []
    for number, wrong in enumerate((0, 1, 2, 2, 3)):
        entry = make_contestant(contest, now=noon, name=f"Người Mẫu {'ABCDE'[number]}", unit=number % 2)
        learn_all(entry, contest, now=noon)
        sit(entry, contest, started=noon, ended=noon + timedelta(minutes=8), wrong=wrong)
        made.append(entry)
    return made


@pytest.fixture
def over(contest: Catalogue) -> Catalogue:
    """The contest with prizes; `after` is behind its end."""
    return with_prizes(contest)


@pytest.fixture
def after(contest: Catalogue) -> datetime:
    """An hour behind the contest's end."""
    return contest.closes_at + timedelta(hours=1)


@pytest.fixture
def final(people: list[Entry], over: Catalogue, after: datetime) -> FinalResult:
    """Computed, not signed."""
    made = compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    db.session.commit()
    return made


@pytest.fixture
def sign(final: FinalResult, over: Catalogue, after: datetime) -> Callable[..., FinalResult]:
    """Sign it with the proposal; ties are decided by the entries that are given."""

    def act(*chosen: int) -> FinalResult:
        return sign_off(final, over, after, *chosen)

    return act
