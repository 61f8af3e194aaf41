"""A moment when the contest is open, and somebody who may sit the exam."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.models import Entry
from app.services.catalogue import Catalogue
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.web.portal import keyring, portal
from tests.support.people import learn_all, make_contestant


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
