"""My data: seeing, taking along and correcting it, consents, and asking the organiser."""

from flask import Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.account import room
from app.account.data_forms import CorrectForm, RequestForm
from app.account.data_presenters import as_json, consent_rows, request_rows, tables
from app.account.refusals import ask_to_wait, is_my_password
from app.extensions import db
from app.models import Account, Channel, Entry, Purpose, RequestKind
from app.rules.numbers import shown_phone
from app.services.consents import current_consents, give_consent, withdraw_consent
from app.services.data_requests import AlreadyAsked, ask, my_requests
from app.services.delete_person import is_sitting, kept_for_award
from app.services.desk_people import correct_person
from app.services.enter_contest import last_entry
from app.services.my_data import read_my_data
from app.services.throttle import Throttled
from app.web.doors import Page, person
from app.web.kiosk import on_kiosk
from app.web.portal import catalogue, now
from app.web.sign_in import entry_id, me
from app.web.snapshots import forget

_HERE = "/toi/du-lieu"
_PARTS = ("attempts", "stories", "certificates", "invalidations", "final_results", "awards", "claims", "audit")
_NEWEST = 20
_CHANGEABLE = {
    "give": (Purpose.BOARDS, Purpose.STORY, Purpose.CONTACT),
    "withdraw": (Purpose.BOARDS, Purpose.STORY, Purpose.CONTACT, Purpose.GUARDIAN_PUBLIC),
}
_DONE = {
    "sua": "Đã sửa thông tin của bạn.",
    "dong-y": "Đã ghi lời đồng ý của bạn.",
    "rut": "Đã rút lại lời đồng ý. Bảng xếp hạng và trang Lan tỏa đổi theo, chậm nhất khoảng một phút ở mọi máy.",
    "yeu-cau": "Đã gửi yêu cầu. Bạn xem trạng thái và câu trả lời ở trang này.",
}


def _entry() -> Entry:
    """Of this contest, else of the last one: what was agreed to there can be withdrawn all the same."""
    here = me().entry_id
    return last_entry(account_id=me().account_id) if here is None else db.session.get_one(Entry, here)


@room.get(_HERE)
@person
def my_data() -> str:
    """Everything; of long lists the newest. `vua` says what was just done."""
    account_id = me().account_id
    entry, data = _entry(), read_my_data(account_id=account_id)
    consents = current_consents(entry_id=entry.id)
    return render_template(
        "account/data.html",
        entry=entry,
        here=me().entry_id is not None,
        data=data,
        consents=consent_rows(consents, minor=Purpose.GUARDIAN in consents, here=me().entry_id is not None),
        requests=request_rows(my_requests(account_id=account_id)),
        parts=tables(data, only=_PARTS, newest=_NEWEST),
        done=_DONE.get(request.args.get("vua", ""), ""),
    )


@room.get(f"{_HERE}/tai-ve.<any(json, html):data_kind>")
@person
def download_data(data_kind: str) -> Response | BaseResponse:
    """The same as a file, whole. A kiosk keeps no files: the next one there would find it."""
    if on_kiosk():
        return redirect(url_for("account.my_data"), 303)
    contest, data = catalogue(), read_my_data(account_id=me().account_id)
    if data_kind == "json":
        response = Response(as_json(data, contest=contest.name, now=now()), mimetype="application/json")
    else:
        response = Response(render_template("account/data_file.html", parts=tables(data), made_at=now()))
    response.headers["Content-Disposition"] = f'attachment; filename="du-lieu-cua-toi.{data_kind}"'
    return response


@room.get(f"{_HERE}/sua")
@person
def correct_form() -> str:
    """Name and phone as they are kept."""
    account = db.session.get_one(Account, me().account_id)
    known = shown_phone(account.phone)
    return _correct_page(CorrectForm(account.phone, formdata=None, full_name=account.full_name, phone=known))


@room.post(f"{_HERE}/sua")
@person
def correct_me() -> Page:
    """Set them."""
    known_phone = db.session.get_one(Account, me().account_id).phone
    db.session.rollback()  # a password is asked with no transaction open
    form = CorrectForm(known_phone)
    if not form.validate():
        return _correct_page(form), 422
    if form.asks_password and (refused := _refused(form, "account/data_correct.html")):
        return refused
    entry = _entry()
    correct_person(
        entry=entry,
        full_name=form.full_name.data or "",
        phone=form.new_phone,
        unit_id=entry.unit_id,
        actor_id=entry.account_id,
        reason="",
        now=now(),
    )
    db.session.commit()
    forget()
    return redirect(url_for("account.my_data", vua="sua"), 303)


def _correct_page(form: CorrectForm) -> str:
    return render_template("account/data_correct.html", form=form)


def _refused(form: CorrectForm | RequestForm, template: str) -> Page | None:
    """The page again, when the password that was typed into it is not theirs."""
    try:
        if is_my_password(form.password):
            return None
    except Throttled as refused:
        return ask_to_wait(template, form, refused.wait, **_warnings(form))
    return render_template(template, form=form, **_warnings(form)), 422


@room.post(f"{_HERE}/dong-y")
@person
def set_consent() -> Response | BaseResponse:
    """Give or withdraw one consent; the button says which. What is given is given for this contest."""
    action, _, name = request.form.get("dong-y", "").partition(".")
    purpose = next((each for each in _CHANGEABLE.get(action, ()) if each == name), None) or abort(404)
    if action == "give":
        give_consent(
            entry_id=entry_id(),
            purpose=purpose,
            text_version=catalogue().rules_version,
            channel=Channel.SELF,
            now=now(),
        )
    else:
        withdraw_consent(entry_id=me().entry_id or _entry().id, purpose=purpose, now=now())
    db.session.commit()
    forget()
    return redirect(url_for("account.my_data", vua="dong-y" if action == "give" else "rut"), 303)


@room.get(f"{_HERE}/yeu-cau")
@person
def request_form() -> str:
    """What can be asked; `loai` is chosen already."""
    form = RequestForm(formdata=None)
    form.kind.data = request.args.get("loai")
    return _request_page(form)


@room.post(f"{_HERE}/yeu-cau")
@person
def send_request() -> Page:
    """Ask."""
    form = RequestForm()
    if not form.validate():
        return _request_page(form), 422
    if form.asks_password and (refused := _refused(form, "account/data_request.html")):
        return refused
    contest = catalogue()
    try:
        ask(
            account_id=me().account_id,
            contest_id=contest.contest_id,
            kind=form.asked,
            text=form.text.data or "",
            zone=contest.rules.zone,
            now=now(),
        )
    except AlreadyAsked:
        form.form_errors.append("Bạn đã gửi yêu cầu này và đang chờ trả lời. Không cần gửi lại.")
        return _request_page(form), 422
    db.session.commit()
    return redirect(url_for("account.my_data", vua="yeu-cau"), 303)


def _request_page(form: RequestForm) -> str:
    return render_template("account/data_request.html", form=form, **_warnings(form))


def _warnings(form: CorrectForm | RequestForm) -> dict[str, object]:
    """What somebody should know before asking to be deleted."""
    if isinstance(form, CorrectForm):
        return {}
    return {
        "sitting": is_sitting(account_id=me().account_id),
        "awards": kept_for_award(account_id=me().account_id),
        "days": {kind.value: kind.days for kind in RequestKind},
    }
