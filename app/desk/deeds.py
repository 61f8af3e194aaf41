"""What a desk does for one contestant: another password, a correction, a look at the citizen number."""

from flask import redirect, url_for

from app.desk.forms import CorrectionForm, LookForm, NewPasswordForm
from app.desk.page import desk_page
from app.desk.people import reached_person
from app.desk.presenters import number_words
from app.extensions import db
from app.models import Channel, Entry, Purpose
from app.rules.numbers import shown_phone
from app.services.audit import record
from app.services.consents import give_consent, guardian_forbids
from app.services.correct_number import ClaimWaits, NumberElsewhere, correct_number
from app.services.desk_people import correct_person, look_at_number, reset_password
from app.services.staff import new_password as make_password
from app.web.doors import Page
from app.web.person_fields import typed_phone
from app.web.portal import catalogue, keyring, now, portal
from app.web.sign_in import me


def new_password(entry_id: int) -> str:
    """Asks once more, and why."""
    return desk_page("desk/new_password.html", entry=reached_person(entry_id), form=NewPasswordForm(formdata=None))


def give_password(entry_id: int) -> Page:
    """The new password, once, as the answer of the POST itself: kept nowhere, in no session, no address, no log."""
    form = NewPasswordForm()
    if not form.validate():
        return desk_page("desk/new_password.html", entry=reached_person(entry_id), form=form), 422
    password = make_password()
    password_hash = portal().passwords.hash(password)  # before the first statement: nobody waits with the pen in hand
    entry = reached_person(entry_id)
    reset_password(
        entry=entry,
        actor_id=me().account_id,
        reason=form.reason.data or "",
        password_hash=password_hash,
        now=now(),
    )
    page = desk_page("desk/password_slip.html", entry=entry, password=password)
    db.session.commit()
    return page


def correction(entry_id: int) -> str:
    """The form with what is known now."""
    entry = reached_person(entry_id)
    form = CorrectionForm(
        catalogue(),
        asks_guardian=guardian_forbids(entry_id=entry_id),
        formdata=None,
        full_name=entry.account.full_name,
        phone=shown_phone(entry.account.phone),
        unit=catalogue().units_by_id[entry.unit_id].code,
    )
    return _correction(entry, form)


def correct(entry_id: int) -> Page:
    """Mend it. Whoever went to a unit out of reach is no longer to be seen, so the way leads to the search."""
    entry = reached_person(entry_id)
    form = CorrectionForm(catalogue(), asks_guardian=guardian_forbids(entry_id=entry_id))
    if not form.filled_in():
        return _correction(entry, form), 422
    if form.card and (fault := _write_number(entry.account_id, form)):
        db.session.rollback()
        form.card_number.errors = [fault]
        return _correction(reached_person(entry_id), form), 422
    changed = correct_person(
        entry=entry,
        full_name=form.full_name.data or "",
        phone=typed_phone(form.phone),
        unit_id=catalogue().units_by_code[form.unit.data].id,
        actor_id=me().account_id,
        reason=form.reason.data or "",
        now=now(),
    )
    if form.guardian_agrees:  # behind the name, which locks the account and then the entry: so does the person's own
        _note_guardian(entry_id, form.reason.data or "")
    db.session.commit()
    return redirect(url_for(".people") if "unit" in changed else url_for(".person", entry_id=entry_id), 303)


def _write_number(account_id: int, form: CorrectionForm) -> str:
    """What keeps the number from being written; empty when it is."""
    try:
        correct_number(
            account_id=account_id,
            number=form.card or "",
            actor_id=me().account_id,
            reason=form.reason.data or "",
            keyring=keyring(),
            now=now(),
        )
    except NumberElsewhere:
        return "Số này đang ở một tài khoản khác nên không ghi được. Xem mục Báo trùng số, hoặc báo Ban Tổ chức."
    except ClaimWaits:
        return "Có người đang báo trùng số với tài khoản này. Xử lý ở mục Báo trùng số trước."
    return ""


def _note_guardian(entry_id: int, reason: str) -> None:
    subject = f"entry:{entry_id}"
    record(actor_id=me().account_id, action="consent.guardian", subject=subject, reason=reason, now=now())
    give_consent(
        entry_id=entry_id,
        purpose=Purpose.GUARDIAN_PUBLIC,
        text_version=catalogue().rules_version,
        channel=Channel.KIOSK,
        recorded_by=me().account_id,
        now=now(),
    )


def _correction(entry: Entry, form: CorrectionForm) -> str:
    return desk_page("desk/correction.html", entry=entry, form=form)


def ask_number(entry_id: int) -> str:
    """Asks why."""
    return desk_page("desk/number.html", entry=reached_person(entry_id), form=LookForm(formdata=None), number=None)


def show_number(entry_id: int) -> Page:
    """The whole number, once, as the answer of the POST itself."""
    entry, form = reached_person(entry_id), LookForm()
    if not form.validate():
        return desk_page("desk/number.html", entry=entry, form=form, number=None), 422
    number = look_at_number(
        entry=entry, actor_id=me().account_id, reason=form.reason.data or "", keyring=keyring(), now=now()
    )
    page = desk_page("desk/number.html", entry=entry, form=form, number=number_words(number))
    db.session.commit()
    return page
