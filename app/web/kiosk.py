"""Kiosks: whether a request comes from one, and what is wiped there when somebody is done.

A kiosk is known by a cookie of its own, never by an address or a parameter. Deleting a session's cookie is not enough:
Chromium may show a page from its back/forward cache, unless the cookie was overwritten.
"""

import secrets
from contextlib import suppress

from flask import Flask, abort, g, request, session
from flask import Response as FlaskResponse
from werkzeug.wrappers import Response

from app.services.catalogue import NoContest, UnitInfo
from app.services.kiosks import KioskHere, find_here, see
from app.web.portal import catalogue, now, settings

IDLE = 20 * 60  # seconds after which a session on a kiosk is over also without the page's own clock
_YEAR = 60 * 60 * 24 * 365
# What one person chose and the next must not find; a known device may have been one before it became a kiosk.
_OF_PEOPLE = ("co-chu", "cach-lam", "lantoa-may", "__Host-lantoa-may")


def init_app(app: Flask) -> None:
    """Look who asks before anything else; only devices with the cookie cost a statement."""

    @app.before_request
    def look() -> None:
        token = request.cookies.get(_cookie())
        if not token or request.blueprint == "assets":
            return
        with suppress(NoContest):
            g.kiosk = find_here(token=token, contest_id=catalogue().contest_id)
        if request.method == "POST" and (kiosk := this_kiosk()):
            see(kiosk, now=now())

    @app.after_request
    def keep_nothing(response: FlaskResponse) -> FlaskResponse:
        if on_kiosk():  # also of pages that everybody else may keep for a minute: a name stands over each
            response.headers["Cache-Control"] = "no-store"
        return response


def _cookie() -> str:
    return "__Host-lantoa-kiosk" if settings().https else "lantoa-kiosk"


def this_kiosk() -> KioskHere | None:
    """The kiosk that asks, or None."""
    found: KioskHere | None = g.get("kiosk")
    return found


def on_kiosk() -> bool:
    """Whether a kiosk asks."""
    return this_kiosk() is not None


def kiosk_or_404() -> KioskHere:
    """The kiosk that asks; its pages do not exist elsewhere."""
    return this_kiosk() or abort(404)


def kiosk_unit() -> UnitInfo:
    """The ward in whose hall it stands. Only on a kiosk."""
    return catalogue().units_by_id[kiosk_or_404().unit_id]


def keep_kiosk(response: Response, token: str) -> Response:
    """Make this device the kiosk of the token."""
    response.set_cookie(_cookie(), token, max_age=_YEAR, httponly=True, samesite="Lax", secure=settings().https)
    return response


def keep_choice(response: Response, cookie: str, choice: str) -> Response:
    """Remember what a reader prefers, for a year; on a kiosk no longer than the browser is open."""
    year = None if on_kiosk() else _YEAR
    response.set_cookie(cookie, choice, max_age=year, httponly=True, samesite="Lax", secure=settings().https)
    return response


def wiped(response: Response) -> Response:
    """Nothing of the person before: the session's cookie is overwritten, the kiosk's own stays."""
    session.clear()
    session["csrf_token"] = secrets.token_urlsafe(16)
    for name in request.cookies.keys() & set(_OF_PEOPLE):
        response.delete_cookie(name, httponly=True, samesite="Lax", secure=settings().https)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response
