"""Fixtures of all tests: one portal a run with the small pack loaded; what people left is wiped after each test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.config import Settings
from app.extensions import all_engines, db
from app.services.catalogue import Catalogue
from app.services.key_file import make_keys
from app.services.pack.loading import load_pack, shift_window
from app.services.pack.reading import read_pack
from app.web.portal import portal
from tests.support.visitor import Visitor
from tests.support.wiping import wipe

pytest_plugins = ["tests.support.databases", "tests.support.browser", "tests.support.vnu"]
# Properties must not fail because the machine is busy.
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("busy")
SMALL_PACK = Path(__file__).parent / "support" / "packs" / "small"


@pytest.fixture(scope="session")
def installed(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A portal on a real database, migrated, with the small contest open now."""
    instance = tmp_path_factory.mktemp("instance")
    settings = Settings(
        instance=instance,
        database_url=database_url,
        contest=SMALL_PACK,
        hashing="cheapest",
        snapshot_seconds=0,
        testing=True,
    )
    make_keys(settings.keys_file)
    app = create_app(settings)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        contest = load_pack(read_pack(SMALL_PACK), make_current=True)
        shift_window(contest, mode="on", now=datetime.now(UTC))
        db.session.commit()
    yield app
    with app.app_context():
        for engine in all_engines():
            engine.dispose()


@pytest.fixture
def app(installed: Flask) -> Iterator[Flask]:
    """The portal, without people."""
    yield installed
    with installed.app_context():
        wipe()
        installed.extensions["snapshots"].clear()
        installed.extensions["figures"].clear()


@pytest.fixture
def deeds(app: Flask) -> Iterator[Flask]:
    """For tests of services: the portal's application context."""
    with app.app_context():
        yield app
        db.session.rollback()


@pytest.fixture
def contest(app: Flask) -> Catalogue:
    """The small contest as it stands now."""
    with app.app_context():
        return portal().catalogues.get()


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """A browser without JavaScript, nobody signed in."""
    return Visitor(app)
