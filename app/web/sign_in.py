"""Who is signed in on this browser; signing in and out; the session that says so from one request to the next."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, abort, request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from app.extensions import db, login_manager
from app.models import Account, Role
from app.services.catalogue import NoContest
from app.services.holder import Holder
from app.services.sign_in import SignedIn, close_session, find_session, open_session, see_session
from app.web.devices import device_word
from app.web.kiosk import IDLE as KIOSK_IDLE
from app.web.kiosk import on_kiosk, this_kiosk
from app.web.portal import catalogue, now, today
from app.web.security import csrf_token
from app.web.too_late import note_idle

_STAFF_IDLE = 30 * 60  # seconds; on a kiosk app.web.kiosk.IDLE, for everybody
_STAMP_EVERY = 60
_UNTYPED = "tay"


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
    return has_session() and not me().is_half


def name_here() -> str:
    """Who is signed in, also half, or nothing: what the bar of a kiosk says."""
    return me().full_name if has_session() else ""


def has_session() -> bool:
    """Whether somebody is signed in, also half."""
    return "_user_id" in session and bool(cast("User", current_user).is_authenticated)


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
    # The cookie goes over the line with every autosave: Flask-Login's session protection is off, so its 170 bytes go.
    for unused in ("_id", "_fresh"):
        session.pop(unused, None)
    csrf_token()  # a fresh one, in this cookie and not in a second one with the next page
    if not typed:
        session[_UNTYPED] = True
    if kiosk or account.role is not Role.CONTESTANT:
        session["seen"] = int(at.timestamp())


def is_untyped() -> bool:
    """Whether this browser was let in by a link from a kiosk: who holds it need not know the password."""
    return _UNTYPED in session


def leave() -> None:
    """End this browser's session."""
    # Taken out first: Flask-Login would look up whom it signs out, and a day's first use of that session be written
    # beside the transaction that ends it.
    token = session.pop("_user_id", None)
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
    if is_timed and is_idle(_STAFF_IDLE if at_desk else KIOSK_IDLE):
        if at_desk:
            note_idle()
        return None
    # Once a day, and only when somebody does something: a GET writes nothing.
    if request.method == "POST" and who.seen_on != today():
        see_session(token=token, today=today())
    return User(token, who)


def is_idle(limit: int) -> bool:
    """Whether staff, or anybody on a kiosk, have done nothing for too long.

    A GET writes nothing, so the last time stands in the cookie.
    """
    at, seen = int(now().timestamp()), session.get("seen", 0)
    if at - seen > limit:
        return True
    if at - seen >= _STAMP_EVERY:
        session["seen"] = at
    return False
