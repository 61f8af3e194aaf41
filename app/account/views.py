"""Signing in and out, my page."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.account import room
from app.account.forms import SignInForm
from app.account.presenters import claim_words, road
from app.account.refusals import ask_to_wait, unknown_pair
from app.extensions import db
from app.models import Account, Role
from app.services.certify import see_progress
from app.services.claims import my_side
from app.services.invalidate import in_force
from app.services.my_attempts import my_attempts
from app.services.my_page import read_myself
from app.services.sign_in import WrongCredentials, check_credentials
from app.services.throttle import Throttled
from app.web.devices import address, keep_device, sent_device
from app.web.doors import Page, contestant, half_signed_in, home_of, onward, public
from app.web.kiosk import on_kiosk, wiped
from app.web.portal import catalogue, keyring, now, portal
from app.web.sign_in import enter, entry_id, is_signed_in, leave
from app.web.sign_in import me as who


@room.get("/dang-nhap")
@public
def sign_in() -> Page:
    """The form; `tiep` says where to go on afterwards."""
    if is_signed_in():
        return redirect(onward() or home_of(who().role), 303)
    return render_template("account/sign_in.html", form=SignInForm(), onward=onward())


@room.post("/dang-nhap")
@public
def open_door() -> Page:
    """Check and enter. What was wrong, number or password, stays untold."""
    form = SignInForm()
    if form.validate():
        try:
            admitted = check_credentials(
                identifier=form.identifier.data or "",
                password=form.password.data or "",
                keyring=keyring(),
                passwords=portal().passwords,
                now=now(),
                address=address(),
                device=sent_device(),
            )
        except Throttled as refused:
            return ask_to_wait("account/sign_in.html", form, refused.wait, onward=onward())
        except WrongCredentials as wrong:
            form.form_errors.append(unknown_pair("mật khẩu", wrong.wait))
        else:
            enter(admitted.account_id)
            role = db.session.get_one(Account, admitted.account_id).role
            db.session.commit()
            return keep_device(redirect(_after(role), 303), admitted.device)
    return render_template("account/sign_in.html", form=form, onward=onward()), 422


def _after(role: Role) -> str:
    return onward() or home_of(role) if role is Role.CONTESTANT else url_for("account.second_factor", tiep=onward())


@room.post("/dang-xuat")
@half_signed_in
def sign_out() -> Response:
    """End this browser's session; on a kiosk nothing else stays either."""
    leave()
    db.session.commit()
    return wiped(redirect(url_for("kiosk.front"), 303)) if on_kiosk() else redirect(url_for("home.front"), 303)


@room.get("/toi")
@contestant
def me() -> str:
    """The six steps as a task list, my attempts, my data."""
    contest, entry = catalogue(), entry_id()
    myself = read_myself(entry_id=entry)
    unit = contest.units_by_id[myself.unit_id]
    side = my_side(account_id=who().account_id, has_number=myself.has_number) if myself.claims else None
    attempts = my_attempts(entry_id=entry, limit=10)
    sitting = any(attempt.correct is None for attempt in attempts)
    return render_template(
        "account/me.html",
        myself=myself,
        unit=unit,
        group=next((group for group in contest.groups if group.id == myself.group_id), None),
        claim=claim_words(side, unit),
        steps=road(contest, see_progress(entry_id=entry), sitting=sitting),
        attempts=attempts,
        taken_out=in_force(entry_id=entry) if myself.taken_out else (),
    )
