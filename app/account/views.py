"""Signing in and out, my page."""

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from app.account import room
from app.account.forms import SignInForm
from app.account.presenters import claim_words, road
from app.account.waiting import ask_to_wait
from app.extensions import db
from app.models import Account, Entry, Role
from app.services.certify import read_progress
from app.services.claims import my_side
from app.services.invalidate import in_force
from app.services.my_attempts import my_attempts
from app.services.sign_in import WrongCredentials, check_credentials
from app.services.throttle import Throttled
from app.web.access import (
    contestant,
    enter,
    entry_id,
    half_signed_in,
    home_of,
    is_signed_in,
    leave,
    public,
    safe_path,
)
from app.web.access import me as who
from app.web.devices import address, keep_device, sent_device
from app.web.formatters import waiting_time
from app.web.kiosk import on_kiosk, wiped
from app.web.portal import catalogue, keyring, now, portal

Page = str | tuple[str, int] | Response
_WITH_ITS_OWN = [joinedload(Entry.account), joinedload(Entry.unit), joinedload(Entry.group)]


@room.get("/dang-nhap")
@public
def sign_in() -> Page:
    """The form; `tiep` says where to go on afterwards."""
    if is_signed_in():
        return redirect(safe_path(request.args.get("tiep")) or home_of(who().role), 303)
    return render_template("account/sign_in.html", form=SignInForm(), onward=safe_path(request.args.get("tiep")))


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
            return ask_to_wait("account/sign_in.html", form, refused.wait, onward=safe_path(request.args.get("tiep")))
        except WrongCredentials as wrong:
            form.form_errors.append(_wrong(wrong.wait))
        else:
            enter(admitted.account_id)
            role = db.session.get_one(Account, admitted.account_id).role
            db.session.commit()
            return keep_device(redirect(_onward(role), 303), admitted.device)
    return render_template("account/sign_in.html", form=form, onward=safe_path(request.args.get("tiep"))), 422


def _wrong(wait: int) -> str:
    again = f"sau {waiting_time(wait)} thử lần nữa" if wait else "thử lần nữa"
    return f"Số điện thoại, số căn cước hoặc mật khẩu chưa đúng. Kiểm tra lại rồi {again}."


def _onward(role: Role) -> str:
    onward = safe_path(request.args.get("tiep"))
    if role is not Role.CONTESTANT:
        return url_for("account.second_factor", tiep=onward)
    return onward or home_of(role)


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
    contest, entry = catalogue(), db.session.get_one(Entry, entry_id(), options=_WITH_ITS_OWN)
    return render_template(
        "account/me.html",
        entry=entry,
        claim=claim_words(my_side(entry.account), entry.unit),
        steps=road(contest, read_progress(entry_id=entry.id)),
        attempts=my_attempts(entry_id=entry.id, limit=10),
        taken_out=in_force(entry_id=entry.id),
    )
