"""From the freeze on no page for the public or for a contestant, and no file, shows how the race goes on."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Entry
from app.services import freeze
from app.services.catalogue import Catalogue
from app.web import portal
from tests.rooms.conftest import SetRules
from tests.support.people import learn_all, make_contestant, sign_in, sit
from tests.support.visitor import Visitor
from tests.support.wiping import wipe

NOW = datetime.now(UTC).replace(microsecond=0)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PUBLIC = [
    "/",
    "/bang-xep-hang",
    "/bang-xep-hang?theo=hoan-thanh",
    "/bang-xep-hang?theo=cau-dung",
    "/bang-xep-hang?theo=ty-le",
    "/bang-xep-hang?dot=1&theo=hoan-thanh",
    "/bang-xep-hang/cum",
    "/bang-xep-hang/ca-nhan",
    "/bang-xep-hang/ca-nhan?loai=phuong",
    "/bang-xep-hang/tim?tim=nguoi",
    "/so-lieu",
    "/so-lieu.json",
    "/so-lieu.csv",
    "/so-lieu/ngay.csv",
]
_TOKENS = re.compile(r'name="csrf_token" value="[^"]*"')


@pytest.fixture
def frozen(app: Flask, contest: Catalogue, set_rules: SetRules) -> Iterator[Catalogue]:
    """Boards that have stood still for up to an hour."""
    hours = int((contest.closes_at - NOW) / HOUR) + 1
    yield set_rules(boards={"freeze_hours_before_end": hours, "min_finishers": 1, "min_population": 1})
    with app.app_context():
        wipe()


def see(app: Flask, paths: list[str], who: Visitor) -> dict[str, str]:
    """What stands there at one and the same moment."""
    with time_machine.travel(NOW + HOUR, tick=False):
        pages = {path: who.client.get(path) for path in paths}
    assert {path: page.status_code for path, page in pages.items() if page.status_code not in (200, 303)} == {}
    return {path: _TOKENS.sub("", page.get_data(as_text=True)) for path, page in pages.items()}


@pytest.fixture
def people(app: Flask, frozen: Catalogue) -> list[Entry]:
    """Seven of three units; the first four had a result before the freeze, two of them are in the group."""
    with app.app_context():
        frozen_at = frozen.frozen_at(NOW)
        assert frozen_at is not None
        made = [make_contestant(frozen, now=frozen_at - 2 * HOUR, name=f"Người Mẫu {n}", unit=n // 3) for n in range(7)]
        for number, person in enumerate(made):
            learn_all(person, frozen, now=frozen_at - 2 * HOUR)
            if number < 2:
                row = db.session.get_one(Entry, person.id)
                row.unit_id, row.group_id = frozen.groups[0].unit_id, frozen.groups[0].id
            if number < 4:
                started = frozen_at - HOUR
                sit(person, frozen, started=started, ended=started + 9 * MINUTE, wrong=2 + number % 2, seed=number)
        db.session.commit()
        return made


def test_a_board_says_that_it_thaws(app: Flask, visitor: Visitor, frozen: Catalogue, people: list[Entry]) -> None:
    """From the end of the freeze until everybody is shown: what it shows is not yet of the moment that it tells."""
    paths = ["/bang-xep-hang/ca-nhan", "/bang-xep-hang/tim?tim=nguoi", "/bang-xep-hang/cua-toi"]
    paths += [f"/bang-xep-hang/don-vi/{frozen.units[place].code}" for place in (0, 2)]
    sign_in(visitor, app, people[0].account)
    with app.app_context():
        sit(people[6], frozen, started=NOW - 9 * MINUTE, ended=NOW - MINUTE)

    def said() -> set[bool]:
        return {"hết đứng yên và đang được cập nhật" in visitor.visit(path).text for path in paths}

    assert said() == {False}
    with app.app_context():
        freeze.unfreeze(number=1, reason="", actor_id=None, catalogue=frozen, now=NOW - MINUTE)
        db.session.commit()
    assert said() == {True}
    with app.app_context():
        freeze.thaw(catalogue=portal.catalogue(), now=NOW)
        db.session.commit()
    assert said() == {False}


def test_nothing_moves(app: Flask, visitor: Visitor, frozen: Catalogue, people: list[Entry]) -> None:
    watcher, me = Visitor(app), people[0]
    with time_machine.travel(NOW + HOUR, tick=False):
        sign_in(visitor, app, me.account)
    with app.app_context():
        mine = db.session.scalars(select(Attempt.id).where(Attempt.entry_id == me.id)).one()
    group = frozen.groups[0].id
    units = [f"/bang-xep-hang/don-vi/{unit.code}" for unit in frozen.units[:3]]
    public = [*PUBLIC, *units, f"/bang-xep-hang/nhom/{group}", f"/bang-xep-hang/tim?tim=nguoi&nhom={group}"]
    own = ["/toi", "/bang-xep-hang/cua-toi", f"/thi/{mine}/ket-qua", "/thi"]
    before = see(app, public, watcher), see(app, own, visitor)
    assert "Người Mẫu 3" in before[0]["/bang-xep-hang/ca-nhan"]
    with app.app_context():
        for number, person in enumerate(people[1:], 1):  # better than all before, and the last three for the first time
            sit(person, frozen, started=NOW, ended=NOW + (5 + number) * MINUTE, wrong=0, seed=50 + number)
    after = see(app, public, watcher), see(app, own, visitor)
    for earlier, later in zip(before, after, strict=True):
        assert [path for path in earlier if later[path] != earlier[path]] == []
    # Thawed, all of it moves, so the comparison could have failed.
    with app.app_context():
        freeze.unfreeze(number=1, reason="", actor_id=None, catalogue=frozen, now=NOW)
        db.session.commit()
        freeze.thaw(catalogue=portal.catalogue(), now=NOW)
        db.session.commit()
    opened = see(app, public, watcher) | see(app, own, visitor)
    held = {path: text for part in before for path, text in part.items()}
    assert {path for path in held if opened[path] == held[path]} <= {"/bang-xep-hang/cum", "/thi", "/toi"}
