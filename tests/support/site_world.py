"""The portal of the site laws: who looks at it, and what fills the addresses."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask

from app.extensions import db
from app.models import Account, Contest, Group, GroupKind, Role
from app.services.catalogue import Catalogue
from app.web.portal import portal
from tests.support.people import make_staff, sign_in
from tests.support.visitor import Visitor


@dataclass
class World:
    """`browsers` by role, each signed in as its person; `places` fills the addresses of scenes."""

    app: Flask
    contest: Catalogue
    organiser: Account
    now: datetime
    browsers: dict[str, Visitor] = field(default_factory=dict)
    places: dict[str, object] = field(default_factory=dict)
    staff: dict[str, Account] = field(default_factory=dict)

    def sign_in(self, who: str, account: Account) -> None:
        """In a browser of its own."""
        browser = self.browsers[who] = Visitor(self.app)
        sign_in(browser, self.app, account)
        assert browser.status == 200, browser.text


def open_house(app: Flask) -> World:
    """A portal with one organiser and nobody else."""
    with app.app_context():
        now = datetime.now(UTC)
        _group_somebody(portal().catalogues.get())
        world = World(app, portal().catalogues.get(), make_staff(Role.ORGANISER, now=now), now)
    world.browsers = {key: Visitor(app) for key in ("stranger", "arriving", "returning", "forgetful")}
    world.sign_in("organiser", world.organiser)
    topic = world.contest.topics[0]
    world.places |= {"unit": world.contest.units[0].code, "topic": topic.slug, "lesson": topic.lessons[0].slug}
    grouped = [world.contest.units_by_id[unit_id].code for unit_id in world.contest.groups_of]
    born = {"child": now.year - 10, "sixteen": now.year - 16}
    world.places |= {key: f"0312{year % 100:02d}000017" for key, year in born.items()}
    world.places["grouped"] = next(iter(grouped), world.contest.units[0].code)
    world.places["group"] = world.contest.groups[0].id
    return world


def _group_somebody(contest: Catalogue) -> None:
    """A contest without groups gets one, so that its pages are seen."""
    if contest.groups:
        return
    unit = contest.units[0]
    values = {"contest_id": contest.contest_id, "unit_id": unit.id, "kind": GroupKind.SCHOOL, "name": "Mẫu"}
    db.session.add(Group(**values, sort_key="1"))
    db.session.get_one(Contest, contest.contest_id).content_version += 1
    db.session.commit()
