"""My unit and group."""

from flask import redirect, render_template, request, url_for

from app.account import room
from app.account.place_form import PlaceForm
from app.extensions import db
from app.models import Entry
from app.services.change_unit import Fixed, UnitFixed, why_fixed
from app.services.change_unit import change_unit as move
from app.web.doors import Page, contestant
from app.web.htmx import render
from app.web.portal import catalogue, now
from app.web.sign_in import entry_id


@room.get("/toi/don-vi")
@contestant
def my_unit() -> Page:
    """The form with where I am; `unit` is the one just chosen, whose groups are wanted. For htmx only these fields."""
    contest, entry = catalogue(), db.session.get_one(Entry, entry_id())
    here = contest.units_by_id[entry.unit_id].code
    chosen = request.args.get("unit", here)
    form = PlaceForm(contest, unit=chosen, group=str(entry.group_id or "") if chosen == here else "")
    fixed = why_fixed(entry, catalogue=contest, now=now())
    return render(page="account/my_unit.html", part="account/_unit_field.html", form=form, entry=entry, fixed=fixed)


@room.post("/toi/don-vi")
@contestant
def change_unit() -> Page:
    """Move."""
    contest = catalogue()
    form = PlaceForm(contest)
    if not form.validate():
        return _again(form, 422)
    try:
        move(entry_id=entry_id(), unit=form.chosen_unit(), group=form.chosen_group(), catalogue=contest, now=now())
    except UnitFixed as refused:
        db.session.rollback()
        return _again(form, 409, refused.why)
    db.session.commit()
    return redirect(url_for("account.me"), 303)


def _again(form: PlaceForm, status: int, why: Fixed | None = None) -> Page:
    entry = db.session.get_one(Entry, entry_id())
    fixed = why or why_fixed(entry, catalogue=catalogue(), now=now())
    return render_template("account/my_unit.html", form=form, entry=entry, fixed=fixed), status
