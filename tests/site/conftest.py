"""The site, shown once: with the small pack on the run's database, and with the shipped pack on its own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.config import ROOT, Settings
from app.extensions import all_engines, db
from app.services.key_file import make_keys
from app.services.pack.loading import load_pack, shift_window
from app.services.pack.reading import read_pack
from tests.support.site import Site, show_site
from tests.support.site_scenes import Scene
from tests.support.site_world import World
from tests.support.wiping import wipe

SHIPPED = ROOT / "contests" / "cong-dan-so-hai-phong-2025"


@pytest.fixture(scope="session")
def small_site(installed: Flask) -> Site:
    """Every page of the small contest."""
    try:
        return show_site(installed, crowd=SimpleNamespace(registered=260, finishers=140, attempts=215, visits=70_949))
    finally:
        with installed.app_context():
            wipe()
        installed.extensions["snapshots"].clear()


def _whole_pack(world: World) -> list[Scene]:
    """Each topic, lesson and unit of the shipped pack."""
    topics = [Scene(f"topic {t.slug}", "stranger", f"/hoc/{t.slug}") for t in world.contest.topics]
    lessons = [
        Scene(f"lesson {lesson.slug}", "learner", f"/hoc/{topic.slug}/{lesson.slug}")
        for topic in world.contest.topics
        for lesson in topic.lessons
    ]
    return topics + lessons


@pytest.fixture(scope="session")
def shipped_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Every page of the contest that is shipped, with people in every unit."""
    folder = tmp_path_factory.mktemp("shipped")
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'shipped.sqlite'}",
        contest=SHIPPED,
        hashing="cheapest",
        sqlite_sync="NORMAL",
        snapshot_seconds=0,
        testing=True,
    )
    make_keys(settings.keys_file)
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        shift_window(load_pack(read_pack(SHIPPED), make_current=True), mode="on", now=datetime.now(UTC))
        db.session.commit()
    crowd = SimpleNamespace(registered=700, finishers=420, attempts=640, visits=5_037_141)
    yield show_site(app, crowd=crowd, extra=_whole_pack)
    with app.app_context():
        for engine in all_engines():
            engine.dispose()


@pytest.fixture(params=["small_site", "shipped_site"])
def site(request: pytest.FixtureRequest) -> Site:
    """Both sites in turn."""
    found: Site = request.getfixturevalue(request.param)
    return found
