"""Registering."""

from flask import redirect, render_template, request, url_for

from app.account import room
from app.account.at_kiosk import STOPPED, count_at_kiosk, stopped_words
from app.account.refusals import ask_to_wait
from app.account.register_form import RegisterForm
from app.extensions import db
from app.models import Channel
from app.services.claims import TooManyClaims
from app.services.kiosks import KioskStopped
from app.services.register import CitizenNumberTaken
from app.services.register import register as register_person
from app.services.throttle import Throttled
from app.web.devices import address, keep_device, sent_device
from app.web.doors import Page, public
from app.web.htmx import is_htmx, render
from app.web.kiosk import kiosk_unit, on_kiosk
from app.web.portal import catalogue, keyring, now, portal, today
from app.web.sign_in import enter, is_signed_in


@room.get("/dang-ky")
@public
def register() -> Page:
    """The form; `don-vi` is the unit that was searched for, `unit` the one chosen. For htmx only the place's fields."""
    if is_signed_in():
        return redirect(url_for("account.me"), 303)
    unit = request.args.get("don-vi") or request.args.get("unit") or (kiosk_unit().code if on_kiosk() else None)
    form = RegisterForm(catalogue(), this_year=today().year, unit=unit)
    if is_htmx():
        form.unit.render_kw = {"autofocus": True}  # so that the choice is seen, and read out
    return render(page="account/register.html", part="account/_unit_field.html", form=form, stopped=stopped_words())


@room.post("/dang-ky")
@public
def create_account() -> Page:
    """Account and entry at once; then signed in, and shown the recovery code."""
    if is_signed_in():
        return redirect(url_for("account.me"), 303)
    contest = catalogue()
    form = RegisterForm(contest, this_year=today().year)
    if not form.validate():
        return render_template("account/register.html", form=form), 422
    try:
        account = register_person(
            person=form.person(),
            catalogue=contest,
            keyring=keyring(),
            passwords=portal().passwords,
            channel=Channel.SELF,
            now=now(),
            address=address(),
            claims=form.claim.data,
        )
        count_at_kiosk(account.entries[0])
    except Throttled as refused:
        return ask_to_wait("account/register.html", form, refused.wait)
    except CitizenNumberTaken:
        form.claim.data = True  # the page offers it
        form.citizen_id.errors = [
            "Số căn cước này đã được đăng ký. Nếu là bạn, hãy đăng nhập: tài khoản từ cuộc thi trước vẫn dùng được. "
            "Nếu không, hãy hỏi UBND phường, xã nơi bạn ở."
        ]
    except TooManyClaims:
        form.claim.data = False
        form.citizen_id.errors = ["Đã có nhiều người báo số này là của họ. Hãy mang thẻ căn cước đến UBND phường, xã."]
    except KioskStopped:
        db.session.rollback()
        form.form_errors.append(STOPPED)
    else:
        enter(account.id)
        device = sent_device().remembering(account.id, account.password_hash, keyring())
        db.session.commit()
        return keep_device(redirect(url_for("account.recovery_code"), 303), device)
    return render_template("account/register.html", form=form), 422
