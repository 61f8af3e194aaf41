"""A ceiling of SQL statements for each thing that is asked of the portal, so that a query storm fails.

Counted on both ways to the database, with the contest and its public figures in memory and a crowd in the tables;
transactions' own words are left out. Pages from a snapshot cost nothing at all; the ceilings are of the request that
makes it new.
"""

from dataclasses import replace

import pytest
from flask import Flask

from app.services import rollups
from app.services.catalogue import Catalogue
from app.web.portal import now, portal
from tests.support.people import make_staff, sign_in
from tests.support.site import Shown, Site
from tests.support.stage import catalogue_in_memory
from tests.support.statements import counted
from tests.support.visitor import Visitor

# endpoint → most statements, whoever asks and whatever comes of it; the session's own statement is one of them.
CEILINGS = {
    "home.front": 1,
    "home.rules": 0,
    "home.guide": 0,
    "home.privacy": 0,
    "home.figures": 0,
    "home.figures_json": 0,
    "home.figures_csv": 0,
    "home.days_csv": 0,
    "home.text_size": 0,
    "account.register": 2,
    "account.create_account": 7,
    "account.find_unit": 0,
    "account.sign_in": 0,
    "account.open_door": 6,
    "account.sign_out": 2,
    "account.second_factor": 1,
    "account.prove_factor": 1,
    "account.offer_factor": 1,
    "account.set_factor": 1,
    "account.recover": 0,
    "account.use_recovery_code": 11,
    "account.ask_code": 0,
    "account.send_code": 10,
    "account.enter_code": 0,
    "account.use_sms_code": 1,
    "account.me": 6,
    "account.entering": 2,
    "account.enter_contest": 5,
    "account.recovery_code": 3,
    "account.show_recovery_code": 5,
    "account.my_unit": 3,
    "account.change_unit": 5,
    "account.password": 1,
    "account.change_password": 8,
    "account.my_data": 30,
    "account.download_data": 25,
    "account.correct_form": 2,
    "account.correct_me": 7,
    "account.set_consent": 6,
    "account.request_form": 3,
    "account.send_request": 6,
    "account.devices": 2,
    "account.end_sessions": 2,
    "learning.topics": 2,
    "learning.topic": 2,
    "learning.lesson": 2,
    "learning.finish": 1,
    "learning.practice": 0,
    "exam.intro": 4,
    "exam.start": 6,
    "exam.paper": 2,
    "exam.save": 5,
    "exam.confirm": 2,
    "exam.submit": 7,
    "exam.result": 10,
    "ranking.units": 0,
    "ranking.clusters_board": 0,
    "ranking.people": 1,
    "ranking.unit": 1,
    "ranking.group": 1,
    "ranking.search": 3,
    "ranking.mine": 3,
    "sharing.wall": 1,
    "sharing.story": 1,
    "sharing.mine": 4,
    "sharing.tell": 10,
    "certificate.mine": 4,
    "certificate.issue": 8,
    "certificate.pdf": 2,
    "certificate.verify": 0,
    "certificate.verified": 1,
    "organiser.today": 5,
    "organiser.stories": 3,
    "organiser.publish_story": 4,
    "organiser.refusal": 5,
    "organiser.refuse_story": 5,
    "organiser.people": 1,
    "organiser.find": 2,
    "organiser.person": 8,
    "organiser.roll": 2,
    "organiser.export": 3,
    "organiser.new_password": 2,
    "organiser.give_password": 5,
    "organiser.correction": 3,
    "organiser.correct": 3,
    "organiser.ask_number": 2,
    "organiser.show_number": 2,
    "organiser.claims": 2,
    "organiser.claim": 2,
    "organiser.decide": 2,
    "organiser.audit": 2,
    "officer.today": 5,
    "officer.people": 1,
    "officer.find": 3,
    "officer.person": 9,
    "officer.roll": 4,
    "officer.export": 4,
    "officer.new_password": 3,
    "officer.give_password": 3,
    "officer.correction": 4,
    "officer.correct": 6,
    "officer.ask_number": 3,
    "officer.show_number": 4,
    "officer.claims": 3,
    "officer.claim": 4,
    "officer.decide": 7,
    "judge.today": 2,
    "organiser.requests": 4,
    "organiser.request": 4,
    "organiser.acknowledge_request": 5,
    "organiser.answer_form": 5,
    "organiser.answer_request": 31,
    "organiser.results": 3,
    "organiser.download": 3,
    "organiser.final": 6,
    "organiser.final_workbook": 7,
    "organiser.final_annex": 8,
    "account.reply": 2,
    "account.send_reply": 2,
    "kiosk.front": 1,
    "kiosk.enrol": 4,
    "kiosk.done": 1,
    "kiosk.timed_out": 0,
    "kiosk.handover": 1,
    "kiosk.show_handover": 4,
    "kiosk.arrive": 1,
    "kiosk.take": 5,
    "account.assist": 4,
    "account.register_for": 12,
    "account.scan_to_assist": 2,
    "account.scan_to_register": 0,
    "account.scan_to_sign_in": 0,
    "organiser.kiosks": 2,
    "organiser.make_kiosk_code": 3,
    "organiser.kiosk": 2,
    "organiser.change_kiosk": 4,
    "officer.kiosks": 4,
    "officer.make_kiosk_code": 4,
    "officer.kiosk": 3,
    "officer.change_kiosk": 6,
    "ops.healthz": 1,
}
NOWHERE = 1  # an error page of no address; on a kiosk it says who is signed in
SNAPSHOTS = (
    "/",
    "/the-le",
    "/so-lieu",
    "/so-lieu.json",
    "/bang-xep-hang",
    "/bang-xep-hang/ca-nhan",
    "/bang-xep-hang/don-vi/{unit}",
    "/lan-toa",
)


def test_every_address_has_a_ceiling(small_site: Site) -> None:
    endpoints = {rule.endpoint for rule in small_site.app.url_map.iter_rules()} - {"assets.static_file"}
    assert endpoints == set(CEILINGS)


# Not counted: how every request of a kiosk is known, and Postgres' word for what SQLite's one writer has by itself.
NOT_COUNTED = ("WHERE kiosks.token_hash = ", "SELECT pg_advisory_xact_lock")


def _asked(shown: Shown) -> list[str]:
    return [said for said in shown.statements if not any(words in said for words in NOT_COUNTED)]


def test_no_query_storm(small_site: Site) -> None:
    storms = [
        f"{name} ({shown.endpoint}): {len(asked)} statements\n  " + "\n  ".join(asked)
        for name, shown in small_site.shown.items()
        if len(asked := _asked(shown)) > CEILINGS.get(shown.endpoint or "", NOWHERE)
    ]
    assert not storms, "\n".join(storms)


def test_no_ceiling_is_higher_than_the_highest_page(small_site: Site) -> None:
    """A ceiling with room under it would let the first storm pass."""
    most = dict.fromkeys(CEILINGS, 0)
    for shown in small_site.shown.values():
        if shown.endpoint:
            most[shown.endpoint] = max(most[shown.endpoint], len(_asked(shown)))
    roomy = {name: (ceiling, most[name]) for name, ceiling in CEILINGS.items() if ceiling > most[name]}
    assert not roomy


def test_the_public_figures_are_counted_in_few_statements(app: Flask, contest: Catalogue) -> None:
    """Whatever the number of units, rounds and days."""
    with app.app_context(), counted(app) as statements:
        rollups.count(catalogue=contest, now=now(), before=None)
    assert len(statements) == 8


@pytest.mark.parametrize("who", ["stranger", "organiser"])
def test_a_fresh_snapshot_asks_nothing(
    app: Flask, contest: Catalogue, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    with app.app_context():
        house, account = portal(), make_staff(now=now())
    if who == "organiser":
        sign_in(visitor, app, account)
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
