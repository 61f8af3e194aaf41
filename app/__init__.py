"""Lan Tỏa: a portal with which a city runs a mass contest on digital skills on one small server."""

import os

from flask import Flask, request

from app import cli
from app.account import room as account
from app.certificate import room as certificate
from app.config import Settings, read_settings
from app.exam import room as exam
from app.extensions import init_database, may_write
from app.home import room as home
from app.learning import room as learning
from app.ops import room as ops
from app.organiser import room as organiser
from app.ranking import room as ranking
from app.sharing import room as sharing
from app.web import (
    access,
    addresses,
    assets,
    compression,
    context,
    errors,
    formatters,
    portal,
    security,
    snapshots,
    visits,
)

ROOMS = (home, account, learning, exam, ranking, sharing, certificate, organiser, ops)


def create_app(settings: Settings | None = None) -> Flask:
    """The portal. Raises config.ConfigError when a setting makes no sense."""
    settings = settings or read_settings(os.environ)
    app = Flask(__name__, static_folder=None, instance_path=str(settings.instance))
    app.testing = settings.testing
    init_database(app, settings)
    portal.init_app(app, settings)
    compression.init_app(app)  # after_request runs backwards: compression last
    visits.init_app(app)
    security.init_app(app, settings)
    for part in (access, addresses, assets, context, errors, formatters, snapshots):
        part.init_app(app)
    for room in ROOMS:
        app.register_blueprint(room)
    cli.init_app(app)

    @app.before_request
    def say_whether_it_writes() -> None:
        may_write.set(request.method not in ("GET", "HEAD", "OPTIONS"))

    @app.teardown_request
    def forget_it(_error: BaseException | None) -> None:
        may_write.set(True)

    return app
