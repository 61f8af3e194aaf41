"""What rooms share."""

from flask import Flask, request

from app.config import Settings
from app.extensions import may_write
from app.web import (
    addresses,
    assets,
    compression,
    context,
    errors,
    formatters,
    keeper,
    kiosk,
    live_figures,
    logs,
    portal,
    security,
    sign_in,
    snapshots,
    visits,
    whole_forms,
)


def init_app(app: Flask, settings: Settings) -> None:
    """Everything that stands around the rooms, in the order in which it must be hung up."""
    portal.init_app(app, settings)
    compression.init_app(app)  # after_request runs backwards: compression last
    visits.init_app(app)
    kiosk.init_app(app)  # before a token is refused: the page that says so is a kiosk's too
    security.init_app(app, settings)
    parts = (
        sign_in,
        addresses,
        assets,
        context,
        errors,
        formatters,
        live_figures,
        logs,
        snapshots,
        keeper,
        whole_forms,
    )
    for part in parts:
        part.init_app(app)

    @app.before_request
    def say_whether_it_writes() -> None:
        may_write.set(request.method not in ("GET", "HEAD", "OPTIONS"))

    @app.teardown_request
    def forget_it(_error: BaseException | None) -> None:
        may_write.set(True)
