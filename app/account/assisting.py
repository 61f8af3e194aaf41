"""An officer registers somebody at the kiosk: consent is spoken and recorded, and a slip is printed."""

from flask import render_template

from app.account import room
from app.account.assist_form import AssistForm
from app.account.at_kiosk import STOPPED, count_at_kiosk, stopped_words
from app.account.refusals import ask_to_wait
from app.extensions import db
from app.models import Channel
from app.services.kiosks import KioskStopped
from app.services.recovery_code import recovery_code
from app.services.register import CitizenNumberTaken
from app.services.register import register as register_person
from app.services.staff import new_password
from app.services.throttle import Throttled
from app.web.devices import address
from app.web.doors import Page, kiosk_officer
from app.web.kiosk import kiosk_unit
from app.web.portal import catalogue, keyring, now, portal, today
from app.web.sign_in import me

_TEMPLATE = "account/assist.html"


@room.get("/kiosk/dang-ky-ho")
@kiosk_officer
def assist() -> str:
    """The form, with the kiosk's own ward."""
    form = AssistForm(catalogue(), this_year=today().year, formdata=None, unit=kiosk_unit().code)
    return render_template(_TEMPLATE, form=form, stopped=stopped_words())


@room.post("/kiosk/dang-ky-ho")
@kiosk_officer
def register_for() -> Page:
    """Account, entry and spoken consents; the slip is the answer of the POST itself, shown once."""
    form = AssistForm(catalogue(), this_year=today().year)
    if not form.validate():
        return render_template(_TEMPLATE, form=form), 422
    password, officer_id = new_password(), me().account_id
    try:
        account = register_person(
            person=form.person_with(password),
            catalogue=catalogue(),
            keyring=keyring(),
            passwords=portal().passwords,
            channel=Channel.KIOSK,
            recorded_by=officer_id,
            now=now(),
            address=address(),
        )
        count_at_kiosk(account.entries[0], officer_id=officer_id)
    except Throttled as refused:
        return ask_to_wait(_TEMPLATE, form, refused.wait)
    except CitizenNumberTaken:
        form.citizen_id.errors = [
            "Số căn cước này đã được đăng ký. Tìm người này ở bàn làm việc, mục “Tìm thí sinh”. Nếu không thấy, "
            "tài khoản đó ở nơi khác hoặc từ cuộc thi trước: mời người đó tự đăng nhập; quên thì bấm “Quên mật khẩu?”."
        ]
        return render_template(_TEMPLATE, form=form), 422
    except KioskStopped:
        db.session.rollback()
        form.form_errors.append(STOPPED)
        return render_template(_TEMPLATE, form=form), 422
    code = recovery_code(account, keyring())
    page = render_template("account/assist_slip.html", account=account, password=password, code=code)
    db.session.commit()
    return page
