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

from app.extensions import db, login_manager
from app.models import Account, Role
from app.services.catalogue import NoContest
from app.services.holder import Holder
from app.services.sign_in import SignedIn, close_session, find_session, open_session, see_session
from app.services.staff import works_for
from app.web.devices import device_word
from app.web.kiosk import IDLE as KIOSK_IDLE
from app.web.kiosk import on_kiosk, this_kiosk
from app.web.portal import catalogue, now, today
from app.web.too_late import note_idle, words_back

V = TypeVar("V", bound=Callable[..., Any])
_STAFF_IDLE = 30 * 60  # seconds; on a kiosk app.web.kiosk.IDLE, for everybody
_STAMP_EVERY = 60
_UNTYPED = "tay"
_HOMES = {
    Role.CONTESTANT: "account.me",
    Role.OFFICER: "officer.today",
    Role.JUDGE: "judge.today",
    Role.ORGANISER: "organiser.today",
}


class Door(StrEnum):
    """Who may come in."""

    PUBLIC = "public"
    HALF_SIGNED_IN = "half_signed_in"  # the password was right; of staff the second factor may still be asked
    SECOND_FACTOR = "second_factor"  # staff who have to prove theirs now
    SIGNED_IN = "signed_in"
    CONTESTANT = "contestant"  # signed in and registered in the current contest
    OFFICER = "officer"
    KIOSK_OFFICER = "kiosk_officer"  # an officer of the kiosk's unit, at the kiosk
    JUDGE = "judge"
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


def holder() -> Holder:
    """Whoever sent the session's token; for deeds that ask for themselves (`contestant_by_deed`)."""
    return Holder(session["_user_id"], now(), today())


def entry_id() -> int:
    """The signed-in contestant's entry in the current contest. Only behind the contestants' door."""
    found = me().entry_id
    if found is None:
        abort(404)
    return found


def is_signed_in() -> bool:
    """For pages with two faces; costs a query only when a session cookie came along.

    Staff who have not proven their second factor are strangers to every page but those that ask for it.
    """
    return _has_session() and not me().is_half


def name_here() -> str:
    """Who is signed in, also half, or nothing: what the bar of a kiosk says."""
    return me().full_name if _has_session() else ""


def _has_session() -> bool:
    return "_user_id" in session and bool(cast("User", current_user).is_authenticated)


def home_of(role: Role) -> str:
    """Where somebody who has signed in begins. Desks stay shut on a kiosk."""
    if on_kiosk() and role is not Role.CONTESTANT:
        return url_for("account.assist" if role is Role.OFFICER else "kiosk.front")
    return url_for(_HOMES[role])


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


def _half_signed_in() -> Response | None:
    return None if _has_session() else ask_to_sign_in()


def _second_factor() -> Response | None:
    if not _has_session():
        return ask_to_sign_in()
    if me().is_half:
        return None
    if me().role is Role.CONTESTANT:
        abort(404)
    return redirect(home_of(me().role), 303)  # the step back in the browser, after it was proven


def _signed_in() -> Response | None:
    return None if is_signed_in() else ask_to_sign_in()


def _contestant() -> Response | None:
    if not is_signed_in():
        return ask_to_sign_in()
    if me().entry_id is not None:
        return None
    role = me().role
    return redirect(url_for("home.front") if role is Role.CONTESTANT else home_of(role), 303)  # staff take no part


def _only(role: Role) -> Callable[[], Response | None]:
    def may_enter() -> Response | None:
        if not is_signed_in():
            return ask_to_sign_in()
        if me().role is not role:
            abort(404)
        return redirect(home_of(role), 303) if on_kiosk() else None

    return may_enter


def _kiosk_officer() -> Response | None:
    if not is_signed_in():
        return ask_to_sign_in()
    kiosk = this_kiosk()
    if kiosk is None or me().role is not Role.OFFICER:
        abort(404)
    return None if works_for(account_id=me().account_id, unit_id=kiosk.unit_id) else abort(404)


half_signed_in = _door(Door.HALF_SIGNED_IN, _half_signed_in)
second_factor = _door(Door.SECOND_FACTOR, _second_factor)
signed_in = _door(Door.SIGNED_IN, _signed_in)
contestant = _door(Door.CONTESTANT, _contestant)
officer = _door(Door.OFFICER, _only(Role.OFFICER))
kiosk_officer = _door(Door.KIOSK_OFFICER, _kiosk_officer)
judge = _door(Door.JUDGE, _only(Role.JUDGE))
organiser = _door(Door.ORGANISER, _only(Role.ORGANISER))


def contestant_by_deed(view: Callable[..., Any]) -> Callable[..., Any]:
    """The contestants' door for a view that is asked twenty times in an exam: its deed's own statement finds only what
    belongs to the holder of the token (services.holder), and nobody is looked up before.

    The view returns None when its deed found nothing. Then the usual door decides: sign in, go elsewhere, or try once
    more, since it notes a session's first use of the day. What is still not found is a 404.
    """

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if "_user_id" not in session or ("seen" in session and _is_idle(KIOSK_IDLE)):
            return ask_to_sign_in()
        answer = view(*args, **values)
        if answer is None:
            answer = _contestant() or view(*args, **values)
        return abort(404) if answer is None else answer

    guarded.door = Door.CONTESTANT  # type: ignore[attr-defined]
    return guarded


def ask_to_sign_in() -> Response:
    """To the sign-in page, or what is missing of it, and back here; a POST comes back to the page it was made on."""
    asks = "account.second_factor" if _has_session() else "account.sign_in"
    if request.headers.get("HX-Request"):
        here = urlsplit(request.headers.get("HX-Current-URL", "")).path
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url_for(asks, tiep=safe_path(here))
        return response
    here = request.full_path.rstrip("?") if request.method == "GET" else urlsplit(request.referrer or "").path
    onward = url_for(asks, tiep=safe_path(here))
    return words_back(onward) or redirect(onward, 303)


def safe_path(target: str | None) -> str | None:
    """A path of this portal, or None: one leading `/`, no `\\`, no scheme, no host, no control characters."""
    if not target or "\\" in target or not target.isprintable():
        return None
    return target if target.startswith("/") and not target.startswith("//") else None


def enter(account_id: int, *, second_factor: bool = False, typed: bool = True) -> None:
    """Sign this browser in under a fresh session; whatever the cookie held before is dropped.

    `typed` says that a password or a code was typed on it, or the person was registered on it just now.
    """
    leave()
    at, account, kiosk = now(), db.session.get_one(Account, account_id), this_kiosk()
    token = open_session(
        account_id=account_id,
        now=at,
        device=device_word(),
        today=today(),
        second_factor=second_factor,
        kiosk_id=kiosk.id if kiosk else None,
    )
    who = SignedIn(  # read whole with the next request
        account_id,
        account.role,
        account.full_name,
        entry_id=None,
        unit_id=None,
        second_factor_at=at if second_factor else None,
        totp_since=account.totp_since,
    )
    session.permanent = kiosk is None
    login_user(User(token, who))
    # Cookie and token go over the line with every autosave: Flask-Login's session protection is off, so its 170 bytes
    # go, and 128 bits are enough of a CSRF secret.
    for unused in ("_id", "_fresh"):
        session.pop(unused, None)
    session["csrf_token"] = secrets.token_urlsafe(16)
    if not typed:
        session[_UNTYPED] = True
    if kiosk or account.role is not Role.CONTESTANT:
        session["seen"] = int(at.timestamp())


def is_untyped() -> bool:
    """Whether this browser was let in by a link from a kiosk: who holds it need not know the password."""
    return _UNTYPED in session


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
    is_timed = who.role is not Role.CONTESTANT or "seen" in session  # of contestants only on a kiosk
    at_desk = who.role is not Role.CONTESTANT and not on_kiosk()
    if is_timed and _is_idle(_STAFF_IDLE if at_desk else KIOSK_IDLE):
        if at_desk:
            note_idle()
        return None
    # Once a day, and only when somebody does something: a GET writes nothing.
    if request.method == "POST" and who.seen_on != today():
        see_session(token=token, today=today())
    return User(token, who)


def _is_idle(limit: int) -> bool:
    """Whether staff, or anybody on a kiosk, have done nothing for too long.

    A GET writes nothing, so the last time stands in the cookie.
    """
    at, seen = int(now().timestamp()), session.get("seen", 0)
    if at - seen > limit:
        return True
    if at - seen >= _STAMP_EVERY:
        session["seen"] = at
    return False
