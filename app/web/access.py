"""Doors: every view says who may come in, and a table of all doors is a test.

@room.get("/toi")
@contestant
def me(): ...
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, make_response, redirect, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.extensions import login_manager
from app.models import Role
from app.services.catalogue import NoContest
from app.services.sign_in import SignedIn, close_session, find_session, open_session, see_session
from app.web.devices import device_word
from app.web.portal import catalogue, now, today

V = TypeVar("V", bound=Callable[..., Any])


class Door(StrEnum):
    """Who may come in."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    CONTESTANT = "contestant"  # signed in and registered in the current contest
    ORGANISER = "organiser"


@dataclass(slots=True)
class User(UserMixin):
    """Who is signed in: a light object from the session's row. Its id is the session's token, not the account's id."""

    token: str
    who: SignedIn

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token


def me() -> SignedIn:
    """Who is signed in. Only behind a door."""
    return cast("User", current_user).who


def session_token() -> str:
    """The token of this browser's session. Only behind a door."""
    return cast("User", current_user).token


def entry_id() -> int:
    """The signed-in contestant's entry in the current contest. Only behind the contestants' door."""
    found = me().entry_id
    if found is None:
        abort(404)
    return found


def is_signed_in() -> bool:
    """For pages with two faces; costs a query only when a session cookie came along."""
    return "_user_id" in session and bool(cast("User", current_user).is_authenticated)


def _door(door: Door, may_enter: Callable[[], Response | None]) -> Callable[[V], V]:
    def decorate(view: V) -> V:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            return may_enter() or view(*args, **values)

        guarded.door = door  # type: ignore[attr-defined]
        return cast("V", guarded)

    return decorate


def public(view: V) -> V:
    """Anybody."""
    view.door = Door.PUBLIC  # type: ignore[attr-defined]
    return view


def _signed_in() -> Response | None:
    return None if is_signed_in() else ask_to_sign_in()


def _contestant() -> Response | None:
    if not is_signed_in():
        return ask_to_sign_in()
    if me().entry_id is not None:
        return None
    at_home = "organiser.today" if me().role is Role.ORGANISER else "home.front"
    return redirect(url_for(at_home), 303)  # staff take no part in the contest


def _organiser() -> Response | None:
    if not is_signed_in():
        return ask_to_sign_in()
    if me().role is not Role.ORGANISER:
        abort(404)
    return None


signed_in = _door(Door.SIGNED_IN, _signed_in)
contestant = _door(Door.CONTESTANT, _contestant)
organiser = _door(Door.ORGANISER, _organiser)


def ask_to_sign_in() -> Response:
    """To the sign-in page and back here; a POST comes back to the page it was made on."""
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", "")).path
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url_for("account.sign_in", tiep=safe_path(here))
        return response
    here = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path
    return redirect(url_for("account.sign_in", tiep=safe_path(here)), 303)


def safe_path(target: str | None) -> str | None:
    """A path of this portal, or None: one leading `/`, no `\\`, no scheme, no host, no control characters."""
    if not target or "\\" in target or not target.isprintable():
        return None
    return target if target.startswith("/") and not target.startswith("//") else None


def enter(account_id: int) -> None:
    """Sign this browser in under a fresh session; whatever the cookie held before is dropped."""
    leave()
    token = open_session(account_id=account_id, now=now(), device=device_word(), today=today())
    who = SignedIn(account_id, Role.CONTESTANT, "", None, None)  # read properly with the next request
    session.permanent = True
    login_user(User(token, who))
    # Cookie and token go over the line with every autosave: Flask-Login's session protection is off, so its 170 bytes
    # go, and 128 bits are enough of a CSRF secret.
    for unused in ("_id", "_fresh"):
        session.pop(unused, None)
    session["csrf_token"] = secrets.token_urlsafe(16)


def leave() -> None:
    """End this browser's session."""
    token = session.get("_user_id")
    if token:
        close_session(token=token)
    logout_user()
    session.clear()


def init_app(app: Flask) -> None:
    """Flask-Login without its context processor, which would ask for the user on every page."""
    login_manager.session_protection = None  # type: ignore[assignment]  # addresses of phones change all day
    login_manager.init_app(app, add_context_processor=False)
    login_manager.user_loader(_load_user)


def _load_user(token: str) -> User | None:
    try:
        contest_id = catalogue().contest_id
    except NoContest:
        return None
    who = find_session(token=token, contest_id=contest_id, now=now())
    if who is None:
        return None
    # Once a day, and only when somebody does something: a GET writes nothing.
    if request.method == "POST" and who.seen_on != today():
        see_session(token=token, today=today())
    return User(token, who)
