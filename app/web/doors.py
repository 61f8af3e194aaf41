"""Doors: every view says who may come in, and a table of all doors is a test.

@room.get("/toi")
@contestant
def me(): ...
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import abort, make_response, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.models import Role
from app.services.staff import works_for
from app.web.kiosk import IDLE as KIOSK_IDLE
from app.web.kiosk import on_kiosk, this_kiosk
from app.web.sign_in import has_session, is_idle, is_signed_in, me
from app.web.too_late import words_back

Page = str | tuple[str, int] | Response  # what a view answers
V = TypeVar("V", bound=Callable[..., Any])
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
    PERSON = "person"  # signed in with a contestant's account, also when registered only in an earlier contest
    CONTESTANT = "contestant"  # signed in and registered in the current contest
    OFFICER = "officer"
    KIOSK_OFFICER = "kiosk_officer"  # an officer of the kiosk's unit, at the kiosk
    JUDGE = "judge"
    ORGANISER = "organiser"


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
    return None if has_session() else ask_to_sign_in()


def _second_factor() -> Response | None:
    if not has_session():
        return ask_to_sign_in()
    if me().is_half:
        return None
    if me().role is Role.CONTESTANT:
        abort(404)
    return redirect(home_of(me().role), 303)  # the step back in the browser, after it was proven


def _signed_in() -> Response | None:
    return None if is_signed_in() else ask_to_sign_in()


def _person() -> Response | None:
    if not is_signed_in():
        return ask_to_sign_in()
    role = me().role
    return None if role is Role.CONTESTANT else redirect(home_of(role), 303)  # staff take no part


def _contestant() -> Response | None:
    return _person() or (None if me().entry_id is not None else _lead_to(url_for("account.entering")))


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
person = _door(Door.PERSON, _person)
contestant = _door(Door.CONTESTANT, _contestant)
officer = _door(Door.OFFICER, _only(Role.OFFICER))
kiosk_officer = _door(Door.KIOSK_OFFICER, _kiosk_officer)
judge = _door(Door.JUDGE, _only(Role.JUDGE))
organiser = _door(Door.ORGANISER, _only(Role.ORGANISER))


def contestant_by_deed(view: Callable[..., Any]) -> Callable[..., Any]:
    """The contestants' door for a view that is asked more often than others: its deed's own statement finds only what
    belongs to the holder of the token (services.holder), and nobody is looked up before.

    The view returns None when its deed found nothing. Then the usual door decides: sign in, go elsewhere, or try once
    more, since it notes a session's first use of the day. What is still not found is a 404.
    """

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if "_user_id" not in session or ("seen" in session and is_idle(KIOSK_IDLE)):
            return ask_to_sign_in()
        answer = view(*args, **values)
        if answer is None:
            answer = _contestant() or view(*args, **values)
        return abort(404) if answer is None else answer

    guarded.door = Door.CONTESTANT  # type: ignore[attr-defined]
    return guarded


def ask_to_sign_in() -> Response:
    """To the sign-in page, or what is missing of it, and back here; a POST comes back to the page it was made on."""
    asks = "account.second_factor" if has_session() else "account.sign_in"
    if request.headers.get("HX-Request"):
        return _lead_to(url_for(asks, tiep=safe_path(_path_of(request.headers.get("HX-Current-URL")))))
    here = request.full_path.rstrip("?") if request.method == "GET" else _path_of(request.referrer)
    onward = url_for(asks, tiep=safe_path(here))
    return words_back(onward) or redirect(onward, 303)


def _lead_to(address: str) -> Response:
    """To another page, also for who asked by htmx, which would put that page into a part of this one."""
    if not request.headers.get("HX-Request"):
        return redirect(address, 303)
    response = make_response("", 200)
    response.headers["HX-Redirect"] = address
    return response


def _path_of(address: str | None) -> str | None:
    """The path of the page that a browser says it comes from; None when that is no address."""
    try:
        return urlsplit(address or "").path
    except ValueError:  # brackets that are none
        return None


def onward() -> str | None:
    """Where somebody wanted to go who was asked to sign in: `tiep` of this address, as `ask_to_sign_in` wrote it."""
    return safe_path(request.args.get("tiep"))


def safe_path(target: str | None) -> str | None:
    """A path of this portal, or None: one leading `/`, no `\\`, no scheme, no host, no control characters."""
    if not target or "\\" in target or not target.isprintable():
        return None
    return target if target.startswith("/") and not target.startswith("//") else None
