"""What the rooms' tests cannot see of kiosks: races, sweeping, and what stays untouched."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.extensions import db
from app.models import Entry, Handover, Kiosk, KioskCode
from app.services import handover, kiosks
from app.services.catalogue import Catalogue
from app.services.desk_people import Reach
from app.services.keyring import Keyring
from app.services.kiosks import KioskStopped, WrongCode, enrol, make_code, note_registration
from tests.support.kiosks import register_many
from tests.support.people import make_contestant
from tests.support.racing import race


@pytest.fixture
def kiosk(deeds: Flask, contest: Catalogue, keys: Keyring, noon: datetime) -> Kiosk:
    """One kiosk of the first unit."""
    code = make_code(unit_id=contest.units[0].id, name="Sảnh", actor_id=None, keyring=keys, now=noon)
    db.session.commit()
    enrol(typed=code, keyring=keys, now=noon)
    db.session.commit()
    return db.session.scalars(select(Kiosk)).one()


def test_of_two_with_one_code_one_becomes_the_kiosk(
    deeds: Flask, contest: Catalogue, keys: Keyring, noon: datetime
) -> None:
    code = make_code(unit_id=contest.units[0].id, name="Sảnh", actor_id=None, keyring=keys, now=noon)
    db.session.commit()

    def run() -> str:
        enrol(typed=code, keyring=keys, now=noon)
        db.session.commit()
        return "won"

    outcomes = race(deeds, [run, run])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["WrongCode", "str"]
    assert db.session.scalar(select(func.count()).select_from(Kiosk)) == 1


def test_of_two_with_one_picture_one_comes_in(deeds: Flask, entry: Entry, kiosk: Kiosk, noon: datetime) -> None:
    token = handover.open_handover(account_id=entry.account_id, kiosk_id=kiosk.id, now=noon)
    db.session.commit()

    def run() -> str:
        handover.take_handover(token=token, now=noon)
        db.session.commit()
        return "won"

    outcomes = race(deeds, [run, run])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["HandoverGone", "str"]


def test_what_counts_for_alarm_and_stop(deeds: Flask, contest: Catalogue, kiosk: Kiosk, noon: datetime) -> None:
    """`noon` is seven in the evening in Vietnam: five hours later it is another day there."""
    zone, reach = contest.rules.zone, Reach(contest.contest_id)
    for _ in range(2):
        entry = make_contestant(contest, now=noon)
        note_registration(entry, kiosk_id=kiosk.id, zone=zone, now=noon)
        db.session.commit()
    make_contestant(contest, now=noon)  # at home
    for hours, hour, today in ((0, 2, 2), (1.1, 0, 2), (4.9, 0, 2), (5, 0, 0)):
        (line,) = kiosks.list_kiosks(reach=reach, zone=zone, now=noon + timedelta(hours=hours))
        assert (line.hour, line.today) == (hour, today), hours


def test_stopped_and_lifted(deeds: Flask, contest: Catalogue, kiosk: Kiosk, noon: datetime) -> None:
    kiosk_id, zone = kiosk.id, contest.rules.zone
    db.session.commit()
    register_many(deeds, contest, kiosk_id, 80, ago=timedelta())
    db.session.execute(update(Entry).values(registered_at=noon))
    db.session.commit()
    entry = make_contestant(contest, now=noon)
    with pytest.raises(KioskStopped):
        note_registration(entry, kiosk_id=kiosk_id, zone=zone, now=noon)
    found = db.session.get_one(Kiosk, kiosk_id)
    found.lifted_at = noon
    db.session.flush()
    note_registration(entry, kiosk_id=kiosk_id, zone=zone, now=noon + timedelta(seconds=1))


def test_swept(contest: Catalogue, keys: Keyring, entry: Entry, kiosk: Kiosk, noon: datetime) -> None:
    for age in (0, 16):
        at = noon - timedelta(minutes=age)
        make_code(unit_id=contest.units[0].id, name="Sảnh", actor_id=None, keyring=keys, now=at)
    handover.open_handover(account_id=entry.account_id, kiosk_id=kiosk.id, now=noon)
    assert (kiosks.sweep(now=noon, limit=9), handover.sweep(now=noon, limit=9)) == (1, 0)
    later = noon + timedelta(minutes=15)
    assert (kiosks.sweep(now=later, limit=9), handover.sweep(now=later, limit=9)) == (1, 1)
    for table in (KioskCode, Handover):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_letters_that_are_no_code(deeds: Flask, keys: Keyring, noon: datetime) -> None:
    for typed in ("", "x", "7K3F-9QX!", "7K3F-9QXM-2B4D"):
        with pytest.raises(WrongCode):
            enrol(typed=typed, keyring=keys, now=noon, address=typed)
