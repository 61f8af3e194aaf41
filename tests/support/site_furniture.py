"""Whoever is there when the pages of the site laws are shown: a crowd, people in every state, staff, kiosks."""

from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import select, update

from app.extensions import db
from app.models import Account, Entry, Role, Session
from app.services.demo import Wanted, fill
from app.web.portal import keyring, portal
from tests.support.kiosks import code_for, enrol, make_kiosk, register_many
from tests.support.people import PASSWORD, SECOND_FACTOR, make_staff, sign_in
from tests.support.site_people import STATES
from tests.support.site_world import World
from tests.support.visitor import Visitor


def furnish(world: World, crowd: SimpleNamespace) -> None:
    """A crowd, then one person in every state."""
    with world.app.app_context():
        _crowd(world, crowd)
        accounts = {key: make(world) for key, make in STATES.items()}
    for key, account in accounts.items():
        world.sign_in(key, account)
    with world.app.app_context():  # and one has been signed in since the morning
        mine = Session.account_id == accounts["anonymous"].id
        db.session.execute(update(Session).where(mine).values(created_at=world.now - timedelta(hours=3)))
        db.session.commit()
    _staff(world)
    _kiosks(world, accounts)


def _kiosks(world: World, accounts: dict[str, Account]) -> None:
    """A kiosk with nobody, one with each who may sign in there, and one that has registered too many."""
    people = {"kiosk_person": accounts["unprintable"], "kiosk_sitter": accounts["thorough"]}
    people |= {"kiosk_officer": world.staff["officer"], "kiosk_organiser": world.organiser}
    for key in ("kiosk", "kiosk_stopped", *people):
        browser = world.browsers[key] = Visitor(world.app)
        made = enrol(browser, world.app, world.contest)
        if key in people:
            sign_in(browser, world.app, people[key])
        else:
            world.places[key.removeprefix("kiosk_")] = made
    register_many(world.app, world.contest, int(str(world.places["stopped"])), 80, ago=timedelta())
    world.browsers["enrolling"] = Visitor(world.app)
    world.places["kiosk_code"] = code_for(world.app, world.contest)
    with world.app.app_context():
        entry = db.session.scalars(select(Entry).where(Entry.account_id == accounts["learner"].id)).one()
        world.places["token"] = make_kiosk(world.contest, entry, now=world.now)["token"]


def _staff(world: World) -> None:
    """An officer of the first unit and one of another, a judge, and two who have not proven their second factor."""
    with world.app.app_context():
        made = {
            "officer": make_staff(Role.OFFICER, now=world.now, phone="+84900000011"),
            "stranger_officer": make_staff(Role.OFFICER, now=world.now, phone="+84900000012", units=(1,)),
            "judge": make_staff(Role.JUDGE, now=world.now, phone="+84900000013"),
        }
        new = make_staff(now=world.now, phone="+84900000014")
    world.staff = made
    for key, account in made.items():
        world.sign_in(key, account)
    world.sign_in("idle_officer", made["officer"])
    with world.browsers["idle_officer"].client.session_transaction() as session:
        session["seen"] = 0  # long ago
    for key, account in (("new_staff", new), ("half_staff", made["judge"])):
        browser = world.browsers[key] = Visitor(world.app)
        browser.visit("/dang-nhap").submit("Đăng nhập", identifier=account.phone, password=PASSWORD)
        assert browser.path.startswith(SECOND_FACTOR)


def _crowd(world: World, crowd: SimpleNamespace) -> None:
    fill(
        wanted=Wanted(**vars(crowd), seed=7),
        catalogue=world.contest,
        keyring=keyring(),
        password_hash=portal().passwords.hash(PASSWORD),
        now=world.now,
    )
    db.session.commit()
