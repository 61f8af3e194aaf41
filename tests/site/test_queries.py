"""A ceiling of SQL statements for each thing that is asked of the portal, so that a query storm fails.

Counted on both ways to the database, with the contest in memory and a crowd in the tables; transactions' own words are
left out. Pages from a snapshot cost nothing at all; the figures below are of the request that makes it new.
"""

from dataclasses import replace

import pytest
from flask import Flask

from app.services.catalogue import Catalogue
from app.web.portal import now, portal
from tests.support.people import make_staff, sign_in
from tests.support.site import Site, catalogue_in_memory, counted
from tests.support.visitor import Visitor

# endpoint → most statements, whoever asks and whatever comes of it; the session's own statement is one of them.
CEILINGS = {
    "home.front": 4,
    "home.rules": 0,
    "home.guide": 0,
    "home.privacy": 0,
    "home.text_size": 0,
    "account.register": 1,
    "account.create_account": 7,
    "account.find_unit": 0,
    "account.sign_in": 0,
    "account.open_door": 6,
    "account.sign_out": 2,
    "account.recover": 0,
    "account.me": 10,
    "account.password": 1,
    "account.change_password": 8,
    "account.devices": 2,
    "account.end_sessions": 2,
    "learning.topics": 2,
    "learning.topic": 2,
    "learning.lesson": 2,
    "learning.finish": 2,
    "learning.practice": 0,
    "exam.intro": 5,
    "exam.start": 8,
    "exam.paper": 2,
    "exam.save": 5,
    "exam.confirm": 2,
    "exam.submit": 8,
    "exam.result": 9,
    "ranking.units": 4,
    "ranking.people": 1,
    "ranking.unit": 5,
    "ranking.mine": 2,
    "sharing.wall": 1,
    "sharing.story": 1,
    "sharing.mine": 2,
    "sharing.tell": 3,
    "certificate.mine": 6,
    "certificate.issue": 10,
    "certificate.pdf": 2,
    "certificate.verify": 0,
    "certificate.verified": 1,
    "organiser.today": 8,
    "organiser.stories": 3,
    "organiser.publish_story": 4,
    "organiser.refusal": 5,
    "organiser.refuse_story": 5,
    "organiser.people": 1,
    "organiser.find": 2,
    "organiser.person": 12,
    "organiser.new_password": 4,
    "organiser.give_password": 6,
    "organiser.results": 2,
    "organiser.download": 3,
    "ops.healthz": 1,
}
SNAPSHOTS = ("/", "/the-le", "/bang-xep-hang", "/bang-xep-hang/ca-nhan", "/bang-xep-hang/don-vi/{unit}", "/lan-toa")


def test_every_address_has_a_ceiling(small_site: Site) -> None:
    endpoints = {rule.endpoint for rule in small_site.app.url_map.iter_rules()} - {"assets.static_file"}
    assert endpoints == set(CEILINGS)


def test_no_query_storm(small_site: Site) -> None:
    storms = [
        f"{name} ({shown.endpoint}): {len(shown.statements)} statements\n  " + "\n  ".join(shown.statements)
        for name, shown in small_site.shown.items()
        if len(shown.statements) > CEILINGS.get(shown.endpoint or "", 0)
    ]
    assert not storms, "\n".join(storms)


def test_no_ceiling_is_higher_than_the_highest_page(small_site: Site) -> None:
    """A ceiling with room under it would let the first storm pass."""
    most: dict[str, int] = {}
    for shown in small_site.shown.values():
        if shown.endpoint:
            most[shown.endpoint] = max(most.get(shown.endpoint, 0), len(shown.statements))
    roomy = {name: (ceiling, most.get(name)) for name, ceiling in CEILINGS.items() if ceiling - most.get(name, 0) > 1}
    assert not roomy


@pytest.mark.parametrize("who", ["stranger", "organiser"])
def test_a_fresh_snapshot_asks_nothing(
    app: Flask, contest: Catalogue, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    with app.app_context():
        house = portal()
        if who == "organiser":
            sign_in(visitor, app, make_staff(now=now()))
    monkeypatch.setattr(house, "settings", replace(house.settings, snapshot_seconds=60))
    with catalogue_in_memory(app):
        for path in SNAPSHOTS:
            address = path.format(unit=contest.units[0].code)
            first = visitor.client.get(address)
            with counted(app) as statements:
                second = visitor.client.get(address)
            assert (first.status_code, second.status_code) == (200, 200)
            assert first.data == second.data
            assert statements == [], path
