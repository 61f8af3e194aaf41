"""Entering this contest with an account from an earlier one."""

from flask import redirect, render_template, request, url_for

from app.account import room
from app.account.at_kiosk import STOPPED, count_at_kiosk, stopped_words
from app.account.enter_form import EnterForm, from_last
from app.extensions import db
from app.models import Channel, Entry
from app.services.citizen_numbers import number_of
from app.services.enter_contest import AlreadyEntered, last_entry
from app.services.enter_contest import enter_contest as take_part
from app.services.kiosks import KioskStopped
from app.web.doors import Page, person
from app.web.htmx import render
from app.web.portal import catalogue, keyring, now, today
from app.web.sign_in import me


@room.get("/toi/du-thi")
@person
def entering() -> Page:
    """Who I am, and what this contest asks; `unit` is the one just chosen. For htmx only the place's fields."""
    if me().entry_id is not None:
        return redirect(url_for("account.me"), 303)
    contest, last = catalogue(), last_entry(account_id=me().account_id)
    form = _form(last, **from_last(last, contest, unit=request.args.get("unit")))
    page, part = "account/entering.html", "account/_unit_field.html"
    return render(page=page, part=part, form=form, account=last.account, stopped=stopped_words())


@room.post("/toi/du-thi")
@person
def enter_contest() -> Page:
    """Take part. Pressed twice, or pressed on an old page, it is one entry."""
    if me().entry_id is not None:
        return redirect(url_for("account.me"), 303)
    last = last_entry(account_id=me().account_id)
    form = _form(last)
    if form.too_young or not form.validate():
        return _again(form, last)
    try:
        entry = take_part(
            account_id=last.account_id, asked=form.entry(), catalogue=catalogue(), channel=Channel.SELF, now=now()
        )
        count_at_kiosk(entry)
    except AlreadyEntered:
        db.session.rollback()
        return redirect(url_for("account.me"), 303)
    except KioskStopped:
        db.session.rollback()
        form.form_errors.append(STOPPED)
        return _again(form, last_entry(account_id=me().account_id))
    db.session.commit()
    return redirect(url_for("account.me"), 303)


def _form(last: Entry, **values: str | None) -> EnterForm:
    return EnterForm(catalogue(), this_year=today().year, number=number_of(last.account, keyring()), **values)


def _again(form: EnterForm, last: Entry) -> Page:
    return render_template("account/entering.html", form=form, account=last.account), 422
