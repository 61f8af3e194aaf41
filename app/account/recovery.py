"""In again without the password: by recovery code, by a code sent to the phone; else in person at the ward."""

import secrets

from flask import abort, current_app, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from app.account import room
from app.account.password_rules import GUESSABLE
from app.account.recovery_forms import AskCodeForm, RecoveryCodeForm, SmsCodeForm
from app.account.refusals import ask_to_wait, unknown_pair
from app.extensions import db
from app.services.one_time_codes import CodeGone, TooSoon, Tripped, WrongCode
from app.services.recover import (
    GuessablePassword,
    Recovered,
    WrongRecoveryCode,
    ask_code_by_sms,
    recover_by_recovery_code,
    recover_by_sms,
)
from app.services.sms.sender import Sender
from app.services.throttle import Throttled
from app.web.devices import address, keep_device, sent_device
from app.web.doors import Page, public
from app.web.formatters import waiting_time
from app.web.portal import keyring, now, portal, settings
from app.web.sign_in import enter
from app.web.waiting import come_back_later

_BROWSER = "sms"  # in the signed cookie: a random name of this browser, to which a code is bound
_GONE = "Mã này đã quá 5 phút, đã dùng, hoặc đã thử sai quá nhiều. Hãy xin mã khác."
_NOT_YET = "Chưa gửi thêm mã được. Nếu đã có mã thì nhập mã đó; nếu chưa, xin mã khác sau {}."


@room.get("/quen-mat-khau")
@public
def recover() -> str:
    """The ways there are."""
    return _ways(RecoveryCodeForm(formdata=None))


@room.post("/quen-mat-khau")
@public
def use_recovery_code() -> Page:
    """A new password for the recovery code; signed in, and shown the next code."""
    form = RecoveryCodeForm()
    if form.validate():
        try:
            recovered = recover_by_recovery_code(
                identifier=form.identifier.data or "",
                code=form.code.data or "",
                new=form.new.data or "",
                keyring=keyring(),
                passwords=portal().passwords,
                now=now(),
                address=address(),
                device=sent_device(),
            )
        except Throttled as refused:
            return ask_to_wait("account/recover.html", form, refused.wait, by_sms=portal().sms is not None)
        except WrongRecoveryCode as wrong:
            form.form_errors.append(unknown_pair("mã khôi phục", wrong.wait))
        except GuessablePassword:
            form.new.errors = [GUESSABLE]
        else:
            return _come_in(recovered)
    return _ways(form), 422


def _ways(form: RecoveryCodeForm) -> str:
    return render_template("account/recover.html", form=form, by_sms=portal().sms is not None)


def _come_in(recovered: Recovered) -> Response:
    """Signed in, and shown the next recovery code: the one before is worth nothing any more."""
    enter(recovered.account_id)
    db.session.commit()
    return keep_device(redirect(url_for("account.recovery_code"), 303), recovered.device)


def _sender() -> Sender:
    """Where there is no gateway there are no such pages."""
    sender = portal().sms
    return sender if sender is not None else abort(404)


@room.get("/quen-mat-khau/tin-nhan")
@public
def ask_code() -> str:
    """For which phone."""
    _sender()
    return render_template("account/recover_ask.html", form=AskCodeForm(formdata=None))


@room.post("/quen-mat-khau/tin-nhan")
@public
def send_code() -> Page:
    """The same answer whether the number is anybody's or not."""
    sender, form = _sender(), AskCodeForm()
    if not form.validate():
        return render_template("account/recover_ask.html", form=form), 422
    browser = secrets.token_urlsafe(16)
    try:
        ask_code_by_sms(
            phone=form.e164(),
            last_four=form.last_four.data or "",
            browser=browser,
            budget=settings().sms_per_day,
            keyring=keyring(),
            now=now(),
            address=address(),
        )
    except (TooSoon, Throttled) as refused:
        form.form_errors.append(_NOT_YET.format(waiting_time(refused.wait)))
        return come_back_later("account/recover_ask.html", form, refused.wait)
    except Tripped as tripped:
        current_app.logger.warning("no more codes by short message: %s", tripped)
        form.form_errors.append(
            "Hôm nay tạm ngừng gửi mã qua tin nhắn. Hãy dùng mã khôi phục, hoặc đến UBND phường, xã."
        )
        return render_template("account/recover_ask.html", form=form), 503
    session[_BROWSER] = browser
    db.session.commit()
    sender.wake()
    return redirect(url_for("account.enter_code"), 303)


@room.get("/quen-mat-khau/ma")
@public
def enter_code() -> Page:
    """For the browser that has asked for a code."""
    _sender()
    if _BROWSER not in session:
        return redirect(url_for("account.ask_code"), 303)
    return render_template("account/recover_enter.html", form=SmsCodeForm(formdata=None))


@room.post("/quen-mat-khau/ma")
@public
def use_sms_code() -> Page:
    """A new password for the code; signed in, and shown the next recovery code."""
    _sender()
    form = SmsCodeForm()
    if form.validate():
        try:
            recovered = recover_by_sms(
                browser=session.get(_BROWSER, ""),
                code=form.typed_code(),
                new=form.new.data or "",
                keyring=keyring(),
                passwords=portal().passwords,
                now=now(),
                device=sent_device(),
            )
        except WrongCode as wrong:
            form.code.errors = [f"Mã chưa đúng. Còn {wrong.left} lần thử." if wrong.left else _GONE]
        except CodeGone:
            form.code.errors = [_GONE]
        except GuessablePassword:
            form.new.errors = [GUESSABLE]
        else:
            return _come_in(recovered)
    return render_template("account/recover_enter.html", form=form), 422
