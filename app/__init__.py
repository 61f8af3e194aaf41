"""Lan Tỏa: a portal with which a city runs a mass contest on digital skills on one small server."""

import os

from flask import Flask

from app import cli, web
from app.account import room as account
from app.certificate import room as certificate
from app.config import Settings, read_settings
from app.exam import room as exam
from app.extensions import init_database
from app.home import room as home
from app.judge import room as judge
from app.kiosk import room as kiosk
from app.learning import room as learning
from app.officer import room as officer
from app.ops import room as ops
from app.organiser import room as organiser
from app.ranking import room as ranking
from app.sharing import room as sharing

ROOMS = (home, account, learning, exam, ranking, sharing, certificate, officer, judge, organiser, kiosk, ops)


def create_app(settings: Settings | None = None) -> Flask:
    """The portal. Raises config.ConfigError when a setting makes no sense."""
    settings = settings or read_settings(os.environ)
    app = Flask(__name__, static_folder=None, instance_path=str(settings.instance))
    app.testing = settings.testing
    init_database(app, settings)
    web.init_app(app, settings)
    for room in ROOMS:
        app.register_blueprint(room)
    cli.init_app(app)

    return app
