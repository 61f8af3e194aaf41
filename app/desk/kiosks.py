"""Kiosks at the desk: a code for a new one, what is done on each, stopping and going on."""

from flask import abort, redirect, url_for
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from app.desk.page import desk_page, my_reach
from app.desk.presenters import kiosk_facts, kiosk_rows
from app.desk.rolls import my_units
from app.extensions import db
from app.services.catalogue import UnitInfo
from app.services.kiosks import CODE_MINUTES, KioskLine, find_kiosk, lift, list_kiosks, make_code, revoke
from app.web.doors import Page
from app.web.forms import Form, tidy_text
from app.web.portal import catalogue, keyring, now
from app.web.reasons import no_numbers, reason_field
from app.web.sign_in import me


class NewKioskForm(Form):
    """Whose it will be, and where it stands."""

    unit = SelectField("Đơn vị", [InputRequired("Chọn đơn vị.")])
    name = StringField(
        "Tên kiosk",
        [InputRequired("Đặt tên theo chỗ để máy."), Length(max=60, message="Tên dài nhiều nhất 60 ký tự."), no_numbers],
        filters=[tidy_text],
    )

    def __init__(self, units: list[UnitInfo], **values: object) -> None:
        super().__init__(**values)
        self.unit.choices = [SelectChoice(unit.code, unit.full_name) for unit in units]


class KioskDeedForm(Form):
    """Why it is revoked, or may go on."""

    reason = reason_field("Lý do", example="máy chuyển đi nơi khác")


def kiosks() -> str:
    """Those within reach, and the form for another one."""
    return _list(NewKioskForm(my_units(my_reach()), formdata=None))


def make_kiosk_code() -> Page:
    """The code, once, as the answer of the POST itself."""
    form = NewKioskForm(my_units(my_reach()))
    if not form.validate():
        return _list(form), 422
    unit = catalogue().units_by_code[form.unit.data]
    code = make_code(unit_id=unit.id, name=form.name.data or "", actor_id=me().account_id, keyring=keyring(), now=now())
    page = desk_page("desk/kiosk_code.html", unit=unit, name=form.name.data, code=code, minutes=CODE_MINUTES)
    db.session.commit()
    return page


def _list(form: NewKioskForm) -> str:
    found = list_kiosks(reach=my_reach(), zone=catalogue().rules.zone, now=now())
    return desk_page("desk/kiosks.html", form=form, rows=kiosk_rows(found, catalogue()))


def _reached(kiosk_id: int) -> KioskLine:
    reach, zone = my_reach(), catalogue().rules.zone
    return find_kiosk(kiosk_id=kiosk_id, reach=reach, zone=zone, now=now()) or abort(404)


def kiosk(kiosk_id: int) -> str:
    """One kiosk: what is done there, and the two deeds."""
    return _page(_reached(kiosk_id), KioskDeedForm(formdata=None))


def _page(line: KioskLine, form: KioskDeedForm) -> str:
    return desk_page("desk/kiosk.html", line=line, form=form, facts_rows=kiosk_facts(line, catalogue()))


def change_kiosk(kiosk_id: int, act: str) -> Page:
    """Revoke it, or let it go on registering, each with a reason."""
    line, form = _reached(kiosk_id), KioskDeedForm()
    if line.kiosk.revoked_at is not None:
        return _page(line, KioskDeedForm(formdata=None)), 409
    if not form.validate():
        return _page(line, form), 422
    deed = revoke if act == "thu-hoi" else lift
    deed(line.kiosk, actor_id=me().account_id, reason=form.reason.data or "", now=now())
    db.session.commit()
    return redirect(url_for(".kiosk", kiosk_id=kiosk_id), 303)
